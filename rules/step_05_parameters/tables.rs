//! Words that name a product, a pattern or nothing at all.
