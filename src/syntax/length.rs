//! Keeps an item short enough for its tree to fit into memory, whatever is piped in.

use crate::syntax::chunk::Chunk;
use crate::syntax::depth;
use crate::syntax::problem::Wrong;

/// How many tokens of an item are read.
pub const LONGEST: usize = 1 << 18;

/// Cuts an item off where it gets too long.
pub fn limit(chunk: &mut Chunk<'_>) {
    if let Some(at) = chunk.lexemes.get(LONGEST).map(|lexeme| lexeme.span) {
        depth::cut(chunk, at, Wrong::TooLong);
    }
}
