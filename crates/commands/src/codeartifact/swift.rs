//! Swift's package manager, which takes its password from `~/.netrc`.

use super::login::Login;
use oxaws_cli::Failure;
use oxaws_cli::written::kept_files::{self, SECRET};
use oxaws_cli::written::program;
use oxaws_env::expand_user;
use oxaws_python::decode_utf8;
use oxaws_python::url;
use std::path::Path;

/// Characters that a scope may have.
const MAX_SCOPE: usize = 39;

/// Sets Swift up.
///
/// # Errors
/// For a namespace that is no scope; when Swift fails, or the file can't be written.
pub fn login(login: &Login, namespace: Option<&str>) -> Result<(), Failure> {
    let mut set = program::words(["swift", "package-registry", "set", &login.endpoint]);
    if let Some(scope) = namespace {
        check_scope(scope)?;
        set.extend(program::words(["--scope", scope]));
    }
    let enter = program::words(["swift", "package-registry", "login", &format!("{}login", login.endpoint)]);
    let host = url::split(&login.endpoint).authority;
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host).to_lowercase();
    let entry = format!("machine {host} login token password {}", login.token);
    let cx = login.call.cx;
    let path = expand_user(cx.world, "~/.netrc");
    if login.is_dry_run() {
        cx.ui.text(&format!(
            "Dryrun mode is enabled, not writing to netrc.\nThe following line would have been written to {path}:\n\n\
             {entry}\n\nAnd would have run the following commands:\n\n"
        ))?;
    } else {
        write_entry(login, &host, &entry, &path)?;
    }
    login.run_all(&[set, enter])
}

fn write_entry(login: &Login, host: &str, entry: &str, path: &str) -> Result<(), Failure> {
    let cx = login.call.cx;
    let failed = |e: std::io::Error| Failure::file(e, path);
    let file = Path::new(path);
    let _lock = cx.world.lock_folder_of(file);
    if !cx.world.is_file(file) {
        kept_files::make_folder_of(cx.world, file)?;
        return cx.world.put(file, format!("{entry}\n").as_bytes(), SECRET).map_err(failed);
    }
    let contents = cx.world.read(file).map_err(failed)?;
    let contents = decode_utf8(&contents).map_err(Failure::invalid)?.to_owned();
    let mut changed = replace_token(&contents, host, &login.token);
    if changed == contents {
        let gap = if contents.ends_with('\n') { "" } else { "\n" };
        changed = format!("{contents}{gap}{entry}\n");
    }
    cx.world.put(file, changed.as_bytes(), SECRET).map_err(failed)
}

/// The file with the password of every entry `machine HOST login X password Y` replaced.
fn replace_token(contents: &str, host: &str, token: &str) -> String {
    let mut out = String::with_capacity(contents.len());
    let mut rest = contents;
    while let Some(at) = rest.find("machine") {
        let word_starts = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let end = at + "machine".len();
        match password_at(&rest[end..], host).filter(|_| word_starts) {
            Some((from, to)) => {
                out.push_str(&rest[..end + from]);
                out.push_str(token);
                rest = &rest[end + to..];
            }
            None => {
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where the password stands in the text after `machine`.
fn password_at(text: &str, host: &str) -> Option<(usize, usize)> {
    let gap = |text: &str| -> Option<usize> {
        let bare = text.trim_start();
        (bare.len() < text.len()).then(|| text.len() - bare.len())
    };
    let word = |text: &str| -> Option<usize> {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        (end > 0).then_some(end)
    };
    let mut at = gap(text)?;
    at += text[at..].strip_prefix(host).map(|_| host.len())?;
    at += gap(&text[at..])?;
    at += text[at..].strip_prefix("login").map(|_| "login".len())?;
    at += gap(&text[at..])?;
    at += word(&text[at..])?;
    at += gap(&text[at..])?;
    at += text[at..].strip_prefix("password").map(|_| "password".len())?;
    at += gap(&text[at..])?;
    Some((at, at + word(&text[at..])?))
}

fn check_scope(scope: &str) -> Result<(), Failure> {
    let good = !scope.is_empty()
        && scope.len() <= MAX_SCOPE
        && scope.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !scope.starts_with('-')
        && !scope.ends_with('-')
        && !scope.contains("--");
    if good {
        return Ok(());
    }
    let text = "Invalid scope name, scope must contain URL-safe characters, no leading dots or underscores and no more than \
                39 characters";
    Err(Failure::invalid(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_replaced() {
        let file = "machine a.b login u password old\nmachine c.d\n login x password keep";
        assert_eq!(replace_token(file, "a.b", "new"), file.replace("old", "new"));
        assert_eq!(replace_token(file, "c.d", "new"), file.replace("keep", "new"));
        assert_eq!(replace_token(file, "c", "new"), file);
    }

    #[test]
    fn scopes() {
        assert!(check_scope("a-b").is_ok() && check_scope(&"a".repeat(39)).is_ok());
        for bad in ["", "-a", "a-", "a--b", "a.b", &"a".repeat(40)] {
            assert!(check_scope(bad).is_err(), "{bad}");
        }
    }
}
