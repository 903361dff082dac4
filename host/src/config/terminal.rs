//! What the environment says of the terminal.

/// Tells whether the user asked for no colours (<https://no-color.org>: set and not empty).
#[must_use]
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
