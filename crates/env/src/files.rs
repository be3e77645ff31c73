//! A file is given new contents: the one place where files that matter are written.
//!
//! The new contents are written to a file beside it, which then takes its name, so that there is the old file or the new
//! one at any time. Where that can't be or would break something, the file is written in place: a file with several names
//! (hard links), one that is a mount point (`EBUSY`, `EXDEV`), one of another owner, one in a folder that can't be written
//! to. SIGTERM and SIGHUP wait meanwhile. What a power cut or SIGKILL leaves beside the file is removed by the next write
//! in that folder.

use crate::ending::hold_signals;
use rustix::fs::OFlags;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How a file is given new contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// Its mode afterwards.
    pub mode: PutMode,
    /// Whether a link is followed: the file that it names is written, and is made where it doesn't exist. Otherwise a
    /// file takes the link's place.
    pub follow: bool,
    /// Whether folders that are missing are made, for the owner alone.
    pub folders: bool,
}

/// The mode of a file that was given new contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutMode {
    /// A file that exists keeps its mode; a new one gets this mode, less the process's mask.
    Kept(u32),
    /// 0600 in any case.
    Private,
}

/// Between a file's name and the random part of the name of what is written beside it.
const MARK: &str = ".oxaws-";
/// Digits of the random part.
const NONCE: usize = 16;
/// Bytes of a file's name that the name beside it keeps; a name may have 255.
const KEPT_NAME: usize = 200;
/// Releases before the mark left `.NAME.NONCE`; only one this old is surely nobody's work in progress.
const STALE: Duration = Duration::from_secs(60);
/// How often a file is written again whose temporary file somebody removed.
const TRIES: usize = 3;
/// As many links in a row are followed as Linux follows.
const MAX_LINKS: usize = 40;

/// Opening what isn't a file neither waits for another process nor makes a terminal this one's.
const UNBLOCKED: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY);

/// How long other processes are waited for that change files of the same folder, and how often they are looked after.
const LOCK_PAUSE: Duration = Duration::from_millis(5);
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// A folder that is locked for a change of one of its files, see `lock_folder_of`.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "it is locked as long as it is open")] File);

/// Locks the folder that a file is in, or that the file is in which a link names: the file itself is replaced by each
/// change, and a file for the lock alone would stay behind. `None` where that can't be had (file systems without locks, a
/// folder that can't be opened, somebody who holds it for ten seconds): then the change goes ahead without one.
pub(crate) fn lock_folder_of(path: &Path) -> Option<FolderLock> {
    let target = resolve(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = File::open(folder_of(&target)).ok()?;
    let started = Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(FolderLock(folder)),
            Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => std::thread::sleep(LOCK_PAUSE),
            Err(_) => return None,
        }
    }
}

/// Makes a folder and those above it, for their owner alone, whatever the process's mask allows. One that exists stays as
/// it is. The order of the steps is that of Python's `os.makedirs`, so that the same folder is named where one fails.
///
/// # Errors
/// When one can't be made, or something else has its name: with that folder.
pub fn make_private_folders(path: &Path) -> Result<(), (io::Error, PathBuf)> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.ancestors().skip(1).take_while(|above| !above.as_os_str().is_empty() && !above.exists());
    let above: Vec<&Path> = above.collect();
    for folder in above.into_iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            // A link to nothing, or another process that was faster.
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            made => made.map_err(|e| (e, folder.to_owned()))?,
        }
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(e) if !path.is_dir() => Err((e, path.to_owned())),
        _ => Ok(()),
    }
}

