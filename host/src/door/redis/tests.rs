//! The door over sockets: what only connections show.
