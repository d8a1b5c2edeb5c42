(item . (name) @context . (name) @name) @item
(item . (name) @context . (call function: (name) @name)) @item
(doc_comment) @annotation
