//! What differs from run to run (ports, folders, random names) is folded to placeholders before anything is compared,
//! and placeholders in a case are expanded to it.

use ring::digest::{SHA256, digest};

use super::json::{self, Json};
use super::text::{is_blank, strip};

/// Longer output is compared by its hash.
const LONGEST_TEXT: usize = 60_000;

/// Where a case runs.
#[derive(Debug, Clone)]
pub struct Place {
    /// The stub server's port.
    pub port: u16,
    /// The folder that holds the home and the work folder.
    pub root: String,
}

impl Place {
    /// The stub server's address as a URL.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The user's home.
    pub fn home(&self) -> String {
        format!("{}/home", self.root)
    }

    /// The current folder.
    pub fn work(&self) -> String {
        format!("{}/work", self.root)
    }

    /// Expands the placeholders of a response.
    pub fn expand_reply(&self, text: &str) -> String {
        text.replace("{ENDPOINT}", &self.endpoint()).replace("{PORT}", &self.port.to_string())
    }

    /// Expands all placeholders.
    pub fn expand(&self, text: &str) -> String {
        self.expand_reply(text).replace("{HOME}", &self.home()).replace("{WORK}", &self.work())
    }

    /// Folds everything that depends on the run.
    pub fn scrub(&self, text: &str) -> String {
        let port = self.port;
        let text = text.replace(&self.endpoint(), "{ENDPOINT}").replace(&format!("127.0.0.1:{port}"), "{HOST}");
        let text = text.replace(&format!("port={port}"), "port={PORT}");
        let text = text.replace(&self.home(), "{HOME}").replace(&self.work(), "{WORK}");
        fold_uuids(&fold_sessions(&fold_temporary_names(&text)))
    }

    /// Folds a JSON value through its text, as the recordings were: an escape before a UUID is part of a word there.
    pub fn scrub_json(&self, value: &Json) -> Json {
        let folded = self.scrub(&value.dump());
        json::parse(&folded).unwrap_or(Json::Text(folded))
    }

    /// Output as it is compared: folded, with a line that was overwritten in place reduced to what remains visible.
    pub fn clean(&self, output: &[u8]) -> Json {
        let Ok(text) = std::str::from_utf8(output) else {
            return Json::map([("sha256", Json::Text(sha256(output))), ("bytes", Json::int(output.len()))]);
        };
        let text = visible(&self.scrub(text).replace("\r\n", "\n"));
        match text.chars().count() {
            ..=LONGEST_TEXT => Json::Text(text),
            length => Json::map([("sha256", Json::Text(sha256(text.as_bytes()))), ("bytes", Json::int(length))]),
        }
    }
}

/// The SHA-256 hash in hexadecimal digits.
pub fn sha256(data: &[u8]) -> String {
    hex(digest(&SHA256, data).as_ref())
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a terminal still shows of each line: the text after its last carriage return, without blanks at the end. A
/// progress line that was overwritten with blanks leaves no line.
fn visible(text: &str) -> String {
    let last = text.matches('\n').count();
    let mut kept = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let shown = line.rsplit('\r').next().unwrap_or_default();
        if number == last || !line.contains('\r') || !strip(shown).is_empty() {
            kept.push(shown.trim_end_matches(is_blank));
        }
    }
    kept.join("\n")
}

/// A download's file has `.` and eight random hexadecimal digits behind its name until it is complete. Messages quote it.
fn fold_temporary_names(text: &str) -> String {
    let pieces: Vec<&str> = text.split('\'').collect();
    let last = pieces.len() - 1;
    let folded = pieces.iter().enumerate().map(|(number, piece)| match temporary_name(piece) {
        Some(at) if number < last => format!("{}{{RANDOM}}", &piece[..at]),
        _ => (*piece).to_owned(),
    });
    folded.collect::<Vec<_>>().join("'")
}

/// Where the random digits at the end of a quoted path in one of a case's folders start.
fn temporary_name(quoted: &str) -> Option<usize> {
    let line = quoted.rsplit('\n').next().unwrap_or_default();
    let digits = line.len().checked_sub(8)?;
    let (name, random) = line.split_at_checked(digits)?;
    let in_place = name.strip_suffix('.').is_some_and(|name| name.contains("{HOME}") || name.contains("{WORK}"));
    (in_place && random.bytes().all(|b| b.is_ascii_hexdigit())).then(|| quoted.len() - 8)
}