/// Gives a file new contents; `nonce` makes random numbers for the names of temporary files.
pub(crate) fn put(path: &Path, contents: &[u8], how: Put, nonce: impl Fn() -> u64) -> io::Result<()> {
    let found = if how.follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    if found.is_ok_and(|found| !found.is_file() && !found.is_symlink()) {
        return write_to_device(path, contents);
    }
    let _hold = hold_signals();
    if is_descriptor(path) {
        return write_in_place(path, contents, how.mode);
    }
    let target = if how.follow { resolve(path)? } else { path.to_path_buf() };
    if how.folders {
        make_private_folders(folder_of(&target)).map_err(|(e, _)| e)?;
    }
    sweep(folder_of(&target));
    let before = match fs::symlink_metadata(&target) {
        Ok(before) if before.is_symlink() => None,
        Ok(before) => Some(before),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let Some(before) = before else { return write_beside(&target, contents, how.mode, None, &nonce) };
    // Writing to it must be allowed, though it isn't this file that will be written to.
    drop(OpenOptions::new().write(true).open(&target)?);
    if before.nlink() > 1 {
        return write_in_place(&target, contents, how.mode);
    }
    match write_beside(&target, contents, how.mode, Some(&before), &nonce) {
        Err(e) if needs_place(&e) => write_in_place(&target, contents, how.mode),
        done => done,
    }
}

/// Writes to something other than a regular file: a terminal, a pipe, `/dev/null`. A pipe that nobody reads is an error at once; one
/// that is read slowly is waited for, and no signal is held back meanwhile.
fn write_to_device(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut device = OpenOptions::new().write(true).custom_flags(UNBLOCKED.bits().cast_signed()).open(path)?;
    rustix::fs::fcntl_setfl(&device, OFlags::empty())?;
    device.write_all(contents)
}

/// Whether a path names what a process has open, such as `/dev/stdout`: that file must be written to, whatever its name.
fn is_descriptor(path: &Path) -> bool {
    const NAMES: [&str; 3] = ["/dev/stdin", "/dev/stdout", "/dev/stderr"];
    path.starts_with("/dev/fd") || path.starts_with("/proc") || NAMES.iter().any(|name| path == Path::new(name))
}

/// Whether it is the folder that a file can't be replaced in, not the file that can't be written.
fn needs_place(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied
            | ErrorKind::ResourceBusy
            | ErrorKind::CrossesDevices
            | ErrorKind::ReadOnlyFilesystem
    )
}

/// The file that a path names in the end: links are followed, also the last one of them whose file doesn't exist.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    if let Ok(target) = fs::canonicalize(path) {
        return Ok(target);
    }
    let mut at = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&at) {
            Ok(next) => at = folder_of(&at).join(next),
            // No link, or nothing at all.
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::NotFound) => return Ok(at),
            Err(e) => return Err(e),
        }
    }
    Err(rustix::io::Errno::LOOP.into())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file of another name in the same folder and renames it. `before` is the file that is replaced.
fn write_beside(
    path: &Path,
    contents: &[u8],
    mode: PutMode,
    before: Option<&Metadata>,
    nonce: &impl Fn() -> u64,
) -> io::Result<()> {
    let mut tries = 1;
    loop {
        let beside = folder_of(path).join(name_beside(path.file_name().unwrap_or_default(), nonce()));
        let done = write_new(&beside, contents, mode, before).and_then(|open| {
            fs::rename(&beside, path)?;
            drop(open);
            Ok(())
        });
        let Err(error) = done else { return Ok(()) };
        match fs::remove_file(&beside) {
            // Another process swept it away between its making and its locking.
            Err(gone) if gone.kind() == ErrorKind::NotFound && error.kind() == ErrorKind::NotFound && tries < TRIES => {
                tries += 1;
            }
            // It may never have been made; what can't be removed is swept away later.
            _ => return Err(error),
        }
    }
}

/// Writes a new file with the mode and the owner that it is to have. It is locked as long as the result is open: that
/// tells [`sweep`] that somebody is at work on it.
fn write_new(path: &Path, contents: &[u8], mode: PutMode, before: Option<&Metadata>) -> io::Result<File> {
    let (made, kept) = match (mode, before) {
        (PutMode::Private, _) => (0o600, None),
        (PutMode::Kept(new), None) => (new, None),
        (PutMode::Kept(_), Some(before)) => (0o600, Some(before.mode() & 0o7777)),
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(made).open(path)?;
    // Without locks on this file system nobody sweeps either.
    let _ = file.try_lock();
    if let Some(before) = before {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
            // A superuser's edit leaves the file its owner's. Where that can't be, a user's file is written in place; one
            // that is private belongs to whoever wrote it last.
            let given = std::os::unix::fs::fchown(&file, Some(before.uid()), Some(before.gid()));
            if mode != PutMode::Private {
                given?;
            }
        }
    }
    if mode == PutMode::Private && file.metadata()?.mode() & 0o7777 != 0o600 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    if let Some(kept) = kept {
        file.set_permissions(Permissions::from_mode(kept))?;
    }
    file.write_all(contents)?;
    file.sync_all()?;
    Ok(file)
}

/// Writes into the file itself. What is added at its end is written first, as only that can find the disk full; where
/// anything fails the old contents are put back.
fn write_in_place(path: &Path, contents: &[u8], mode: PutMode) -> io::Result<()> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let (mut file, readable) = match opened {
        Ok(file) => (file, true),
        // It may be one that can be written and not read.
        Err(e) if e.kind() == ErrorKind::PermissionDenied => (OpenOptions::new().write(true).open(path)?, false),
        Err(e) => return Err(e),
    };
    let before = file.metadata()?;
    if mode == PutMode::Private && before.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    let mut old = Vec::new();
    if readable {
        file.read_to_end(&mut old)?;
    }
    let head = contents.len().min(usize::try_from(before.len()).unwrap_or(usize::MAX));
    let write = || {
        file.write_all_at(&contents[head..], head as u64)?;
        file.write_all_at(&contents[..head], 0)?;
        file.set_len(contents.len() as u64)?;
        file.sync_all()
    };
    write().inspect_err(|_| {
        // The first error is the one to tell; there is nothing else to be done about a second.
        let _ = file.set_len(before.len());
        let _ = file.write_all_at(&old, 0);
    })
}

