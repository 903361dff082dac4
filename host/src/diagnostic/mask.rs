//! Blanks what might be a secret out of TOML text before a line of it is drawn.
//!
//! Works on tokens, not on the parsed tree, because a line with a syntax error is drawn too and is exactly where
//! a forgotten quote exposes a password. Every value is masked unless its section is known to hold no secrets;
//! names of variables and files in `{ env = … }` and `{ file = … }` stay, comments go. The result has the same
//! length in bytes and the same line breaks, so spans stay valid.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// Sections whose values are never secret. A misspelt section is not in here, so its values are masked.
const HARMLESS: &[&str] =
    &["plugin-dirs", "cache", "monitoring", "analytics", "listen", "limits", "log", "shutdown", "store"];

/// Returns `text` with possible secrets blanked, except inside `reveal`.
pub(super) fn mask(text: &str, reveal: Option<Range<usize>>) -> String {
    let tokens = Source::new(text).lex().into_vec();
    let mut masked = text.as_bytes().to_vec();
    let mut walk = Walk::default();
    for (at, token) in tokens.iter().enumerate() {
        let blank = walk.step(text, tokens.get(at + 1..).unwrap_or_default(), token);
        let span = token.span().start()..token.span().end();
        let fill = match (blank, token.kind()) {
            (_, TokenKind::Comment) => b' ',
            (true, _) => b'*',
            (false, _) => continue,
        };
        for (offset, byte) in masked.iter_mut().enumerate().take(span.end).skip(span.start) {
            let shown = reveal.as_ref().is_some_and(|reveal| reveal.contains(&offset));
            if !shown && *byte != b'\n' && *byte != b'\r' {
                *byte = fill;
            }
        }
    }
    // Whole tokens are replaced by ASCII and a revealed span is a whole value, so this is UTF-8. Should a span
    // ever cut a character, the replacement characters would only shift the caret.
    String::from_utf8_lossy(&masked).into_owned()
}

/// Where in a statement the walk is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Before anything.
    #[default]
    Start,
    /// Inside `[header]`; true once its first name has been seen.
    Header(bool),
    /// Among the names before `=`; true right after a dot, when another name may follow.
    Key(bool),
    /// After `=`.
    Value,
}

/// The state of one pass over the tokens.
#[derive(Default)]
struct Walk {
    phase: Phase,
    /// Whether the current header names a harmless section; `None` before the first header.
    section: Option<bool>,
    /// Whether the current statement is harmless. Lost at a line break inside brackets: a bracket that was never
    /// closed would otherwise lend its section's harmlessness to everything after it.
    harmless: bool,
    /// Open `[` and `{` in the value.
    depth: usize,
    /// Open `{` in the value.
    curly: usize,
    /// Whether the value follows `env =` or `file =` inside braces.
    reference: bool,
    /// Whether the last name in the value was `env` or `file`.
    named: bool,
}

impl Walk {
    /// Takes one token and returns whether it must be blanked.
    fn step(&mut self, text: &str, rest: &[Token], token: &Token) -> bool {
        match token.kind() {
            TokenKind::Newline if self.depth == 0 => {
                self.phase = Phase::Start;
                false
            }
            TokenKind::Newline => {
                self.harmless = false;
                false
            }
            TokenKind::Whitespace | TokenKind::Eof => false,
            TokenKind::Comment => true,
            _ => match self.phase {
                Phase::Value => self.value(text, rest, token),
                Phase::Start | Phase::Header(_) | Phase::Key(_) => self.name(text, token),
            },
        }
    }

    /// Takes a token outside a value.
    fn name(&mut self, text: &str, token: &Token) -> bool {
        let is_text = is_text(token.kind());
        match (self.phase, token.kind()) {
            (Phase::Start, TokenKind::LeftSquareBracket) => self.phase = Phase::Header(false),
            (Phase::Header(false), _) if is_text => {
                self.section = Some(is_harmless(text, token));
                self.phase = Phase::Header(true);
            }
            (Phase::Header(_), _) => {}
            (Phase::Start, _) if is_text => {
                self.harmless = self.section.unwrap_or_else(|| is_harmless(text, token));
                self.phase = Phase::Key(false);
            }
            (Phase::Key(_), TokenKind::Dot) => self.phase = Phase::Key(true),
            (Phase::Key(true), _) if is_text => self.phase = Phase::Key(false),
            (_, TokenKind::Equals) => {
                (self.depth, self.curly, self.reference, self.named) = (0, 0, false, false);
                self.phase = Phase::Value;
            }
            // `password "hunter2"`: the `=` was forgotten, so this is a value.
            _ => return is_text,
        }
        false
    }

    /// Takes a token of a value.
    fn value(&mut self, text: &str, rest: &[Token], token: &Token) -> bool {
        match token.kind() {
            TokenKind::LeftSquareBracket => self.depth += 1,
            TokenKind::LeftCurlyBracket => (self.depth, self.curly) = (self.depth + 1, self.curly + 1),
            TokenKind::RightSquareBracket => self.depth = self.depth.saturating_sub(1),
            TokenKind::RightCurlyBracket => {
                (self.depth, self.curly) = (self.depth.saturating_sub(1), self.curly.saturating_sub(1));
            }
            TokenKind::Equals => self.reference = self.curly > 0 && self.named,
            // Plain sections have no use for these, and an unclosed one swallows the rest of the file.
            TokenKind::MlBasicString | TokenKind::MlLiteralString => return true,
            kind if is_text(kind) => {
                let next = rest.iter().map(Token::kind).find(|kind| *kind != TokenKind::Whitespace);
                if self.curly > 0 && next == Some(TokenKind::Equals) {
                    self.named = matches!(slice(text, token), "env" | "file");
                    return false;
                }
                return !self.harmless && !std::mem::take(&mut self.reference);
            }
            _ => {}
        }
        false
    }
}

fn is_text(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString
    )
}

fn slice<'t>(text: &'t str, token: &Token) -> &'t str {
    text.get(token.span().start()..token.span().end()).unwrap_or_default()
}

fn is_harmless(text: &str, token: &Token) -> bool {
    HARMLESS.contains(&slice(text, token).trim_matches(['"', '\'']))
}
