// Where a clause ends: at a line break, unless the line wants more, the next one goes on, or a parenthesis is open. These are
// the compiler's own rules (src/syntax/layout.rs). And what is left open while somebody types, the next item closes, so that
// the rest of the file keeps its shape.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"
#include <string.h>

// In the order of `externals` in grammar.js.
enum Token {
  END,
  END_OF_LIST,
  END_OF_OPEN,
  OPEN_BODY,
  CLOSE_BODY,
  UNCLOSED_BODY,
  UNCLOSED_ARGUMENTS,
  RECOVERING,
};

// What is remembered from token to token.
typedef struct {
  uint16_t depth;  // Bodies that are open.
  uint16_t column; // Where the clause begins, or would if it were first on its line.
} State;

// What comes next, behind blanks, line breaks and comments.
typedef struct {
  bool on_new_line;
  uint16_t column; // Where it is on its line, if it is the first there.
  int32_t first;   // Its first character; 0 at the end of the file.
  char word[16];   // The word it is; empty if it is none, or a longer one than we know.
  bool is_name;    // A word with `:` behind it, whatever the word.
} Next;

enum { STEP = 4 };

static const char *const ITEMS[] = {"actor", "allow", "budget", "decide", "fault", "invariant", "load", "object", "operation", "price", "query", "region", "reject", "requirement", "service", "system", "technology", "use", "view"};
static const char *const CONNECTIVES[] = {"because", "within", "per", "across", "by"};
static const char *const OPERATORS[] = {"and", "or", "in"};

#define IS_AMONG(word, words) is_among(word, words, sizeof(words) / sizeof(*words))

static bool end_clause(State *state, TSLexer *lexer, const bool *valid, Next *next);
static bool ends_clause(const State *state, const Next *next, const bool *valid);
static bool close_unclosed(State *state, TSLexer *lexer, const bool *valid, Next *next);
static bool opens_item(const Next *next);
static bool take(State *state, TSLexer *lexer, enum Token token, int steps);
static void begin_clause(State *state, const Next *next, int steps);
static void pass_blanks(TSLexer *lexer, Next *next, bool skip);
static void look_ahead(TSLexer *lexer, Next *next);
static void read_word(TSLexer *lexer, Next *next);
static bool is_among(const char *word, const char *const *words, size_t count);

bool tree_sitter_sysd_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  State *state = payload;
  Next next = {0};
  // What takes no room stands here, before the blanks.
  lexer->mark_end(lexer);
  bool recovering = valid[RECOVERING];
  if (recovering && lexer->lookahead == '\n') return end_clause(state, lexer, valid, &next);
  pass_blanks(lexer, &next, true);
  bool in_clause = !recovering && (valid[END] || valid[END_OF_LIST] || valid[END_OF_OPEN]);
  switch (lexer->lookahead) {
    case '{':
      if (valid[OPEN_BODY]) return take(state, lexer, OPEN_BODY, 1);
      break;
    case '}':
      if (valid[CLOSE_BODY] && !in_clause) return take(state, lexer, CLOSE_BODY, 0);
      break;
    case ';':
      if (in_clause) return take(state, lexer, valid[END] ? END : valid[END_OF_LIST] ? END_OF_LIST : END_OF_OPEN, 0);
      break;
  }
  // A token without room is of no use there.
  if (recovering) return false;
  look_ahead(lexer, &next);
  return in_clause ? end_clause(state, lexer, valid, &next) : close_unclosed(state, lexer, valid, &next);
}

// Ends the clause, if it ends here.
static bool end_clause(State *state, TSLexer *lexer, const bool *valid, Next *next) {
  if (valid[RECOVERING]) {
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    *next = (Next){.on_new_line = true};
    look_ahead(lexer, next);
  }
  if (!ends_clause(state, next, valid)) return false;
  begin_clause(state, next, 0);
  lexer->result_symbol = valid[END] ? END : valid[END_OF_LIST] ? END_OF_LIST : END_OF_OPEN;
  return true;
}