/// The name of what is written beside a file: recognisable, and short enough.
fn name_beside(name: &OsStr, nonce: u64) -> OsString {
    let bytes = name.as_bytes();
    let mut beside = OsString::from(".");
    beside.push(OsStr::from_bytes(&bytes[..bytes.len().min(KEPT_NAME)]));
    beside.push(format!("{MARK}{nonce:016x}"));
    beside
}

/// What a name says of a file.
#[derive(Debug, PartialEq, Eq)]
enum Stray {
    No,
    /// Written beside a file by this program.
    Marked,
    /// By a release of it that marked nothing.
    Unmarked,
}

fn stray(name: &OsStr) -> Stray {
    let bytes = name.as_bytes();
    let Some(at) = bytes.len().checked_sub(NONCE) else { return Stray::No };
    let (start, nonce) = bytes.split_at(at);
    if !start.starts_with(b".") || !nonce.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Stray::No;
    }
    match start.strip_suffix(MARK.as_bytes()) {
        Some(_) => Stray::Marked,
        None if start.len() > 2 && start.ends_with(b".") => Stray::Unmarked,
        None => Stray::No,
    }
}

/// Removes what earlier writes left in a folder when they were ended by force: it may hold secrets. A file that somebody
/// is at work on is locked. Nothing depends on its success.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let kind = stray(&entry.file_name());
        if kind != Stray::No {
            let _ = remove_stray(&entry.path(), kind);
        }
    }
}

fn remove_stray(path: &Path, kind: Stray) -> io::Result<()> {
    let there = fs::symlink_metadata(path)?;
    let old = || there.modified().is_ok_and(|made| made.elapsed().is_ok_and(|age| age >= STALE));
    let ours = there.is_file() && there.nlink() == 1 && there.uid() == rustix::process::geteuid().as_raw();
    if !ours || (kind == Stray::Unmarked && !(old() && unmarked_is_ours(path))) {
        return Ok(());
    }
    let file = File::open(path)?;
    if file.try_lock().is_ok() {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Whether the file that `.NAME.NONCE` was made for is one that this program writes: those names alone are no proof.
fn unmarked_is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    let name = name.get(1..name.len().saturating_sub(NONCE + 1)).unwrap_or_default();
    matches!(name, b"config" | b"credentials") || name.ends_with(b".json")
}

/// Reads a file of settings. What isn't a regular file counts as missing, as in the AWS CLI, but for a pipe that
/// somebody writes to (the shell's `<(…)`): that is read to its end, for at most `patience`.
///
/// # Errors
/// When it can't be read, or its writer takes too long.
pub(crate) fn read_settings(path: &Path, patience: Duration) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileTypeExt;
    let there = fs::metadata(path)?;
    if there.is_file() {
        return fs::read(path);
    }
    if !there.file_type().is_fifo() {
        return Err(ErrorKind::NotFound.into());
    }
    let mut pipe = OpenOptions::new().read(true).custom_flags(UNBLOCKED.bits().cast_signed()).open(path)?;
    let (started, mut contents) = (Instant::now(), Vec::new());
    // A writer that waits for a reader needs a little to notice this one.
    let mut limit = patience.min(WRITER_PATIENCE);
    let mut block = vec![0; 64 * 1024];
    loop {
        wait_for(&pipe, limit.saturating_sub(started.elapsed()))?;
        match pipe.read(&mut block) {
            // Nobody writes to it, or the last writer has finished.
            Ok(0) => return Ok(contents),
            Ok(_) if started.elapsed() >= patience => return Err(ErrorKind::TimedOut.into()),
            Ok(n) => contents.extend_from_slice(&block[..n]),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock && started.elapsed() < patience => limit = patience,
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
            Err(e) => return Err(e),
        }
    }
}

/// How long a pipe is watched that nobody has opened for writing.
const WRITER_PATIENCE: Duration = Duration::from_millis(100);

fn wait_for(pipe: &File, time: Duration) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let time =
        Timespec { tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX), tv_nsec: i64::from(time.subsec_nanos()) };
    match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&time)) {
        Err(e) if e != rustix::io::Errno::INTR => Err(e.into()),
        _ => Ok(()),
    }
}
