//! [`Machine`] on the machine itself.

use crate::context::{Machine, RunOutput};
use oxaws_env::{Hold, hold_signals, make_private_folders};
use std::any::Any;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long to wait for another process. A call to STS with all its retries takes less.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The machine, with a way to ask the user.
#[derive(Clone, Copy)]
pub struct Local<'a> {
    /// Asks for a secret: see [`Machine::ask_secret`].
    pub ask: &'a (dyn Fn(&str) -> Result<String, String> + Sync),
    /// Variables that programs get beside those of this process.
    pub variables: &'a [(String, String)],
}

impl fmt::Debug for Local<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Local")
    }
}

impl Machine for Local<'_> {
    fn run(&self, words: &[String]) -> io::Result<RunOutput> {
        let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        let output = Command::new(program).args(arguments).envs(variables).stdin(Stdio::inherit()).output()?;
        Ok(RunOutput { success: output.status.success(), stdout: output.stdout, stderr: output.stderr })
    }

    fn ask_secret(&self, prompt: &str) -> Result<String, String> {
        (self.ask)(prompt)
    }

    fn lock(&self, path: &Path) -> Option<Box<dyn Any>> {
        if let Some(folder) = path.parent() {
            make_private_folders(folder).ok()?;
        }
        let started = Instant::now();
        loop {
            // A signal that ends the program ends what the lock is held for, and then the file is removed.
            let hold = hold_signals();
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).ok()?;
            match file.try_lock() {
                // Whoever held it before may have removed the file meanwhile: then this is a lock on nothing.
                Ok(()) if is_at(&file, path) => {
                    return Some(Box::new(Lock { path: path.to_owned(), _file: file, _hold: hold }));
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => {
                    drop(hold);
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(_) => return None,
            }
        }
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => (open.dev(), open.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

struct Lock {
    path: PathBuf,
    _file: File,
    // Dropped last: a signal that waits ends the process.
    _hold: Hold,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked, so that nobody else's file is removed.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn local() -> Local<'static> {
        Local { ask: &|_| Err("nobody".into()), variables: &[] }
    }

    #[test]
    fn programs_run_without_a_shell() {
        let run = |words: &[&str]| local().run(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        let output = run(&["printf", "%s", "a | b"]).unwrap();
        assert!(output.success);
        assert_eq!(output.stdout, b"a | b");
        assert!(!run(&["false"]).unwrap().success);
        assert_eq!(run(&["no-such-program-here"]).unwrap_err().raw_os_error(), Some(2));
        assert!(run(&[]).is_err());
    }

    #[test]
    fn one_at_a_time_and_nothing_is_left() {
        let folder = std::env::temp_dir().join(format!("oxaws-creds-lock-{}", std::process::id()));
        let path = folder.join("x.lock");
        let inside = AtomicUsize::new(0);
        std::thread::scope(|s| {
            for _ in 0..8 {
                s.spawn(|| {
                    for _ in 0..5 {
                        let guard = local().lock(&path).expect("a lock");
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(guard);
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
    }
}
