//! Zip files of folders.

use oxaws_env::{Hold, World, hold_signals};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Folders within folders.
const MAX_DEPTH: usize = 128;
/// Bytes at a file's end in which a zip file's directory is announced.
const TAIL: u64 = 22 + 65_535;

/// A file that is removed when it is no longer needed. SIGTERM and SIGHUP end what it is needed for, and then it is removed:
/// what is packed may be nobody else's business.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    // Dropped last: a signal that waits ends the process.
    _hold: Hold,
}

impl Temporary {
    /// A path for a file that is not there yet; `token` keeps it apart from others.
    pub fn named(world: &dyn World, token: &str) -> Temporary {
        Temporary { path: folder(world).join(token), _hold: hold_signals() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it, for its owner only; it must not be there.
    ///
    /// # Errors
    /// When that can't be done.
    pub fn create(&self) -> io::Result<File> {
        use std::os::unix::fs::OpenOptionsExt;
        fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = fs::remove_file(&self.path);
    }
}

/// The folder for such files, as Python finds it.
fn folder(world: &dyn World) -> PathBuf {
    let named = ["TMPDIR", "TEMP", "TMP"].into_iter().filter_map(|name| world.var(name));
    named
        .filter(|f| !f.is_empty())
        .map(PathBuf::from)
        .find(|f| world.is_folder(f))
        .unwrap_or_else(|| PathBuf::from("/tmp"))
}

/// What a walk takes.
#[derive(Debug, Clone, Copy)]
pub struct Walk {
    /// Links to folders are followed.
    pub follow_links: bool,
    /// Names that begin with a dot are left out.
    pub skip_hidden: bool,
}

/// The files under a folder, by their paths from it: a folder's own files first, then those of the folders in it.
///
/// # Errors
/// When a folder is nested too deeply. Folders that can't be read are left out.
pub fn files(root: &Path, walk: Walk) -> io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    collect(root, Path::new(""), walk, 0, &mut out)?;
    Ok(out)
}

fn collect(root: &Path, below: &Path, walk: Walk, depth: usize, out: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > MAX_DEPTH {
        return Err(io::Error::other("Too many levels of symbolic links"));
    }
    let Ok(entries) = fs::read_dir(root.join(below)) else { return Ok(()) };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        if walk.skip_hidden && name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = below.join(&name);
        let kind = entry.file_type()?;
        let is_folder = kind.is_dir() || kind.is_symlink() && root.join(&path).is_dir();
        if !is_folder {
            out.push(path);
        } else if walk.follow_links || !kind.is_symlink() {
            folders.push(path);
        }
    }
    folders.iter().try_for_each(|folder| collect(root, folder, walk, depth + 1, out))
}

/// Writes files of a folder into a zip file.
///
/// # Errors
/// When a file can't be read, or the zip file can't be written.
pub fn write(out: File, root: &Path, files: &[PathBuf]) -> io::Result<()> {
    let mut zip = ZipWriter::new(out);
    for file in files {
        let path = root.join(file);
        let meta = fs::metadata(&path)?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(meta.permissions().mode())
            .last_modified_time(moment(&meta)?)
            .large_file(meta.len() >= u64::from(u32::MAX));
        zip.start_file(file.display().to_string(), options)?;
        io::copy(&mut File::open(&path)?, &mut zip)?;
    }
    zip.finish()?.flush()
}

fn moment(meta: &fs::Metadata) -> io::Result<DateTime> {
    let seconds = meta.modified()?.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let c = oxaws_python::Timestamp::from_unix(i64::try_from(seconds).unwrap_or(0)).utc();
    let year = u16::try_from(c.year).unwrap_or(0);
    DateTime::from_date_and_time(year, c.month, c.day, c.hour, c.minute, c.second)
        .map_err(|_| io::Error::other("ZIP does not support timestamps before 1980"))
}

/// Whether a file is a zip file: its end announces a directory.
pub fn is_zip(path: &Path) -> bool {
    let tail = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    tail().is_ok_and(|bytes| bytes.windows(4).any(|w| w == b"PK\x05\x06"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_zip_files() {
        let world = oxaws_env::Fixed::new();
        let folder = folder(&world).join(format!("oxaws-archive-{}", std::process::id()));
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/x.txt"), "x").unwrap();
        fs::write(folder.join(".hidden"), "h").unwrap();
        let all = files(&folder, Walk { follow_links: false, skip_hidden: false }).unwrap();
        assert_eq!(all, [PathBuf::from(".hidden"), PathBuf::from("a/b/x.txt")]);
        assert_eq!(files(&folder, Walk { follow_links: false, skip_hidden: true }).unwrap().len(), 1);
        let out = Temporary::named(&world, &format!("oxaws-archive-{}.zip", std::process::id()));
        write(out.create().unwrap(), &folder, &all).unwrap();
        assert!(is_zip(out.path()) && !is_zip(&folder.join(".hidden")));
        let path = out.path().to_owned();
        drop(out);
        assert!(!path.exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
