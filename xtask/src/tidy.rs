//! `cargo xtask tidy`: checks the rules of the source tree that no compiler checks, all in one run.
//!
//! Each rule looks at one lexed file. A rule that must make an exception lists it in a table, with its reason.

mod constants;
mod doors;
mod effects;
mod files;
mod length;
mod manifest;
mod names;
mod seam;
mod shortcuts;
mod source;
mod unsafety;

use std::fmt;

use crate::command::takes_no_arguments;
use crate::failure::Failure;
use crate::workspace::{Plugin, Workspace};
use source::Source;

/// Fewer files than this mean that the walk went wrong: the smallest tree ever had more.
const FILES_MIN: usize = 10;

/// A violation, printed as `path:line: rule: message`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

/// What a rule may know, and where it puts what it found.
struct Check<'a> {
    source: &'a Source<'a>,
    plugins: &'a [Plugin],
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn report(&mut self, line: usize, message: impl Into<String>) {
        let path = self.source.path.to_owned();
        self.findings.push(Finding { path, line, rule: self.rule, message: message.into() });
    }
}

type Rule = (&'static str, fn(&mut Check<'_>));

/// Every rule for Rust files, by the name it reports under.
const RULES: &[Rule] = &[
    ("length", length::check),
    ("names", names::check),
    ("seam", seam::check),
    ("unsafe", unsafety::check),
    ("effects", effects::check),
    ("doors", doors::check),
    ("shortcuts", shortcuts::check),
    ("constants", constants::check),
];

pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    takes_no_arguments("tidy", arguments)?;
    let plugins = workspace.plugins()?;
    let files = files::read(&workspace.root)?;
    let (checked, findings) = check_files(&files, &plugins);
    for finding in &findings {
        println!("{finding}");
    }
    if checked < FILES_MIN {
        return Err(Failure::new(format!("tidy found only {checked} Rust files, so it looked in the wrong place")));
    }
    if findings.is_empty() {
        println!("tidy: {checked} Rust files, no violations");
        Ok(())
    } else {
        Err(Failure::new(format!("tidy: {} violations in {checked} Rust files", findings.len())))
    }
}

/// Checks all files, and returns how many of them were Rust beside the violations in order.
fn check_files(files: &[files::File], plugins: &[Plugin]) -> (usize, Vec<Finding>) {
    let (mut rust, mut findings) = (0, Vec::new());
    for file in files {
        if file.path.ends_with(".rs") {
            rust += 1;
            findings.extend(check_rust(&file.path, &file.text, plugins));
        } else {
            findings.extend(manifest::check(&file.path, &file.text));
        }
    }
    findings.sort();
    (rust, findings)
}

fn check_rust(path: &str, text: &str, plugins: &[Plugin]) -> Vec<Finding> {
    let source = Source::new(path, text);
    let mut check = Check { source: &source, plugins, rule: "", findings: Vec::new() };
    for (name, rule) in RULES {
        check.rule = name;
        rule(&mut check);
    }
    check.findings
}

#[cfg(test)]
mod tests;
