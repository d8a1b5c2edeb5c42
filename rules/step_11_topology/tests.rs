//! The step on designs put together by hand.
