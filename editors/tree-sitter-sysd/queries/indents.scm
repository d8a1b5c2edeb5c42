; A clause that goes on is indented too, and a body on its first line with it, once.
[(item) (clause) (body) (arguments) (group)] @indent.begin
["}" ")"] @indent.branch
"}" @indent.end
