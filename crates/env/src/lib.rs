//! The outside world behind one trait: arguments, variables, files, clock, randomness, terminals.
//!
//! Nothing else in the workspace reads the environment or the clock. [`Real`] is the machine; [`Fixed`] is a world made
//! for a test.

pub mod descriptor;
mod ending;
mod files;
mod fixed;
mod menu;
mod real;
mod secret;
pub mod start;
pub mod var;

pub use ending::{Hold, also_set, before_ending, hold_signals, is_watched};
pub use files::{FolderLock, Put, PutMode, make_private_folders};
pub use fixed::Fixed;
pub use real::Real;

use oxaws_python::path;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The release of the AWS CLI whose behaviour this program has. `--version`, the user agent and the documents name it.
pub const AWS_CLI_VERSION: &str = "2.38.1";

/// The three standard streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A moment, as nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Nanoseconds since the epoch; negative before it.
    pub nanos: i128,
}

impl Instant {
    /// The moment `seconds` after the epoch.
    pub fn from_secs(seconds: i64) -> Self {
        Instant { nanos: i128::from(seconds) * 1_000_000_000 }
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn secs(self) -> i64 {
        self.nanos.div_euclid(1_000_000_000) as i64
    }
}

/// Everything outside the program.
pub trait World: Send + Sync {
    /// The arguments after the program's name.
    fn args(&self) -> Vec<OsString>;
    /// The environment variable `name`, where it is set (also to the empty text). Bytes that aren't UTF-8 become U+FFFD.
    fn var(&self, name: &str) -> Option<String>;
    /// All environment variables.
    fn vars(&self) -> Vec<(String, String)>;
    /// The user's home folder: `$HOME`, else the system's entry.
    fn home(&self) -> Option<PathBuf>;
    /// The current folder.
    fn current_dir(&self) -> io::Result<PathBuf>;
    /// A file's contents.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// A file of settings (the config file, the credentials file): what isn't a regular file counts as missing, but for a
    /// pipe that somebody writes to, which is read once and within a time limit.
    ///
    /// # Errors
    /// When it can't be read; [`io::ErrorKind::TimedOut`] when a pipe's writer takes too long.
    fn read_settings(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read(path)
    }
    /// Gives a file new contents: what is there before is there until all of the new is written. SIGTERM and SIGHUP wait
    /// until then.
    ///
    /// # Errors
    /// When it can't be written; then the file is as it was before.
    fn put(&self, path: &Path, contents: &[u8], how: Put) -> io::Result<()>;
    /// Writes a file that may hold secrets: mode 0600. Folders that are missing are made, for the owner alone.
    ///
    /// # Errors
    /// As [`World::put`].
    fn write_private(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        self.put(path, contents, Put { mode: PutMode::Private, follow: true, folders: true })
    }
    /// Writes a user's file. A file that exists keeps its mode, its owner and its other names, and a link stays one; a new
    /// file gets `mode`, less the process's mask. Folders must exist.
    ///
    /// # Errors
    /// As [`World::put`].
    fn replace(&self, path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
        self.put(path, contents, Put { mode: PutMode::Kept(mode), follow: true, folders: false })
    }
    /// Keeps other processes from changing files of the folder that `path` is in, after links, as long as the result
    /// lives. `None` where no lock can be had.
    fn lock_folder_of(&self, path: &Path) -> Option<FolderLock> {
        let _ = path;
        None
    }
    /// Makes a folder and those above it, for the owner alone; one that exists stays as it is.
    ///
    /// # Errors
    /// When one can't be made: with that folder, as Python's `os.makedirs` names it.
    fn make_private_folders(&self, path: &Path) -> Result<(), (io::Error, PathBuf)>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Whether a path leads to a regular file.
    fn is_file(&self, path: &Path) -> bool;
    /// Whether a path leads to a folder.
    fn is_folder(&self, path: &Path) -> bool;
    /// The permission bits of a file (`0o600`).
    fn mode(&self, path: &Path) -> io::Result<u32>;
    /// The paths of what is in a folder, sorted.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;
    /// A line of standard input without its end; `None` where the input has ended. Bytes that aren't UTF-8 become U+FFFD.
    /// While a terminal is waited for, `stopped` is asked again and again whether to go on.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] when a signal came or `stopped` said so while a terminal was waited for.
    fn read_line(&self, stopped: &dyn Fn() -> bool) -> io::Result<Option<String>>;
    /// Asks for a secret on the controlling terminal, without echo; where there is none, on standard error and standard
    /// input (Python's `getpass`). `None` where the input has ended.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] when the user typed Ctrl-C.
    fn ask_secret(&self, prompt: &str) -> io::Result<Option<String>>;
    /// Lets the user choose among items with the arrow keys: the index of the chosen one. `None` where the input has
    /// ended.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] when the user typed Ctrl-C.
    fn choose(&self, items: &[String]) -> io::Result<Option<usize>>;
    /// Wall-clock time.
    fn now(&self) -> Instant;
    /// The local time zone's offset from UTC at `at`, in seconds east.
    fn local_offset(&self, at: Instant) -> i32;
    /// Lets time pass.
    fn sleep(&self, time: Duration);
    /// Fills `out` with random bytes.
    fn random(&self, out: &mut [u8]);
    /// Whether a stream is a terminal.
    fn is_terminal(&self, stream: Stream) -> bool;
    /// Whether a stream was closed when the program started.
    fn is_closed(&self, stream: Stream) -> bool {
        let _ = stream;
        false
    }
    /// Columns of the terminal on standard output, where it is one.
    fn terminal_width(&self) -> Option<u16>;
}

/// A random UUID (version 4) in its usual text.
pub fn uuid4(world: &dyn World) -> String {
    let mut bytes = [0u8; 16];
    world.random(&mut bytes);
    uuid_of(u128::from_be_bytes(bytes))
}

/// The UUID (version 4) of these bits, in its usual text.
pub fn uuid_of(bits: u128) -> String {
    let bits = bits & !(0xf << 76) | (4 << 76);
    let bits = bits & !(3 << 62) | (2 << 62);
    let mut out = String::with_capacity(36);
    for at in 0..32 {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        let digit = (bits >> (124 - 4 * at)) as u32 & 15;
        out.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    out
}

/// A path as a user writes it: `$VAR` and `${VAR}` replaced where set, then a leading `~` by the home folder (Python's
/// `expanduser(expandvars(path))`).
pub fn expand_path(world: &dyn World, path: &str) -> PathBuf {
    PathBuf::from(expand_user(world, &expand_vars(world, path)))
}

/// A leading `~` replaced by the home folder, `~name` by that of another user (Python's `expanduser`).
pub fn expand_user(world: &dyn World, path: &str) -> String {
    path::expand_user(path, |user| match user {
        "" => world.home().map(|home| home.display().to_string()),
        user => home_of(world, user),
    })
}

/// The home folder of a user of this machine.
fn home_of(world: &dyn World, user: &str) -> Option<String> {
    let users = String::from_utf8(world.read(Path::new("/etc/passwd")).ok()?).ok()?;
    let line = users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(user));
    line?.nth(5).map(str::to_owned)
}

/// `$VAR` and `${VAR}` replaced by the variables that are set; the others stay as they are.
pub fn expand_vars(world: &dyn World, text: &str) -> String {
    path::expand_vars(text, |name| world.var(name))
}

/// Python's `abspath`: from the root, without `.` and `..`.
///
/// # Errors
/// When the path is relative and the current folder is gone.
pub fn absolute(world: &dyn World, path: &str) -> io::Result<PathBuf> {
    let folder = if path.starts_with('/') { PathBuf::from("/") } else { world.current_dir()? };
    Ok(path::normal(&folder.join(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_expand_as_in_python() {
        let world = Fixed::new().with_var("A", "x").with_var("HOME", "/home/u");
        assert_eq!(expand_path(&world, "~/$A/${A}b/$NO/${NO}$"), PathBuf::from("/home/u/x/xb/$NO/${NO}$"));
        assert_eq!(expand_path(&world, "~"), PathBuf::from("/home/u"));
        assert_eq!(expand_path(&world, "~other/x"), PathBuf::from("~other/x"));
        let world =
            world.with_file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nother:x:1:1::/home/other/:/bin/sh\n");
        assert_eq!(expand_user(&world, "~other/x"), "/home/other/x");
        assert_eq!(expand_user(&world, "~root"), "/root");
        assert_eq!(expand_user(&world, "~nobody/~"), "~nobody/~");
        assert_eq!(expand_user(&world, "$A"), "$A");
        assert_eq!(absolute(&world, "/a/../b/./c").unwrap(), PathBuf::from("/b/c"));
    }

    #[test]
    fn uuids_have_version_and_variant() {
        let id = uuid4(&Fixed::new());
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'));
    }
}
