//! The tables against an independent reading of them, their totality, and the worked examples on relations filled by hand.

mod oracle;
mod profiles;
mod reference;
