//! Who hears how transfers go.

use crate::error::TransferError;
use crate::plan::Place;
use oxaws_failure::Class;
use std::path::Path;

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
            Some(cwd) => oxaws_python::path::relative(path, cwd),
            None => path.to_string_lossy().into_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_relative_to_a_folder_that_is_gone() {
        assert_eq!(shown(&Place::Local("/etc/hosts".into()), None), "/etc/hosts");
    }
}
