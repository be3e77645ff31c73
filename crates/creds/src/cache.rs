//! Files that keep credentials and tokens between runs: one JSON file per key, mode 0600, replaced whole.

use crate::{Context, Credentials, CredsError, Moment};
use oxaws_env::expand_path;
use oxaws_value::{JsonError, JsonErrorKind, JsonStyle, Value, parse_json_bytes, to_json};
use sha1::Digest;
use std::any::Any;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Where credentials of roles are kept.
pub(crate) const ROLE_CACHE: &str = "~/.aws/cli/cache";
/// Where tokens of SSO sessions are kept.
pub(crate) const SSO_CACHE: &str = "~/.aws/sso/cache";

/// With less left than this, kept credentials are passed over.
const EXPIRY_WINDOW: f64 = 15.0 * 60.0;

/// A file of a cache.
#[derive(Debug, Clone)]
pub(crate) struct CacheFile {
    key: String,
    path: PathBuf,
}

impl CacheFile {
    pub(crate) fn new(context: &Context<'_>, folder: &str, key: String) -> CacheFile {
        let path = expand_path(context.world, folder).join(format!("{key}.json"));
        CacheFile { key, path }
    }

    pub(crate) fn in_folder(folder: PathBuf, key: String) -> CacheFile {
        let path = folder.join(format!("{key}.json"));
        CacheFile { key, path }
    }

    /// The object that the file holds. `None` where there is no file, where it was cut short (a full disk, a power cut) or
    /// holds another kind of JSON: whatever it was for is fetched again. The AWS CLI ends with the key alone for those; it
    /// does so here for a file that never was such an object, which isn't overwritten.
    pub(crate) fn load(&self, context: &Context<'_>) -> Result<Option<Value>, CredsError> {
        if !context.world.is_file(&self.path) {
            return Ok(None);
        }
        match context.world.read(&self.path) {
            Ok(contents) => match parse_kept(&contents) {
                Ok(value) => Ok(value.filter(|v| v.as_map().is_some())),
                Err(_) => Err(CredsError::missing_key(&self.key)),
            },
            // Another process removed it meanwhile.
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(_) => Err(CredsError::missing_key(&self.key)),
        }
    }

    pub(crate) fn store(&self, context: &Context<'_>, value: &Value) -> Result<(), CredsError> {
        if let Some(folder) = self.path.parent() {
            context.world.make_private_folders(folder).map_err(|(e, folder)| CredsError::io(e, &folder))?;
        }
        let text = to_json(value, JsonStyle::PYTHON);
        context.world.write_private(&self.path, text.as_bytes()).map_err(|e| CredsError::io(e, &self.path))
    }

    /// Keeps other processes from refreshing the same.
    pub(crate) fn lock(&self, context: &Context<'_>) -> Option<Box<dyn Any>> {
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        context.machine.lock(&PathBuf::from(path))
    }
}

