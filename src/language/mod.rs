//! What the words of a `.sysd` file mean.

pub mod items;
