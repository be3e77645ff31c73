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
        if crate::start::stream_of(path).is_some_and(crate::start::is_closed) {
            return Err(io::Error::from_raw_os_error(2));
        }
        std::fs::read(path)
    }

    fn write_private(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        // A link is written through, as an editor would: the file it names is the one that is replaced.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        std::fs::create_dir_all(folder_of(&path))?;
        self.write_beside(&path, contents, |_| 0o600)
    }

    fn replace(&self, path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let target = match std::fs::canonicalize(path) {
            Ok(target) => target,
            // A link to nothing: the file it names is made, and there is nothing to lose.
            Err(_) if std::fs::symlink_metadata(path).is_ok() => return std::fs::write(path, contents),
            Err(_) => path.to_path_buf(),
        };
        let Ok(before) = std::fs::metadata(&target) else {
            return self.write_beside(&target, contents, |mask| mode & !mask);
        };
        // Writing to it must be allowed, though it isn't this file that will be written to.
        let opened = std::fs::OpenOptions::new().write(true).open(&target)?;
        if !before.is_file() {
            return (&opened).write_all(contents);
        }
        drop(opened);
        let kept = before.permissions().mode() & 0o7777;
        match self.write_beside(&target, contents, |_| kept) {
            Ok(()) => {
                // A superuser's edit leaves the file its owner's; anyone else can only own it themselves.
                let _ = std::os::unix::fs::chown(&target, Some(before.uid()), Some(before.gid()));
                Ok(())
            }
            // The folder may be read-only where the file isn't.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => std::fs::write(&target, contents),
            Err(e) => Err(e),
        }
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
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

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Real {
    /// Writes a file of another name in the same folder and renames it. `mode` is told the process's mask.
    fn write_beside(&self, path: &Path, contents: &[u8], mode: impl Fn(u32) -> u32) -> io::Result<()> {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let mut nonce = [0u8; 8];
        self.random(&mut nonce);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder_of(path).join(format!(".{name}.{:016x}", u64::from_le_bytes(nonce)));
        let write = || {
            // Made with all bits to see the mask, which can't be asked for without setting it.
            let wanted = mode(0);
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(wanted).open(&beside)?;
            let mask = wanted & !file.metadata()?.permissions().mode();
            let wanted = mode(mask);
            if file.metadata()?.permissions().mode() & 0o7777 != wanted {
                file.set_permissions(PermissionsExt::from_mode(wanted))?;
            }
            file.write_all(contents)?;
            file.sync_all()?;
            std::fs::rename(&beside, path)
        };
        write().inspect_err(|_| {
            let _ = std::fs::remove_file(&beside);
        })
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

    #[test]
    fn files_that_are_replaced_keep_mode_and_links() {
        let folder = std::env::temp_dir().join(format!("oxaws-env-replace-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (file, link, dangling) = (folder.join("f"), folder.join("l"), folder.join("d"));
        Real.replace(&file, b"one", 0o600).unwrap();
        assert_eq!(mode(&file), 0o600);
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("f", &link).unwrap();
        Real.replace(&link, b"two", 0o600).unwrap();
        assert_eq!((Real.read(&file).unwrap(), mode(&file)), (b"two".to_vec(), 0o640));
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        std::os::unix::fs::symlink("g", &dangling).unwrap();
        Real.replace(&dangling, b"three", 0o600).unwrap();
        assert_eq!(Real.read(&folder.join("g")).unwrap(), b"three");
        assert_eq!(Real.list(&folder).unwrap().len(), 4);
        assert!(Real.is_file(&link) && Real.is_folder(&folder) && !Real.is_file(&folder));
        assert_eq!(Real.mode(&file).unwrap(), 0o640);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
