//! stub
/// stub
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Entity {
    /// stub
    System,
}
/// stub
#[derive(Default, Clone, Debug)]
pub struct Facts {}
