//! URLs as the rules see them: cut the way Python's `urllib.parse` cuts them, since that is what the AWS CLI asks.

use crate::host::{is_ipv4, is_ipv6, is_valid_host_label};
use std::borrow::Cow;
use std::fmt::Write;

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

/// A URL in pieces, unescaped and unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

/// Cuts `url`, which [`clean`] has been over; nothing when brackets don't match.
pub(crate) fn split(url: &str) -> Option<Split<'_>> {
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", url),
    };
    let (authority, rest) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    if authority.contains('[') != authority.contains(']') {
        return None;
    }
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Split { scheme, authority, path, query })
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c))
}

/// Takes out what URLs are read without: controls and spaces in front, tabs and line ends anywhere.
pub(crate) fn clean(url: &str) -> Cow<'_, str> {
    let url = url.trim_start_matches(|c: char| c <= ' ');
    if url.contains(['\t', '\r', '\n']) { Cow::Owned(url.replace(['\t', '\r', '\n'], "")) } else { Cow::Borrowed(url) }
}

impl<'a> Split<'a> {
    /// The host as written and the port's text; no host when it is empty.
    fn host_and_port(&self) -> (Option<&'a str>, Option<&'a str>) {
        let place = self.authority.rsplit_once('@').map_or(self.authority, |(_, place)| place);
        let (host, port) = match place.split_once('[') {
            Some((_, inner)) => {
                let (host, after) = inner.split_once(']').unwrap_or((inner, ""));
                (host, after.split_once(':').map_or("", |(_, port)| port))
            }
            None => place.split_once(':').unwrap_or((place, "")),
        };
        (Some(host).filter(|h| !h.is_empty()), Some(port).filter(|p| !p.is_empty()))
    }

    pub(crate) fn host(&self) -> Option<&'a str> {
        self.host_and_port().0
    }

    pub(crate) fn port_is_valid(&self) -> bool {
        self.bad_port().is_none()
    }

    fn bad_port(&self) -> Option<UrlError> {
        let port = self.host_and_port().1?;
        if !port.bytes().all(|c| c.is_ascii_digit()) {
            return Some(UrlError::Port(port.to_owned()));
        }
        let digits = port.trim_start_matches('0');
        (!digits.is_empty() && digits.parse::<u16>().is_err()).then_some(UrlError::PortRange)
    }

    pub(crate) fn is_ip(&self) -> bool {
        self.host().is_some_and(|host| is_ipv4(host) || is_ipv6(host))
    }

    /// The path without what follows a `;` in its last part.
    pub(crate) fn path_without_params(&self) -> &'a str {
        let last = self.path.rfind('/').unwrap_or(0);
        match self.path.get(last..).and_then(|tail| tail.find(';')) {
            Some(at) => self.path.get(..last + at).unwrap_or(self.path),
            None => self.path,
        }
    }
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
    let mut out = percent_encode(&plain, "/");
    if !out.ends_with('/') {
        out.push('/');
    }
    out
}

/// Percent-encodes all but letters, digits, `-._~` and what is in `safe`.
pub(crate) fn percent_encode(text: &str, safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || safe.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
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
    let parts = split(&clean).ok_or(UrlError::Brackets)?;
    let host = parts.host().ok_or_else(invalid)?;
    let named = host.len() <= 255 && is_valid_host_label(host.strip_suffix('.').unwrap_or(host), true);
    if named || is_ipv6(host) { Ok(()) } else { Err(invalid()) }
}

/// What is wrong with the port of `[user@]host[:port]`, if it is.
pub fn bad_port(authority: &str) -> Option<UrlError> {
    Split { scheme: "", authority, path: "", query: "" }.bad_port()
}

/// Whether `url` is one of S3's acceleration endpoints, which can't be called path-style.
pub fn is_s3_accelerate_url(url: &str) -> bool {
    let clean = clean(url);
    let Some(parts) = split(&clean) else { return false };
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
    fn cuts() {
        let parts = split("https://u:p@host:8080/a;x/b;y?q#f").unwrap();
        assert_eq!((parts.scheme, parts.authority), ("https", "u:p@host:8080"));
        assert_eq!((parts.path, parts.query), ("/a;x/b;y", "q"));
        assert_eq!(parts.path_without_params(), "/a;x/b");
        assert_eq!(parts.host(), Some("host"));
        assert!(parts.port_is_valid());
        assert!(!split("http://h:x").unwrap().port_is_valid());
        assert!(!split("http://h:65536").unwrap().port_is_valid());
        assert!(split("http://h:").unwrap().port_is_valid());
        assert!(split("http://h:000080").unwrap().port_is_valid());
        assert!(split("http://[::1/").is_none());
        assert!(split("http://[::1]:9/").unwrap().is_ip());
        assert_eq!(split("nonsense").unwrap().scheme, "");
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
        fn any_text_is_cut(url in ".*") {
            let clean = clean(&url);
            if let Some(parts) = split(&clean) {
                let _ = (parts.is_ip(), parts.port_is_valid(), parts.path_without_params(), normalize_path(parts.path));
            }
            let _ = check_endpoint_url(&url);
        }
    }
}
