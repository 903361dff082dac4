//! What the process is told of itself: the terminal's wishes and the program's own path.

/// Tells whether the user asked for no colours (<https://no-color.org>: set and not empty).
#[must_use]
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Returns how to call this program from any folder.
#[must_use]
pub fn program() -> String {
    std::env::current_exe().map_or_else(|_| "outrigger".to_owned(), |path| path.display().to_string())
}
