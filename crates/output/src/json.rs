//! `--output json`: four blanks a level, entries in their order, characters as they are.

use crate::OutputError;
use crate::chunks::{Chunks, Mark};
use oxaws_value::{JsonStyle, Map, Value, write_json_at};
use std::io::{self, Write};

const STYLE: JsonStyle = JsonStyle::OUTPUT;

/// Writes `value` and a line feed; nothing at all for an empty map, which is what operations without a reply give.
///
/// # Errors
/// Those of `out`.
pub fn write_json(out: &mut dyn Write, value: &Value) -> Result<(), OutputError> {
    if matches!(value, Value::Map(map) if map.is_empty()) {
        return Ok(());
    }
    let mut out = out;
    oxaws_value::write_json(&mut out, value, STYLE)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// A result some of whose lists become text element by element, as they come: the text of a long list takes far less
/// memory than its values.
#[derive(Debug, Default)]
pub struct Listing {
    lists: Vec<ListText>,
}

/// One list: the text between its brackets.
#[derive(Debug)]
struct ListText {
    /// The names that lead to it from the result; none for a result that is a list.
    path: Vec<String>,
    text: Chunks,
    /// Whether anything is in the list, even if that is no element.
    begun: bool,
    settled: Mark,
}

impl Listing {
    /// A listing with a list at each of these paths, of which none lies at or in another.
    pub fn new(paths: impl IntoIterator<Item = Vec<String>>) -> Listing {
        let list = |path| ListText { path, text: Chunks::default(), begun: false, settled: Mark::default() };
        Listing { lists: paths.into_iter().map(list).collect() }
    }

    /// Adds an element to the list of this number.
    pub fn push(&mut self, list: usize, element: &Value) {
        let Some(list) = self.lists.get_mut(list) else { return };
        let depth = list.path.len() + 1;
        let first = list.text.is_empty();
        let out = list.text.room();
        // Writing to memory can't fail.
        let _ = STYLE.write_break(out, !first, depth).and_then(|()| write_json_at(out, element, STYLE, depth));
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

    /// Whether there is a list of this number, be it an empty one.
    pub fn has(&self, list: usize) -> bool {
        self.lists.get(list).is_some_and(|list| list.begun)
    }

    /// Writes `result` with the elements in the lists, which are empty lists in it, and a line feed; nothing at all for
    /// an empty map.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write, result: &Value) -> Result<(), OutputError> {
        if matches!(result, Value::Map(map) if map.is_empty()) {
            return Ok(());
        }
        let mut out = out;
        let lists: Vec<Inside> = self.lists.iter().map(|list| (&*list.path, &list.text)).collect();
        write_value(&mut out, result, 0, &lists)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

/// A list and what is left of the path to it.
type Inside<'a> = (&'a [String], &'a Chunks);

/// Recursion ends with the longest path.
fn write_value(out: &mut impl Write, value: &Value, depth: usize, lists: &[Inside]) -> io::Result<()> {
    match (value, lists) {
        (Value::List(items), [([], text)]) if items.is_empty() && !text.is_empty() => {
            out.write_all(b"[")?;
            text.write(out)?;
            STYLE.write_break(out, false, depth)?;
            out.write_all(b"]")
        }
        (Value::Map(map), [_, ..]) if !map.is_empty() => write_map(out, map, depth, lists),
        _ => write_json_at(out, value, STYLE, depth),
    }
}

fn write_map(out: &mut impl Write, map: &Map, depth: usize, lists: &[Inside]) -> io::Result<()> {
    out.write_all(b"{")?;
    for (i, (key, value)) in map.iter().enumerate() {
        STYLE.write_break(out, i > 0, depth + 1)?;
        oxaws_value::write_json_string(out, key, STYLE.ascii)?;
        out.write_all(b": ")?;
        let below = lists.iter().filter_map(|(path, text)| match path {
            [first, rest @ ..] if first == key => Some((rest, *text)),
            _ => None,
        });
        write_value(out, value, depth + 1, &below.collect::<Vec<_>>())?;
    }
    STYLE.write_break(out, false, depth)?;
    out.write_all(b"}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{Map, parse_json};
    use proptest::prelude::*;

    fn text(value: &Value) -> String {
        let mut out = Vec::new();
        write_json(&mut out, value).unwrap();
        String::from_utf8(out).expect("text")
    }

    fn listed(listing: &Listing, rest: &Value) -> String {
        let mut out = Vec::new();
        listing.write(&mut out, rest).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn falsy_values_other_than_an_empty_map_are_printed() {
        for (value, want) in [
            (Value::Null, "null\n"),
            (Value::List(vec![]), "[]\n"),
            (Value::from(""), "\"\"\n"),
            (Value::Int(0), "0\n"),
            (Value::Map(Map::new()), ""),
        ] {
            assert_eq!(text(&value), want);
        }
        let nested = Value::Map([("a", Value::Map(Map::new()))].into_iter().collect());
        assert_eq!(text(&nested), "{\n    \"a\": {}\n}\n");
    }

    #[test]
    fn only_parts_that_are_kept_are_printed() {
        let mut listing = Listing::new([vec!["A".into()], vec!["B".into(), "C".into()]]);
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
        let rest = parse_json(r#"{"A":[],"B":{"C":[],"D":[]}}"#).expect("JSON");
        assert_eq!(listed(&listing, &rest), text(&parse_json(r#"{"A":[2,5],"B":{"C":[],"D":[]}}"#).expect("JSON")));
        // Something else came to stand in the list's place.
        let rest = parse_json(r#"{"A":{"A":[]},"B":[]}"#).expect("JSON");
        assert_eq!(listed(&listing, &rest), text(&rest));
    }

    proptest! {
        #[test]
        fn reads_back(value in crate::samples::values()) {
            prop_assert_eq!(parse_json(&text(&Value::List(vec![value.clone()]))).unwrap(), Value::List(vec![value]));
        }

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
            let path = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
            let mut listing = Listing::new([path(&["inner", "one"]), path(&["inner", "two"]), path(&["three"])]);
            for (i, list) in lists.iter().enumerate() {
                for element in list {
                    listing.push(i, element);
                    listing.settle(i, true);
                }
            }
            prop_assert_eq!(listed(&listing, &result(&[vec![], vec![], vec![]])), text(&result(&lists)));
            let mut whole = Listing::new([vec![]]);
            lists[0].iter().for_each(|element| whole.push(0, element));
            prop_assert_eq!(listed(&whole, &Value::List(vec![])), text(&Value::List(lists[0].clone())));
        }
    }
}