static bool ends_clause(const State *state, const Next *next, const bool *valid) {
  if (next->first == 0 || next->first == '}' || opens_item(next)) return true;
  if (!next->on_new_line || strchr("-+*/=<>!,:){;", next->first < 128 ? next->first : 'x')) return false;
  bool deeper = next->column > state->column;
  if (!next->is_name) {
    if (IS_AMONG(next->word, OPERATORS)) return false;
    // Below a clause a connective ties nothing, but opens a clause of its own: `across services`.
    if (IS_AMONG(next->word, CONNECTIVES) && (deeper || state->depth == 0)) return false;
  }
  if (valid[END]) return true;
  // A list may be aligned with its head; what opens with `name:` is the next field all the same.
  if (valid[END_OF_LIST]) return !deeper && next->is_name;
  return !deeper || next->is_name;
}

// Closes what is open where the file or the item ends.
static bool close_unclosed(State *state, TSLexer *lexer, const bool *valid, Next *next) {
  bool over = next->first == 0 || opens_item(next);
  if (valid[UNCLOSED_ARGUMENTS] && (over || next->first == '{' || next->first == '}')) {
    lexer->result_symbol = UNCLOSED_ARGUMENTS;
    return true;
  }
  if (valid[UNCLOSED_BODY] && over) {
    if (state->depth > 0) state->depth--;
    begin_clause(state, next, 0);
    lexer->result_symbol = UNCLOSED_BODY;
    return true;
  }
  return false;
}

static bool opens_item(const Next *next) {
  return next->on_new_line && next->column == 0 && !next->is_name && IS_AMONG(next->word, ITEMS);
}

// Takes one character, behind which a clause begins.
static bool take(State *state, TSLexer *lexer, enum Token token, int steps) {
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  if (token == OPEN_BODY) state->depth++;
  if (token == CLOSE_BODY && state->depth > 0) state->depth--;
  Next next = {0};
  look_ahead(lexer, &next);
  begin_clause(state, &next, steps);
  lexer->result_symbol = token;
  return true;
}

static void begin_clause(State *state, const Next *next, int steps) {
  state->column = next->on_new_line ? next->column : state->column + STEP * steps;
}

static void pass_blanks(TSLexer *lexer, Next *next, bool skip) {
  for (;; lexer->advance(lexer, skip)) {
    switch (lexer->lookahead) {
      case '\n':
        next->on_new_line = true;
        next->column = 0;
        break;
      case '\t':
        next->column = next->column / STEP * STEP + STEP;
        break;
      case ' ':
      case '\r':
      case '\f':
        next->column++;
        break;
      case 0xFEFF:
        break;
      default:
        return;
    }
  }
}

// Reads to what is no blank and no comment, and its first word.
static void look_ahead(TSLexer *lexer, Next *next) {
  for (;;) {
    pass_blanks(lexer, next, false);
    next->first = lexer->eof(lexer) ? 0 : lexer->lookahead;
    if (next->first != '/') break;
    lexer->advance(lexer, false);
    if (lexer->lookahead != '/') return;
    while (!lexer->eof(lexer) && lexer->lookahead != '\n') lexer->advance(lexer, false);
  }
  read_word(lexer, next);
}

static void read_word(TSLexer *lexer, Next *next) {
  size_t length = 0;
  for (int32_t c; c = lexer->lookahead, !lexer->eof(lexer); lexer->advance(lexer, false)) {
    bool letter = c == '_' || c >= 128 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool inside = length > 0 && (c == '-' || (c >= '0' && c <= '9'));
    if (!letter && !inside) break;
    if (length < sizeof(next->word)) next->word[length] = c < 128 ? (char)c : '_';
    length++;
  }
  bool is_path = lexer->lookahead == '.';
  if (is_path || length >= sizeof(next->word)) next->word[0] = 0;
  else next->word[length] = 0;
  if (length == 0 || is_path) return;
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') lexer->advance(lexer, false);
  next->is_name = lexer->lookahead == ':';
}

static bool is_among(const char *word, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(word, words[i]) == 0) return true;
  }
  return false;
}

void *tree_sitter_sysd_external_scanner_create(void) {
  return ts_calloc(1, sizeof(State));
}

void tree_sitter_sysd_external_scanner_destroy(void *payload) {
  ts_free(payload);
}

unsigned tree_sitter_sysd_external_scanner_serialize(void *payload, char *buffer) {
  memcpy(buffer, payload, sizeof(State));
  return sizeof(State);
}

void tree_sitter_sysd_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  memset(payload, 0, sizeof(State));
  if (length == sizeof(State)) memcpy(payload, buffer, length);
}
