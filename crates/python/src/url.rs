//! URLs, cut the way `urllib.parse` cuts them.

use std::borrow::Cow;

/// A URL in pieces, undecoded and unchecked; a piece that isn't there is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// As written.
    pub scheme: &'a str,
    /// `[user[:password]@]host[:port]`.
    pub authority: &'a str,
    /// With its slash.
    pub path: &'a str,
    /// Without its `?`.
    pub query: &'a str,
}

/// Cuts a URL (`urlsplit`); the fragment is dropped. Whoever must read what Python reads calls [`clean`] first, and asks
/// [`Split::has_lone_bracket`] after, where Python raises.
pub fn split(url: &str) -> Split<'_> {
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", url),
    };
    let (authority, rest) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Split { scheme, authority, path, query }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c))
}

/// Takes out what URLs are read without: controls and spaces in front, tabs and line ends anywhere.
pub fn clean(url: &str) -> Cow<'_, str> {
    let url = url.trim_start_matches(|c: char| c <= ' ');
    if url.contains(['\t', '\r', '\n']) { Cow::Owned(url.replace(['\t', '\r', '\n'], "")) } else { Cow::Borrowed(url) }
}

impl<'a> Split<'a> {
    /// Whether the brackets of an IPv6 address don't match.
    pub fn has_lone_bracket(&self) -> bool {
        self.authority.contains('[') != self.authority.contains(']')
    }

    /// What an absolute URL begins with: `https://host:1`.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// The host as written and the port's text; no host when it is empty.
    pub fn host_and_port(&self) -> (Option<&'a str>, Option<&'a str>) {
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

    /// The host as written, an IPv6 address without its brackets.
    pub fn host(&self) -> Option<&'a str> {
        self.host_and_port().0
    }

    /// The path without what follows a `;` in its last part.
    pub fn path_without_params(&self) -> &'a str {
        let last = self.path.rfind('/').unwrap_or(0);
        match self.path.get(last..).and_then(|tail| tail.find(';')) {
            Some(at) => self.path.get(..last + at).unwrap_or(self.path),
            None => self.path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cuts() {
        let parts = split("https://u:p@host:8080/a;x/b;y?q#f");
        assert_eq!((parts.scheme, parts.authority), ("https", "u:p@host:8080"));
        assert_eq!((parts.path, parts.query), ("/a;x/b;y", "q"));
        assert_eq!(parts.path_without_params(), "/a;x/b");
        assert_eq!(parts.host_and_port(), (Some("host"), Some("8080")));
        assert_eq!(split("http://[::1]:9/").host_and_port(), (Some("::1"), Some("9")));
        assert!(split("http://[::1/").has_lone_bracket());
        assert_eq!(split("nonsense").scheme, "");
        assert_eq!(split("https://x?q").origin(), "https://x");
    }

    proptest! {
        #[test]
        fn any_text_is_cut(url in ".*") {
            let clean = clean(&url);
            let parts = split(&clean);
            let _ = (parts.host_and_port(), parts.path_without_params());
        }
    }
}
