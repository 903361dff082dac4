//! Bounds, ends and misbehaviour of connections.
