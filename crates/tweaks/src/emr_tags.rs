//! `emr add-tags`: tags as words, `key` or `key=value`.

use crate::arguments::{items, tweak, words};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[tweak("emr", "add-tags", Hook::Arguments(arguments))];

fn arguments(table: &mut ArgTable, _: Operation) {
    let tags = words("tags", "Tags: key or key=value, one a word.").to(tags);
    table.insert(Arg { required: true, ..tags });
}

fn tags(params: &mut Map, value: Value) -> Result<(), Failure> {
    let list: Vec<Value> = items(value).iter().map(|word| tag(word)).collect();
    params.insert("Tags", list);
    Ok(())
}

fn tag(word: &str) -> Value {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    Value::Map([("Key", key), ("Value", value)].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    #[test]
    fn words_are_tags() {
        let mut params = Map::new();
        tags(&mut params, Value::List(vec!["a=b=c".into(), "d".into(), "e=".into()])).unwrap();
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            r#"{"Tags":[{"Key":"a","Value":"b=c"},{"Key":"d","Value":""},{"Key":"e","Value":""}]}"#
        );
    }
}
