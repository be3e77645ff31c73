//! One page of a listing, read straight from its XML: a listing of many keys is mostly this.
//!
//! The scanner takes the plain documents that S3 and its likes send and gives up on anything else, which the general
//! reader then reads, or finds the fault of.

use oxaws_value::{Map, Value};
use std::borrow::Cow;

/// How deep elements that mean nothing here may nest.
const MAX_DEPTH: usize = 64;

/// One page of a listing.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Page<'a> {
    entries: Vec<Entry<'a>>,
    prefixes: Vec<Option<Cow<'a, str>>>,
    encoded: bool,
    truncated: bool,
    token: Option<Cow<'a, str>>,
}

/// An object; what the reply left out is `None`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Entry<'a> {
    key: Option<Cow<'a, str>>,
    /// When it was written, as the reply has it.
    pub(super) modified: Option<Cow<'a, str>>,
    /// Its size in bytes.
    pub(super) size: Option<i128>,
}

impl<'a> Page<'a> {
    /// Reads a reply's body; `None` where it is anything but a plain listing.
    pub(super) fn scan(body: &'a [u8]) -> Option<Page<'a>> {
        let text = std::str::from_utf8(body).ok()?;
        let mut scanner = Scanner { rest: after_declaration(text)? };
        let mut page = Page::default();
        let (mut truncated, mut encoding) = (None, None);
        match scanner.tag()? {
            ("", Tag::Open("ListBucketResult")) => {}
            _ => return None,
        }
        loop {
            match scanner.tag()? {
                (blank, tag) if is_blank(blank) => match tag {
                    Tag::Open("Contents") => page.entries.push(scanner.entry()?),
                    Tag::Open("CommonPrefixes") => page.prefixes.push(scanner.prefix()?),
                    Tag::Open(name @ "IsTruncated") => set(&mut truncated, scanner.text(name)?)?,
                    Tag::Open(name @ "NextContinuationToken") => set(&mut page.token, scanner.text(name)?)?,
                    Tag::Open(name @ "EncodingType") => set(&mut encoding, scanner.text(name)?)?,
                    Tag::Open(name) => scanner.skip(name)?,
                    Tag::Empty("Contents" | "CommonPrefixes" | "IsTruncated" | "NextContinuationToken") => return None,
                    Tag::Empty(_) => {}
                    Tag::Close("ListBucketResult") => break,
                    Tag::Close(_) => return None,
                },
                _ => return None,
            }
        }
        page.truncated = truncated.as_deref() == Some("true");
        page.encoded = encoding.as_deref() == Some("url");
        is_blank(scanner.rest).then_some(page)
    }

    /// The page in a reply that the general reader has read.
    pub(super) fn of(reply: &'a Map) -> Page<'a> {
        let text = |value: Option<&'a Value>| value.and_then(Value::as_str).map(Cow::Borrowed);
        let list = |name: &str| reply.get(name).and_then(Value::as_list).unwrap_or_default();
        Page {
            entries: list("Contents")
                .iter()
                .map(|item| Entry {
                    key: text(item.get("Key")),
                    modified: text(item.get("LastModified")),
                    size: match item.get("Size") {
                        Some(Value::Int(n)) => Some(i128::from(*n)),
                        Some(Value::BigInt(digits)) => digits.parse().ok(),
                        _ => None,
                    },
                })
                .collect(),
            prefixes: list("CommonPrefixes").iter().map(|item| text(item.get("Prefix"))).collect(),
            encoded: reply.get("EncodingType").and_then(Value::as_str) == Some("url"),
            truncated: reply.get("IsTruncated").and_then(Value::as_bool) == Some(true),
            token: text(reply.get("NextContinuationToken")),
        }
    }

    /// What the reply lacks that decoding its keys needs, which then fails before anything is shown.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        if !self.encoded {
            None
        } else if self.entries.iter().any(|e| e.key.is_none()) {
            Some("Key")
        } else {
            self.prefixes.iter().any(Option::is_none).then_some("Prefix")
        }
    }

