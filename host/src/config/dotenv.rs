//! Reads the file given by `--env-file`: `NAME=value` lines with optional `export`, quotes and comments.
//!
//! Substitutes nothing. Other readers replace `$WORD` in here by other variables, which silently mangles a
//! password that holds a dollar sign; so an unquoted or double-quoted `$` before a name is refused with a hint.
//! Messages never carry the value.

use std::sync::Arc;

use super::codes;
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// One variable of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: String,
    /// Line it begins on, from 1.
    pub(super) line: usize,
}

/// Reads all variables; a later line of the same name wins, as in a shell.
pub(super) fn parse(path: &Arc<str>, text: &str, found: &mut Diagnostics) -> Vec<Variable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut scanner = Scanner { rest: text, line: 1 };
    let mut variables = Vec::new();
    while !scanner.rest.is_empty() {
        let line = scanner.line;
        match scanner.statement() {
            Ok(None) => {}
            Ok(Some((name, value))) => variables.push(Variable { name, value, line }),
            Err(why) => {
                let origin = Origin::EnvFile { path: Arc::clone(path), line, name: "line".to_owned() };
                found.push(Diagnostic::error(codes::ENV_FILE_SYNTAX, format!("{path}:{line}: {why}")).at(&origin));
                scanner.skip_line();
            }
        }
    }
    variables
}

struct Scanner<'t> {
    rest: &'t str,
    line: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        if character == '\n' {
            self.line += 1;
        }
        Some(character)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.next();
        }
    }

    fn skip_line(&mut self) {
        while !matches!(self.next(), None | Some('\n')) {}
    }

    /// Reads one line (or several, inside quotes). `None` for an empty line or a comment.
    fn statement(&mut self) -> Result<Option<(String, String)>, &'static str> {
        self.skip_blanks();
        if matches!(self.peek(), None | Some('\n' | '#')) {
            self.skip_line();
            return Ok(None);
        }
        let mut name = self.name();
        if name == "export" && matches!(self.peek(), Some(' ' | '\t')) {
            self.skip_blanks();
            name = self.name();
        }
        self.skip_blanks();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || self.peek() != Some('=') {
            return Err("this is not NAME=value");
        }
        self.next();
        self.skip_blanks();
        let value = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => return self.bare().map(|value| Some((name, value))),
        };
        self.skip_blanks();
        if !matches!(self.peek(), None | Some('\n' | '#')) {
            return Err("there is text after the closing quote");
        }
        self.skip_line();
        Ok(Some((name, value)))
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(character) = self.peek().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
            name.push(character);
            self.next();
        }
        name
    }

    /// Reads to the end of the line or to a comment, which needs a blank before its `#`.
    fn bare(&mut self) -> Result<String, &'static str> {
        let line = self.rest.split('\n').next().unwrap_or_default();
        let end = line
            .match_indices('#')
            .map(|(at, _)| at)
            .find(|at| *at == 0 || line.get(..*at).is_some_and(|before| before.ends_with([' ', '\t'])));
        let value = line.get(..end.unwrap_or(line.len())).unwrap_or_default().trim_end();
        if value.contains(['"', '\'', '\\']) {
            return Err("a value with quotes or backslashes must itself be quoted");
        }
        let mut after_dollar = value.match_indices('$').map(|(at, _)| value.get(at + 1..).unwrap_or_default());
        if after_dollar.any(starts_substitution) {
            return Err(SUBSTITUTION);
        }
        let value = value.to_owned();
        self.skip_line();
        Ok(value)
    }

    fn quoted(&mut self, quote: char) -> Result<String, &'static str> {
        const UNCLOSED: &str = "the quote is never closed";
        self.next();
        let mut value = String::new();
        loop {
            match self.next().ok_or(UNCLOSED)? {
                character if character == quote => return Ok(value),
                '\\' if quote == '"' => match self.next().ok_or(UNCLOSED)? {
                    'n' => value.push('\n'),
                    escaped @ ('"' | '\\' | '$' | '\'') => value.push(escaped),
                    _ => {
                        return Err("unknown escape, use \\n, \\\", \\\\ or \\$, or single quotes");
                    }
                },
                '$' if quote == '"' && starts_substitution(self.rest) => return Err(SUBSTITUTION),
                character => value.push(character),
            }
        }
    }
}

const SUBSTITUTION: &str = "`$` substitution is not done; put a value with `$` in single quotes";

fn starts_substitution(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{'))
}

#[cfg(test)]
mod tests;
