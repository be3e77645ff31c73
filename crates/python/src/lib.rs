//! What the AWS CLI's users see of Python: how it writes texts, numbers, errors of the system and dates, and how it
//! reads them.
//!
//! | module | of Python |
//! |---|---|
//! | [`codec`] | `codecs`: text encodings by name |
//! | [`calendar`], [`datetime`], [`dateutil`] | dates and times; `dateutil.parser` |
//! | [`difflib`] | `difflib.get_close_matches` |
//! | [`path`] | `os.path` |
//! | [`url`] | `urllib.parse.urlsplit` |
//! | [`shlex`] | `shlex.split`, `shlex.quote` |
//! | the functions at the root | `repr`, `str`, `int`, `float`; `str(OSError)`; `quote`, `unquote`, `urlencode`; `b64decode` |
//!
//! Nothing here knows `Value`, does I/O or reads the environment.

mod base64;
pub mod calendar;
pub mod codec;
pub mod datetime;
pub mod dateutil;
pub mod difflib;
mod errno;
mod number;
pub mod path;
mod percent;
pub mod shlex;
mod text;
pub mod url;

pub use base64::b64decode;
pub use calendar::Civil;
pub use datetime::{LocalClock, Timestamp, TimestampError};
pub use errno::{errno_text, python_os_error, python_os_error_bare, python_os_error_repr};
pub use number::{python_float, python_float_value, python_int_text};
pub use percent::{form_encode, is_unreserved, percent_decode, percent_encode, push_encoded, unquote, unquote_plus};
pub use text::{
    decode_utf8, is_blank, repr_bytes, repr_list, repr_str, split_lines, strip, write_repr_bytes, write_repr_str,
};
