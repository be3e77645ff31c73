//! A world made for a test.

use crate::{Instant, Put, Stream, World};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// A world with fixed arguments, variables, files, clock and random bytes. Sleeping moves its clock.
#[derive(Debug, Default)]
pub struct Fixed {
    args: Vec<OsString>,
    vars: BTreeMap<String, String>,
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
    nanos: Mutex<i128>,
    input: Mutex<VecDeque<String>>,
}

impl Fixed {
    /// A world with nothing in it, at the epoch.
    pub fn new() -> Self {
        Fixed::default()
    }

    /// With an argument more.
    pub fn with_arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// With a variable.
    pub fn with_var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// With a file.
    pub fn with_file(self, path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) -> Self {
        if let Ok(mut files) = self.files.lock() {
            files.insert(path.into(), contents.into());
        }
        self
    }

    /// With a line more that the user types.
    pub fn with_input(self, line: &str) -> Self {
        if let Ok(mut input) = self.input.lock() {
            input.push_back(line.into());
        }
        self
    }

    /// At a moment.
    pub fn at(self, now: Instant) -> Self {
        if let Ok(mut nanos) = self.nanos.lock() {
            *nanos = now.nanos;
        }
        self
    }
}

impl World for Fixed {
    fn args(&self) -> Vec<OsString> {
        self.args.clone()
    }
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }
    fn vars(&self) -> Vec<(String, String)> {
        self.vars.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
    fn home(&self) -> Option<PathBuf> {
        self.var("HOME").map(PathBuf::from)
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(PathBuf::from("/"))
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let files = self.files.lock().map_err(|_| io::ErrorKind::Other)?;
        files.get(path).cloned().ok_or_else(|| io::Error::from_raw_os_error(2))
    }
    fn put(&self, path: &Path, contents: &[u8], _: Put) -> io::Result<()> {
        self.files.lock().map_err(|_| io::ErrorKind::Other)?.insert(path.into(), contents.into());
        Ok(())
    }
    fn make_private_folders(&self, _: &Path) -> Result<(), (io::Error, PathBuf)> {
        Ok(())
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut files = self.files.lock().map_err(|_| io::ErrorKind::Other)?;
        files.remove(path).map(|_| ()).ok_or_else(|| io::Error::from_raw_os_error(2))
    }
    fn is_file(&self, path: &Path) -> bool {
        self.files.lock().is_ok_and(|f| f.contains_key(path))
    }
    fn is_folder(&self, path: &Path) -> bool {
        self.files.lock().is_ok_and(|f| f.keys().any(|p| p != path && p.starts_with(path)))
    }
    fn mode(&self, path: &Path) -> io::Result<u32> {
        if self.is_file(path) { Ok(0o600) } else { Err(io::Error::from_raw_os_error(2)) }
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let files = self.files.lock().map_err(|_| io::ErrorKind::Other)?;
        let mut paths: Vec<PathBuf> = files.keys().filter(|p| p.parent() == Some(folder)).cloned().collect();
        paths.sort();
        if paths.is_empty() { Err(io::Error::from_raw_os_error(2)) } else { Ok(paths) }
    }
    fn read_line(&self, _: &dyn Fn() -> bool) -> io::Result<Option<String>> {
        Ok(self.input.lock().map_err(|_| io::ErrorKind::Other)?.pop_front())
    }
    fn ask_secret(&self, _: &str) -> io::Result<Option<String>> {
        self.read_line(&|| false)
    }
    /// The line typed is the item itself.
    fn choose(&self, items: &[String]) -> io::Result<Option<usize>> {
        Ok(self.read_line(&|| false)?.and_then(|line| items.iter().position(|i| *i == line)))
    }
    fn now(&self) -> Instant {
        Instant { nanos: self.nanos.lock().map_or(0, |n| *n) }
    }
    fn local_offset(&self, _: Instant) -> i32 {
        0
    }
    fn sleep(&self, time: Duration) {
        if let Ok(mut nanos) = self.nanos.lock() {
            *nanos += time.as_nanos() as i128;
        }
    }
    fn random(&self, out: &mut [u8]) {
        out.iter_mut().enumerate().for_each(|(i, b)| *b = i as u8);
    }
    fn is_terminal(&self, _: Stream) -> bool {
        false
    }
    fn terminal_width(&self) -> Option<u16> {
        None
    }
}
