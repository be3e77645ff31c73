//! The config file and the credentials file together.
//!
//! In the config file `[default]`, `[profile NAME]`, `[sso-session NAME]` and `[services NAME]` have meaning; the header
//! is split like shell words and must have exactly two. Other sections (`[plugins]`) are kept as they are. In the
//! credentials file every section is a profile, by its bare name. A profile in both has the values of both; where a key
//! is in both, the credentials file's wins.

use crate::ConfigError;
use crate::document::Document;
use crate::ini::Section;
use oxaws_env::{World, expand_path, var};
use oxaws_python::shlex;
use oxaws_python::{split_lines, strip};
use std::io::ErrorKind;

/// A block of `key = value` lines below a key (`s3 =`): keys as they stand, one level deep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nested(Vec<(String, String)>);

impl Nested {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// Keys and values in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    fn parse(value: &str) -> Option<Nested> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for line in split_lines(value).map(strip).filter(|l| !l.is_empty()) {
            let (key, value) = line.split_once('=')?;
            let (key, value) = (strip(key), strip(value));
            match pairs.iter_mut().find(|(k, _)| k == key) {
                Some(pair) => pair.1 = value.to_owned(),
                None => pairs.push((key.to_owned(), value.to_owned())),
            }
        }
        Some(Nested(pairs))
    }
}

/// A value of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `key = value`.
    Text(String),
    /// `key =` with indented lines below.
    Nested(Nested),
}

/// The values of a section (mostly a profile), in the order in which they were met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile(Vec<(String, Setting)>);

impl Profile {
    /// The value of `key`, in lower case.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value of `key` where it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Setting::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The value of `key` where it is a block.
    pub fn nested(&self, key: &str) -> Option<&Nested> {
        match self.get(key) {
            Some(Setting::Nested(nested)) => Some(nested),
            _ => None,
        }
    }

    /// Whether `key` has a value.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With these keys alone.
    pub fn only(mut self, keys: &[&str]) -> Profile {
        self.0.retain(|(k, _)| keys.contains(&k.as_str()));
        self
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v))
    }

    pub(crate) fn of(section: Section<'_>) -> Profile {
        let setting = |value: &str| match value.starts_with('\n').then(|| Nested::parse(value)).flatten() {
            Some(nested) => Setting::Nested(nested),
            None => Setting::Text(value.to_owned()),
        };
        Profile(section.entries().map(|(k, v)| (k.to_owned(), setting(v))).collect())
    }

    fn update(&mut self, over: Profile) {
        for (key, setting) in over.0 {
            match self.0.iter_mut().find(|(k, _)| *k == key) {
                Some(pair) => pair.1 = setting,
                None => self.0.push((key, setting)),
            }
        }
    }
}

/// What a section of the config file is.
#[derive(Debug, PartialEq, Eq)]
enum Header {
    Profile(String),
    SsoSession(String),
    Services(String),
    /// Starts like one of the above and isn't: never looked at.
    Ignored,
    Other,
}

fn header(name: &str) -> Header {
    type Make = fn(String) -> Header;
    let kinds: [(&str, Make); 3] =
        [("profile", Header::Profile), ("sso-session", Header::SsoSession), ("services", Header::Services)];
    // The first word only has to start like this: `[profiles x]` is the profile x.
    for (start, make) in kinds {
        if let Some(rest) = name.strip_prefix(start) {
            if let Some(plain) = rest.strip_prefix(' ')
                && !plain.is_empty()
                && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@/".contains(&b))
            {
                return make(plain.to_owned());
            }
            return match shlex::split(name) {
                Ok(mut words) if words.len() == 2 => words.pop().map_or(Header::Ignored, make),
                _ => Header::Ignored,
            };
        }
    }
    if name == "default" { Header::Profile(name.to_owned()) } else { Header::Other }
}

/// The two files of one run.
#[derive(Debug, Clone, Default)]
pub struct Files {
    config: Option<Document>,
    credentials: Option<Document>,
}

impl Files {
    /// Reads both files. One that is missing, a folder or unreadable counts as absent.
    ///
    /// # Errors
    /// [`ConfigError::Unparsable`] when a file breaks the grammar, nested blocks included.
    pub fn load(world: &dyn World) -> Result<Files, ConfigError> {
        let config = read(world, &config_file(world))?;
        let credentials = read(world, &credentials_file(world))?;
        Ok(Files { config, credentials })
    }

