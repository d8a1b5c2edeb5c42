((item . (name) @_item (body)? @function.inside) @function.around (#any-of? @_item "operation" "query"))
((item . (name) @_item (body)? @class.inside) @class.around (#not-any-of? @_item "operation" "query"))
(comment)+ @comment.around
(doc_comment)+ @comment.around
