//! The machine itself.

use crate::{Instant, Stream, World};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

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
        std::fs::read(path)
    }

    fn write_private(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        // A link is written through, as an editor would: the file it names is the one that is replaced.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut nonce = [0u8; 8];
        self.random(&mut nonce);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.join(format!(".{name}.{:016x}", u64::from_le_bytes(nonce)));
        let write = || {
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(contents)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)
        };
        write().inspect_err(|_| {
            let _ = std::fs::remove_file(&beside);
        })
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
        std::thread::sleep(time);
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

    fn terminal_width(&self) -> Option<u16> {
        rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn private_files_are_0600_and_replaced_whole() {
        let folder = std::env::temp_dir().join(format!("oxaws-env-{}", std::process::id()));
        let path = folder.join("deep/file");
        Real.write_private(&path, b"one").unwrap();
        Real.write_private(&path, b"two").unwrap();
        assert_eq!(Real.read(&path).unwrap(), b"two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
