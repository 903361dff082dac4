//! Splits Rust text into tokens and comments, so that no rule mistakes a string for code.
//!
//! It knows just enough: nested block comments, raw and byte strings, character literals beside lifetimes.
//! Unfinished literals end with the text; the compiler reports those better.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, keyword or number.
    Word,
    /// A string of any kind; the text includes prefix and quotes.
    Str,
    /// A character literal or a lifetime.
    Quote,
    /// One character of punctuation, or `::`.
    Punct,
}

/// A piece of code, with the line it starts on, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether this is the given word or punctuation, and not a string that happens to contain it.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Punct) && self.text == text
    }
}

/// A comment, delimiters included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comment<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// Returns the tokens and the comments of a text, each in order.
pub(crate) fn lex(text: &str) -> (Vec<Token<'_>>, Vec<Comment<'_>>) {
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first);
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match kind {
            Piece::Space => {}
            Piece::Comment => comments.push(Comment { text: piece, line }),
            Piece::Token(kind) => tokens.push(Token { kind, text: piece, line }),
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    (tokens, comments)
}

enum Piece {
    Space,
    Comment,
    Token(Kind),
}

/// Says what stands at the head of `rest`, which is not empty, and how many bytes it spans.
fn measure(rest: &str, first: char) -> (Piece, usize) {
    if first.is_whitespace() {
        (Piece::Space, first.len_utf8())
    } else if rest.starts_with("//") {
        (Piece::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (Piece::Comment, block_comment(rest))
    } else if let Some(length) = string(rest) {
        (Piece::Token(Kind::Str), length)
    } else if let Some(length) = quote(rest) {
        (Piece::Token(Kind::Quote), length)
    } else if is_word(first) {
        (Piece::Token(Kind::Word), rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
    } else if rest.starts_with("::") {
        (Piece::Token(Kind::Punct), 2)
    } else {
        (Piece::Token(Kind::Punct), first.len_utf8())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the length of a block comment. Rust's nest, unlike C's.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut previous) = (0_usize, ' ');
    for (at, c) in rest.char_indices() {
        match (previous, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth = depth.saturating_sub(1),
            _ => {
                previous = c;
                continue;
            }
        }
        // A delimiter's second character may not also begin the next one: `/*/` is open.
        previous = ' ';
        if depth == 0 {
            return at + 1;
        }
    }
    rest.len()
}

/// Returns the length of the string at the head of `rest`, if one is there.
fn string(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r'))?;
    let (letters, body) = rest.split_at_checked(prefix)?;
    match letters {
        "r" | "br" | "cr" => {
            let hashes = body.find(|c| c != '#')?;
            let inside = body.get(hashes..)?.strip_prefix('"')?;
            let closing = format!("\"{}", "#".repeat(hashes));
            let text = inside.find(&closing).map_or(inside.len(), |at| at + closing.len());
            Some(prefix + hashes + 1 + text)
        }
        "" | "b" | "c" => Some(prefix + 1 + escaped(body.strip_prefix('"')?, '"')),
        _ => None,
    }
}

/// Returns the length of the character literal or lifetime at the head of `rest`, if one is there.
fn quote(rest: &str) -> Option<usize> {
    let (prefix, inside) = match rest.strip_prefix("b'") {
        Some(inside) => (2, inside),
        None => (1, rest.strip_prefix('\'')?),
    };
    let mut ahead = inside.chars();
    match (ahead.next()?, ahead.next()) {
        ('\\', _) | (_, Some('\'')) => Some(prefix + escaped(inside, '\'')),
        _ => Some(prefix + inside.find(|c| !is_word(c)).unwrap_or(inside.len())),
    }
}

/// Returns the length up to and including the first `end` that no backslash protects.
fn escaped(inside: &str, end: char) -> usize {
    let mut protected = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if protected => protected = false,
            '\\' => protected = true,
            _ if c == end => return at + c.len_utf8(),
            _ => {}
        }
    }
    inside.len()
}
