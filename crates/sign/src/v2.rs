//! Signature Version 2 of query services: in the form itself.

use crate::request::Credentials;
use crate::time::iso;
use crate::v4::hmac_sha256;
use base64::Engine;
use oxaws_python::push_encoded;

/// Adds the parameters of a V2 signature (`HmacSHA256`) to a form. `host` is the value of the `Host` header, `path` the
/// path as it is sent, `time` seconds since 1970-01-01T00:00:00Z. Those of an earlier try are replaced.
pub fn sign_v2_form(
    method: &str,
    host: &str,
    path: &str,
    form: &mut Vec<(String, String)>,
    credentials: &Credentials<'_>,
    time: i64,
) {
    form.retain(|(name, _)| name != "Signature");
    set(form, "AWSAccessKeyId", credentials.access_key_id);
    set(form, "SignatureVersion", "2");
    set(form, "SignatureMethod", "HmacSHA256");
    set(form, "Timestamp", &iso(time));
    if let Some(token) = credentials.session_token {
        set(form, "SecurityToken", token);
    }
    let mut sorted: Vec<_> = form.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let path = if path.is_empty() { "/" } else { path };
    let mut text = format!("{method}\n{host}\n{path}\n");
    for (i, (name, value)) in sorted.into_iter().enumerate() {
        if i > 0 {
            text.push('&');
        }
        push_encoded(&mut text, name.as_bytes(), b"");
        text.push('=');
        push_encoded(&mut text, value.as_bytes(), b"");
    }
    let tag = hmac_sha256(credentials.secret_access_key.as_bytes(), text.as_bytes());
    set(form, "Signature", &base64::engine::general_purpose::STANDARD.encode(tag));
}

fn set(form: &mut Vec<(String, String)>, name: &str, value: &str) {
    match form.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => value.clone_into(old),
        None => form.push((name.to_owned(), value.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_signed() {
        let credentials = Credentials { access_key_id: "AK", secret_access_key: "secret", session_token: Some("t t") };
        let mut form = vec![("Action".to_owned(), "ListDomains".to_owned()), ("Version".into(), "2009-04-15".into())];
        sign_v2_form("POST", "sdb.test", "/", &mut form, &credentials, 1_440_938_160);
        let once = form.clone();
        // From HMAC-SHA256 of the documented string with another implementation.
        let expected = "uEesctSaysWl8+vDK+YG3lD9WGqs4mT2TuQZp+Q9YmQ=";
        assert_eq!(form.last().unwrap(), &("Signature".to_owned(), expected.to_owned()));
        sign_v2_form("POST", "sdb.test", "", &mut form, &credentials, 1_440_938_160);
        assert_eq!(form, once);
    }
}