/// The session name that is made up for an assumed role holds the time in seconds.
fn fold_sessions(text: &str) -> String {
    const NAME: &str = "botocore-session-";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, digits) = rest.split_at(at + NAME.len());
        out.push_str(before);
        let is_time = digits.len() >= 10 && digits.bytes().take(10).all(|b| b.is_ascii_digit());
        out.push_str(if is_time { "{TIME}" } else { "" });
        rest = if is_time { &digits[10..] } else { digits };
    }
    out + rest
}

/// Folds UUIDs, where no letter or digit touches them.
fn fold_uuids(text: &str) -> String {
    const LENGTH: usize = 36;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut out, mut copied, mut from) = (String::new(), 0, 0);
    // The first dash of a UUID finds it.
    while let Some(dash) = text[from..].find('-').map(|at| from + at) {
        from = dash + 1;
        let Some(start) = dash.checked_sub(8).filter(|start| *start >= copied) else { continue };
        let Some(candidate) = text.get(start..start + LENGTH) else { continue };
        let bounded = !text[..start].ends_with(is_word) && !text[start + LENGTH..].starts_with(is_word);
        if bounded && is_uuid(candidate) {
            out.push_str(&text[copied..start]);
            out.push_str("{UUID}");
            (copied, from) = (start + LENGTH, start + LENGTH);
        }
    }
    out.push_str(&text[copied..]);
    out
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "0123abcd-0123-4567-89AB-0123456789ab";

    fn place() -> Place {
        Place { port: 4711, root: "/tmp/case-1".into() }
    }

    #[test]
    fn placeholders_go_both_ways() {
        let (place, text) = (place(), "{ENDPOINT}/x {HOME}/a {WORK}/b");
        assert_eq!(place.expand(text), "http://127.0.0.1:4711/x /tmp/case-1/home/a /tmp/case-1/work/b");
        assert_eq!(place.scrub(&place.expand(text)), text);
        assert_eq!(place.expand_reply("{PORT} {HOME}"), "4711 {HOME}");
        assert_eq!(place.scrub("127.0.0.1:4711 port=4711 4711"), "{HOST} port={PORT} 4711");
    }

    #[test]
    fn random_names_are_folded() {
        let scrub = |text: &str| place().scrub(text);
        assert_eq!(scrub("'/tmp/case-1/work/a.txt.0A1b2C3d'"), "'{WORK}/a.txt.{RANDOM}'");
        for kept in ["'/tmp/other/a.txt.0A1b2C3d'", "{WORK}/a.0A1b2C3d", "'{WORK}/a.0A1b2C3'", "'{WORK}/é0A1b2C3d'"] {
            assert_eq!(scrub(kept), kept);
        }
        assert_eq!(scrub("a/botocore-session-1234567890/b"), "a/botocore-session-{TIME}/b");
        assert_eq!(scrub("botocore-session-12345"), "botocore-session-12345");
    }

    #[test]
    fn uuids_are_folded_as_words() {
        let scrub = |text: &str| place().scrub(text);
        assert_eq!(scrub(&format!("a-{UUID}-b {UUID}")), "a-{UUID}-b {UUID}");
        for kept in [format!("a{UUID}"), format!("{UUID}_"), format!("é{UUID}"), UUID[1..].to_owned()] {
            assert_eq!(scrub(&kept), kept);
        }
        // In JSON text the `n` of an escaped line end comes right before the UUID.
        let value = Json::List(vec![Json::text(format!("\n{UUID}")), Json::text(UUID)]);
        assert_eq!(place().scrub_json(&value), Json::List(vec![Json::text(format!("\n{UUID}")), Json::text("{UUID}")]));
    }

    #[test]
    fn overwritten_lines_show_what_remains() {
        let clean = |text: &str| place().clean(text.as_bytes());
        assert_eq!(clean("a\r\nb  \n"), Json::text("a\nb\n"));
        assert_eq!(clean("10%\r20%\rdone\nx"), Json::text("done\nx"));
        assert_eq!(clean("10%\r   \nx\n\n"), Json::text("x\n\n"));
        assert_eq!(clean("x\n10%\r  "), Json::text("x\n"));
    }

    #[test]
    fn long_and_binary_output_is_hashed() {
        assert_eq!(place().clean(&[0xff]).get("bytes"), Some(&Json::int(1)));
        let long = place().clean("é".repeat(60_001).as_bytes());
        assert_eq!(long.get("bytes"), Some(&Json::int(60_001)));
        assert!(long.get("sha256").is_some());
    }
}