    /// Whether nothing is listed.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.prefixes.is_empty()
    }

    /// The token of the page after this one.
    pub(super) fn next(&self) -> Option<&str> {
        self.token.as_deref().filter(|t| self.truncated && !t.is_empty())
    }

    /// The objects, with their keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Entry<'a>, Option<Cow<'_, str>>)> {
        self.entries.iter().map(|e| (e, e.key.as_deref().map(|k| self.decode(k))))
    }

    /// The common prefixes.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        self.prefixes.iter().map(|p| p.as_deref().map(|p| self.decode(p)))
    }

    /// Python's `unquote_plus`, where the server encoded the keys.
    fn decode<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.encoded || !text.bytes().any(|b| b == b'%' || b == b'+') {
            return Cow::Borrowed(text);
        }
        let spaced = text.replace('+', " ");
        Cow::Owned(String::from_utf8_lossy(&oxaws_python::percent_decode(&spaced)).into_owned())
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_whitespace())
}

/// Sets what may stand once.
fn set<'a>(place: &mut Option<Cow<'a, str>>, text: Cow<'a, str>) -> Option<()> {
    place.replace(text).is_none().then_some(())
}

/// What follows the XML declaration, and blanks; `None` for another encoding than UTF-8.
fn after_declaration(text: &str) -> Option<&str> {
    let text = text.trim_ascii_start();
    let Some(declaration) = text.strip_prefix("<?xml ") else { return Some(text) };
    let (declaration, rest) = declaration.split_once("?>")?;
    if let Some((_, encoding)) = declaration.split_once("encoding") {
        let encoding = encoding.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '"' | '\''));
        if !encoding.get(..5).is_some_and(|e| e.eq_ignore_ascii_case("utf-8")) {
            return None;
        }
    }
    Some(rest.trim_ascii_start())
}

enum Tag<'a> {
    Open(&'a str),
    Empty(&'a str),
    Close(&'a str),
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// The text up to the next tag, and the tag.
    fn tag(&mut self) -> Option<(&'a str, Tag<'a>)> {
        let start = position(self.rest, b'<')?;
        let (before, rest) = (self.rest.get(..start)?, self.rest.get(start + 1..)?);
        let end = position(rest, b'>')?;
        let inside = rest.get(..end)?;
        self.rest = rest.get(end + 1..)?;
        if let Some(name) = inside.strip_prefix('/') {
            return Some((before, Tag::Close(name)));
        }
        let (inside, empty) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let name = match position(inside, b' ') {
            None => inside,
            Some(at) => {
                let (name, attributes) = inside.split_at_checked(at)?;
                // A `>` within a value would have ended the tag too early.
                let quotes = attributes.bytes().filter(|b| *b == b'"').count();
                if quotes % 2 != 0 || attributes.contains(['\'', '<']) {
                    return None;
                }
                name
            }
        };
        // Declarations, comments, CDATA, prefixes and rarer blanks are for the general reader.
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then_some((before, if empty { Tag::Empty(name) } else { Tag::Open(name) }))
    }

    /// The text of the element `name`, which was opened.
    fn text(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let text = self.plain(name)?;
        decode_references(text)
    }

    /// The text of the element `name`, as it stands there.
    fn plain(&mut self, name: &str) -> Option<&'a str> {
        let end = position(self.rest, b'<')?;
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix("</")?.strip_prefix(name)?.strip_prefix('>')?;
        Some(text)
    }

    /// Passes over the element `name`, which was opened.
    fn skip(&mut self, name: &'a str) -> Option<()> {
        // Most have nothing but text.
        let start = self.rest;
        if self.plain(name).is_some() {
            return Some(());
        }
        self.rest = start;
        let mut open = match self.tag()?.1 {
            Tag::Close(end) => return (end == name).then_some(()),
            Tag::Empty(_) => vec![name],
            Tag::Open(inner) => vec![name, inner],
        };
        while let Some(innermost) = open.last() {
            match self.tag()?.1 {
                Tag::Close(end) if end == *innermost => {
                    open.pop();
                }
                Tag::Open(inner) if open.len() < MAX_DEPTH => open.push(inner),
                Tag::Empty(_) => {}
                Tag::Close(_) | Tag::Open(_) => return None,
            }
        }
        Some(())
    }

    fn entry(&mut self) -> Option<Entry<'a>> {
        let mut entry = Entry::default();
        loop {
            match self.tag()? {
                (blank, tag) if is_blank(blank) => match tag {
                    Tag::Open(name @ "Key") => set(&mut entry.key, self.text(name)?)?,
                    Tag::Open(name @ "LastModified") => set(&mut entry.modified, self.text(name)?)?,
                    Tag::Open(name @ "Size") => {
                        let digits = self.text(name)?;
                        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                        let size = digits.parse::<i64>().ok().filter(|_| plain)?;
                        if entry.size.replace(i128::from(size)).is_some() {
                            return None;
                        }
                    }
                    Tag::Open(name) => self.skip(name)?,
                    Tag::Empty("Key" | "LastModified" | "Size") => return None,
                    Tag::Empty(_) => {}
                    Tag::Close("Contents") => return Some(entry),
                    Tag::Close(_) => return None,
                },
                _ => return None,
            }
        }
    }

    fn prefix(&mut self) -> Option<Option<Cow<'a, str>>> {
        let mut prefix = None;
        loop {
            match self.tag()? {
                (blank, tag) if is_blank(blank) => match tag {
                    Tag::Open(name @ "Prefix") => set(&mut prefix, self.text(name)?)?,
                    Tag::Open(name) => self.skip(name)?,
                    Tag::Empty("Prefix") => return None,
                    Tag::Empty(_) => {}
                    Tag::Close("CommonPrefixes") => return Some(prefix),
                    Tag::Close(_) => return None,
                },
                _ => return None,
            }
        }
    }
}

