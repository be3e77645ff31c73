//! Other programs that commands run.

use std::io::{self, ErrorKind, Write};
use std::process::{Command, ExitStatus, Stdio};

/// What a program left behind.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// Why a program did nothing.
#[derive(Debug)]
pub enum ProgramError {
    /// It isn't installed.
    Missing,
    /// It couldn't be run.
    Io(io::Error),
}

impl From<io::Error> for ProgramError {
    fn from(e: io::Error) -> Self {
        if e.kind() == ErrorKind::NotFound { ProgramError::Missing } else { ProgramError::Io(e) }
    }
}

impl From<ProgramError> for io::Error {
    fn from(e: ProgramError) -> Self {
        match e {
            ProgramError::Missing => io::Error::from(ErrorKind::NotFound),
            ProgramError::Io(e) => e,
        }
    }
}

fn command(words: &[String]) -> Command {
    let mut command = Command::new(words.first().map_or("", String::as_str));
    command.args(words.get(1..).unwrap_or_default());
    command
}

/// Runs a program and keeps what it prints.
///
/// # Errors
/// When it can't be run.
pub fn capture(words: &[String]) -> Result<Finished, ProgramError> {
    let out = command(words).stdin(Stdio::inherit()).output()?;
    Ok(Finished { status: out.status, stdout: out.stdout, stderr: out.stderr })
}

/// Runs a program on this terminal, with `variables` on top of the environment.
///
/// # Errors
/// When it can't be run.
pub fn run(words: &[String], variables: &[(&str, &str)]) -> Result<ExitStatus, ProgramError> {
    let mut command = command(words);
    command.envs(variables.iter().copied());
    Ok(command.status()?)
}

/// Runs a program on this terminal and gives it `input` to read.
///
/// # Errors
/// When it can't be run.
pub fn feed(words: &[String], input: &[u8]) -> Result<ExitStatus, ProgramError> {
    let mut child = command(words).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that doesn't want all of it has its reasons; how it ends says more.
        let _ = stdin.write_all(input);
    }
    Ok(child.wait()?)
}

/// Python's words for a program that failed (`CalledProcessError`).
pub fn failure_text(words: &[String], status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    let shown: Vec<String> = words.iter().map(|w| oxaws_python::repr_str(w)).collect();
    let shown = shown.join(", ");
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("Command '[{shown}]' returned non-zero exit status {code}."),
        (None, Some(signal)) => format!("Command '[{shown}]' died with {}.", signal_name(signal)),
        (None, None) => format!("Command '[{shown}]' died."),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return format!("unknown signal {signal}"),
    };
    format!("<Signals.{name}: {signal}>")
}

/// Words from texts.
pub fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_run_or_are_missing() {
        let done = capture(&words(["sh", "-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert_eq!((done.stdout.as_slice(), done.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(
            failure_text(&words(["sh", "a'b"]), done.status),
            "Command '['sh', \"a'b\"]' returned non-zero exit status 3."
        );
        assert!(matches!(capture(&words(["no-such-program-here"])), Err(ProgramError::Missing)));
        assert!(feed(&words(["sh", "-c", "read x; test \"$x\" = hi"]), b"hi\n").unwrap().success());
    }
}
