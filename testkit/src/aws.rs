//! Runs the real executable as a user would, in a home and a working folder of its own.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, io, thread};

use crate::pattern;
use crate::scratch::Scratch;

/// The variable that names the executable to test; any program with the command line of AWS CLI v2 will do.
pub const EXECUTABLE: &str = "OXAWS_AWS";

/// The access key every test signs with (AWS's own example key).
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// The secret that belongs to [`ACCESS_KEY`].
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A command that takes longer is ended with signal 9.
const PATIENCE: Duration = Duration::from_secs(120);

/// An `aws` to call: which program, with which variables, in which folders. The parent's environment isn't handed down
/// except for `PATH`.
#[derive(Debug)]
pub struct Aws {
    program: PathBuf,
    vars: Vec<(String, OsString)>,
    folder: Scratch,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code, or minus the number of the signal that ended it.
    pub code: i32,
    /// Standard output; bytes that aren't UTF-8 become U+FFFD.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
}

impl Aws {
    /// The executable named by `OXAWS_AWS`, else the one built beside the running test, with credentials, a region and
    /// no other settings.
    ///
    /// # Errors
    /// When the folders can't be made or there is no such executable.
    pub fn new() -> io::Result<Self> {
        Self::at(&executable()?)
    }

    /// Like [`Aws::new`], with the executable at `program`.
    ///
    /// # Errors
    /// When the folders can't be made.
    pub fn at(program: &Path) -> io::Result<Self> {
        let folder = Scratch::new()?;
        std::fs::create_dir(folder.path().join("home"))?;
        std::fs::create_dir(folder.path().join("work"))?;
        let home = folder.path().join("home").into_os_string();
        let path = env::var_os("PATH").unwrap_or_default();
        let aws =
            Aws { program: program.to_path_buf(), vars: vec![("HOME".into(), home), ("PATH".into(), path)], folder };
        Ok(aws
            .with("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .with("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .with("AWS_DEFAULT_REGION", "us-east-1")
            .with("AWS_EC2_METADATA_DISABLED", "true")
            .with("AWS_PAGER", "")
            .with("COLUMNS", "80")
            .with("LANG", "C.UTF-8")
            .with("TZ", "UTC"))
    }

    /// Sets a variable.
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.vars.retain(|(n, _)| n != name);
        self.vars.push((name.to_owned(), value.into()));
        self
    }

    /// Takes a variable away.
    pub fn without(mut self, name: &str) -> Self {
        self.vars.retain(|(n, _)| n != name);
        self
    }

    /// The home folder of the commands.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder the commands are run in.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file into the folder the commands are run in.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> io::Result<PathBuf> {
        self.folder.write(&format!("work/{name}"), contents)
    }

    /// Writes `~/.aws/config`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn config(&self, contents: &str) -> io::Result<PathBuf> {
        self.folder.write("home/.aws/config", contents)
    }

    /// The command with these arguments, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env_clear().envs(self.vars.iter().map(|(n, v)| (n, v))).current_dir(self.work());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// When the executable can't be started.
    pub fn run(&self, args: &[&str]) -> io::Result<Outcome> {
        finish(self.command(args).spawn()?)
    }

    /// Runs a command with this on its standard input, through a pipe.
    ///
    /// # Errors
    /// When the executable can't be started.
    pub fn feed(&self, args: &[&str], input: &[u8]) -> io::Result<Outcome> {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        thread::scope(|scope| {
            // A command that fails early doesn't read all of it.
            scope.spawn(move || stdin.map(|mut pipe| pipe.write_all(input)));
            finish(child)
        })
    }

    /// Runs a command as the last one of a shell script, in which it is `"$@"`.
    ///
    /// # Errors
    /// When there is no shell.
    pub fn run_in_shell(&self, script: &str, args: &[&str]) -> io::Result<Outcome> {
        let plain = self.command(args);
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(plain.get_program()).args(plain.get_args());
        shell.env_clear().envs(self.vars.iter().map(|(n, v)| (n, v))).current_dir(self.work());
        finish(shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
    }

    /// Starts a command, waits until `ready` returns, and presses Ctrl-C.
    ///
    /// # Errors
    /// When the executable can't be started or signalled.
    pub fn interrupt(&self, args: &[&str], ready: impl FnOnce()) -> io::Result<Outcome> {
        let child = self.command(args).spawn()?;
        ready();
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)?;
        finish(child)
    }
}

impl Outcome {
    /// The three parts as one text, as [`Outcome::check`] compares them.
    pub fn snapshot(&self) -> String {
        let mut text = format!("exit {}\n", self.code);
        for (name, part) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !part.is_empty() {
                text.push_str(&format!("--- {name}\n{part}"));
                if !part.ends_with('\n') {
                    text.push_str("[no newline]\n");
                }
            }
        }
        text
    }

    /// Holds the outcome against a snapshot with holes (see [`pattern::matches`]).
    ///
    /// # Panics
    /// When they differ: this is an assertion.
    #[track_caller]
    pub fn check(&self, expected: &str) {
        let got = self.snapshot();
        assert!(pattern::matches(expected, &got), "expected:\n{}\n\ngot:\n{got}", expected.trim());
    }
}

fn finish(child: Child) -> io::Result<Outcome> {
    let (ended, end) = mpsc::channel::<()>();
    let pid = rustix::process::Pid::from_child(&child);
    thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    });
    let output = child.wait_with_output()?;
    drop(ended);
    let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
    Ok(Outcome {
        code: output.status.code().or(signal.map(|s| -s)).unwrap_or(i32::MIN),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Where the executable to test is: `OXAWS_AWS`, else `aws` in the build folder the caller runs from.
///
/// # Errors
/// When there is none.
pub fn executable() -> io::Result<PathBuf> {
    if let Some(path) = env::var_os(EXECUTABLE) {
        return PathBuf::from(path).canonicalize();
    }
    let here = env::current_exe()?;
    let candidate = here.ancestors().skip(1).take(2).map(|folder| folder.join("aws")).find(|p| p.is_file());
    candidate.ok_or_else(|| io::Error::other(format!("build the executable first, or name it in {EXECUTABLE}")))
}
