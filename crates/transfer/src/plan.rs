//! What is listed, and what is to be done: one form for all directions.

use std::path::PathBuf;
use std::sync::Arc;

/// What is done to one file or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// From a file to an object.
    Upload,
    /// From an object to a file.
    Download,
    /// From an object to an object.
    Copy,
    /// An object is deleted.
    Delete,
    /// A file is deleted.
    DeleteLocal,
}

impl Action {
    /// The word that lines begin with.
    pub fn word(self) -> &'static str {
        match self {
            Action::Upload => "upload",
            Action::Download => "download",
            Action::Copy => "copy",
            Action::Delete | Action::DeleteLocal => "delete",
        }
    }
}

/// Where something is or is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Local(PathBuf),
    /// An object.
    Object {
        /// Its bucket.
        bucket: Arc<str>,
        /// Its key.
        key: String,
    },
    /// Standard input or output.
    Stream,
}

/// What a HEAD told about an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Properties as headers, names of [`crate::options::PROPERTY_HEADERS`].
    pub properties: Vec<(&'static str, String)>,
    /// Metadata.
    pub metadata: Vec<(String, String)>,
    /// The checksum of the whole object.
    pub checksum: Option<crate::checksum::Whole>,
    /// Whether it was made of the object's bytes, not of the checksums of its parts, as far as the service says so.
    pub is_full_checksum: bool,
    /// Its version.
    pub version: Option<String>,
}

/// One file or object that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name relative to what was listed, with `/` between folders.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Its size in bytes; `None` where it wasn't asked for.
    pub size: Option<u64>,
    /// When it was changed, in microseconds since the epoch.
    pub modified: Option<i64>,
    /// Its ETag.
    pub etag: Option<String>,
    /// Archived and not restored.
    pub glacier: bool,
    /// Whether the service has a checksum of it.
    pub has_checksum: bool,
    /// What a HEAD told, where one was made.
    pub head: Option<Box<Head>>,
}

/// Whether an ETag has the form that S3 gives it: an MD5, or one of the parts' MD5s with their number. Only such a one
/// identifies a content, and only such a one is sent back as a condition: it isn't known of servers with ETags of their
/// own that they compare them.
pub(crate) fn is_digest(etag: &str) -> bool {
    let etag = etag.trim_matches('"');
    let (md5, parts) = etag.split_once('-').map_or((etag, None), |(md5, parts)| (md5, Some(parts)));
    md5.len() == 32
        && md5.bytes().all(|b| b.is_ascii_hexdigit())
        && parts.is_none_or(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether two ETags are the same, however they are quoted.
pub(crate) fn is_same_etag(one: &str, other: &str) -> bool {
    let bare = |etag: &str| etag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    bare(one) == bare(other)
}

/// What is to be done with one file or object.
#[derive(Debug, Clone)]
pub struct Job {
    /// What.
    pub action: Action,
    /// With which.
    pub source: Entry,
    /// To where; `None` for deletes.
    pub dest: Option<Place>,
    /// What frees the name for another key that differs only by case.
    pub claim: Option<Arc<Claim>>,
}

/// A name that is being downloaded, in lower case, taken out of the set when it is dropped.
#[derive(Debug)]
pub struct Claim {
    /// The name.
    pub name: String,
    /// The names of all downloads under way.
    pub all: Arc<std::sync::Mutex<std::collections::HashSet<String>>>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&self.name);
    }
}

/// What listing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A file or object.
    Entry(Entry),
    /// Everything whose name starts with this couldn't be seen.
    Gap(String),
}
