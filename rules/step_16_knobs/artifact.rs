//! The output artifact of this step.

use crate::Design;
use crate::artifact::{Figure, Table};

/// The step's tables.
pub fn tables(_design: &Design) -> Vec<Table> {
    vec![]
}

/// The step's pictures and listings.
pub fn figures(_design: &Design) -> Vec<Figure> {
    vec![]
}