    /// The names of all profiles: the config file's in its order, then those only the credentials file has.
    pub fn profile_names(&self) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let in_config = self.config.iter().flat_map(Document::names).filter_map(|name| match header(name) {
            Header::Profile(name) => Some(name),
            _ => None,
        });
        let in_credentials = self.credentials.iter().flat_map(Document::names).map(str::to_owned);
        in_config.chain(in_credentials).filter(|name| seen.insert(name.clone())).collect()
    }

    /// A profile with the values of both files.
    pub fn profile(&self, name: &str) -> Option<Profile> {
        match (self.config_profile(name), self.credentials_profile(name)) {
            (Some(mut profile), Some(over)) => {
                profile.update(over);
                Some(profile)
            }
            (config, credentials) => config.or(credentials),
        }
    }

    /// Whether either file has the profile.
    pub fn profile_exists(&self, name: &str) -> bool {
        let in_config = |file| config_section(file, &Header::Profile(name.to_owned())).is_some();
        self.config.as_ref().is_some_and(in_config) || self.credentials.as_ref().is_some_and(|f| f.find(name).is_some())
    }

    /// A profile with the config file's values alone.
    pub fn config_profile(&self, name: &str) -> Option<Profile> {
        self.in_config(&Header::Profile(name.to_owned()))
    }

    /// A profile with the credentials file's values alone.
    pub fn credentials_profile(&self, name: &str) -> Option<Profile> {
        let file = self.credentials.as_ref()?;
        file.find(name).map(|number| file.section(number))
    }

    /// The section `[sso-session NAME]`.
    pub fn sso_session(&self, name: &str) -> Option<Profile> {
        self.in_config(&Header::SsoSession(name.to_owned()))
    }

    /// The section `[services NAME]`.
    pub fn services(&self, name: &str) -> Option<Profile> {
        self.in_config(&Header::Services(name.to_owned()))
    }

    /// A section of the config file that is none of the above, such as `[plugins]`.
    pub fn other(&self, name: &str) -> Option<Profile> {
        let file = self.config.as_ref().filter(|_| header(name) == Header::Other)?;
        file.find(name).map(|number| file.section(number))
    }

    fn in_config(&self, wanted: &Header) -> Option<Profile> {
        let file = self.config.as_ref()?;
        config_section(file, wanted).map(|number| file.section(number))
    }
}

/// The last section of the config file that means `wanted`: a later one takes an earlier one's place.
fn config_section(file: &Document, wanted: &Header) -> Option<usize> {
    let name = match wanted {
        Header::Profile(name) | Header::SsoSession(name) | Header::Services(name) => name.as_str(),
        Header::Ignored | Header::Other => return None,
    };
    // Most sections are ruled out by their last letter; only the rest are split into words.
    let last = name.bytes().last().unwrap_or(b' ');
    file.rfind(&[last, b'"', b'\'', b' ', b'\t', b'\r', b'\n'], |text| header(text) == *wanted)
}

/// The config file's path as it is configured, not expanded.
pub fn config_file(world: &dyn World) -> String {
    world.var(var::AWS_CONFIG_FILE).unwrap_or_else(|| "~/.aws/config".to_owned())
}

/// The credentials file's path as it is configured, not expanded.
pub fn credentials_file(world: &dyn World) -> String {
    world.var(var::AWS_SHARED_CREDENTIALS_FILE).unwrap_or_else(|| "~/.aws/credentials".to_owned())
}

/// Reads a file with nested blocks; `None` where it is missing, no regular file, or unreadable. A pipe is read as well.
fn read(world: &dyn World, path: &str) -> Result<Option<Document>, ConfigError> {
    let path = expand_path(world, path);
    let unparsable = || ConfigError::Unparsable { path: path.display().to_string() };
    match world.read_settings(&path) {
        Ok(contents) => Document::parse(contents).map(Some).ok_or_else(unparsable),
        // Going on without what a pipe's writer has still to say could mean somebody else's credentials.
        Err(e) if e.kind() == ErrorKind::TimedOut => Err(unparsable()),
        // As Python's `configparser.read`, which passes over what it can't open.
        Err(_) => Ok(None),
    }
}

