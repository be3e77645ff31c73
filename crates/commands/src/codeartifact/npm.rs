//! npm.

use super::login::Login;
use oxaws_cli::Failure;
use oxaws_cli::written::{kept_files, program};
use oxaws_env::{Put, PutMode, expand_user};
use oxaws_python::decode_utf8;
use oxaws_python::url::{self, Split};
use std::io::ErrorKind;
use std::path::Path;

/// Names npm's file of the user's settings; `~/.npmrc` unless set.
const USER_FILE: &str = "NPM_CONFIG_USERCONFIG";

/// Sets npm up. The token goes into npm's file and isn't an argument that others could see in a list of processes (AWS CLI
/// 2.38.1).
///
/// # Errors
/// For a namespace that is no scope; when the file can't be written or npm fails.
pub fn login(login: &Login, namespace: Option<&str>) -> Result<(), Failure> {
    let scope = namespace.map(scope).transpose()?;
    let registry = scope.map_or_else(|| "registry".to_owned(), |s| format!("{s}:registry"));
    let Split { authority: host, path, .. } = url::split(&login.endpoint);
    if !login.is_dry_run() {
        write_token(login, &format!("//{host}{path}:_authToken"))?;
    }
    let set = |key: &str, value: &str| program::words(["npm", "config", "set", key, value]);
    login.run_all(&[set(&registry, &login.endpoint), set(&format!("//{host}{path}:always-auth"), "true")])
}

fn write_token(login: &Login, key: &str) -> Result<(), Failure> {
    let world = login.call.cx.world;
    let named = world.var(USER_FILE).filter(|path| !path.is_empty());
    let path = expand_user(world, named.as_deref().unwrap_or("~/.npmrc"));
    let file = Path::new(&path);
    let failed = |e: std::io::Error| Failure::file(e, &path);
    kept_files::make_folder_of(world, file)?;
    let _lock = world.lock_folder_of(file);
    let before = match world.read(file) {
        Ok(bytes) => decode_utf8(&bytes).map_err(Failure::invalid)?.to_owned(),
        Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
        Err(e) => return Err(failed(e)),
    };
    // As the AWS CLI has it, a file takes the place of a link.
    let how = Put { mode: PutMode::Private, follow: false, folders: false };
    world.put(file, with_setting(&before, key, &login.token).as_bytes(), how).map_err(failed)
}

/// The file's text with every line of `key` replaced, or with one at its end.
fn with_setting(text: &str, key: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len() + key.len() + value.len() + 2);
    let mut found = false;
    for line in text.split_inclusive('\n') {
        let is_key = line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('='));
        if is_key {
            found = true;
            let end = &line[line.trim_end_matches(['\r', '\n']).len()..];
            out.push_str(&format!("{key}={value}{end}"));
        } else {
            out.push_str(line);
        }
    }
    if !found {
        let gap = if out.is_empty() || out.ends_with('\n') { "" } else { "\n" };
        out.push_str(&format!("{gap}{key}={value}\n"));
    }
    out
}

/// A namespace as a scope, with its `@`. Only its first character is looked at closely, as in the AWS CLI.
fn scope(namespace: &str) -> Result<String, Failure> {
    let bare = namespace.strip_prefix('@').unwrap_or(namespace);
    let good = bare.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '~'));
    if good {
        return Ok(format!("@{bare}"));
    }
    let text = "Invalid scope name, scope must contain URL-safe characters, no leading dots or underscores";
    Err(Failure::invalid(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert_eq!(scope("@a").unwrap(), "@a");
        assert_eq!(scope("a.b").unwrap(), "@a.b");
        assert!(scope(".a").is_err() && scope("@_a").is_err() && scope("").is_err());
    }

    #[test]
    fn settings_are_replaced_or_added() {
        let set = |text: &str| with_setting(text, "//h/r/:_authToken", "new");
        assert_eq!(set(""), "//h/r/:_authToken=new\n");
        assert_eq!(set("a=b"), "a=b\n//h/r/:_authToken=new\n");
        let text = "//h/r/:_authToken=old\r\n//h/r/x:_authToken=other\n//h/r/:_authToken = older";
        let expected = "//h/r/:_authToken=new\r\n//h/r/x:_authToken=other\n//h/r/:_authToken=new";
        assert_eq!(set(text), expected);
    }
}
