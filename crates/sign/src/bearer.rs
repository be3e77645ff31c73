//! Bearer tokens (RFC 6750).

use crate::request::{Headers, push, remove};

/// Sets `Authorization: Bearer …`.
pub fn bearer(headers: &mut Headers<'_>, token: &str) {
    remove(headers, "authorization");
    push(headers, "Authorization", format!("Bearer {token}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_was_there() {
        let mut headers = Headers::new();
        bearer(&mut headers, "a");
        bearer(&mut headers, "b");
        assert_eq!(headers, [("Authorization".into(), b"Bearer b"[..].into())]);
    }
}
