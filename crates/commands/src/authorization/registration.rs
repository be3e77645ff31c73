//! The client that a login is made with: registered once, kept beside the tokens.

use oxaws_cli::written::{kept_files, reply};
use oxaws_cli::{Context, Failure};
use oxaws_creds::{Moment, parse_kept};
use oxaws_env::Instant;
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::path::Path;

/// With less left than this, seconds, what is kept is passed over.
const EXPIRY_WINDOW: f64 = 15.0 * 60.0;

/// A kept registration or token that is good for a while; `None` where there is none, or one that is damaged: it is made
/// again.
///
/// # Errors
/// When the file holds something else: its name is all the AWS CLI says then.
pub(super) fn kept(cx: &Context, file: &Path) -> Result<Option<Map>, Failure> {
    if !cx.world.is_file(file) {
        return Ok(None);
    }
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let broken = || reply::missing(&name);
    let contents = cx.world.read(file).map_err(|_| broken())?;
    let Some(Value::Map(kept)) = parse_kept(&contents).map_err(|_| broken())? else { return Ok(None) };
    let end = kept.get("expiresAt").and_then(Value::as_str).and_then(|end| Moment::parse(end).ok());
    let good = end.is_some_and(|end| end.seconds_from(cx.world.now()) >= EXPIRY_WINDOW);
    Ok(good.then_some(kept))
}

/// Keeps it.
///
/// # Errors
/// When the file can't be written.
pub(super) fn keep(cx: &Context, file: &Path, what: &Map) -> Result<(), Failure> {
    let text = to_json(&Value::Map(what.clone()), JsonStyle::PYTHON);
    kept_files::make_folder_of(cx.world, file)?;
    cx.world.write_private(file, text.as_bytes()).map_err(|e| Failure::file(e, file.display().to_string()))
}

/// A registration as it is kept, from the service's reply.
///
/// # Errors
/// When the reply lacks something.
pub(super) fn of_reply(found: &Map) -> Result<Map, Failure> {
    let end = reply::member(found, "clientSecretExpiresAt")?;
    let end = end.as_i64().ok_or_else(|| {
        let kind = type_name(end, MapClass::Dict);
        Failure::bad_reply(format!("'{kind}' object cannot be interpreted as an integer"))
    })?;
    let mut registration = Map::new();
    registration.insert("clientId", reply::text(found, "clientId")?);
    registration.insert("clientSecret", reply::text(found, "clientSecret")?);
    registration.insert("expiresAt", Moment::utc(Instant::from_secs(end)).zulu());
    Ok(registration)
}

/// Whether it was made for codes that a browser brings.
pub(super) fn is_for_codes(registration: &Map) -> bool {
    let grants = registration.get("grantTypes").and_then(Value::as_list).unwrap_or_default();
    grants.iter().any(|g| g.as_str() == Some("authorization_code"))
}
