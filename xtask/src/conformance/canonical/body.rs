//! Bodies of requests as values, so that the order of keys or the form of white space doesn't count.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::percent::parse_query;
use super::{cbor, xml};
use crate::conformance::fold::sha256;
use crate::conformance::json::{self, Json};
use crate::conformance::stub::Headers;

/// Longer text is compared by its hash.
const LONGEST_TEXT: usize = 2000;

/// The canonical form of a body.
pub fn canonical(headers: &Headers, body: &[u8]) -> Json {
    let kind = headers.get("content-type").unwrap_or_default();
    let encoding = headers.get("content-encoding").unwrap_or_default();
    if encoding.contains("aws-chunked")
        && let Some((payload, trailers)) = unchunk(body)
    {
        return Json::map([("aws-chunked", plain("", &payload)), ("trailers", trailers)]);
    }
    if encoding == "gzip"
        && let Some(unpacked) = gunzip(body)
    {
        return Json::map([("gzip", plain(kind, &unpacked))]);
    }
    plain(kind, body)
}

/// A body without a content coding.
fn plain(kind: &str, body: &[u8]) -> Json {
    if body.is_empty() {
        return Json::text("");
    }
    let bytes = || Json::map([("bytes", Json::int(body.len())), ("sha256", Json::Text(sha256(body)))]);
    parsed(kind, body).unwrap_or_else(bytes)
}

/// A body as what its type or first byte says it is; `None` where it isn't that.
fn parsed(kind: &str, body: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(body);
    if kind.contains("json") || body.starts_with(b"{") {
        let text = text.ok()?;
        return json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok().map(|json| Json::map([("json", json)]));
    }
    if kind.contains("cbor") {
        return cbor::parse(body).map(|value| Json::map([("cbor", value)]));
    }
    if kind.contains("x-www-form-urlencoded") {
        let mut pairs = parse_query(text.ok()?);
        pairs.sort();
        let fields = Json::unique(pairs.into_iter().map(|(name, value)| (name, Json::Text(value))));
        return Some(Json::map([("form", fields)]));
    }
    if body.starts_with(b"<") {
        return xml::parse(text.ok()?).map(|tree| Json::map([("xml", tree)]));
    }
    text.ok().filter(|_| body.len() <= LONGEST_TEXT).map(Json::text)
}

/// The payload of an `aws-chunked` body, and its trailers.
fn unchunk(body: &[u8]) -> Option<(Vec<u8>, Json)> {
    let (mut payload, mut rest) = (Vec::new(), body);
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        // Behind the size of a signed chunk comes its signature.
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            break;
        }
        payload.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
    let trailers = std::str::from_utf8(rest).ok()?.split("\r\n").filter_map(|line| line.split_once(':'));
    Some((payload, Json::unique(trailers.map(|(name, value)| (name.to_owned(), Json::text(value))))))
}

fn gunzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    GzDecoder::new(body).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn form(headers: &[(&str, &str)], body: &[u8]) -> String {
        canonical(&headers.iter().copied().collect(), body).dump()
    }

    #[test]
    fn bodies_are_parsed_by_their_type() {
        let typed = |kind: &str, body: &[u8]| form(&[("Content-Type", kind)], body);
        assert_eq!(typed("application/x-amz-json-1.1", b"[1]"), r#"{"json": [1]}"#);
        assert_eq!(typed("", b"{\"a\": 1}"), r#"{"json": {"a": 1}}"#);
        assert_eq!(typed("application/cbor", &[0x01]), r#"{"cbor": 1}"#);
        assert_eq!(typed("application/x-www-form-urlencoded", b"b=2&a=+&a="), r#"{"form": {"a": " ", "b": "2"}}"#);
        assert_eq!(typed("", b"<a/>"), r#"{"xml": ["a", {}, "", []]}"#);
        assert_eq!((typed("", b"text"), typed("application/json", b"")), (r#""text""#.into(), r#""""#.into()));
    }

    #[test]
    fn what_is_not_what_it_says_is_hashed() {
        let long = "x".repeat(LONGEST_TEXT + 1);
        for body in [&b"{"[..], b"<a", b"\xff", long.as_bytes()] {
            let hashed = format!(r#"{{"bytes": {}, "sha256": "{}"}}"#, body.len(), sha256(body));
            assert_eq!(form(&[], body), hashed);
        }
    }

    #[test]
    fn content_codings_are_undone() {
        let signed =
            b"3;chunk-signature=ab\r\nabc\r\n2;chunk-signature=cd\r\nde\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n";
        let expected = r#"{"aws-chunked": "abcde", "trailers": {"x-amz-checksum-crc32": "AA=="}}"#;
        assert_eq!(form(&[("Content-Encoding", "gzip,aws-chunked")], signed), expected);
        assert!(form(&[("Content-Encoding", "aws-chunked")], b"5\r\nab").contains("5"), "cut off: left as it is");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"{\"a\": 1}").unwrap();
        assert_eq!(form(&[("Content-Encoding", "gzip")], &gzip.finish().unwrap()), r#"{"gzip": {"json": {"a": 1}}}"#);
        assert_eq!(form(&[("Content-Encoding", "gzip")], b"ab"), r#""ab""#);
    }
}
