//! Results whose lists become text before all of them is there.

use crate::chunks::{Chunks, Mark};
use crate::{Format, OutputError, json, yaml};
use oxaws_value::Value;
use std::io::Write;

/// A result, or a page of one, some of whose lists become text element by element, as they come: the text of a long list
/// takes far less memory than its values. (For `--output text` there is [`crate::text::Lines`].)
#[derive(Debug)]
pub struct Listing {
    format: Format,
    lists: Vec<ListText>,
}

/// One list: the text of its elements.
#[derive(Debug)]
struct ListText {
    /// The names that lead to it from the result; none for a result that is a list.
    path: Vec<String>,
    text: Chunks,
    /// Whether anything is in the list, even if that is no element.
    begun: bool,
    settled: Mark,
}

/// A list and what is left of the path to it.
pub(crate) type Inside<'a> = (&'a [String], &'a Chunks);

/// The lists in the entry `key` of a map that has `lists` in it, each with what is left of the path to it.
pub(crate) fn inside<'a, T>(lists: &[(&'a [String], &'a T)], key: &str) -> Vec<(&'a [String], &'a T)> {
    let below = lists.iter().filter_map(|(path, text)| match path {
        [first, rest @ ..] if first == key => Some((rest, *text)),
        _ => None,
    });
    below.collect()
}

impl Listing {
    /// A listing with a list at each of these paths, of which none lies at or in another. `None` in a format whose lists
    /// aren't the texts of their elements.
    pub fn new(format: Format, paths: impl IntoIterator<Item = Vec<String>>) -> Option<Listing> {
        match format {
            Format::Json | Format::Yaml | Format::YamlStream | Format::Off => {}
            Format::Text | Format::Table => return None,
        }
        let list = |path| ListText { path, text: Chunks::default(), begun: false, settled: Mark::default() };
        Some(Listing { format, lists: paths.into_iter().map(list).collect() })
    }

    /// Adds an element to the list of this number.
    pub fn push(&mut self, list: usize, element: &Value) {
        let Some(list) = self.lists.get_mut(list) else { return };
        let depth = list.path.len();
        let first = list.text.is_empty();
        // Writing to memory can't fail.
        let _ = match self.format {
            Format::Json => json::write_element(list.text.room(), element, first, depth),
            Format::Yaml => yaml::write_element(list.text.room(), element, depth.saturating_sub(1)),
            Format::YamlStream => yaml::write_element(list.text.room(), element, depth.max(1)),
            Format::Text | Format::Table | Format::Off => Ok(()),
        };
    }

    /// Ends a part of the list of this number: what was added since the last part ended stays, or goes.
    pub fn settle(&mut self, list: usize, keep: bool) {
        let Some(list) = self.lists.get_mut(list) else { return };
        if keep {
            list.settled = list.text.mark();
            list.begun = true;
        } else {
            list.text.cut(list.settled);
        }
    }

    /// Empties all lists, for a page that is a result of its own.
    pub fn clear(&mut self) {
        for list in &mut self.lists {
            (list.text, list.begun, list.settled) = Default::default();
        }
    }

    /// Whether there is a list of this number, be it an empty one.
    pub fn has(&self, list: usize) -> bool {
        self.lists.get(list).is_some_and(|list| list.begun)
    }

    /// Writes `result` with the elements in the lists, which are empty lists in it, as the format's own function does.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write, result: &Value) -> Result<(), OutputError> {
        let lists: Vec<Inside> = self.lists.iter().map(|list| (&*list.path, &list.text)).collect();
        match self.format {
            Format::Json => json::write_listing(out, result, &lists)?,
            Format::Yaml => yaml::write_listing(out, result, &lists)?,
            Format::YamlStream => yaml::write_stream_listing(out, result, &lists)?,
            Format::Text | Format::Table | Format::Off => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{Map, parse_json};
    use proptest::prelude::*;

    const FORMATS: [Format; 3] = [Format::Json, Format::Yaml, Format::YamlStream];

    fn text(format: Format, value: &Value) -> String {
        let mut out = Vec::new();
        match format {
            Format::YamlStream => yaml::write_stream_page(&mut out, value),
            _ => crate::write(&mut out, format, "", value, &Default::default()),
        }
        .expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    fn listed(listing: &Listing, rest: &Value) -> String {
        let mut out = Vec::new();
        listing.write(&mut out, rest).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn only_parts_that_are_kept_are_printed() {
        for format in FORMATS {
            let mut listing = Listing::new(format, [path(&["A"]), path(&["B", "C"])]).expect("a listing");
            listing.push(0, &Value::Int(1));
            listing.settle(0, false);
            assert!(!listing.has(0));
            listing.push(0, &Value::Int(2));
            listing.settle(0, true);
            listing.push(0, &Value::Int(3));
            listing.settle(0, false);
            listing.push(0, &Value::from("x".repeat(5 << 20)));
            listing.push(0, &Value::Int(4));
            listing.settle(0, false);
            listing.push(0, &Value::Int(5));
            listing.settle(0, true);
            listing.settle(1, true);
            assert!(listing.has(1));
            let of = |json: &str| text(format, &parse_json(json).expect("JSON"));
            let rest = parse_json(r#"{"A":[],"B":{"C":[],"D":[]}}"#).expect("JSON");
            assert_eq!(listed(&listing, &rest), of(r#"{"A":[2,5],"B":{"C":[],"D":[]}}"#));
            // Something else came to stand in the list's place.
            let rest = parse_json(r#"{"A":{"A":[]},"B":[]}"#).expect("JSON");
            assert_eq!(listed(&listing, &rest), text(format, &rest));
            listing.clear();
            assert!(!listing.has(0));
            assert_eq!(listed(&listing, &parse_json(r#"{"A":[]}"#).expect("JSON")), of(r#"{"A":[]}"#));
        }
        assert!(Listing::new(Format::Table, [path(&["A"])]).is_none());
    }

    proptest! {
        #[test]
        fn a_listing_is_written_as_its_values_are(
            lists in proptest::collection::vec(proptest::collection::vec(crate::samples::values(), 0..4), 3),
            other in crate::samples::values(),
        ) {
            let result = |lists: &[Vec<Value>]| {
                let mut inner = Map::new();
                inner.insert("one", Value::List(lists[0].clone()));
                inner.insert("other", other.clone());
                inner.insert("two", Value::List(lists[1].clone()));
                let mut map = Map::new();
                map.insert("inner", inner);
                map.insert("three", Value::List(lists[2].clone()));
                Value::Map(map)
            };
            for format in FORMATS {
                let paths = [path(&["inner", "one"]), path(&["inner", "two"]), path(&["three"])];
                let mut listing = Listing::new(format, paths).expect("a listing");
                for (i, list) in lists.iter().enumerate() {
                    for element in list {
                        listing.push(i, element);
                        listing.settle(i, true);
                    }
                }
                prop_assert_eq!(listed(&listing, &result(&[vec![], vec![], vec![]])), text(format, &result(&lists)));
                let mut whole = Listing::new(format, [vec![]]).expect("a listing");
                lists[0].iter().for_each(|element| whole.push(0, element));
                prop_assert_eq!(listed(&whole, &Value::List(vec![])), text(format, &Value::List(lists[0].clone())));
            }
        }
    }
}
