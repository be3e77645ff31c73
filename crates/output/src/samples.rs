//! Values for the property tests.

use oxaws_value::{Map, Value};
use proptest::prelude::*;

/// Text with much of what formats must take care of.
pub fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}",
        2 => Just(" ".to_owned()),
        1 => proptest::sample::select(vec![
            "  ", ": ", " #", "- ", "? ", "'", "\"", "\\", "\n", "\n\n", "\t", "\u{1}", "\u{85}", "é", "日本", "😀", "{", "]", ",", "0x",
            "12", ".5", "e3", "---", "null", "=", "~", "\u{feff}", "\r", "&a", "*", "!", "%", "@", "`", "|", ">", "<<", "2020-01-02",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// A value of any shape but bytes and NaN, which don't equal what is read back.
pub fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (u64::MAX..).prop_map(|n: u64| Value::BigInt(format!("-{n}").into())),
        any::<f64>().prop_filter("equal to itself", |f| !f.is_nan()).prop_map(Value::Float),
        texts().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            proptest::collection::vec((texts(), inner), 0..5).prop_map(|e| Value::Map(e.into_iter().collect::<Map>())),
        ]
    })
}
