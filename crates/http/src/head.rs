//! A response's status line and headers.

use crate::error::Fault;
use std::mem::MaybeUninit;
use std::ops::Range;

/// More headers than this are refused.
const MAX_HEADERS: usize = 256;

/// A response's headers, in the order and case they came in. Values are text: bytes outside ASCII are read as Latin-1,
/// as Python does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    text: String,
    spans: Vec<(Range<usize>, Range<usize>)>,
}

impl Headers {
    /// The value of the first header called `name`, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The values of all headers called `name`.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spans.iter().map(|(name, value)| (&self.text[name.clone()], &self.text[value.clone()]))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Adds one at the end.
    pub fn push(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.spans.push((start..middle, middle..self.text.len()));
    }

    fn push_latin1(&mut self, name: &str, value: &[u8]) {
        match std::str::from_utf8(value) {
            Ok(text) if text.is_ascii() => self.push(name, text),
            _ => self.push(name, &value.iter().map(|b| char::from(*b)).collect::<String>()),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Headers {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let mut out = Headers::default();
        pairs.into_iter().for_each(|(name, value)| out.push(name, value));
        out
    }
}

/// A head.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Headers,
    /// Whether the connection can carry another request after this response.
    pub(crate) keep_alive: bool,
}

/// How a body's end is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

impl Head {
    /// The head at the start of `bytes` and its length; `None` where it isn't all there.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, Fault> {
        let mut slots = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut []);
        let mut config = httparse::ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let used = match config.parse_response_with_uninit_headers(&mut response, bytes, &mut slots) {
            Ok(httparse::Status::Complete(used)) => used,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => {
                return Err(Fault::Protocol("HTTPException('got more than 256 headers')"));
            }
            Err(_) => return Err(Fault::Protocol("BadStatusLine")),
        };
        let status = response.code.unwrap_or_default();
        if status < 100 {
            return Err(Fault::Protocol("BadStatusLine"));
        }
        let mut headers =
            Headers { text: String::with_capacity(used), spans: Vec::with_capacity(response.headers.len()) };
        for header in response.headers.iter() {
            headers.push_latin1(header.name, header.value);
        }
        let says = |wanted: &str| {
            headers.get_all("connection").flat_map(|v| v.split(',')).any(|v| v.trim().eq_ignore_ascii_case(wanted))
        };
        let keep_alive = if response.version == Some(1) { !says("close") } else { says("keep-alive") };
        let reason = response.reason.unwrap_or_default().to_owned();
        Ok(Some((Head { status, reason, headers, keep_alive }, used)))
    }

    /// Whether this announces another head.
    pub(crate) fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }

    /// Refuses lengths that contradict each other, and one that is not a number a signed 64-bit integer can hold: where
    /// such a body ends is a guess, and the next response on the connection would begin there. Not asked where the
    /// body's end is known without them.
    pub(crate) fn check_length(&self) -> Result<(), Fault> {
        if self.is_chunked() || matches!(self.status, 100..=199 | 204 | 304) {
            return Ok(());
        }
        let mut lengths = self.headers.get_all("content-length").flat_map(|v| v.split(',')).map(parse_length);
        let Some(first) = lengths.next() else { return Ok(()) };
        match first {
            None => Err(Fault::Protocol("InvalidHeader('Content-Length is not a valid number')")),
            Some(_) if lengths.all(|other| other == first) => Ok(()),
            Some(_) => Err(Fault::Protocol("InvalidHeader('Content-Length contained multiple unmatching values')")),
        }
    }

    fn is_chunked(&self) -> bool {
        self.headers.get("transfer-encoding").is_some_and(|v| v.trim().eq_ignore_ascii_case("chunked"))
    }

    /// How the body ends, in answer to a request with `method`.
    pub(crate) fn framing(&self, method: &str) -> Framing {
        if method == "HEAD" || matches!(self.status, 100..=199 | 204 | 304) {
            return Framing::Length(0);
        }
        if self.is_chunked() {
            return Framing::Chunked;
        }
        match self.headers.get("content-length").and_then(|v| v.split(',').next()).and_then(parse_length) {
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        }
    }
}

