//! The table of commands, and how a command line finds its entry.

use crate::failure::Failure;
use crate::nearest::nearest;
use crate::workspace::Workspace;
use crate::{bench, ci, dist, run, test, tidy};

/// One thing `cargo xtask` can do.
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        arguments: "[-- args]",
        about: "Builds a release into dist/ and runs `outrigger run` there.",
        run: run::command,
    },
    Command {
        name: "dist",
        arguments: "",
        about: "Builds a release into dist/ and prints its sizes.",
        run: dist::command,
    },
    Command {
        name: "test",
        arguments: "[--oracles|--windows] [filter…]",
        about: "Builds the plugins and runs the tests, those against oracles, or those of a build for Windows.",
        run: test::command,
    },
    Command {
        name: "tidy",
        arguments: "",
        about: "Checks the rules of the source tree that no compiler checks.",
        run: tidy::command,
    },
    Command {
        name: "ci",
        arguments: "",
        about: "Runs fmt, tidy, clippy, docs and both kinds of tests, stopping at the first failure.",
        run: ci::command,
    },
    Command {
        name: "bench",
        arguments: "[name…]",
        about: "Builds a release and runs the named benchmarks, or all of them.",
        run: bench::command,
    },
];

/// Runs the command the arguments name; none, or `help`, lists them.
pub(crate) fn dispatch(arguments: &[String]) -> Result<(), Failure> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", listing());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", listing());
        return Ok(());
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(&Workspace::locate()?, rest),
        None => Err(unknown("command", name, COMMANDS.iter().map(|command| command.name))),
    }
}

/// Refuses arguments for a command that takes none, rather than ignoring them.
pub(crate) fn takes_no_arguments(name: &str, arguments: &[String]) -> Result<(), Failure> {
    match arguments.first() {
        None => Ok(()),
        Some(first) => Err(Failure::usage(format!("`{name}` takes no arguments, but was given `{first}`"))),
    }
}

/// Says that `typed` is not one of `names`, which was meant, and what there is.
pub(crate) fn unknown<'a>(what: &str, typed: &str, names: impl Iterator<Item = &'a str>) -> Failure {
    let names: Vec<&str> = names.collect();
    let hint = nearest(typed, names.iter().copied()).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    Failure::usage(format!("unknown {what} `{typed}`; {hint}valid: {}", names.join(", ")))
}

fn listing() -> String {
    let mut text = String::from("usage: cargo xtask <command>\n\n");
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        text.push_str(&format!("  {usage:<27} {}\n", command.about));
    }
    text.push_str("  help                        Prints this list.\n");
    text
}

#[cfg(test)]
mod tests;
