//! The stable boundary between Outrigger and its provider plugins.
