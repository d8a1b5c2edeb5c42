// The shape of a `.sysd` file for editors that colour and fold by tree-sitter. As in the compiler's own grammar, everything
// is a clause: a run of terms and maybe a body. Which words mean something is in queries/highlights.scm.
module.exports = grammar({
  name: "sysd",

  extras: ($) => [/[ \t\r\f\uFEFF]/, $.doc_comment, $.comment],

  rules: {
    file: ($) => repeat(choice($.clause, $._end)),

    clause: ($) => seq(repeat1($._term), choice($._end, $.body)),
    body: ($) => seq("{", repeat(choice($.clause, $._end)), optional(alias($.last_clause, $.clause)), "}"),
    // The last clause of a body on one line ends with the brace.
    last_clause: ($) => prec(-1, repeat1($._term)),
    _end: () => /[\n;]/,

    _term: ($) => choice($.call, $.group, $.path, $.name, $.quantity, $.text, $.hole, $.operator, $.punctuation),
    call: ($) => seq(field("function", choice($.name, $.path)), token.immediate("("), optional($._arguments), ")"),
    group: ($) => seq("(", optional($._arguments), ")"),
    _arguments: ($) => repeat1(choice($._term, /\n/)),

    name: () => /[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*/,
    path: () => /[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*(\.[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*)+/,
    quantity: () => /[0-9]\p{XID_Continue}*(\.[0-9]\p{XID_Continue}*)*(%|(\/\p{XID_Start}\p{XID_Continue}*)+)?/,
    text: () => /"([^"\\\n]|\\[^\n])*"?/,
    hole: () => "?",
    operator: () => choice("->", "=", "+=", "-=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"),
    punctuation: () => choice(",", ":"),
    doc_comment: () => token(prec(1, /\/\/\/[^\n]*/)),
    comment: () => /\/\/[^\n]*/,
  },
});
