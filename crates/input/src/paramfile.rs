//! Arguments that stand for a file's contents: `file://` for text, `fileb://` for bytes.

use oxaws_env::{World, expand_user, expand_vars, var};
use oxaws_python::codec::Codec;
use oxaws_python::python_os_error;
use oxaws_value::Value;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An argument that names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `file://`: its text. Holds the path as written.
    Text(&'a str),
    /// `fileb://`: its bytes. Holds the path as written.
    Bytes(&'a str),
}

impl<'a> Reference<'a> {
    /// The file that an argument stands for; `None` for an argument that stands for itself.
    pub fn of(argument: &'a str) -> Option<Self> {
        if let Some(path) = argument.strip_prefix("file://") {
            return Some(Reference::Text(path));
        }
        argument.strip_prefix("fileb://").map(Reference::Bytes)
    }
}

/// Why a file's contents can't stand in for an argument.
#[derive(Debug)]
pub enum ParamFileError {
    /// The file can't be read.
    Read {
        /// The argument, prefix included.
        argument: String,
        /// The path, expanded.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// The file isn't text of the encoding.
    Decode {
        /// The path, expanded.
        path: String,
    },
    /// `AWS_CLI_FILE_ENCODING` names no encoding that is known. Exit code 255, while the others are errors of the
    /// argument.
    UnknownEncoding(String),
}

impl fmt::Display for ParamFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamFileError::Read { argument, path, error } => {
                write!(f, "Unable to load paramfile {argument}: {}", python_os_error(error, path))
            }
            ParamFileError::Decode { path } => write!(
                f,
                "Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, please \
                 use the fileb:// prefix instead of the file:// prefix."
            ),
            ParamFileError::UnknownEncoding(name) => write!(f, "unknown encoding: {name}"),
        }
    }
}

impl std::error::Error for ParamFileError {}

/// What an argument stands for: the contents of the file it names ([`Value::String`] or [`Value::Bytes`]); `None` for an
/// argument that names none.
///
/// # Errors
/// When the file can't be read, or isn't text where it should be.
pub fn load(world: &dyn World, argument: &str) -> Option<Result<Value, ParamFileError>> {
    Reference::of(argument).map(|reference| load_reference(world, argument, reference))
}

fn load_reference(world: &dyn World, argument: &str, reference: Reference<'_>) -> Result<Value, ParamFileError> {
    let (Reference::Text(written) | Reference::Bytes(written)) = reference;
    // `~` first: one that comes out of a variable stays as it is.
    let path = PathBuf::from(expand_vars(world, &expand_user(world, written)));
    let shown = path.display().to_string();
    let read = |path: &Path| {
        // Python opens a path as written, and the empty one isn't there.
        if path.as_os_str().is_empty() { Err(io::Error::from_raw_os_error(2)) } else { world.read(path) }
    };
    let failed = |error| ParamFileError::Read { argument: argument.into(), path: shown.clone(), error };
    match reference {
        Reference::Bytes(_) => read(&path).map(Value::Bytes).map_err(failed),
        Reference::Text(_) => {
            let encoding = preferred_encoding(world).map_err(ParamFileError::UnknownEncoding)?;
            let bytes = read(&path).map_err(failed)?;
            match read_text(encoding, bytes) {
                Some(text) => Ok(Value::String(text)),
                None => Err(ParamFileError::Decode { path: shown }),
            }
        }
    }
}

/// The encoding of the files of this world: `AWS_CLI_FILE_ENCODING`, else UTF-8.
///
/// # Errors
/// With the name, when it is none that is known.
pub fn preferred_encoding(world: &dyn World) -> Result<Codec, String> {
    match world.var(var::AWS_CLI_FILE_ENCODING) {
        Some(name) => Codec::of(&name).ok_or(name),
        None => Ok(Codec::Utf8),
    }
}

/// The text of a file, with every line ended by a line feed as Python reads text; `None` when the bytes aren't of this
/// encoding.
pub fn read_text(codec: Codec, bytes: Vec<u8>) -> Option<String> {
    let text = codec.decode(bytes)?;
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    fn message(world: &Fixed, argument: &str) -> String {
        load(world, argument).unwrap().unwrap_err().to_string()
    }

    #[test]
    fn files_stand_in_for_arguments() {
        let world = Fixed::new()
            .with_var("HOME", "/home/u")
            .with_var("V", "x")
            .with_var("T", "~")
            .with_file("a", "one\r\ntwo\rthree\n")
            .with_file("/home/u/x", b"\xff\r\n".to_vec());
        assert!(load(&world, "a").is_none());
        assert!(load(&world, "http://a").is_none());
        assert!(load(&world, "FILE://a").is_none());
        assert_eq!(load(&world, "file://a").unwrap().unwrap(), Value::from("one\ntwo\nthree\n"));
        assert_eq!(load(&world, "fileb://~/$V").unwrap().unwrap(), Value::Bytes(b"\xff\r\n".to_vec()));
        assert_eq!(
            message(&world, "file://~/x"),
            "Unable to load paramfile (/home/u/x), text contents could not be decoded.  If this is a binary file, please use \
             the fileb:// prefix instead of the file:// prefix."
        );
        assert_eq!(
            message(&world, "file://nope"),
            "Unable to load paramfile file://nope: [Errno 2] No such file or directory: 'nope'"
        );
        assert_eq!(
            message(&world, "file://$T/x"),
            "Unable to load paramfile file://$T/x: [Errno 2] No such file or directory: '~/x'"
        );
        assert_eq!(
            message(&world, "fileb://"),
            "Unable to load paramfile fileb://: [Errno 2] No such file or directory: ''"
        );
    }

    #[test]
    fn encodings() {
        let world =
            |name: &str| Fixed::new().with_var("AWS_CLI_FILE_ENCODING", name).with_file("f", b"\xe9\x80".to_vec());
        assert_eq!(load(&world("ISO-8859-1"), "file://f").unwrap().unwrap(), Value::from("é\u{80}"));
        assert_eq!(load(&world("cp1252"), "file://f").unwrap().unwrap(), Value::from("é€"));
        assert_eq!(message(&world("nope"), "file://f"), "unknown encoding: nope");
        assert!(load(&world("utf-8"), "file://f").unwrap().is_err());
        assert_eq!(read_text(Codec::Utf16, b"\xfe\xff\0a\0\r\0\n".to_vec()).as_deref(), Some("a\n"));
        assert_eq!(read_text(Codec::Utf16Le, b"a".to_vec()), None);
    }
}
