//! Prints answers: a table or text for people, one JSON document for programs.
#![expect(clippy::print_stderr, reason = "the command line's answers go here and nowhere else")]

use std::io::{IsTerminal, Write};

use serde::Serialize;
use serde_json::json;

use super::{
    Exit,
    arguments::{Format, OutputArguments},
};
use crate::{
    config::no_color,
    diagnostic::{Diagnostics, Paint},
};

impl OutputArguments {
    /// Tells whether answers are for programs.
    pub fn json(self) -> bool {
        self.format == Format::Json
    }

    /// Prints `text` for people or `value` for programs.
    pub fn answer(self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json() { document(value) } else { line(&text()) }
    }

    /// Prints faults of the configuration and returns its exit code.
    pub fn diagnostics(self, diagnostics: &Diagnostics) -> Exit {
        if self.json() {
            document(diagnostics);
        } else {
            eprintln!("{}", diagnostics.render(paint_on_stderr()).trim_end());
        }
        Exit::Config
    }

    /// Prints why a command failed.
    pub fn error(self, code: &str, message: &str, help: Option<&str>) {
        if self.json() {
            document(&json!({ "error": { "code": code, "message": message, "help": help } }));
            return;
        }
        eprintln!("error[{code}]: {message}");
        if let Some(help) = help {
            eprintln!("  help: {help}");
        }
    }
}

fn document(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(&text),
        Err(error) => eprintln!("error[cli.output]: the answer can't be JSON: {error}"),
    }
}

/// Prints text and a line end; a reader that went away, such as `head`, is no error.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints bytes as they are.
pub fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ =
        out.write_all(bytes).and_then(|()| if std::io::stdout().is_terminal() { out.write_all(b"\n") } else { Ok(()) });
}

/// Tells whether messages may be coloured (https://no-color.org).
fn paint_on_stderr() -> Paint {
    if std::io::stderr().is_terminal() && !no_color() { Paint::Colour } else { Paint::None }
}

/// Lays rows out in columns, the first row being the heads. A column of figures stands at its right end.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let layout: Vec<_> = (0..columns).map(|column| (width(column).unwrap_or(0), is_figures(rows, column))).collect();
    let laid =
        rows.iter().map(|row| {
            let cells = row.iter().zip(&layout).map(|(cell, (width, figures))| {
                if *figures { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        });
    laid.collect::<Vec<_>>().join("\n")
}

/// Tells whether all cells below the head are numbers or percentages, and there is one.
fn is_figures(rows: &[Vec<String>], column: usize) -> bool {
    let mut cells = rows.iter().skip(1).filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
    let figure = |cell: &String| cell.strip_suffix('%').unwrap_or(cell).parse::<f64>().is_ok_and(f64::is_finite);
    cells.peek().is_some() && cells.all(figure)
}

/// Returns a text of unknown origin as it may stand in a table: what would move the cursor is escaped.
pub fn plain(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { letter.escape_default().collect() } else { letter.to_string() };
    text.chars().map(shown).collect()
}
