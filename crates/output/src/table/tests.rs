use super::*;
use oxaws_value::{Map, parse_json};

fn table_with(json: &str, options: TableOptions) -> Result<String, String> {
    let mut out = Vec::new();
    write_table(&mut out, "ListThings", &parse_json(json).unwrap(), &options).map_err(|e| e.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

fn table(json: &str) -> String {
    table_with(json, TableOptions::default()).unwrap()
}

#[test]
fn falsy_values_print_nothing_and_scalars_only_the_title() {
    for json in ["null", "false", "0", "\"\"", "[]", "{}", "0.0"] {
        assert_eq!(table(json), "", "{json}");
    }
    assert_eq!(table("\"x\""), "------------\n|ListThings|\n+----------+\n");
    assert_eq!(table(r#"{"Names":[]}"#), "------------\n|ListThings|\n+----------+\n");
}

#[test]
fn a_single_scalar_has_no_heads() {
    assert_eq!(
        table(r#"{"a":{"b":{"c":"1"}}}"#),
        "----------------\n|  ListThings  |\n+--------------+\n||      a     ||\n|+------------+|\n|||     b    |||\n||+----+-----+||\n|||  c |  1  |||\n||+----+-----+||\n"
    );
}

#[test]
fn a_list_of_maps_has_common_heads() {
    assert_eq!(
        table(r#"{"Keys":[{"Id":"a","Arn":"x"},{"Id":"b"},{"Size":5}]}"#),
        "-------------------------\n\
         |      ListThings       |\n\
         +-----------------------+\n\
         ||        Keys         ||\n\
         |+-----+------+--------+|\n\
         || Arn | Id   | Size   ||\n\
         |+-----+------+--------+|\n\
         ||  x  |  a   |        ||\n\
         ||     |  b   |        ||\n\
         ||     |      |  5     ||\n\
         |+-----+------+--------+|\n"
    );
}

#[test]
fn maps_that_hold_more_than_scalars_have_a_section_each() {
    assert_eq!(
        table(r#"[{"a":1,"t":["x"]},{"a":2}]"#),
        "------------\n\
         |ListThings|\n\
         +----------+\n\
         |     a    |\n\
         +----------+\n\
         |  1       |\n\
         +----------+\n\
         ||    t   ||\n\
         |+--------+|\n\
         ||  x     ||\n\
         |+--------+|\n\
         |ListThings|\n\
         +----------+\n\
         |     a    |\n\
         +----------+\n\
         |  2       |\n\
         +----------+\n"
    );
}

#[test]
fn lists_of_lists_are_rows() {
    assert_eq!(
        table(r#"[["a","b"],["ccc",null]]"#),
        "-----------------\n|  ListThings   |\n+------+--------+\n|  a   |  b     |\n|  ccc |  None  |\n+------+--------+\n"
    );
}

#[test]
fn wide_tables_turn_their_one_row_sections() {
    let json = format!(r#"{{"A":"{}","B":2,"L":[{{"c":1,"d":"{}"}}]}}"#, "x".repeat(40), "y".repeat(40));
    let turned = table_with(&json, TableOptions { width: 40, ..TableOptions::default() }).unwrap();
    assert!(turned.contains(&format!("|  A|  {}     |\n", "x".repeat(40))), "{turned}");
    assert!(turned.contains("||  c|  1 "), "{turned}");
    assert!(table(&json).contains("|                       A                      | B  |"), "{}", table(&json));
}

#[test]
fn wide_characters_count_twice() {
    assert_eq!(
        table(r#"{"TableNamesss":["日本語","e\u0301"]}"#),
        "----------------\n|  ListThings  |\n+--------------+\n||TableNamesss||\n|+------------+|\n||  日本語    ||\n||  e\u{301}       ||\n|+------------+|\n"
    );
}

#[test]
fn colours() {
    assert_eq!(
        table_with(r#"{"K":["a"]}"#, TableOptions { colour: true, ..TableOptions::default() }).unwrap(),
        [
            "------------\n\x1b[0m",
            "\x1b[0m|ListThings|\x1b[0m\x1b[0m\n\x1b[0m",
            "\x1b[0m+----------+\x1b[0m\x1b[0m\n\x1b[0m",
            "\x1b[2m\x1b[33m|\x1b[0m\x1b[0m|    K   |\x1b[0m\x1b[2m\x1b[33m|\x1b[0m\x1b[0m\n\x1b[0m",
            "\x1b[2m\x1b[33m|\x1b[0m\x1b[0m+--------+\x1b[0m\x1b[2m\x1b[33m|\x1b[0m\x1b[0m\n\x1b[0m",
            "\x1b[2m\x1b[33m|\x1b[0m\x1b[0m|  \x1b[1m\x1b[34ma\x1b[0m     |\x1b[0m\x1b[2m\x1b[33m|\x1b[0m\x1b[0m\n\x1b[0m",
            "\x1b[2m\x1b[33m|\x1b[0m\x1b[0m+--------+\x1b[0m\x1b[2m\x1b[33m|\x1b[0m\x1b[0m\n\x1b[0m",
        ]
        .concat()
    );
}

#[test]
fn values_that_fit_no_table() {
    for (json, error) in [
        ("[[1,2],[3]]", "Row should have 2 elements, instead it has 1"),
        ("[1,{\"a\":1,\"b\":2}]", "Row should have 1 elements, instead it has 2"),
        ("[[],[1]]", "Row should have 0 elements, instead it has 1"),
        ("[{\"a\":1},5]", "'int' object is not iterable"),
        ("[{\"a\":1},\"\"]", "'str' object has no attribute 'get'"),
        ("[{\"a\":1},\"x\"]", "string indices must be integers, not 'str'"),
        ("[{\"a\":1},[\"x\"]]", "list indices must be integers or slices, not str"),
        ("[{\"a\":1},[]]", "'list' object has no attribute 'get'"),
        ("[{},[1]]", "list index out of range"),
        ("[{},[99999999999999999999]]", "cannot fit 'int' into an index-sized integer"),
        ("[1,[{\"a\":1,\"b\":2}]]", "list index out of range"),
    ] {
        assert_eq!(table_with(json, TableOptions::default()), Err(error.to_owned()), "{json}");
    }
}

#[test]
fn too_deep_is_an_error() {
    let mut value = Value::from(1);
    for _ in 0..crate::MAX_DEPTH + 10 {
        value = Value::Map([("k", value)].into_iter().collect::<Map>());
    }
    let result = write_table(&mut Vec::new(), "T", &value, &TableOptions::default());
    assert!(matches!(result, Err(OutputError::TooDeep)));
}