fn position(text: &str, byte: u8) -> Option<usize> {
    text.as_bytes().iter().position(|b| *b == byte)
}

/// Text with the five named references replaced; `None` where it has others, or line ends that XML changes.
fn decode_references(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|b| b == b'&' || b < b' ') {
        return Some(Cow::Borrowed(text));
    }
    // Line ends and what XML doesn't allow are for the general reader, which says what is wrong.
    if text.bytes().any(|b| b < b' ' && !matches!(b, b'\t' | b'\n')) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';')?;
        out.push_str(before);
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3/\">\
        <Name>b</Name><Prefix/><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>\
        <NextContinuationToken>a&amp;b</NextContinuationToken>\n  <Contents><Key>a%2Fb+c</Key>\
        <LastModified>2021-02-11T04:24:23.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>12</Size>\
        <Owner><ID>i</ID><DisplayName/></Owner></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>\
        </ListBucketResult>\n";

    #[test]
    fn a_plain_page() {
        let page = Page::scan(PLAIN.as_bytes()).unwrap();
        let (entry, key) = page.entries().next().unwrap();
        assert_eq!(key.as_deref(), Some("a/b c"));
        assert_eq!((entry.modified.as_deref(), entry.size), (Some("2021-02-11T04:24:23.000Z"), Some(12)));
        assert_eq!(page.prefixes().next().unwrap().as_deref(), Some("p/"));
        assert_eq!((page.next(), page.is_empty()), (Some("a&b"), false));
    }

    #[test]
    fn what_is_left_to_the_general_reader() {
        for (from, to) in [
            ("ListBucketResult", "html"),
            ("</ListBucketResult>", ""),
            ("<Size>12", "<Size>x"),
            ("<Size>12", "<Size>+1"),
            ("UTF-8", "latin-1"),
            ("<Prefix/>", "<!-- -->"),
            ("a%2F", "&#65;"),
            ("</Owner>", "</Other>"),
            ("<IsTruncated>", "junk<IsTruncated>"),
            ("xmlns=\"http://s3/\"", "xmlns='http://s3/>'"),
        ] {
            assert_eq!(Page::scan(PLAIN.replace(from, to).as_bytes()), None, "{to}");
        }
        assert_eq!(Page::scan(b""), None);
        assert_eq!(Page::scan("<a>".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn an_untruncated_page_is_the_last() {
        let text = PLAIN.replace("<IsTruncated>true", "<IsTruncated>false");
        assert_eq!(Page::scan(text.as_bytes()).unwrap().next(), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(cut in 0usize..500, insert in "[<>/&;!? \"='a-zA-Zé]{0,12}") {
            let mut text = PLAIN.to_owned();
            let mut at = cut.min(text.len());
            while !text.is_char_boundary(at) { at -= 1; }
            text.insert_str(at, &insert);
            let _ = Page::scan(text.as_bytes());
        }
    }
}