/// A section of a file that isn't one of the two, with its nested blocks (boto's `[Credentials]`).
///
/// # Errors
/// [`ConfigError::Unparsable`] when it breaks the grammar.
pub fn read_section(world: &dyn World, path: &str, section: &str) -> Result<Option<Profile>, ConfigError> {
    let found = |file: Document| file.find(section).map(|number| file.section(number));
    Ok(read(world, path)?.and_then(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;
    use proptest::prelude::*;

    fn files(config: &str, credentials: &str) -> Files {
        let world = Fixed::new()
            .with_var("HOME", "/h")
            .with_file("/h/.aws/config", config)
            .with_file("/h/.aws/credentials", credentials);
        Files::load(&world).unwrap()
    }

    #[test]
    fn headers() {
        let f = files(
            "[default]\na=1\n[profile p]\na=2\n[profile \"x y\"]\na=3\n[profile\tt]\na=4\n[profile p q]\na=5\n\
             [profiles s]\na=6\n[p2]\na=7\n[profile 'open]\na=8\n[sso-session s]\na=9\n[services v]\ns3 =\n e = 1\n\
             [plugins]\nx=y\n[profile]\na=10\n",
            "[profile c]\na=1\n[c d]\na=1\n",
        );
        assert_eq!(f.profile_names(), ["default", "p", "x y", "t", "s", "profile c", "c d"]);
        for (name, want) in [("p", "2"), ("x y", "3"), ("t", "4"), ("s", "6"), ("c d", "1")] {
            assert_eq!(f.profile(name).unwrap().text("a"), Some(want), "{name}");
        }
        for name in ["p2", "q", "p q", "open", "c", "plugins", ""] {
            assert!(!f.profile_exists(name), "{name}");
        }
        assert_eq!(f.sso_session("s").unwrap().text("a"), Some("9"));
        assert_eq!(f.services("v").unwrap().nested("s3").unwrap().get("e"), Some("1"));
        assert_eq!(f.other("plugins").unwrap().text("x"), Some("y"));
        assert!(f.other("default").is_none());
    }

    #[test]
    fn profile_default_and_default_are_the_same_and_the_later_wins() {
        let f = files("[profile default]\na=1\nb=1\n[default]\na=2\n", "");
        assert_eq!(f.profile("default").unwrap().text("a"), Some("2"));
        assert!(!f.profile("default").unwrap().contains("b"));
        let f = files("[default]\na=1\n[profile b]\n[profile default]\na=2\n", "");
        assert_eq!(f.profile("default").unwrap().text("a"), Some("2"));
        assert_eq!(f.profile_names(), ["default", "b"]);
    }

    #[test]
    fn the_credentials_file_wins_key_by_key() {
        let f = files("[default]\na=1\nb=1\n", "[default]\nb=2\nc=2\n");
        let profile = f.profile("default").unwrap();
        let all: Vec<_> = profile.iter().map(|(k, _)| (k, profile.text(k).unwrap())).collect();
        assert_eq!(all, [("a", "1"), ("b", "2"), ("c", "2")]);
        assert_eq!(f.config_profile("default").unwrap().text("b"), Some("1"));
        assert_eq!(f.credentials_profile("default").unwrap().text("a"), None);
    }

    #[test]
    fn nested_blocks() {
        let f = files("[default]\ns3 =\n  A = 1\n  b=2 = 3\n  A = 4\n\nr = x\n", "");
        let profile = f.profile("default").unwrap();
        let s3: Vec<_> = profile.nested("s3").unwrap().iter().collect();
        assert_eq!(s3, [("A", "4"), ("b", "2 = 3")]);
        assert_eq!(profile.text("s3"), None);
        // A key without a name is accepted there.
        assert_eq!(files("[d]\ns3 =\n  = foo\n", "").profile_names().len(), 0);
    }

    #[test]
    fn files_that_are_missing_or_broken() {
        let home = || Fixed::new().with_var("HOME", "/h");
        assert!(Files::load(&home()).unwrap().profile_names().is_empty());
        let error = |w: Fixed| Files::load(&w).unwrap_err().to_string();
        assert_eq!(
            error(home().with_file("/h/.aws/config", "[default\n")),
            "Unable to parse config file: /h/.aws/config"
        );
        assert_eq!(
            error(home().with_file("/h/.aws/credentials", "[default]\ns3 =\n  foo\n")),
            "Unable to parse config file: /h/.aws/credentials"
        );
        let world = home().with_var("AWS_CONFIG_FILE", "~/$X").with_var("X", "c").with_file("/h/c", "[profile z]\n");
        assert_eq!(Files::load(&world).unwrap().profile_names(), ["z"]);
    }

    proptest! {
        #[test]
        fn any_header_is_found_again(name in "[a-zA-Z0-9 '\"\\\\é]{1,8}") {
            let text = format!("[profile {}]\nk = v\n", shlex::quote(&name));
            let f = files(&text, "");
            let names = f.profile_names();
            prop_assert_eq!(names.clone(), vec![name]);
            prop_assert!(f.profile_exists(&names[0]));
        }

        #[test]
        fn no_contents_panic(text in "(\\[(default|profile [a-z\"']{0,3}|services x)\\]\n|[a-c ]{1,3}=?[^\n]{0,4}\n){0,12}") {
            let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", text);
            if let Ok(f) = Files::load(&world) {
                for name in f.profile_names() {
                    prop_assert!(f.profile(&name).is_some());
                }
            }
        }
    }
}