/// The JSON of a file that a program keeps for itself; `None` where it was cut short, by a full disk or a power cut: it is
/// empty, ends before its JSON does, or in zeros.
///
/// # Errors
/// When it holds something else.
pub fn parse_kept(contents: &[u8]) -> Result<Option<Value>, JsonError> {
    let end = contents.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
    match parse_json_bytes(&contents[..end]) {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_cut(&String::from_utf8_lossy(&contents[..end]), &error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether more text could make JSON of it.
fn is_cut(text: &str, error: &JsonError) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest: String = text.chars().skip(error.char_index).collect();
    match error.kind {
        JsonErrorKind::UnterminatedString => true,
        JsonErrorKind::InvalidUnicodeEscape => rest.len() < "\\uXXXX".len(),
        JsonErrorKind::ExpectingValue => ["true", "false", "null"].iter().any(|word| word.starts_with(rest.trim())),
        _ => rest.trim().is_empty(),
    }
}

/// The SHA-1 of a text, in hexadecimal.
pub(crate) fn sha1_hex(text: &str) -> String {
    sha1::Sha1::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Credentials of a role: kept ones that are good for 15 minutes more, else fetched and kept. `file` is `None` where they
/// aren't kept. `prepare` runs before other processes are locked out (it may ask the user), `call` after.
pub(crate) fn role_credentials<T>(
    context: &Context<'_>,
    method: &'static str,
    file: Option<&CacheFile>,
    prepare: impl FnOnce() -> Result<T, CredsError>,
    call: impl FnOnce(T) -> Result<Value, CredsError>,
) -> Result<Credentials, CredsError> {
    let Some(file) = file else { return credentials_of(&call(prepare()?)?, method) };
    if let Some(kept) = still_good(context, file)? {
        return credentials_of(&kept, method);
    }
    let prepared = prepare()?;
    let _lock = file.lock(context);
    // Another process may have fetched them while this one waited.
    if let Some(kept) = still_good(context, file)? {
        return credentials_of(&kept, method);
    }
    let reply = call(prepared)?;
    file.store(context, &reply)?;
    credentials_of(&reply, method)
}

/// Kept credentials that can be used for a while. What lacks something that credentials have is damaged, and counts as
/// absent.
fn still_good(context: &Context<'_>, file: &CacheFile) -> Result<Option<Value>, CredsError> {
    let Some(kept) = file.load(context)? else { return Ok(None) };
    // No method is shown of these: they are looked at, and read once more where they are used.
    let end = credentials_of(&kept, "").ok().and_then(|c| c.expiration);
    let good = end.is_some_and(|end| end.seconds_from(context.world.now()) >= EXPIRY_WINDOW);
    Ok(good.then_some(kept))
}

fn credentials_of(reply: &Value, method: &'static str) -> Result<Credentials, CredsError> {
    let found = member(reply, "Credentials")?;
    let end = expiration(found)?;
    let (access_key_id, secret_access_key) = keys(found, "AccessKeyId", "SecretAccessKey")?;
    Ok(Credentials {
        access_key_id,
        secret_access_key,
        session_token: optional_text(member(found, "SessionToken")?),
        account_id: found.get("AccountId").and_then(optional_text),
        expiration: Some(end),
        method,
    })
}

fn expiration(credentials: &Value) -> Result<Moment, CredsError> {
    moment(member(credentials, "Expiration")?)
}

/// A moment that a file or a reply holds as text.
pub(crate) fn moment(value: &Value) -> Result<Moment, CredsError> {
    match value {
        Value::String(text) => Moment::parse(text),
        other => Err(CredsError::python(format!("Parser must be a string or character stream, not {}", kind(other)))),
    }
}

/// A number of seconds in a reply.
pub(crate) fn seconds(value: &Value) -> Result<i64, CredsError> {
    value
        .as_i64()
        .ok_or_else(|| CredsError::python(format!("unsupported type for timedelta seconds component: {}", kind(value))))
}

/// Python's name for a value's type.
pub(crate) fn kind(value: &Value) -> &'static str {
    oxaws_value::repr::type_name(value, Default::default())
}

/// A member that must be there.
pub(crate) fn member<'a>(value: &'a Value, key: &str) -> Result<&'a Value, CredsError> {
    match value {
        Value::Map(map) => map.get(key).ok_or_else(|| CredsError::missing_key(key)),
        Value::List(_) => Err(CredsError::python("list indices must be integers or slices, not str")),
        Value::String(_) => Err(CredsError::python("string indices must be integers, not 'str'")),
        other => Err(CredsError::python(format!("'{}' object is not subscriptable", kind(other)))),
    }
}

/// A member that must be there and be text.
pub(crate) fn text(value: &Value, key: &str) -> Result<String, CredsError> {
    match member(value, key)? {
        Value::String(text) => Ok(text.clone()),
        other => Err(CredsError::python(format!("sequence item 0: expected str instance, {} found", kind(other)))),
    }
}

/// Two members that must be there and be text: the access key and the secret key. Python notices what isn't text when
/// it signs, the secret key first.
pub(crate) fn keys(value: &Value, access_key: &str, secret_key: &str) -> Result<(String, String), CredsError> {
    match (member(value, access_key)?, member(value, secret_key)?) {
        (Value::String(access_key), Value::String(secret_key)) => Ok((access_key.clone(), secret_key.clone())),
        (other, Value::String(_)) => {
            Err(CredsError::python(format!("sequence item 0: expected str instance, {} found", kind(other))))
        }
        (_, other) => Err(CredsError::python(format!("can only concatenate str (not \"{}\") to str", kind(other)))),
    }
}

/// Text, where it is text.
pub(crate) fn optional_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_is_absent() {
        let whole = "{\"a\": [true, null, \"\\u00e9\\\"\"], \"b\": {\"c\": \"d\"}, \"e\": 12}";
        for at in 0..whole.len() {
            assert_eq!(parse_kept(&whole.as_bytes()[..at]), Ok(None), "{}", &whole[..at]);
        }
        for zeros in ["\0\0\0", "{\"a\0\0", " \n"] {
            assert_eq!(parse_kept(zeros.as_bytes()), Ok(None), "{zeros:?}");
        }
        assert!(matches!(parse_kept(format!("{whole}\n\0").as_bytes()), Ok(Some(Value::Map(_)))));
        for other in ["{nope", "not JSON", "{} {}", "[1 2", "nothing"] {
            assert!(parse_kept(other.as_bytes()).is_err(), "{other}");
        }
    }
}
