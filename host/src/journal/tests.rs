//! The journal keeps its promises.

mod basics;
