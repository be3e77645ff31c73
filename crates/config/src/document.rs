//! One file of profiles: looked through at once, its sections parsed when they are asked for.

use crate::ini::Ini;
use crate::outline::Outline;
use crate::profiles::Profile;
use oxaws_python::{split_lines, strip};

/// A file without faults.
#[derive(Debug, Clone)]
pub enum Document {
    /// A common one: every section waits to be parsed.
    Outline(Outline),
    /// One that had to be parsed whole to be understood.
    Whole(Ini),
}

impl Document {
    /// Looks at a file's contents; `None` when they break the grammar, nested blocks included.
    pub fn parse(contents: Vec<u8>) -> Option<Document> {
        match Outline::of(contents) {
            Ok(outline) => Some(Document::Outline(outline)),
            Err(contents) => Document::parse_whole(contents),
        }
    }

    /// As [`Document::parse`], with every section parsed at once.
    pub fn parse_whole(contents: Vec<u8>) -> Option<Document> {
        let ini = Ini::parse(contents).ok()?;
        let nested_lines_are_pairs = |value: &str| {
            !value.starts_with('\n') || split_lines(value).map(strip).all(|line| line.is_empty() || line.contains('='))
        };
        let values = || ini.sections().flat_map(|s| s.entries()).map(|(_, value)| value);
        (!ini.has_blocks() || values().all(nested_lines_are_pairs)).then_some(Document::Whole(ini))
    }

    /// The sections' names in the order of the file.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Document::Outline(outline) => {
                Box::new(outline.names().map(|name| std::str::from_utf8(name).unwrap_or_default()))
            }
            Document::Whole(ini) => Box::new(ini.sections().map(|s| s.name())),
        }
    }

    /// The number of the section of exactly this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let last = *name.as_bytes().last()?;
        match self {
            Document::Outline(outline) => outline.rfind(Some(name.len()), &[last], |text| text == name.as_bytes()),
            Document::Whole(ini) => ini.sections().rposition(|s| s.name() == name),
        }
    }

    /// The number of the last section whose name ends with one of some ASCII letters and passes a test.
    pub fn rfind(&self, ends: &[u8], passes: impl Fn(&str) -> bool) -> Option<usize> {
        match self {
            Document::Outline(outline) => {
                outline.rfind(None, ends, |name| std::str::from_utf8(name).is_ok_and(&passes))
            }
            Document::Whole(ini) => ini
                .sections()
                .rposition(|s| s.name().bytes().last().is_some_and(|b| ends.contains(&b)) && passes(s.name())),
        }
    }

    /// The values of a section by its number, those it inherits included.
    pub fn section(&self, number: usize) -> Profile {
        match self {
            Document::Outline(outline) => {
                let ini = Ini::parse(outline.section(number).to_vec()).unwrap_or_default();
                ini.sections().next().map(Profile::of).unwrap_or_default()
            }
            Document::Whole(ini) => ini.sections().nth(number).map(Profile::of).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Meaning = Vec<(String, Profile)>;

    fn meaning(document: &Document) -> Meaning {
        document.names().enumerate().map(|(number, name)| (name.to_owned(), document.section(number))).collect()
    }

    fn both(text: &str) -> (Option<Meaning>, Option<Meaning>) {
        let of = |document: Option<Document>| document.as_ref().map(meaning);
        (of(Document::parse(text.into())), of(Document::parse_whole(text.into())))
    }

    fn is_outlined(text: &str) -> bool {
        matches!(Document::parse(text.into()), Some(Document::Outline(_)))
    }

    #[test]
    fn common_files_are_only_looked_through() {
        let blocks =
            "[profile a]\nregion = x\ns3 =\n  a = b\n\n  # c\n\tc=d\nlong = a\n b\n\n; c\n  # d\n[b] # e\nRegion: \n";
        let many: String = (0..60).map(|i| format!("k{i} = v\n")).collect();
        for text in [
            "",
            "\n\n",
            blocks,
            &blocks.replace('\n', "\r\n"),
            "[default]\n  region = é\n  output = json\n  s3 =\n    a = b\n   \n [ é ]\nkey with blanks\t: c\td",
            "[a]\nx = 1\ny = 2\n[b]\nx = 3\ny = 4\nz = 5\n[c]\nx=6\nz = 7\ny = 8\n[d]\nx=9\nx y = 1\nw=y",
            &format!("[a]\n{many}[b]\n{many}a_key_that_is_longer_than_thirty_two_letters = a\n[c]\n{many}"),
        ] {
            assert!(is_outlined(text), "{text:?}");
            let (quick, whole) = both(text);
            assert_eq!(quick, whole, "{text:?}");
        }
    }

    #[test]
    fn faults_are_found_in_files_of_any_form() {
        let file: String = (0..50).map(|i| format!("[p{i}]\nregion = r{i}\nrole_arn = a\ns3 =\n a = b\n\n")).collect();
        assert!(is_outlined(&file));
        for fault in [
            "[p7]\n",
            "word\n",
            "=x\n",
            "[x\n",
            "[]\n",
            "region = 1\nregion=2\n",
            "role_arn = 1\nx=y\nROLE_ARN : 2\n",
            "s3 =\n  a\n",
            "  s3 =\n  a\n  b\n",
            "s3 =\n  a = b\n  c\u{2028}d=e\n",
        ] {
            for before in ["", "[q]\n", "[q]\nregion = x\n\n"] {
                for text in
                    [format!("{file}{before}{fault}"), format!("{before}{fault}{file}"), format!("{before}{fault}")]
                {
                    let (quick, whole) = both(&text);
                    assert_eq!(quick, whole, "{text:?}");
                }
            }
            assert!(Document::parse(format!("{file}[q]\n{fault}").into()).is_none(), "{fault:?}");
        }
        assert!(Document::parse([file.as_bytes(), b"[q]\nx = \xff\n"].concat()).is_none());
    }

    proptest! {
        #[test]
        fn both_ways_mean_the_same(lines in proptest::collection::vec(
            "\\[(a|b|c|d|profile é|DEFAULT)\\]( ?x)?|(\\[| \\[)[ab\\]]{0,3}|[ \t]{0,2}(re|ro|k|K|sso_region|a_key_that_is_longer_than_thirty_two) ?[=:]? ?[a=\t\u{3000}é\u{b}]{0,2}|(re|ro|s3) =|[ \t]{0,3}[=#;é]?[a=]{0,2}\r?|\\[(e|f|g|h|i|j)\\]\nre = 1\nro = 2\ns3 =\n  a = 1|re = a\n\n  b", 0..24), end in "\n|\n|\r\n|\r") {
            let text = lines.join(&end);
            let (quick, whole) = both(&text);
            prop_assert_eq!(quick, whole, "{:?}", text);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(Document::parse(bytes.clone()).is_some(), Document::parse_whole(bytes).is_some());
        }
    }
}
