//! What every task needs: where the project is, how to run a program, what can go wrong.

use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// How a task ends.
pub type Outcome<T = ()> = Result<T, TaskError>;

/// Everything that can end a task badly.
#[derive(Debug)]
pub enum TaskError {
    /// The task was called wrongly.
    Usage(String),
    /// A file or a program could not be used.
    Io {
        /// Which.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// A program ended with another code than 0.
    Program(String),
    /// Something read isn't as it should be.
    Data(String),
    /// Checks failed; the details were printed.
    Failed(String),
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Usage(text) | TaskError::Data(text) | TaskError::Failed(text) => f.write_str(text),
            TaskError::Io { what, source } => write!(f, "{what}: {source}"),
            TaskError::Program(command) => write!(f, "failed: {command}"),
        }
    }
}

impl std::error::Error for TaskError {}

/// Names what an I/O error happened to.
pub fn io_at(what: impl fmt::Display) -> impl FnOnce(io::Error) -> TaskError {
    let what = what.to_string();
    move |source| TaskError::Io { what, source }
}

/// Where things are.
#[derive(Debug)]
pub struct Project {
    /// The folder of the workspace's Cargo.toml.
    pub root: PathBuf,
    /// The build folder.
    pub target: PathBuf,
}

impl Project {
    /// Finds the workspace this program was built from.
    ///
    /// # Errors
    /// When it isn't there any more.
    pub fn open() -> Outcome<Project> {
        let here =
            PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
        let root = here.join("..").canonicalize().map_err(io_at(here.display()))?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |t| root.join(t));
        Ok(Project { root, target })
    }

    /// `cargo` with these arguments, in the workspace.
    pub fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(args).current_dir(&self.root);
        command
    }

    /// The executable as a build of `profile` (`debug` or `release`) leaves it.
    pub fn executable(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("aws")
    }
}

/// Builds the executable optimised and, where the C library allows it, static; returns where it lies.
///
/// # Errors
/// When it doesn't build.
pub fn build_release(project: &Project) -> Outcome<PathBuf> {
    let mut build = project.cargo(&["rustc", "--release", "--package", "oxaws", "--bin", "aws"]);
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        // Said to the last crate only: for all of them, macros of the compiler's own could no longer be built.
        build.args(["--", "-C", "target-feature=+crt-static"]);
    }
    run(&mut build)?;
    Ok(project.executable("release"))
}

/// Tells what comes next.
pub fn announce(text: impl fmt::Display) {
    println!("==> {text}");
}

/// Runs a program to its end, its output going where ours goes.
///
/// # Errors
/// When it can't be started or fails.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(io_at(shown(command)))?;
    if status.success() { Ok(()) } else { Err(TaskError::Program(shown(command))) }
}

/// Runs a program to its end and returns its standard output.
///
/// # Errors
/// When it can't be started or fails.
pub fn capture(command: &mut Command) -> Outcome<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output().map_err(io_at(shown(command)))?;
    if output.status.success() { Ok(output.stdout) } else { Err(TaskError::Program(shown(command))) }
}

/// Runs a program, hands each line of its standard output to `seen` after printing it, and says whether it succeeded.
///
/// # Errors
/// When it can't be started or read from.
pub fn follow(command: &mut Command, mut seen: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(io_at(shown(command)))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(io_at(shown(command)))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            seen(&line);
        }
    }
    Ok(child.wait().map_err(io_at(shown(command)))?.success())
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Reads a text file.
///
/// # Errors
/// When it isn't there or isn't text.
pub fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(io_at(path.display()))
}

/// Writes a text file.
///
/// # Errors
/// When it can't be written.
pub fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(io_at(path.display()))
}

/// Empties a folder, making it where it is missing.
///
/// # Errors
/// When its files can't be removed or it can't be made.
pub fn fresh_folder(path: &Path) -> Outcome {
    if path.exists() {
        fs::remove_dir_all(path).map_err(io_at(path.display()))?;
    }
    fs::create_dir_all(path).map_err(io_at(path.display()))
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// When something can't be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).map_err(io_at(to.display()))?;
    for entry in fs::read_dir(from).map_err(io_at(from.display()))? {
        let entry = entry.map_err(io_at(from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(io_at(source.display()))?;
        }
    }
    Ok(())
}

/// Reads `--name VALUE` and `--flag` options.
pub struct Options<'a> {
    args: &'a [String],
}

impl<'a> Options<'a> {
    /// Takes a task's arguments apart; `values` and `flags` are the options it knows.
    ///
    /// # Errors
    /// When there is another option, or a value is missing.
    pub fn new(args: &'a [String], values: &[&str], flags: &[&str]) -> Outcome<Self> {
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if values.contains(&arg.as_str()) {
                rest.next().ok_or_else(|| TaskError::Usage(format!("{arg} needs a value")))?;
            } else if !flags.contains(&arg.as_str()) {
                let known: Vec<String> =
                    values.iter().map(|v| format!("{v} VALUE")).chain(flags.iter().map(|f| f.to_string())).collect();
                return Err(TaskError::Usage(format!("unknown option {arg}; there are: {}", known.join(", "))));
            }
        }
        Ok(Options { args })
    }

    /// The value of an option, where it was given.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        let at = self.args.iter().position(|a| a == name)?;
        self.args.get(at + 1).map(String::as_str)
    }

    /// Whether a flag was given.
    pub fn flag(&self, name: &str) -> bool {
        self.args.iter().any(|a| a == name)
    }
}
