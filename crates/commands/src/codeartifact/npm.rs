//! npm.

use super::login::{Login, split_url};
use crate::program;
use oxaws_cli::Failure;

/// Sets npm up.
///
/// # Errors
/// For a namespace that is no scope; when npm fails.
pub fn login(login: &Login, namespace: Option<&str>) -> Result<(), Failure> {
    let scope = namespace.map(scope).transpose()?;
    let registry = scope.map_or_else(|| "registry".to_owned(), |s| format!("{s}:registry"));
    let (_, host, path) = split_url(&login.endpoint);
    let set = |key: &str, value: &str| program::words(["npm", "config", "set", key, value]);
    login.run_all(&[
        set(&registry, &login.endpoint),
        set(&format!("//{host}{path}:always-auth"), "true"),
        set(&format!("//{host}{path}:_authToken"), &login.token),
    ])
}

/// A namespace as a scope, with its `@`. Only its first character is looked at closely, as in the AWS CLI.
fn scope(namespace: &str) -> Result<String, Failure> {
    let bare = namespace.strip_prefix('@').unwrap_or(namespace);
    let good = bare.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '~'));
    if good {
        return Ok(format!("@{bare}"));
    }
    let text = "Invalid scope name, scope must contain URL-safe characters, no leading dots or underscores";
    Err(Failure::General(text.into()))
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
}