/// A length in decimal digits; `None` for signs, other text, and what needs more than 63 bits.
fn parse_length(text: &str) -> Option<u64> {
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|n| i64::try_from(*n).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &[u8]) -> Head {
        Head::parse(text).unwrap().unwrap().0
    }

    #[test]
    fn headers_keep_order_and_case() {
        let head = parse(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-b:  two \r\nX-a: caf\xc3\xa9\r\n\r\nrest");
        let all: Vec<_> = head.headers.iter().collect();
        assert_eq!(all, [("X-A", "1"), ("x-b", "two"), ("X-a", "caf\u{c3}\u{a9}")]);
        assert_eq!(head.headers.get("X-B"), Some("two"));
        assert_eq!(head.headers.get_all("x-a").count(), 2);
        assert_eq!((head.status, head.reason.as_str(), head.keep_alive), (200, "OK", true));
    }

    #[test]
    fn bodies_end_as_in_python() {
        let framing = |text: &str, method: &str| parse(format!("HTTP/1.1 {text}\r\n\r\n").as_bytes()).framing(method);
        assert_eq!(framing("200 OK\r\nContent-Length: 5", "GET"), Framing::Length(5));
        assert_eq!(framing("200 OK\r\nContent-Length: 5", "HEAD"), Framing::Length(0));
        assert_eq!(framing("304 N\r\nContent-Length: 5", "GET"), Framing::Length(0));
        assert_eq!(framing("204\r\nTransfer-Encoding: chunked", "GET"), Framing::Length(0));
        assert_eq!(framing("200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: Chunked", "GET"), Framing::Chunked);
        assert_eq!(framing("200 OK", "GET"), Framing::UntilClose);
    }

    #[test]
    fn lengths_that_cannot_be_relied_on_are_refused() {
        let fits = |text: &str| parse(format!("HTTP/1.1 {text}\r\n\r\n").as_bytes()).check_length().is_ok();
        for good in [
            "200 OK",
            "200 OK\r\nContent-Length: 5",
            "200 OK\r\nContent-Length: 05\r\ncontent-length: 5",
            "200 OK\r\nContent-Length: 5, 5",
            "200 OK\r\nContent-Length: 9223372036854775807",
            "200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked",
            "304 Not Modified\r\nContent-Length: x",
            "204 No Content\r\nContent-Length: -1",
        ] {
            assert!(fits(good), "{good}");
        }
        for bad in
            ["-5", "+5", "5x", "", "0x5", "5 5", "1e3", "9223372036854775808", "18446744073709551616", "5, 6", "5,"]
        {
            assert!(!fits(&format!("200 OK\r\nContent-Length: {bad}")), "{bad}");
        }
        assert!(!fits("200 OK\r\nContent-Length: 5\r\nContent-Length: 6"));
        assert!(!fits("500 Oh\r\nContent-Length: 5\r\nX: y\r\nCONTENT-LENGTH: 4"));
    }

    #[test]
    fn connections_close_when_told() {
        assert!(!parse(b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n").keep_alive);
        assert!(!parse(b"HTTP/1.0 200 OK\r\n\r\n").keep_alive);
        assert!(parse(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
    }

    #[test]
    fn odd_heads() {
        assert!(Head::parse(b"HTTP/1.1 abc Foo\r\n\r\n").is_err());
        assert!(Head::parse(b"hello\r\n\r\n").is_err());
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\nA: b\r\n").unwrap().is_none());
        assert_eq!(parse(b"HTTP/1.1 200\r\nA : b\r\nbad line\r\n\r\n").headers.get("a"), Some("b"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Head::parse(&bytes);
            let _ = Head::parse(&[b"HTTP/1.1 200 OK\r\n", bytes.as_slice()].concat());
        }

        /// Whatever the lengths say, either the head is refused or all of them agree on the framing.
        #[test]
        fn a_length_is_never_guessed(texts in proptest::collection::vec("[-+ 0-9a-f,]{0,22}", 1..3)) {
            let lines: String = texts.iter().map(|t| format!("Content-Length: {t}\r\n")).collect();
            let Ok(Some((head, _))) = Head::parse(format!("HTTP/1.1 200 OK\r\n{lines}\r\n").as_bytes()) else {
                return Ok(());
            };
            if head.check_length().is_ok() {
                let Framing::Length(length) = head.framing("GET") else { panic!("{lines}") };
                for part in texts.iter().flat_map(|t| t.split(',')) {
                    prop_assert_eq!(part.trim().parse::<i64>().ok(), i64::try_from(length).ok());
                }
            }
        }
    }
}
