//! URLs, taken apart without being changed.

use crate::error::HttpError;
use oxaws_python::percent_encode;
use std::fmt;

/// How to talk to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain TCP.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// A URL. Path and query stay byte for byte as given (`//`, `..`, `%2f`), apart from bytes that can't stand in a request
/// line at all (spaces, controls, anything outside ASCII and a few marks), which are percent-encoded as urllib3 does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    scheme: Scheme,
    host: String,
    port: u16,
    target: String,
}

impl Url {
    /// Takes a URL apart: `http[s]://[user@]host[:port][/path][?query][#fragment]`. User and fragment are dropped.
    ///
    /// # Errors
    /// [`HttpError::Invalid`] where the scheme is another one, or host or port are no good.
    pub fn parse(text: &str) -> Result<Self, HttpError> {
        let invalid = || HttpError::Invalid { reason: format!("Failed to parse: {text}") };
        let (scheme, rest) = text.split_once("://").ok_or_else(invalid)?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::Https
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::Http
        } else {
            return Err(HttpError::Invalid { reason: format!("Not supported URL scheme {scheme}") });
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
        let (host, port) = split_port(authority).ok_or_else(invalid)?;
        let port = match port {
            "" => scheme.default_port(),
            // urllib3 reads five digits after zeros; more are no port at all.
            digits if digits.trim_start_matches('0').len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) => {
                let quote = if authority.contains('\'') { '"' } else { '\'' };
                let reason = match authority.chars().find(|c| *c <= ' ' || *c == '\x7f') {
                    Some(c) => format!("Host {quote}{authority}{quote} contains invalid character {c:?}"),
                    None => format!("{quote}{authority}{quote} is not a valid host or port"),
                };
                return Err(HttpError::Invalid { reason: format!("Failed to parse: {reason}") });
            }
            digits => digits.parse().map_err(|_| invalid())?,
        };
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        if host.is_empty() || !host.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'[' | b']' | b'@' | b'\\')) {
            return Err(invalid());
        }
        let target = target.split_once('#').map_or(target, |(before, _)| before);
        Ok(Url { text: text.to_owned(), scheme, host: host.to_ascii_lowercase(), port, target: clean(target) })
    }

    /// The text it was made from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the scheme's own.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query as they stand in the request line; never empty.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path, undecoded; never empty.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// What follows the `?`, undecoded, where there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The value of the `Host` header: the port only where it isn't the scheme's own.
    pub fn host_header(&self) -> String {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        if self.port == self.scheme.default_port() {
            format!("{open}{}{close}", self.host)
        } else {
            format!("{open}{}{close}:{}", self.host, self.port)
        }
    }

    /// `host:port`, as a proxy's `CONNECT` wants it.
    pub(crate) fn authority(&self) -> String {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        format!("{open}{}{close}:{}", self.host, self.port)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `host:port` in two; the port is empty where there is none. `None` where brackets don't pair.
pub(crate) fn split_port(authority: &str) -> Option<(&str, &str)> {
    if authority.starts_with('[') {
        let (host, rest) = authority.split_at(authority.find(']')? + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, port)),
            None => rest.is_empty().then_some((host, "")),
        };
    }
    Some(authority.split_once(':').unwrap_or((authority, "")))
}

/// The request target of what follows the authority.
fn clean(target: &str) -> String {
    let slash = if target.starts_with('/') { "" } else { "/" };
    format!("{slash}{}", percent_encode(target, b"!$&'()*+,;=:@/?%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_stay_as_they_are() {
        let url = Url::parse("http://Host:8080/a//b/../c%2f%2F?x=1&&y#frag").unwrap();
        assert_eq!((url.host(), url.port()), ("host", 8080));
        assert_eq!(url.target(), "/a//b/../c%2f%2F?x=1&&y");
        assert_eq!((url.path(), url.query()), ("/a//b/../c%2f%2F", Some("x=1&&y")));
        assert_eq!(url.as_str(), "http://Host:8080/a//b/../c%2f%2F?x=1&&y#frag");
        assert_eq!(Url::parse("https://h").unwrap().target(), "/");
        assert_eq!(Url::parse("https://h?a").unwrap().target(), "/?a");
        assert_eq!(Url::parse("https://h/a b\u{e9}").unwrap().target(), "/a%20b%C3%A9");
    }

    #[test]
    fn host_headers_leave_out_the_usual_port() {
        let header = |text: &str| Url::parse(text).unwrap().host_header();
        assert_eq!(header("http://h:80/"), "h");
        assert_eq!(header("https://h:80/"), "h:80");
        assert_eq!(header("http://[::1]:9000/"), "[::1]:9000");
        assert_eq!(header("https://[FD00::2]"), "[fd00::2]");
        assert_eq!(Url::parse("http://u:p@h:/x").unwrap().authority(), "h:80");
    }

    #[test]
    fn bad_ones_are_refused() {
        for text in ["", "h", "ftp://h", "http://", "http://h:x/", "http://h:99999/", "http://[::1/", "http://a b/"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bad_ports_are_told_in_urllib3s_words() {
        for (text, reason) in [
            ("http://h:99999/", "http://h:99999/"),
            ("http://h:123456/", "'h:123456' is not a valid host or port"),
            ("http://h:+1/", "'h:+1' is not a valid host or port"),
            ("http://u@h:a'b/", "\"h:a'b\" is not a valid host or port"),
            ("http://h: 80/", "Host 'h: 80' contains invalid character ' '"),
        ] {
            let wanted = format!("An HTTP Client raised an unhandled exception: Failed to parse: {reason}");
            assert_eq!(Url::parse(text).unwrap_err().to_string(), wanted);
        }
        assert_eq!(Url::parse("http://h:000080/").expect("a URL").port(), 80);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_breaks_the_request_line(text in ".{0,60}") {
            for text in [text.clone(), format!("http://h/{text}")] {
                if let Ok(url) = Url::parse(&text) {
                    prop_assert!(url.target().bytes().all(|b| b.is_ascii_graphic()));
                    prop_assert!(url.host_header().bytes().all(|b| b.is_ascii_graphic()));
                }
            }
        }
    }
}
