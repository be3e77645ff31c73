//! Changing a file's text as `aws configure` does: comments, order and everything it isn't asked to change stay.
//!
//! A key that the section has is replaced where it stands; new keys follow the section's last key; a new section follows
//! the file's last line. Values below a key (`s3 =`) are indented by four blanks, or stay indented as they are.

use crate::ConfigError;
use oxaws_python::is_blank;
use oxaws_python::shlex::quote;

/// The value to give a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `key = value`.
    Set(String),
    /// The key's line is taken out.
    Remove,
    /// Values below the key.
    Nested(Vec<(String, String)>),
}

impl From<&str> for Change {
    fn from(value: &str) -> Self {
        Change::Set(value.to_owned())
    }
}

/// The text of a file after changes to one section. `contents` is the file's text; `None` where there is no file.
///
/// # Errors
/// When a name or a value has a line end in it, or values are to go below a key that holds plain text.
pub fn update(contents: Option<&str>, section: &str, changes: &[(String, Change)]) -> Result<String, ConfigError> {
    check(section, changes)?;
    let contents = contents.unwrap_or_default();
    let lines = lines(contents);
    match lines.iter().position(|line| opens(line, section)) {
        Some(start) => {
            let mut edit = Edit { lines, left: changes.to_vec() };
            edit.section(start)?;
            Ok(edit.lines.concat())
        }
        None => {
            // Nothing before the new section is touched, line ends included.
            let mut out = contents.to_owned();
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&format!("[{section}]\n"));
            out.push_str(&written(changes, ""));
            Ok(out)
        }
    }
}

/// The header of a section with a type, such as `profile` or `sso-session`; names with blanks are quoted.
pub fn section_header(kind: &str, name: &str) -> String {
    if name.contains([' ', '\t']) { format!("{kind} {}", quote(name)) } else { format!("{kind} {name}") }
}

/// The config file's section of a profile: `default`, or `profile NAME`.
pub fn profile_section(profile: &str) -> String {
    if profile == "default" { profile.to_owned() } else { section_header("profile", profile) }
}

/// Keys that `configure set` writes to the credentials file.
const SECRET_KEYS: [&str; 4] =
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"];

/// What `aws configure set NAME VALUE` changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetTarget {
    /// The credentials file rather than the config file.
    pub in_credentials_file: bool,
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// The change to the key.
    pub change: Change,
}

/// Where `aws configure set` puts a value: `x`, `default.x`, `profile.P.x`, `a.b` (nested) or `plugins.x`. `profile` is
/// the current profile.
///
/// # Errors
/// [`ConfigError::TooFewParts`] for `profile.P` and the like.
pub fn set_target(name: &str, value: &str, profile: Option<&str>) -> Result<SetTarget, ConfigError> {
    let parts: Vec<&str> = name.split('.').collect();
    let current = || profile.unwrap_or("default");
    let set = || Change::Set(value.to_owned());
    let below = |sub: &str| Change::Nested(vec![(sub.to_owned(), value.to_owned())]);
    let (profile, key, change) = match parts[..] {
        [key] => (current(), key, set()),
        [first @ ("default" | "profile"), second, ref rest @ ..] => {
            let (profile, rest) = match first {
                "default" => ("default", &parts[1..]),
                _ => (second, rest),
            };
            match *rest {
                [] => return Err(ConfigError::TooFewParts),
                [key, sub] => (profile, key, below(sub)),
                [key, ..] => (profile, key, set()),
            }
        }
        [key, sub] if !is_predefined(key) => (current(), key, below(sub)),
        [section, key] => (section, key, set()),
        [key, ..] if !is_predefined(key) => (current(), key, set()),
        _ => ("default", name, set()),
    };
    let in_credentials_file = SECRET_KEYS.contains(&key);
    let section = match in_credentials_file || is_predefined(profile) {
        true => profile.to_owned(),
        false => profile_section(profile),
    };
    Ok(SetTarget { in_credentials_file, section, key: key.to_owned(), change })
}

/// Whether `configure set` and `get` take a first part for a section of its own. Only `plugins` is meant, but the AWS
/// CLI looks for the part inside that word, so that a profile called `p` is written as `[p]`.
pub fn is_predefined(part: &str) -> bool {
    "plugins".contains(part)
}

