//! Walking a folder in the order in which S3 lists keys. One folder's names are held at a time for each level, in one
//! block; files are looked at when their turn comes.

use crate::limits;
use crate::plan::{Entry, Listed, Place};
use crate::report::Report;
use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A folder's names, sorted, each ending in a zero byte; folders have a `/` before it.
struct Folder {
    names: Vec<u8>,
    order: Vec<u32>,
    next: usize,
    /// Opened again when it is needed after a folder below it was walked.
    open: Option<OwnedFd>,
    /// Bytes of the relative path up to and with this folder's `/`.
    prefix: usize,
}

/// Walks a folder, or looks at one file.
pub(crate) struct Walk<'a> {
    /// The absolute path, with a `/` at the end where it is a folder.
    root: PathBuf,
    follow_links: bool,
    report: &'a dyn Report,
    folders: Vec<Folder>,
    /// The path below the root.
    relative: Vec<u8>,
    pending: Vec<Listed>,
    started: bool,
    recursive: bool,
    user: u32,
    /// Bytes of the relative path of the folder that is being read.
    reading: Option<usize>,
}

/// What looking at a file came to.
enum Seen {
    Fine(Stat),
    Skip,
    /// Skipped because it couldn't be read: nothing is known of what is there.
    Unknown,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(root: PathBuf, recursive: bool, follow_links: bool, report: &'a dyn Report) -> Self {
        Walk {
            root,
            follow_links,
            report,
            folders: Vec::new(),
            relative: Vec::new(),
            pending: Vec::new(),
            started: false,
            recursive,
            user: rustix::process::geteuid().as_raw(),
            reading: None,
        }
    }

