//! Files that keep credentials and tokens between runs: one JSON file per key, mode 0600, replaced whole.

use crate::{Context, Credentials, CredsError, Moment};
use oxaws_env::expand_path;
use oxaws_value::{JsonStyle, Value, parse_json_bytes, to_json};
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

    /// What the file holds; `None` where there is no file. A file that is there and can't be used is an error that shows
    /// the key alone, as in the AWS CLI.
    pub(crate) fn load(&self, context: &Context<'_>) -> Result<Option<Value>, CredsError> {
        match context.world.read(&self.path) {
            Ok(contents) => match parse_json_bytes(&contents) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(CredsError::missing_key(&self.key)),
            },
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(_) => Err(CredsError::missing_key(&self.key)),
        }
    }

    pub(crate) fn store(&self, context: &Context<'_>, value: &Value) -> Result<(), CredsError> {
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

fn still_good(context: &Context<'_>, file: &CacheFile) -> Result<Option<Value>, CredsError> {
    let Some(kept) = file.load(context)? else { return Ok(None) };
    let end = expiration(member(&kept, "Credentials")?)?;
    Ok((end.seconds_from(context.world.now()) >= EXPIRY_WINDOW).then_some(kept))
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

/// Python's name for a value's type.
pub(crate) fn kind(value: &Value) -> &'static str {
    oxaws_value::python::type_name(value, Default::default())
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