fn check(section: &str, changes: &[(String, Change)]) -> Result<(), ConfigError> {
    let has_line_end = |text: &str| text.contains(['\n', '\r']);
    let name = |what, name: &str| match has_line_end(name) {
        true => Err(ConfigError::LineEndInName { what, name: name.to_owned() }),
        false => Ok(()),
    };
    let value = |key: &str, value: &str| match has_line_end(value) {
        true => Err(ConfigError::LineEndInValue { key: key.to_owned() }),
        false => Ok(()),
    };
    name("section name", section)?;
    for (key, change) in changes {
        name("key", key)?;
        match change {
            Change::Set(text) => value(key, text)?,
            Change::Remove => {}
            Change::Nested(pairs) => {
                for (sub, text) in pairs {
                    name("key", sub)?;
                    value(key, text)?;
                }
            }
        }
    }
    Ok(())
}

/// The lines of a text, each with its end, which becomes `\n`.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// The bracketed part of a section's header line, with the blanks before it.
fn header(line: &str) -> Option<&str> {
    let blanks = line.len() - line.trim_start_matches(is_blank).len();
    let inner = line[blanks..].strip_prefix('[')?;
    let end = inner.find(']').filter(|end| *end > 0)?;
    Some(&line[..blanks + 1 + end + 1])
}

/// Whether a line opens `section`, written as it is or as `[type "name"]`.
fn opens(line: &str, section: &str) -> bool {
    let Some(header) = header(line) else { return false };
    let is = |name: &str| header.strip_prefix('[').and_then(|h| h.strip_suffix(']')) == Some(name);
    is(section) || section.split_once(' ').is_some_and(|(kind, name)| is(&format!("{kind} \"{name}\"")))
}

/// The key of a line that has one, with its blanks. Comment lines with a separator count, as they do in the AWS CLI:
/// what is added goes below them.
fn key(line: &str) -> Option<&str> {
    let separator = |c| c == ':' || c == '=';
    let start = line.find(|c| !separator(c))?;
    let end = start + line[start..].find(separator)?;
    Some(&line[start..end])
}

fn indent(key: &str) -> usize {
    key.chars().take_while(|c| is_blank(*c)).count()
}

/// New lines for changes.
fn written(changes: &[(String, Change)], indent: &str) -> String {
    let mut out = String::new();
    for (key, change) in changes {
        match change {
            Change::Set(value) => out.push_str(&format!("{indent}{key} = {value}\n")),
            Change::Remove => {}
            Change::Nested(pairs) => {
                out.push_str(&format!("{indent}{key} =\n"));
                for (sub, value) in pairs {
                    out.push_str(&format!("{indent}    {sub} = {value}\n"));
                }
            }
        }
    }
    out
}

struct Edit {
    lines: Vec<String>,
    /// Changes still to be made.
    left: Vec<(String, Change)>,
}

impl Edit {
    fn insert(&mut self, at: usize, text: String) {
        let at = at.min(self.lines.len());
        if text.is_empty() {
            return;
        }
        // The file's last line may lack its end; what follows must not become part of it.
        if let Some(before) = at.checked_sub(1).and_then(|i| self.lines.get_mut(i))
            && !before.is_empty()
            && !before.ends_with('\n')
        {
            before.push('\n');
        }
        self.lines.insert(at, text);
    }

    fn section(&mut self, start: usize) -> Result<(), ConfigError> {
        let mut last_key = start;
        for at in start + 1..self.lines.len() {
            let line = &self.lines[at];
            if header(line).is_some() {
                let text = written(&self.left, "");
                self.insert(last_key + 1, text);
                return Ok(());
            }
            let Some(found) = key(line) else { continue };
            last_key = at;
            let name = found.trim_matches(is_blank).to_owned();
            let indent = indent(found);
            let Some(change) = self.left.iter().position(|(k, _)| *k == name) else { continue };
            match self.left.remove(change).1 {
                Change::Set(value) => self.lines[at] = format!("{name} = {value}\n"),
                Change::Remove => self.lines[at].clear(),
                // Nothing else is changed then; no command changes more at a time.
                Change::Nested(pairs) => return self.nested(at, pairs, indent),
            }
        }
        if !self.left.is_empty() {
            if let Some(last) = self.lines.last_mut().filter(|l| !l.ends_with('\n')) {
                last.push('\n');
            }
            let text = written(&self.left, "");
            self.insert(last_key + 2, text);
        }
        Ok(())
    }