    /// The next file; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Listed> {
        if !self.started {
            self.started = true;
            self.start();
        }
        loop {
            if let Some(listed) = self.pending.pop() {
                return Some(listed);
            }
            let folder = self.folders.last_mut()?;
            let Some(at) = folder.order.get(folder.next).copied() else {
                self.folders.pop();
                continue;
            };
            folder.next += 1;
            self.relative.truncate(folder.prefix);
            let bytes = &folder.names[at as usize..];
            let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
            let name = bytes[..end].to_vec();
            self.relative.extend_from_slice(&name);
            if name.last() == Some(&b'/') {
                folder.open = None;
                self.enter();
            } else {
                match self.look_again(&name) {
                    Seen::Fine(stat) => return Some(Listed::Entry(self.entry(&stat))),
                    Seen::Skip => {}
                    Seen::Unknown => {
                        return Some(Listed::Gap(String::from_utf8_lossy(&self.relative).into_owned()));
                    }
                }
            }
        }
    }

    fn start(&mut self) {
        let path = self.root.clone();
        if !self.follow_links {
            let bare = path.to_string_lossy().trim_end_matches('/').to_owned();
            if Path::new(&bare).is_symlink() {
                return;
            }
        }
        let seen = match CString::new(path.as_os_str().as_bytes()) {
            Ok(name) => self.look(None, &name),
            Err(_) => Seen::Skip,
        };
        match seen {
            Seen::Fine(_) if self.recursive => self.enter(),
            Seen::Fine(stat) => {
                let mut entry = self.entry(&stat);
                let text = path.to_string_lossy();
                entry.name = text.rsplit('/').next().unwrap_or_default().to_owned();
                self.pending.push(Listed::Entry(entry));
            }
            // What isn't there as a folder can't be told from what couldn't be read.
            Seen::Skip | Seen::Unknown => self.pending.push(Listed::Gap(String::new())),
        }
    }

    fn path(&self) -> PathBuf {
        let mut path = self.root.as_os_str().as_bytes().to_vec();
        path.extend_from_slice(&self.relative);
        PathBuf::from(OsString::from_vec(path))
    }

    fn entry(&self, stat: &Stat) -> Entry {
        let nanos = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
        Entry {
            name: String::from_utf8_lossy(&self.relative).into_owned(),
            place: Place::Local(self.path()),
            size: Some(u64::try_from(stat.st_size).unwrap_or(0)),
            modified: Some(stat.st_mtime.saturating_mul(1_000_000).saturating_add((nanos + 500) / 1000)),
            etag: None,
            glacier: false,
            has_checksum: false,
            head: None,
        }
    }

    /// Looks at a file when its turn has come.
    fn look_again(&mut self, name: &[u8]) -> Seen {
        let Ok(name) = CString::new(name) else { return Seen::Skip };
        let Some(folder) = self.folders.last_mut() else { return Seen::Skip };
        if folder.open.is_none() {
            let at = PathBuf::from(OsStr::from_bytes(
                &[self.root.as_os_str().as_bytes(), &self.relative[..folder.prefix]].concat(),
            ));
            folder.open = open_folder(&at).ok();
        }
        match self.folders.last().and_then(|f| f.open.as_ref()) {
            Some(open) => self.look(Some(open), &name),
            None => match CString::new(self.path().into_os_string().into_vec()) {
                Ok(path) => self.look(None, &path),
                Err(_) => Seen::Skip,
            },
        }
    }

    /// Reads the folder that `relative` names and makes it the current one.
    fn enter(&mut self) {
        let path = self.path();
        if self.folders.len() >= limits::MAX_DEPTH {
            self.warn(&path, "Folders are nested too deeply.");
            self.pending.push(Listed::Gap(String::from_utf8_lossy(&self.relative).into_owned()));
            return;
        }
        let open = match open_folder(&path) {
            Ok(open) => open,
            // Links that lead up again and again: the whole path has too many of them, seen from its folder there is one.
            Err(Errno::LOOP | Errno::NOENT | Errno::NOTDIR) => return self.unseen(&path, "File does not exist."),
            Err(_) => return self.unreadable(&path),
        };
        let Ok(dir) = fs::Dir::read_from(&open) else { return self.unreadable(&path) };
        let mut folder =
            Folder { names: Vec::new(), order: Vec::new(), next: 0, open: None, prefix: self.relative.len() };
        self.reading = Some(folder.prefix);
        for entry in dir {
            let Ok(entry) = entry else {
                self.reading = None;
                return self.unreadable(&path);
            };
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            self.consider(&mut folder, &open, name, entry.file_type());
        }
        self.reading = None;
        let names = &folder.names;
        let name_at = |at: &u32| {
            let bytes = &names[*at as usize..];
            &bytes[..bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len())]
        };
        folder.order.sort_unstable_by(|a, b| name_at(a).cmp(name_at(b)));
        folder.open = Some(open);
        self.folders.push(folder);
    }

    fn unreadable(&mut self, path: &Path) {
        self.unseen(path, "File/Directory is not readable.");
    }

    fn unseen(&mut self, path: &Path, reason: &str) {
        // Named as its parent lists it, without the slash.
        let bytes = path.as_os_str().as_bytes();
        let bare = if self.relative.is_empty() { bytes } else { bytes.strip_suffix(b"/").unwrap_or(bytes) };
        self.warn(Path::new(OsStr::from_bytes(bare)), reason);
        self.pending.push(Listed::Gap(String::from_utf8_lossy(&self.relative).into_owned()));
    }

    /// Takes a name into the folder, or warns about it.
    fn consider(&mut self, folder: &mut Folder, open: &OwnedFd, name: &CStr, kind: FileType) {
        let add = |folder: &mut Folder, is_folder: bool| {
            let at = u32::try_from(folder.names.len());
            // A folder whose names take more than 4 GiB is beyond any file system.
            let Ok(at) = at else { return };
            folder.names.extend_from_slice(name.to_bytes());
            if is_folder {
                folder.names.push(b'/');
            }
            folder.names.push(0);
            folder.order.push(at);
        };
        if kind == FileType::Symlink && !self.follow_links {
            return;
        }
        // A plain file is looked at when its turn comes.
        if kind == FileType::RegularFile {
            return add(folder, false);
        }
        if !self.follow_links
            && kind == FileType::Unknown
            && fs::statat(open, name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|s| FileType::from_raw_mode(s.st_mode) == FileType::Symlink)
        {
            return;
        }
        match self.look(Some(open), name) {
            Seen::Fine(stat) => add(folder, FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
            Seen::Skip => {}
            Seen::Unknown => {
                let mut gap = self.relative.clone();
                gap.extend_from_slice(name.to_bytes());
                self.pending.insert(0, Listed::Gap(String::from_utf8_lossy(&gap).into_owned()));
            }
        }
    }

    /// Looks at a file or folder and warns where it can't be transferred. `name` is in `open`, or a whole path.
    fn look(&self, open: Option<&OwnedFd>, name: &CStr) -> Seen {
        let stat = match open {
            Some(open) => fs::statat(open, name, AtFlags::empty()),
            None => fs::stat(name),
        };
        let stat = match stat {
            Ok(stat) => stat,
            Err(error) => {
                self.warn(&self.named(open, name), "File does not exist.");
                return match error {
                    Errno::NOENT | Errno::LOOP | Errno::NOTDIR => Seen::Skip,
                    _ => Seen::Unknown,
                };
            }
        };
        let kind = FileType::from_raw_mode(stat.st_mode);
        if matches!(kind, FileType::CharacterDevice | FileType::BlockDevice | FileType::Fifo | FileType::Socket) {
            let reason = "File is character special device, block special device, FIFO, or socket.";
            self.warn(&self.named(open, name), reason);
            return Seen::Skip;
        }
        if !self.is_readable(&stat, open, name) {
            self.warn(&self.named(open, name), "File/Directory is not readable.");
            return Seen::Unknown;
        }
        Seen::Fine(stat)
    }

    /// The whole path of a name in the folder being read.
    fn named(&self, open: Option<&OwnedFd>, name: &CStr) -> PathBuf {
        if open.is_none() {
            return PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        }
        let prefix = match self.reading {
            Some(prefix) => prefix,
            None => self.folders.last().map_or(0, |f| f.prefix),
        };
        let relative = &self.relative[..prefix.min(self.relative.len())];
        let bytes = [self.root.as_os_str().as_bytes(), relative, name.to_bytes()].concat();
        PathBuf::from(OsString::from_vec(bytes))
    }

    fn is_readable(&self, stat: &Stat, open: Option<&OwnedFd>, name: &CStr) -> bool {
        if stat.st_uid == self.user && stat.st_mode & 0o400 != 0 {
            return true;
        }
        let flags = AtFlags::EACCESS;
        match open {
            Some(open) => fs::accessat(open, name, fs::Access::READ_OK, flags).is_ok(),
            None => fs::accessat(fs::CWD, name, fs::Access::READ_OK, flags).is_ok(),
        }
    }

    fn warn(&self, path: &Path, reason: &str) {
        self.report.warning(&format!("warning: Skipping file {}. {reason}", path.display()));
    }
}

fn open_folder(path: &Path) -> Result<OwnedFd, Errno> {
    fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}
