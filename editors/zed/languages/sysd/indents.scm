(body "}" @end) @indent
(arguments ")" @end) @indent
(group ")" @end) @indent
