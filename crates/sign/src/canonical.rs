//! The canonical request.

use crate::request::{Headers, PathRule};
use oxaws_python::{is_unreserved, percent_decode, push_encoded};
use std::borrow::Cow;
use std::fmt::Write;

/// Headers that proxies or the HTTP client may change, and so are not signed (botocore's list).
const UNSIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// The headers that are signed.
#[derive(Debug)]
pub(crate) struct SignedHeaders {
    /// `name:value\n` of each, sorted.
    pub(crate) canonical: Vec<u8>,
    /// `name;name;…`
    pub(crate) names: String,
}

impl SignedHeaders {
    /// Picks and sorts headers. `host` stands in where there is no such header.
    pub(crate) fn new(headers: &Headers<'_>, host: &str) -> Self {
        let mut signed: Vec<(Cow<'_, str>, &[u8])> = Vec::with_capacity(headers.len() + 1);
        for (name, value) in headers {
            let name = lower(name);
            if !UNSIGNED.contains(&name.as_ref()) {
                signed.push((name, value.as_ref()));
            }
        }
        if !signed.iter().any(|(name, _)| name == "host") {
            signed.push((Cow::Borrowed("host"), host.as_bytes()));
        }
        // Stable: values of one name stay in order.
        signed.sort_by(|a, b| a.0.cmp(&b.0));
        let (mut canonical, mut names) = (Vec::with_capacity(512), String::with_capacity(128));
        for (i, (name, value)) in signed.iter().enumerate() {
            if i > 0 && signed[i - 1].0 == *name {
                canonical.pop();
                canonical.push(b',');
            } else {
                if i > 0 {
                    names.push(';');
                }
                names.push_str(name);
                canonical.extend_from_slice(name.as_bytes());
                canonical.push(b':');
            }
            push_folded(&mut canonical, value);
            canonical.push(b'\n');
        }
        SignedHeaders { canonical, names }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// A value without white space around it, and with one space for each run within.
fn push_folded(out: &mut Vec<u8>, value: &[u8]) {
    let is_space = |b: &u8| b.is_ascii_whitespace() || *b == 0x0b;
    let start = out.len();
    for word in value.split(is_space).filter(|w| !w.is_empty()) {
        if out.len() > start {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// The whole canonical request.
pub(crate) fn request(
    method: &str,
    path: &str,
    rule: PathRule,
    query: &str,
    headers: &SignedHeaders,
    payload: &str,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len() + query.len() + headers.canonical.len() + 320);
    out.extend(method.bytes().map(|b| b.to_ascii_uppercase()));
    out.push(b'\n');
    out.extend_from_slice(self::path(path, rule).as_bytes());
    out.push(b'\n');
    out.extend_from_slice(self::query(query).as_bytes());
    out.push(b'\n');
    out.extend_from_slice(&headers.canonical);
    out.push(b'\n');
    out.extend_from_slice(headers.names.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(payload.as_bytes());
    out
}

/// The canonical path.
fn path(path: &str, rule: PathRule) -> Cow<'_, str> {
    let path = if path.is_empty() { "/" } else { path };
    let resolved = match rule {
        PathRule::AsIs => return Cow::Borrowed(path),
        PathRule::Encode => Cow::Borrowed(path),
        PathRule::NormalizeAndEncode => resolve(path),
    };
    if resolved.bytes().all(|b| is_unreserved(b) || b == b'/') {
        return resolved;
    }
    let mut out = String::with_capacity(resolved.len() * 2);
    push_encoded(&mut out, resolved.as_bytes(), b"/");
    Cow::Owned(out)
}

/// RFC 3986's removal of dot segments, with doubled slashes folded too.
fn resolve(path: &str) -> Cow<'_, str> {
    if !path.contains("//") && !path.contains("/.") && path.starts_with('/') {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let first = if path.starts_with('/') { "/" } else { "" };
    let last = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    Cow::Owned(format!("{first}{}{last}", kept.join("/")))
}

/// The canonical query: pairs sorted by name, then value, in one spelling.
fn query(query: &str) -> String {
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (one_spelling(name), one_spelling(value))
        })
        .collect();
    pairs.sort();
    let mut out = String::with_capacity(query.len() + 8);
    for (i, (name, value)) in pairs.iter().enumerate() {
        let _ = write!(out, "{}{name}={value}", if i > 0 { "&" } else { "" });
    }
    out
}

/// Decoded and encoded again, which the server does too.
fn one_spelling(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_unreserved) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    push_encoded(&mut out, &percent_decode(text), b"");
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths() {
        let of = |p| path(p, PathRule::NormalizeAndEncode).into_owned();
        assert_eq!(of(""), "/");
        assert_eq!(of("/a/./b//../c/"), "/a/c/");
        assert_eq!(of("/.."), "/");
        assert_eq!(of("/a%20b:c~"), "/a%2520b%3Ac~");
        assert_eq!(path("/a//b/../%20", PathRule::AsIs), "/a//b/../%20");
    }

    #[test]
    fn queries() {
        assert_eq!(query("b=2&a&b=1&&a-b=%2f+"), "a=&a-b=%2F%2B&b=1&b=2");
        assert_eq!(query("location"), "location=");
    }

    #[test]
    fn headers() {
        let mut list: Headers<'_> = Vec::new();
        for (name, value) in [("B", " x   y\t"), ("User-Agent", "u"), ("a", "1"), ("b", "z"), ("Expect", "e")] {
            list.push((name.into(), Cow::Borrowed(value.as_bytes())));
        }
        let signed = SignedHeaders::new(&list, "h:1");
        assert_eq!(signed.names, "a;b;host");
        assert_eq!(signed.canonical, b"a:1\nb:x y,z\nhost:h:1\n");
    }

    proptest! {
        #[test]
        fn resolving_twice_changes_nothing(text in "/[a./]{0,20}") {
            let once = resolve(&text).into_owned();
            prop_assert_eq!(resolve(&once).into_owned(), once);
        }

        #[test]
        fn nothing_panics(text in ".{0,40}") {
            for rule in [PathRule::AsIs, PathRule::Encode, PathRule::NormalizeAndEncode] {
                path(&text, rule);
            }
            query(&text);
        }
    }
}
