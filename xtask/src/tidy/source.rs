//! One Rust file as the rules see it: its lines, its tokens, its comments and the paths it names.

mod lexer;
mod path;

pub(crate) use lexer::{Comment, Kind, Token};
pub(crate) use path::NamedPath;

/// A lexed file. Everything borrows from the text, so a rule can report what it saw.
pub(crate) struct Source<'a> {
    /// Path from the workspace root, with `/` between the parts on every system.
    pub(crate) path: &'a str,
    pub(crate) lines: Vec<&'a str>,
    pub(crate) tokens: Vec<Token<'a>>,
    pub(crate) comments: Vec<Comment<'a>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        let (tokens, comments) = lexer::lex(text);
        Self { path, lines: text.lines().collect(), tokens, comments }
    }

    /// Returns every path the code names, with `use a::{b, c}` expanded to `a::b` and `a::c`.
    pub(crate) fn named_paths(&self) -> Vec<NamedPath<'a>> {
        path::named_paths(&self.tokens)
    }

    /// Whether the file holds tests: a `tests.rs`, or anything in a folder called `tests` or `benches`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches"))
    }

    /// Whether the file is one of `modules`: `a/b` stands for `a/b.rs` and everything in `a/b/`.
    pub(crate) fn is_in(&self, modules: &[(&str, &str)]) -> bool {
        modules.iter().any(|(module, _reason)| {
            self.path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
    }

    /// Returns a line by its number, counted from one; past either end it is empty.
    pub(crate) fn line(&self, number: usize) -> &'a str {
        number.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or("").trim()
    }

    /// Counts the lines of code from `first` to `last`, both included: blank and `//` lines are free.
    pub(crate) fn code_lines(&self, first: usize, last: usize) -> usize {
        (first..=last)
            .map(|number| self.line(number))
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .count()
    }

    /// Returns the comment lines right above `number`, skipping the attributes in between.
    pub(crate) fn comments_above(&self, number: usize) -> Vec<&'a str> {
        (1..number)
            .rev()
            .map(|above| self.line(above))
            .take_while(|line| line.starts_with("//") || line.starts_with("#[") || line.ends_with(")]"))
            // `//!` speaks of the file, not of what follows it.
            .filter(|line| line.starts_with("//") && !line.starts_with("//!"))
            .collect()
    }
}

#[cfg(test)]
mod tests;
