//! Who hears how transfers go.

use crate::error::TransferError;
use crate::plan::Place;
use oxaws_failure::Class;
use std::path::{Component, Path, PathBuf};

/// What a line is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// `upload`, `move`, …
    pub word: &'a str,
    /// The source, as shown.
    pub source: &'a str,
    /// The destination, as shown; none for deletes.
    pub dest: Option<&'a str>,
}

/// Hears how transfers go, from any thread.
pub trait Report: Sync {
    /// Something was skipped or is odd; counts for the exit code.
    fn warning(&self, text: &str);
    /// Something to tell at once that doesn't count.
    fn notice(&self, text: &str);
    /// What would be done.
    fn dry_run(&self, subject: Subject<'_>);
    /// A transfer begins; its size in bytes where it is known.
    fn queued(&self, size: Option<u64>);
    /// Bytes moved; negative where they must be moved again.
    fn progress(&self, bytes: i64);
    /// A transfer is done.
    fn success(&self, subject: Subject<'_>);
    /// A transfer failed, with so many of its bytes not moved.
    fn failure(&self, subject: Subject<'_>, error: &TransferError, bytes_left: u64);
    /// A transfer turned out not to be needed.
    fn skipped(&self);
    /// Nothing more is to come: so many transfers in all.
    fn planned(&self, transfers: u64);
    /// The command ends here, for a reason of this class.
    fn fatal(&self, text: &str, class: Class);
    /// The command was stopped from outside.
    fn interrupted(&self);
    /// Time passes.
    fn tick(&self);
}

/// A place as lines show it: `s3://bucket/key`, a path relative to `cwd`, or `-`. Where the current folder is gone, the
/// path is shown whole: nothing can be relative to that folder.
pub fn shown(place: &Place, cwd: Option<&Path>) -> String {
    match place {
        Place::Stream => "-".to_owned(),
        Place::Object { bucket, key } => {
            let mut text = String::with_capacity(bucket.len() + key.len() + 6);
            text.push_str("s3://");
            text.push_str(bucket);
            if !bucket.is_empty() || !key.is_empty() {
                text.push('/');
            }
            text.push_str(key);
            text
        }
        Place::Local(path) => match cwd {
            Some(cwd) => relative(path, cwd),
            None => path.to_string_lossy().into_owned(),
        },
    }
}

/// A path relative to `cwd` in Python's manner: `./name`, `folder/name`, `../x`.
fn relative(path: &Path, cwd: &Path) -> String {
    let text = path.to_string_lossy();
    let (folder, name) = match text.rfind('/') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => ("", text.as_ref()),
    };
    let folder = match folder.trim_end_matches('/') {
        "" => "/",
        folder => folder,
    };
    let plain = !folder.contains("//") && !folder.contains("/.");
    if plain && let Some(rest) = folder.strip_prefix(cwd.to_string_lossy().as_ref()) {
        if rest.is_empty() {
            return format!("./{name}");
        }
        if let Some(rest) = rest.strip_prefix('/').filter(|_| cwd != Path::new("/")) {
            return format!("{rest}/{name}");
        }
    }
    let (from, to) = (parts(cwd), parts(Path::new(folder)));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let all: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    let folder = if all.is_empty() { ".".to_owned() } else { all.join("/") };
    format!("{folder}/{name}")
}

/// The parts of an absolute path, with `.` and `..` resolved by name.
fn parts(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts
}

/// An absolute path with `.`, `..` and doubled slashes resolved by name (Python's `os.path.abspath`). `cwd` is `None`
/// where the current folder is gone: a relative path stays as it is then, so that the system refuses it. It must never
/// become a path below `/`.
pub fn absolute(path: &str, cwd: Option<&Path>) -> PathBuf {
    let joined = match cwd {
        Some(cwd) => cwd.join(path),
        None if path.starts_with('/') => PathBuf::from(path),
        None => return PathBuf::from(path),
    };
    let parts = parts(&joined);
    PathBuf::from(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_lines_show_them() {
        let cwd = Path::new("/home/u/w");
        let show = |p: &str| relative(Path::new(p), cwd);
        assert_eq!(show("/home/u/w/a"), "./a");
        assert_eq!(show("/home/u/w/d/a"), "d/a");
        assert_eq!(show("/home/u/w/d/"), "d/");
        assert_eq!(show("/home/u/x"), "../x");
        assert_eq!(show("/home/u/w2/x"), "../w2/x");
        assert_eq!(show("/home/u/w/d/../k"), "./k");
        assert_eq!(show("/home/u/w/d//e/k"), "d/e/k");
        assert_eq!(show("/home/u/w/d//k"), "d/k");
        assert_eq!(show("/proc/nope/a"), "../../../proc/nope/a");
        assert_eq!(relative(Path::new("/a"), Path::new("/")), "./a");
        assert_eq!(relative(Path::new("/b/a"), Path::new("/")), "b/a");
        assert_eq!(absolute("a/./b//../c/", Some(cwd)), Path::new("/home/u/w/a/c"));
        assert_eq!(absolute("", Some(cwd)), cwd);
        assert_eq!(absolute("/..", Some(cwd)), Path::new("/"));
    }

    #[test]
    fn nothing_is_relative_to_a_folder_that_is_gone() {
        assert_eq!(absolute("etc", None), Path::new("etc"));
        assert_eq!(absolute("/a/../b", None), Path::new("/b"));
        assert_eq!(shown(&Place::Local("/etc/hosts".into()), None), "/etc/hosts");
    }
}
