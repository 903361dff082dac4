//! Finds the paths a file names, so that `use std::{env, fs}` counts like `std::env` and `std::fs`.

use super::lexer::{Kind, Token};

/// A path as written, such as `["std", "env", "var"]`, with the line of its last part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedPath<'a> {
    pub(crate) parts: Vec<&'a str>,
    pub(crate) line: usize,
}

impl NamedPath<'_> {
    /// Whether `wanted` stands in the path, part after part.
    pub(crate) fn contains(&self, wanted: &[&str]) -> bool {
        self.parts.windows(wanted.len()).any(|window| window == wanted)
    }

    /// Whether the path begins with `wanted` and goes on.
    pub(crate) fn goes_below(&self, wanted: &str) -> bool {
        self.parts.len() > 1 && self.parts.first() == Some(&wanted)
    }
}

/// Returns all paths in order. A path of one part is one too: an identifier.
pub(crate) fn named_paths<'a>(tokens: &[Token<'a>]) -> Vec<NamedPath<'a>> {
    let mut found = Vec::new();
    // What stands before each open `{`: the path so far in a use group, nothing before any other brace.
    let mut open: Vec<Vec<&'a str>> = Vec::new();
    let mut current: Vec<&'a str> = Vec::new();
    let mut joined = false;
    for token in tokens {
        match token.kind {
            Kind::Word => {
                if !joined {
                    current = open.last().cloned().unwrap_or_default();
                }
                current.push(token.text);
                found.push(NamedPath { parts: current.clone(), line: token.line });
                joined = false;
            }
            _ if token.is("::") => {
                // `a::b` replaces `a`: only whole paths are reported.
                if found.last().is_some_and(|last| last.parts == current) {
                    found.pop();
                }
                joined = true;
            }
            _ => {
                if token.is("{") {
                    open.push(if joined { current.clone() } else { Vec::new() });
                } else if token.is("}") {
                    open.pop();
                }
                current = Vec::new();
                joined = false;
            }
        }
    }
    found
}
