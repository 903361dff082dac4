//! The parent: starts the child, hears its messages, and says which case it was in where it falls silent.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
};

use super::super::super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
};
use super::{
    TestArguments,
    message::{Ended, Message},
    report::{Report, Row},
    setup::setup,
};
use crate::{platform, plugin::inspect::inspect, replace::make_private_folder};

/// How many lines of a crashed plugin's last words are shown: the message of a panic or of a sanitizer with its place.
const LAST_LINES: usize = 20;

/// How much of each is shown: two lines of a terminal, not a record of a megabyte.
const LINE_LETTERS_MAX: usize = 200;

/// Tests the plugin in a child process and reports.
pub(super) fn run(arguments: &TestArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    let manifest = match inspect(&arguments.file) {
        Ok(manifest) => manifest,
        Err(error) => {
            output.error(error.code(), &format!("{}: {error}", arguments.file.display()), Some(&error.help()));
            return if arguments.file.exists() { Exit::PluginRefused } else { Exit::NotFound };
        }
    };
    let plugin = format!("{} {}", manifest.name, manifest.version);
    // No plugin says it by chance: the child's messages begin with it, and its folder is nobody else's.
    let word = uuid::Uuid::now_v7().simple().to_string();
    let store = std::env::temp_dir().join(format!("outrigger-plugin-test-{word}"));
    if let Err(error) = make_private_folder(&store) {
        output.error("cli.plugin_child", &format!("can't make {}: {error}", store.display()), None);
        return Exit::Failed;
    }
    let checked = setup(&arguments.file, manifest, arguments.settings.as_ref(), sources, &store);
    let ended = match checked {
        Err(diagnostics) => output.diagnostics(&diagnostics),
        Ok(_) => match watch(arguments, sources, &word, &store) {
            Ok(Heard::Report(report)) => {
                output.answer(&report.json(&arguments.file, &plugin), || report.text());
                if report.ok() { Exit::Ok } else { Exit::Failed }
            }
            Ok(Heard::Refused { code, message, help }) => {
                output.error(&code, &message, Some(&help));
                Exit::PluginRefused
            }
            Err(error) => {
                output.error("cli.plugin_child", &format!("can't start the child process: {error}"), None);
                Exit::Failed
            }
        },
    };
    // A folder of the system for temporary files: what can't be removed is removed by its owner some day.
    let _ = std::fs::remove_dir_all(&store);
    ended
}

/// What the child said in all.
enum Heard {
    Report(Report),
    Refused { code: String, message: String, help: String },
}

fn watch(arguments: &TestArguments, sources: &SourceArguments, word: &str, store: &Path) -> std::io::Result<Heard> {
    let mut child = command(arguments, sources, word, store)?.spawn()?;
    let (sender, messages) = channel();
    let said = Arc::new(Mutex::new(VecDeque::new()));
    let stdout = child.stdout.take().map(|out| hear(out, word.to_owned(), sender));
    let stderr = child.stderr.take().map(|out| overhear(out, said.clone()));
    let heard = listen(&mut child, &messages, arguments);
    // Its pipes are closed by now, unless a process that the plugin started holds them: then nobody waits for it.
    for reader in [stdout, stderr].into_iter().flatten().filter(JoinHandle::is_finished) {
        let _ = reader.join();
    }
    let mut heard = heard?;
    if let Heard::Report(report) = &mut heard
        && !report.complete
    {
        let said = said.lock().unwrap_or_else(PoisonError::into_inner);
        report.last_words = said.iter().cloned().collect();
    }
    Ok(heard)
}

fn command(arguments: &TestArguments, sources: &SourceArguments, word: &str, store: &Path) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["plugin", "test"]).arg(&arguments.file).args(["--child", word]).arg("--store").arg(store);
    if let Some(settings) = &arguments.settings {
        command.arg("--settings").arg(settings);
    }
    if let Some(file) = &sources.env_file {
        command.arg("--env-file").arg(file);
    }
    for assignment in &sources.set {
        command.args(["--set", assignment]);
    }
    // A panic's message would be lost above its backtrace.
    command.env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// Sends every message of the child; its end is the channel's.
fn hear(out: impl Read + Send + 'static, word: String, to: Sender<Message>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in lines(out) {
            // What the plugin prints is not shown: a provider that prints records would hide the table.
            if let Some(message) = Message::read(&line, &word)
                && to.send(message).is_err()
            {
                return;
            }
        }
    })
}

/// Keeps the last lines of the child's standard error.
fn overhear(out: impl Read + Send + 'static, said: Arc<Mutex<VecDeque<String>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in lines(out).filter(|line| !line.trim().is_empty()) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_back(line.chars().take(LINE_LETTERS_MAX).collect());
            if said.len() > LAST_LINES {
                said.pop_front();
            }
        }
    })
}

fn lines(out: impl Read) -> impl Iterator<Item = String> {
    let split = BufReader::new(out).split(b'\n').map_while(Result::ok);
    split.map(|line| String::from_utf8_lossy(&line).into_owned())
}

/// Gathers the messages until the child is done, refused, dead or silent for too long.
fn listen(child: &mut Child, messages: &Receiver<Message>, arguments: &TestArguments) -> std::io::Result<Heard> {
    let mut report = Report::default();
    let mut current = None;
    loop {
        let lost = match messages.recv_timeout(arguments.patience.0) {
            Ok(Message::Begins { case }) => {
                current = Some(case);
                continue;
            }
            Ok(Message::Ends { case, ended }) => {
                current = None;
                report.cases.push(Row { case, ended });
                continue;
            }
            Ok(Message::Refused { code, message, help }) => {
                child.wait()?;
                return Ok(Heard::Refused { code, message, help });
            }
            Ok(Message::Done) => {
                report.complete = true;
                // It may hang in its end, where a thread of the plugin's never does; what counts is said.
                None
            }
            Err(RecvTimeoutError::Timeout) => Some(Ended::Hung(format!("no answer for {}", arguments.patience))),
            Err(RecvTimeoutError::Disconnected) => Some(Ended::Crashed(how(child.wait()?))),
        };
        if let Some(ended) = lost {
            let case = current.unwrap_or_else(|| "(between two cases)".to_owned());
            report.cases.push(Row { case, ended });
        }
        // Fails only where it has ended already.
        let _ = child.kill();
        child.wait()?;
        return Ok(Heard::Report(report));
    }
}

/// Says how a process ended that should not have.
fn how(status: ExitStatus) -> String {
    if let Some(signal) = platform::signal_of(status) {
        return format!("signal {signal}{}", name(signal));
    }
    format!("it ended the process ({status})")
}

/// The signals by which faulty code ends, by number, alike on all systems that have them but for SIGBUS.
const fn name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL)",
        6 => " (SIGABRT: an abort, or a panic where none may be)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL: killed from outside, or out of memory)",
        11 => " (SIGSEGV: a memory fault or a stack overflow)",
        _ => "",
    }
}
