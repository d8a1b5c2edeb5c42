[(body) (arguments) (group)] @rainbow.scope
["{" "}" "(" ")"] @rainbow.bracket
