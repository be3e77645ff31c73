//! Source and destination of a command: what kinds they are, and what names files get.

use super::uri;
use oxaws_cli::Failure;
use oxaws_python::path::absolute;
use oxaws_transfer::{Action, Root};
use std::path::{Path, PathBuf};

/// Source and destination, as typed, and what is done between them.
#[derive(Debug)]
pub struct Paths {
    /// Where from.
    pub source: String,
    /// Where to; the source again where there is only one path.
    pub dest: String,
    /// What is done.
    pub action: Action,
    /// From or to standard input or output.
    pub is_stream: bool,
}

impl Paths {
    /// Looks at what kinds the paths are.
    ///
    /// # Errors
    /// When the command doesn't go from the one to the other.
    pub fn new(command: &str, usage: &str, paths: &[String]) -> Result<Paths, Failure> {
        let kinds: Vec<bool> = paths.iter().map(|p| uri::is_s3(p)).collect();
        let action = match (kinds.as_slice(), command) {
            ([true], "rm") => Action::Delete,
            ([false, true], "cp" | "mv" | "sync") => Action::Upload,
            ([true, false], "cp" | "mv" | "sync") => Action::Download,
            ([true, true], "cp" | "mv" | "sync") => Action::Copy,
            _ => {
                return Err(Failure::validation(format!(
                    "usage: aws s3 {command} {usage}\nError: Invalid argument type"
                )));
            }
        };
        let mut given = Vec::new();
        for path in paths {
            given.push(match path.strip_prefix(uri::SCHEME) {
                // A bucket alone stands for everything in it.
                Some(rest) if uri::split(rest)?.1.is_empty() && !path.ends_with('/') => format!("{path}/"),
                _ => path.clone(),
            });
        }
        let dest = given.last().cloned().unwrap_or_default();
        let source = given.into_iter().next().unwrap_or_default();
        let is_stream = source == "-" || dest == "-";
        Ok(Paths { source, dest, action, is_stream })
    }

    /// How messages call the kinds of paths.
    pub fn kinds(&self) -> &'static str {
        match self.action {
            Action::Upload => "<LocalPath> <S3Uri>",
            Action::Copy => "<S3Uri> <S3Uri>",
            Action::Download => "<S3Uri> <LocalPath>",
            Action::Delete | Action::DeleteLocal => "<S3Uri>",
        }
    }
}

/// One side, in the form the engine takes, and whether names are appended to it.
///
/// # Errors
/// For S3 resources that aren't taken.
pub fn root(path: &str, recursive: bool, cwd: Option<&Path>) -> Result<(Root, bool), Failure> {
    if uri::is_s3(path) {
        let (bucket, key) = uri::split(path)?;
        let whole = uri::without_scheme(path);
        let mut key = key.to_owned();
        // A bucket alone has its slash already; after an ARN there may be none.
        if recursive && !whole.ends_with('/') {
            key.push('/');
        }
        let keeps = recursive || whole.ends_with('/');
        return Ok((Root::S3 { bucket: bucket.to_owned(), key }, keeps));
    }
    let full = absolute(path, cwd);
    let keeps = recursive || full.is_dir() || path.ends_with('/');
    if keeps {
        let mut text = full.into_os_string();
        text.push("/");
        // The root has its slash already.
        let text = PathBuf::from(if text == "//" { "/".into() } else { text });
        return Ok((Root::Local(text), true));
    }
    Ok((Root::Local(full), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_paths() {
        let words = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        let paths = Paths::new("cp", "", &words("a", "s3://b")).unwrap();
        assert_eq!((paths.action, paths.dest.as_str(), paths.is_stream), (Action::Upload, "s3://b/", false));
        assert!(Paths::new("cp", "", &words("a", "b")).is_err());
        assert!(Paths::new("rm", "", &words("s3://a", "s3://b")).is_err());
        let paths = Paths::new("rm", "", &["s3://a/b".to_owned()]).unwrap();
        assert_eq!((paths.source.as_str(), paths.dest.as_str()), ("s3://a/b", "s3://a/b"));
    }

    #[test]
    fn sides() {
        let cwd = Some(Path::new("/nowhere"));
        let side = |p: &str, r: bool| match root(p, r, cwd).unwrap() {
            (Root::S3 { bucket, key }, keeps) => (format!("{bucket}|{key}"), keeps),
            (Root::Local(path), keeps) => (path.display().to_string(), keeps),
        };
        assert_eq!(side("s3://b/p", true), ("b|p/".into(), true));
        assert_eq!(side("s3://b/", true), ("b|".into(), true));
        assert_eq!(side("s3://b/k", false), ("b|k".into(), false));
        assert_eq!(side("s3://b/k/", false), ("b|k/".into(), true));
        assert_eq!(side("f", false), ("/nowhere/f".into(), false));
        assert_eq!(side("f/", false), ("/nowhere/f/".into(), true));
        assert_eq!(side("f", true), ("/nowhere/f/".into(), true));
    }
}
