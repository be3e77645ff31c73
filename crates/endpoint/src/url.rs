//! URLs as the rules see them: cut the way Python's `urllib.parse` cuts them, since that is what the AWS CLI asks.

use crate::host::{is_ipv4, is_ipv6, is_valid_host_label};
use oxaws_python::percent_encode;
use oxaws_python::url::{Split, clean, split};

/// Why a URL is no endpoint; the text is the AWS CLI's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlError {
    /// No scheme, no host, or a host that can't be one: the URL.
    Invalid(String),
    /// Brackets of an IPv6 address that don't match.
    Brackets,
    /// A port that is no number: its text.
    Port(String),
    /// A port that is too large.
    PortRange,
}

impl std::fmt::Display for UrlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UrlError::Invalid(url) => write!(f, "Invalid endpoint: {url}"),
            UrlError::Brackets => f.write_str("Invalid IPv6 URL"),
            UrlError::Port(text) => {
                write!(f, "Port could not be cast to integer value as {}", oxaws_python::repr_str(text))
            }
            UrlError::PortRange => f.write_str("Port out of range 0-65535"),
        }
    }
}

impl std::error::Error for UrlError {}

/// What is wrong with the port, if it is.
fn port_fault(parts: Split<'_>) -> Option<UrlError> {
    let port = parts.host_and_port().1?;
    if !port.bytes().all(|c| c.is_ascii_digit()) {
        return Some(UrlError::Port(port.to_owned()));
    }
    let digits = port.trim_start_matches('0');
    (!digits.is_empty() && digits.parse::<u16>().is_err()).then_some(UrlError::PortRange)
}

/// A URL whose brackets match and whose port is one.
pub(crate) fn valid(url: &str) -> Option<Split<'_>> {
    Some(split(url)).filter(|parts| !parts.has_lone_bracket() && port_fault(*parts).is_none())
}

pub(crate) fn is_ip(parts: Split<'_>) -> bool {
    parts.host().is_some_and(|host| is_ipv4(host) || is_ipv6(host))
}

/// The path without empty, `.` and `..` parts, percent-encoded, with a slash at its end.
pub(crate) fn normalize_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut plain = String::with_capacity(path.len() + 1);
    if path.is_empty() || path.starts_with('/') {
        plain.push('/');
    }
    plain.push_str(&parts.join("/"));
    let mut out = percent_encode(&plain, b"/");
    if !out.ends_with('/') {
        out.push('/');
    }
    out
}

/// Checks a URL that is to be called: it needs a host, of labels or an IP address.
///
/// # Errors
/// [`UrlError`], whose text is what the AWS CLI prints.
pub fn check_endpoint_url(url: &str) -> Result<(), UrlError> {
    let invalid = || UrlError::Invalid(url.to_owned());
    if url.contains(['\t', '\r', '\n']) {
        return Err(invalid());
    }
    let clean = clean(url);
    let parts = split(&clean);
    if parts.has_lone_bracket() {
        return Err(UrlError::Brackets);
    }
    let host = parts.host().ok_or_else(invalid)?;
    let named = host.len() <= 255 && is_valid_host_label(host.strip_suffix('.').unwrap_or(host), true);
    if named || is_ipv6(host) { Ok(()) } else { Err(invalid()) }
}

/// What is wrong with the port of `[user@]host[:port]`, if it is.
pub fn bad_port(authority: &str) -> Option<UrlError> {
    port_fault(Split { scheme: "", authority, path: "", query: "" })
}

/// Whether `url` is one of S3's acceleration endpoints, which can't be called path-style.
pub fn is_s3_accelerate_url(url: &str) -> bool {
    let clean = clean(url);
    let parts = split(&clean);
    let Some(features) = parts.authority.strip_suffix(".amazonaws.com").and_then(|h| h.strip_prefix("s3-accelerate"))
    else {
        return false;
    };
    let web = parts.scheme.eq_ignore_ascii_case("http") || parts.scheme.eq_ignore_ascii_case("https");
    web && (features.is_empty() || features == ".dualstack")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn urls_the_rules_take() {
        for good in ["http://h:", "http://h:000080", "http://[::1]:9/"] {
            assert!(valid(good).is_some(), "{good}");
        }
        for bad in ["http://h:x", "http://h:65536", "http://[::1/"] {
            assert!(valid(bad).is_none(), "{bad}");
        }
        assert!(is_ip(split("http://[::1]:9/")) && !is_ip(split("http://h/")));
    }

    #[test]
    fn paths() {
        for (path, want) in [("", "/"), ("/", "/"), ("/a//b/../c d", "/a/c%20d/"), ("/a/", "/a/"), ("/..", "/")] {
            assert_eq!(normalize_path(path), want, "{path}");
        }
    }

    #[test]
    fn endpoints() {
        for good in ["https://a.b:1/c", "http://localhost", "http://[::1]:4566", "http://host.", "http://1.2.3.4"] {
            assert_eq!(check_endpoint_url(good), Ok(()), "{good}");
        }
        for bad in ["nonsense", "", "https://ec2..amazonaws.com", "http://a_b", "http://a\tb", "http:///x"] {
            assert_eq!(check_endpoint_url(bad).unwrap_err().to_string(), format!("Invalid endpoint: {bad}"));
        }
    }

    #[test]
    fn ports() {
        let of = |authority| bad_port(authority).map(|e| e.to_string());
        for good in ["h", "h:", "h:0", "h:65535", "h:000080", "u:p@h:1", "[::1]:9"] {
            assert_eq!(of(good), None, "{good}");
        }
        for (bad, text) in [("h:abc", "'abc'"), ("h:-1", "'-1'"), ("h: 80", "' 80'"), ("[::1]:a'b", "\"a'b\"")] {
            assert_eq!(of(bad), Some(format!("Port could not be cast to integer value as {text}")), "{bad}");
        }
        assert_eq!(of("h:65536").as_deref(), Some("Port out of range 0-65535"));
    }

    #[test]
    fn acceleration() {
        assert!(is_s3_accelerate_url("https://s3-accelerate.amazonaws.com"));
        assert!(is_s3_accelerate_url("https://s3-accelerate.dualstack.amazonaws.com/x"));
        assert!(!is_s3_accelerate_url("https://s3-accelerate.other.amazonaws.com"));
        assert!(!is_s3_accelerate_url("ftp://s3-accelerate.amazonaws.com"));
        assert!(!is_s3_accelerate_url("https://s3.amazonaws.com"));
    }

    proptest! {
        #[test]
        fn any_text_is_checked(url in ".*") {
            let parts = split(&url);
            let _ = (is_ip(parts), valid(&url), normalize_path(parts.path));
            let _ = check_endpoint_url(&url);
        }
    }
}