    /// Values below the key in line `at`.
    fn nested(&mut self, at: usize, mut pairs: Vec<(String, String)>, outer: usize) -> Result<(), ConfigError> {
        let mut inner = None;
        let mut end = self.lines.len();
        for i in at + 1..self.lines.len() {
            let found = key(&self.lines[i]);
            if found.is_none() && self.lines[i].trim_matches(is_blank).is_empty() {
                continue;
            }
            inner = found.map(indent).or(inner);
            if inner.ok_or(ConfigError::NestedBelowText)? == outer || header(&self.lines[i]).is_some() {
                end = i;
                break;
            }
            let Some(found) = found else { continue };
            let (name, indent) = (found.trim_matches(is_blank).to_owned(), indent(found));
            if let Some(pair) = pairs.iter().position(|(k, _)| *k == name) {
                let value = pairs.remove(pair).1;
                self.lines[i] = format!("{}{name} = {value}\n", " ".repeat(indent));
            }
        }
        if inner.is_none() {
            return Err(ConfigError::NestedBelowText);
        }
        let text = pairs.iter().map(|(sub, value)| format!("    {sub} = {value}\n")).collect();
        self.insert(end, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ini::Ini;
    use proptest::prelude::*;

    fn set(contents: &str, section: &str, key: &str, value: &str) -> String {
        update(Some(contents), section, &[(key.into(), value.into())]).unwrap()
    }
    fn set_below(contents: &str, section: &str, key: &str, sub: &str, value: &str) -> Result<String, ConfigError> {
        let pairs = Change::Nested(vec![(sub.into(), value.into())]);
        update(Some(contents), section, &[(key.into(), pairs)])
    }

    #[test]
    fn new_sections() {
        assert_eq!(update(None, "default", &[("a".into(), "b".into())]).unwrap(), "[default]\na = b\n");
        assert_eq!(set("[default]\nregion = a\n", "p", "region", "b"), "[default]\nregion = a\n[p]\nregion = b\n");
        assert_eq!(set("[x]", "p", "r", "b"), "[x]\n[p]\nr = b\n");
        assert_eq!(set("[x]\r\na = 1\r\n", "p", "r", "b"), "[x]\r\na = 1\r\n[p]\nr = b\n");
        assert_eq!(set_below("", "default", "s3", "k", "v").unwrap(), "[default]\ns3 =\n    k = v\n");
        // A header with blanks before it, or in a comment, isn't found.
        assert_eq!(set("# [p]\n [p]\n", "p", "r", "b"), "# [p]\n [p]\n[p]\nr = b\n");
    }

    #[test]
    fn values_in_place() {
        for (before, after) in [
            ("[d]\nr = a # c\n", "[d]\nr = b\n"),
            ("[d]\r\nr = a\r\n", "[d]\nr = b\n"),
            ("[d]\n  r: a\nx = y\n", "[d]\nr = b\nx = y\n"),
            ("[d]\noutput = x", "[d]\noutput = x\nr = b\n"),
            ("[d]", "[d]\nr = b\n"),
            ("[d]\nx = y\n[e]\nr = a\n", "[d]\nx = y\nr = b\n[e]\nr = a\n"),
            ("[d]\nx = y\n\n# c\n[e]\n", "[d]\nx = y\nr = b\n\n# c\n[e]\n"),
            // At the file's end one line more is passed over.
            ("[d]\nx = y\n\n# c\n", "[d]\nx = y\n\nr = b\n# c\n"),
            ("[d]\nx = y\n# c", "[d]\nx = y\n# c\nr = b\n"),
            ("[d]\n# r = a\n", "[d]\n# r = a\nr = b\n"),
        ] {
            assert_eq!(set(before, "d", "r", "b"), after, "{before:?}");
        }
        let removed = update(Some("[d]\na = 1\nb = 2\n"), "d", &[("a".into(), Change::Remove)]).unwrap();
        assert_eq!(removed, "[d]\nb = 2\n");
        let both = [("b".into(), "3".into()), ("c".into(), "4".into()), ("n".into(), Change::Remove)];
        assert_eq!(update(Some("[d]\na = 1\nb = 2\n"), "d", &both).unwrap(), "[d]\na = 1\nb = 3\nc = 4\n");
    }

    #[test]
    fn nested_values() {
        for (before, after) in [
            ("[d]\ns3 =\n    x = 1\nr = a\n", "[d]\ns3 =\n    x = 1\n    k = v\nr = a\n"),
            ("[d]\ns3 =\n  k = 1\n  x = 2\n", "[d]\ns3 =\n  k = v\n  x = 2\n"),
            ("[d]\ns3 =\n    x = 1\n", "[d]\ns3 =\n    x = 1\n    k = v\n"),
            ("[d]\ns3 =\n    x = 1", "[d]\ns3 =\n    x = 1\n    k = v\n"),
            ("[d]\ns3 =\n    x = 1\n[e]\n", "[d]\ns3 =\n    x = 1\n    k = v\n[e]\n"),
            ("[d]\nr = a\n", "[d]\nr = a\ns3 =\n    k = v\n"),
            ("[d]\ns3 =\n\n  x = 1\n", "[d]\ns3 =\n\n  x = 1\n    k = v\n"),
            // The profile's own key of that name isn't the block's.
            ("[d]\ns3 =\n    x = 1\nk = a\n", "[d]\ns3 =\n    x = 1\n    k = v\nk = a\n"),
        ] {
            assert_eq!(set_below(before, "d", "s3", "k", "v").unwrap(), after, "{before:?}");
        }
        let error = set_below("[d]\ns3 = x\n", "d", "s3", "k", "v").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot access local variable 'current_indent' where it is not associated with a value"
        );
    }

    #[test]
    fn headers() {
        assert_eq!(profile_section("default"), "default");
        assert_eq!(profile_section("p"), "profile p");
        assert_eq!(profile_section("a b"), "profile 'a b'");
        assert_eq!(section_header("sso-session", "it's x"), "sso-session 'it'\"'\"'s x'");
        assert_eq!(set("[profile \"p\"]\nr = a\n", "profile p", "r", "b"), "[profile \"p\"]\nr = b\n");
    }

    #[test]
    fn line_ends_are_refused() {
        let error = |section, key: &str, change: Change| {
            update(None, section, &[(key.to_owned(), change)]).unwrap_err().to_string()
        };
        assert_eq!(
            error("d", "region", "a\nb".into()),
            "Invalid value for key region: newline characters and carriage returns are not allowed."
        );
        assert_eq!(
            error("d\n", "r", "a".into()),
            "Invalid section name: newline characters and carriage returns are not allowed: 'd\\n'"
        );
        assert_eq!(
            error("d", "s3", Change::Nested(vec![("a\r".into(), "b".into())])),
            "Invalid key: newline characters and carriage returns are not allowed: 'a\\r'"
        );
    }

    #[test]
    fn targets_of_configure_set() {
        let target = |name: &str, profile| {
            let t = set_target(name, "v", profile).unwrap();
            let change = match t.change {
                Change::Nested(pairs) => format!("{}.{}", t.key, pairs[0].0),
                _ => t.key,
            };
            (t.in_credentials_file, t.section, change)
        };
        for (name, profile, secret, section, key) in [
            ("region", None, false, "default", "region"),
            ("region", Some("q"), false, "profile q", "region"),
            ("region", Some("p"), false, "p", "region"),
            ("profile.q.region", None, false, "profile q", "region"),
            ("default.s3.max_bandwidth", Some("q"), false, "default", "s3.max_bandwidth"),
            ("profile.p.s3.addressing_style", None, false, "p", "s3.addressing_style"),
            ("s3.x", Some("q q"), false, "profile 'q q'", "s3.x"),
            ("aws_access_key_id", Some("q"), true, "q", "aws_access_key_id"),
            ("profile.q.aws_session_token", None, true, "q", "aws_session_token"),
            ("plugins.x", Some("q"), false, "plugins", "x"),
            ("preview.x", None, false, "default", "preview.x"),
            ("a.b.c", None, false, "default", "a"),
            ("default.a", None, false, "default", "a"),
            ("plugins.x.y", Some("q"), false, "default", "plugins.x.y"),
        ] {
            assert_eq!(target(name, profile), (secret, section.into(), key.into()), "{name}");
        }
        assert_eq!(set_target("profile.q", "v", None).unwrap_err().to_string(), "list index out of range");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "(\\[(d|e)\\]\n)?([ab] ?= ?[^\r\n]{0,3}\n|[#;][^\r\n]{0,4}\n|\n){0,8}(\\[f\\]\n)?(c = 1\n?)?", value in "[a-z0-9]{1,4}") {
            let after = set(&text, "d", "a", &value);
            if Ini::parse(text.clone().into_bytes()).is_ok() {
                let ini = Ini::parse(after.clone().into_bytes()).unwrap();
                prop_assert_eq!(ini.section("d").and_then(|s| s.get("a")), Some(value.as_str()), "{:?}", after);
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>(), key in "[^\r\n]{0,3}", value in "[^\r\n]{0,3}") {
            let _ = set(&text, "d", &key, &value);
            let _ = set_below(&text, "d", &key, "k", &value);
        }
    }
}
