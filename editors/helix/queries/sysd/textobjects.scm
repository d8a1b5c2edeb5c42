; An operation or a query is a function, every other item a class.
((item . (name) @_item (body)? @function.inside) @function.around (#any-of? @_item "operation" "query"))
((item . (name) @_item (body)? @class.inside) @class.around (#not-any-of? @_item "operation" "query"))
(body (clause) @entry.around)
(arguments (name) @parameter.inside . ":")
[(comment) (doc_comment)] @comment.inside
[(comment) (doc_comment)]+ @comment.around
