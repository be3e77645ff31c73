//! The head of a request: how Python's `http.server` and its header parser read one.

use std::io::{self, BufRead, Read as _};

/// Longer lines are refused.
const MAX_LINE: u64 = 65_536;
/// More headers are refused.
const MAX_HEADERS: usize = 100;

/// Headers of a request: names in lower case, sorted, with the last value of each. Bytes are kept as the characters of
/// Latin-1, as Python reads them; a signature over other text doesn't hold there either.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    entries: Vec<(String, String)>,
    first: Vec<(String, String)>,
}

impl Headers {
    /// The value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a header; framing goes by that one.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.first.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl<'h> FromIterator<(&'h str, &'h str)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'h str, &'h str)>>(headers: I) -> Headers {
        let mut all = Headers::default();
        for (name, value) in headers {
            let (name, value) = (name.to_lowercase(), value.to_owned());
            all.first.push((name.clone(), value.clone()));
            all.entries.retain(|(n, _)| *n != name);
            all.entries.push((name, value));
        }
        all.entries.sort();
        all
    }
}

/// A request line with its headers.
#[derive(Debug)]
pub struct Head {
    /// The method.
    pub method: String,
    /// The request target. Slashes at its start are one, as Python's server sees to.
    pub target: String,
    /// The headers.
    pub headers: Headers,
    /// The client says HTTP/1.1 or later.
    pub keeps_alive: bool,
}

/// What came instead of a head that can be answered.
#[derive(Debug)]
pub enum BadHead {
    /// The connection ended or broke.
    End,
    /// The client gets this status code.
    Refused(u16),
}

impl From<io::Error> for BadHead {
    fn from(_: io::Error) -> BadHead {
        BadHead::End
    }
}

/// Reads a head.
///
/// # Errors
/// When the connection ends, or what comes isn't a head.
pub fn read(stream: &mut impl BufRead) -> Result<Head, BadHead> {
    let line = read_line(stream)?.ok_or(BadHead::Refused(414))?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let (method, target, keeps_alive) = match words[..] {
        [] => return Err(BadHead::End),
        [method, target, version] if version.starts_with("HTTP/") => (method, target, version >= "HTTP/1.1"),
        ["GET", target] => ("GET", target, false),
        _ => return Err(BadHead::Refused(400)),
    };
    let target = match target.strip_prefix("//") {
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => target.to_owned(),
    };
    let method = method.to_owned();
    Ok(Head { method, target, headers: read_headers(stream)?, keeps_alive })
}

fn read_headers(stream: &mut impl BufRead) -> Result<Headers, BadHead> {
    let mut lines: Vec<String> = Vec::new();
    loop {
        let line = read_line(stream)?.ok_or(BadHead::Refused(431))?;
        if line.trim_end_matches(['\r', '\n']).is_empty() {
            break;
        }
        if lines.len() == MAX_HEADERS {
            return Err(BadHead::Refused(431));
        }
        lines.push(line);
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.starts_with([' ', '\t']) {
            // A folded line continues the value above.
            if let Some((_, value)) = headers.last_mut() {
                value.push('\n');
                value.push_str(line);
            }
            continue;
        }
        // Behind a line that isn't a header, everything counts as text of the message.
        let Some((name, value)) = line.split_once(':') else { break };
        if !name.bytes().all(|b| b.is_ascii_graphic()) {
            break;
        }
        if !name.is_empty() {
            headers.push((name.to_owned(), value.trim_start_matches([' ', '\t']).to_owned()));
        }
    }
    Ok(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect())
}

/// Reads a line with its end, as Latin-1; `None` where it is too long.
fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
    let fits = line.len() as u64 <= MAX_LINE;
    Ok(fits.then(|| line.into_iter().map(char::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head, BadHead> {
        read(&mut text.as_bytes())
    }

    #[test]
    fn reads_a_head() {
        let head = head("PUT //a/b?c HTTP/1.1\r\nHost: h\r\nA: 1 \r\nFold: x\r\n y\r\na:\t\u{e9}\r\n\r\nrest").unwrap();
        assert_eq!((head.method.as_str(), head.target.as_str(), head.keeps_alive), ("PUT", "/a/b?c", true));
        assert_eq!(head.headers.get("a"), Some("Ã©"), "the last value, byte for byte");
        assert_eq!(head.headers.first("a"), Some("1 "));
        assert_eq!(head.headers.get("fold"), Some("x\n y"));
        assert_eq!(head.headers.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "fold", "host"]);
    }

    #[test]
    fn refuses_what_is_not_a_head() {
        assert!(matches!(head(""), Err(BadHead::End)) && matches!(head("\r\n"), Err(BadHead::End)));
        for (text, status) in [
            ("GET /a b HTTP/1.1\r\n\r\n".to_owned(), 400),
            ("PUT /a\r\n\r\n".to_owned(), 400),
            (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)), 414),
            (format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(70_000)), 431),
            (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101)), 431),
        ] {
            assert!(matches!(head(&text), Err(BadHead::Refused(s)) if s == status), "{status}");
        }
        assert!(!head("GET / HTTP/1.0\r\n\r\n").unwrap().keeps_alive);
    }
}
