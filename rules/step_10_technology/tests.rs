//! The step on needs put together by hand.
