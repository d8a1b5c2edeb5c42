//! What stands behind an id, a word, a mechanism or a conclusion: the design's side of `sysd explain`.

pub mod flip;
pub mod id;
pub mod mechanism;
pub mod obligation;
pub mod question;
pub mod row;
pub mod word;
