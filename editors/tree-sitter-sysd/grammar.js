// The shape of a `.sysd` file for editors that colour, fold and indent by tree-sitter. As in the compiler's own grammar,
// everything is a clause: a run of terms and maybe a body. Which words mean something is in queries/highlights.scm; where a
// line break ends a clause is in src/scanner.c.
module.exports = grammar({
  name: "sysd",

  word: ($) => $.name,
  extras: ($) => [/[\s;\uFEFF]/, $.doc_comment, $.comment],
  externals: ($) => [
    $._end,
    $._end_of_list,
    $._end_of_open,
    "{",
    "}",
    $._unclosed_body,
    $._unclosed_arguments,
    // Never in a rule: valid where the parser recovers from an error, and only there.
    $._recovering,
  ],

  rules: {
    file: ($) => repeat($.item),

    item: ($) => $._clause,
    clause: ($) => $._clause,
    _clause: ($) =>
      choice(
        seq($._run, choice($._end, $.body)),
        seq($._list, choice($._end_of_list, $.body)),
        seq($._open, choice($._end_of_open, $.body)),
      ),
    body: ($) => seq("{", repeat($.clause), choice("}", $._unclosed_body)),

    // Terms one after the other, told apart by what the last one wants: nothing, the next of a list, or a value.
    _run: ($) => seq(optional($._before), $._value),
    _list: ($) => seq(optional($._before), ","),
    _open: ($) => seq(optional($._before), $._opener),
    _before: ($) => choice($._run, $._list, $._open),

    _value: ($) => choice($.call, $.group, $.path, $.name, $.quantity, $.text, $.hole),
    _opener: ($) => choice($.operator, ":", alias($._operator_word, $.name), alias($._connective, $.name)),
    _operator_word: () => choice("and", "or", "in", "not", "exists"),
    _connective: () => choice("because", "within", "per", "across", "by"),

    call: ($) => seq(field("function", choice($.name, $.path)), field("arguments", $.arguments)),
    arguments: ($) => seq(token.immediate("("), $._inside, choice(")", $._unclosed_arguments)),
    group: ($) => seq("(", $._inside, choice(")", $._unclosed_arguments)),
    _inside: ($) => repeat1(choice($._value, $._opener, ",")),

    name: () => /[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*/,
    path: () => /[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*(\.[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*)+/,
    quantity: () => /[0-9]\p{XID_Continue}*(\.[0-9]\p{XID_Continue}*)*(%|(\/\p{XID_Start}\p{XID_Continue}*)+)?/,
    // Up to the end of the line where it is not closed.
    text: () => /"([^"\\\n]|\\[^\n])*["\\]?/,
    hole: () => "?",
    operator: () => choice("->", "=", "+=", "-=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"),
    doc_comment: () => token(prec(1, /\/\/\/([^\/\n][^\n]*)?/)),
    comment: () => /\/\/[^\n]*/,
  },
});
