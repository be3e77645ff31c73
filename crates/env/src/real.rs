//! The machine itself.

use crate::files::{self, FolderLock, Put};
use crate::{Instant, Stream, World};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long the writer of a pipe may take that is read in place of a file of settings, such as a password manager.
const PIPE_PATIENCE: Duration = Duration::from_secs(10);

/// The machine the program runs on.
#[derive(Debug, Default, Clone, Copy)]
pub struct Real;

impl World for Real {
    fn args(&self) -> Vec<OsString> {
        std::env::args_os().skip(1).collect()
    }

    fn var(&self, name: &str) -> Option<String> {
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var_os(name).map(|v| v.to_string_lossy().into_owned())
    }

    fn vars(&self) -> Vec<(String, String)> {
        std::env::vars_os().map(|(k, v)| (k.to_string_lossy().into_owned(), v.to_string_lossy().into_owned())).collect()
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir()
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if crate::start::stream_of(path).is_some_and(crate::start::is_closed) {
            return Err(io::Error::from_raw_os_error(2));
        }
        std::fs::read(path)
    }

    fn read_settings(&self, path: &Path) -> io::Result<Vec<u8>> {
        files::read_settings(path, PIPE_PATIENCE)
    }

    fn put(&self, path: &Path, contents: &[u8], how: Put) -> io::Result<()> {
        files::put(path, contents, how, || {
            let mut nonce = [0; 8];
            self.random(&mut nonce);
            u64::from_le_bytes(nonce)
        })
    }

    fn lock_folder_of(&self, path: &Path) -> Option<FolderLock> {
        files::lock_folder_of(path)
    }

    fn make_private_folders(&self, path: &Path) -> Result<(), (io::Error, PathBuf)> {
        files::make_private_folders(path)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn mode(&self, path: &Path) -> io::Result<u32> {
        use std::os::unix::fs::PermissionsExt;
        Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut paths = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    }

    fn read_line(&self, stopped: &dyn Fn() -> bool) -> io::Result<Option<String>> {
        if crate::start::is_closed(Stream::Stdin) {
            // The words of Python's `input`.
            return Err(io::Error::other("input(): lost sys.stdin"));
        }
        crate::secret::await_line(stopped)?;
        crate::secret::line(&mut io::stdin().lock())
    }

    fn ask_secret(&self, prompt: &str) -> io::Result<Option<String>> {
        crate::secret::ask(prompt)
    }

    fn choose(&self, items: &[String]) -> io::Result<Option<usize>> {
        crate::menu::choose(items)
    }

    fn now(&self) -> Instant {
        match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(d) => Instant { nanos: d.as_nanos() as i128 },
            Err(e) => Instant { nanos: -(e.duration().as_nanos() as i128) },
        }
    }

    fn local_offset(&self, at: Instant) -> i32 {
        use chrono::{Offset, TimeZone};
        match self.var(crate::var::TZ).as_deref() {
            // The common case costs no time zone file.
            Some("UTC" | "" | "UTC0") => 0,
            _ => chrono::Local.timestamp_opt(at.secs(), 0).single().map_or(0, |t| t.offset().fix().local_minus_utc()),
        }
    }

    fn sleep(&self, time: Duration) {
        // A signal ends the sleep early, so that Ctrl-C is noticed at once.
        let request = rustix::thread::Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(time.subsec_nanos()),
        };
        let _ = rustix::thread::nanosleep(&request);
    }

    fn random(&self, out: &mut [u8]) {
        // The kernel's generator fails only where it doesn't exist; then the clock is better than a panic.
        if getrandom::fill(out).is_err() {
            let seed = self.now().nanos.to_le_bytes();
            out.iter_mut().enumerate().for_each(|(i, b)| *b = seed[i % seed.len()].wrapping_add(i as u8));
        }
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdin => io::stdin().is_terminal(),
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }

    fn is_closed(&self, stream: Stream) -> bool {
        crate::start::is_closed(stream)
    }

    fn terminal_width(&self) -> Option<u16> {
        rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
    }
}
