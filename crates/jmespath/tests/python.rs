//! Results and error texts of the Python library, as the AWS CLI prints them.

use oxaws_jmespath::{CompileError, Error, RuntimeError, compile, search};
use oxaws_value::{JsonStyle, Value, parse_json, to_json};
use proptest::prelude::*;

const GIVEN: &str = r#"{"a": [[1, {"b": 2}], 3], "s": "añb", "n": null, "m": {"z": 1, "y": 2.5, "x": "t"},
    "l": [{"k": "b", "n": 2}, {"k": "a", "n": 1}, {"k": "b", "n": 0}], "big": 12345678901234567890123, "e": {}}"#;

/// The result as compact JSON, or the error text.
fn apply(expression: &str) -> String {
    match search(expression, &parse_json(GIVEN).unwrap_or_default()) {
        Ok(value) => to_json(&value, JsonStyle::COMPACT),
        Err(e) => e.to_string(),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(apply(expression), *expected, "{expression}");
    }
}

#[test]
fn syntax_errors() {
    check(&[
        ("", "Invalid JMESPath expression: cannot be empty."),
        ("a[", "Invalid jmespath expression: Incomplete expression:\n\"a[\"\n   ^"),
        ("é", "Bad jmespath expression: Unknown token é:\né\n^"),
        ("\"é\" =", "Bad jmespath expression: Unknown token '=':\n\"é\" =\n    ^"),
        ("\"abc", "Bad jmespath expression: Unclosed \" delimiter:\n\"abc\n^"),
        ("\"\\x\"", "Bad jmespath expression: Invalid \\escape:\n\"\\x\"\n^"),
        ("'a\\'", "Bad jmespath expression: Unclosed ' delimiter:\n'a\\'\n^"),
        ("a.-", "Bad jmespath expression: Unknown token '-':\na.-\n  ^"),
        ("`a\"b`", "Bad jmespath expression: Bad token a\"b:\n`a\"b`\n^"),
        (
            "a..b",
            "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: dot: Parse error at \
             column 2, token \".\" (DOT), for expression:\n\"a..b\"\n   ^",
        ),
        ("a]", "Unexpected token: ]: Parse error at column 1, token \"]\" (RBRACKET), for expression:\n\"a]\"\n  ^"),
        ("a ! b", "invalid token: Parse error at column 2, token \"!\" (NOT), for expression:\n\"a ! b\"\n   ^"),
        (
            "a `{\"x\": [true, \"y\"]}`",
            "Unexpected token: {'x': [True, 'y']}: Parse error at column 2, token \"{'x': [True, 'y']}\" (LITERAL), for \
             expression:\n\"a `{\"x\": [true, \"y\"]}`\"\n   ^",
        ),
        (
            "a[00-1]",
            "Expecting: rbracket, got: number: Parse error at column 4, token \"-1\" (NUMBER), for expression:\n\"a[00-1]\"\n     ^",
        ),
        (
            "a[::1:]",
            "syntax error: Parse error at column 5, token \":\" (COLON), for expression:\n\"a[::1:]\"\n      ^",
        ),
        ("a[1:", "syntax error: Parse error at column 4, token \"\" (EOF), for expression:\n\"a[1:\"\n     ^"),
        (
            "a.\"b\"(c)",
            "Quoted identifier not allowed for function names.: Parse error at column 0, token \"(\" (LPAREN), for \
             expression:\n\"a.\"b\"(c)\"\n ^",
        ),
        (
            "@(a)",
            "Invalid function name '@': Parse error at column 0, token \"@\" (CURRENT), for expression:\n\"@(a)\"\n ^",
        ),
        (
            "`[1]`(a)",
            "Invalid function name '[1]': Parse error at column 0, token \"[1]\" (LITERAL), for expression:\n\"`[1]`(a)\"\n ^",
        ),
        (
            "{a:b,}",
            "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: rbrace: Parse error at column 5, token \"}\" \
             (RBRACE), for expression:\n\"{a:b,}\"\n      ^",
        ),
    ]);
}

#[test]
fn runtime_errors() {
    check(&[
        ("nosuch()", "Unknown function: nosuch()"),
        ("none.nosuch(@)", "Unknown function: nosuch()"),
        ("length(`1`, `2`)", "Expected 1 argument for function length(), received 2"),
        ("join(`1`)", "Expected 2 arguments for function join(), received 1"),
        ("not_null()", "Expected at least 1 argument for function not_null(), received 0"),
        (
            "length(none)",
            "In function length(), invalid type for value: None, expected one of: ['string', 'array', 'object'], \
             received: \"null\"",
        ),
        (
            "keys(a)",
            "In function keys(), invalid type for value: [[1, {'b': 2}], 3], expected one of: ['object'], received: \"array\"",
        ),
        (
            "join(',', `[null]`)",
            "In function join(), invalid type for value: None, expected one of: ['array-string'], received: \"NoneType\"",
        ),
        (
            "sort(`[3, 1.5, \"a\"]`)",
            "In function sort(), invalid type for value: a, expected one of: ['array-string', 'array-number'], received: \
             \"str\"",
        ),
        (
            "min(`[1, true]`)",
            "In function min(), invalid type for value: True, expected one of: ['array-number', 'array-string'], \
             received: \"bool\"",
        ),
        (
            "sort_by(`[{\"a\": true}]`, &a)",
            "In function sort_by(), invalid type for value: {'a': True}, expected one of: ['string', 'number'], \
             received: \"boolean\"",
        ),
        (
            "sort_by(`[{\"a\": 1}, {\"a\": \"b\"}]`, &a)",
            "In function sort_by(), invalid type for value: b, expected one of: ['number'], received: \"string\"",
        ),
        (
            "max_by(l, &none)",
            "In function max_by(), invalid type for value: None, expected one of: ['number', 'string'], received: \"null\"",
        ),
        ("max_by(`[{\"a\": 1}, {\"a\": \"b\"}]`, &a)", "'>' not supported between instances of 'str' and 'int'"),
        ("`1.5` <= s", "'<=' not supported between instances of 'float' and 'str'"),
        ("contains(s, `1`)", "'in <string>' requires string as left operand, not int"),
        ("a[::0]", "slice step cannot be zero"),
        ("ceil(`NaN`)", "cannot convert float NaN to integer"),
        ("floor(`-1e999`)", "cannot convert float infinity to integer"),
        ("merge(e, n)", "'NoneType' object is not iterable"),
        ("merge(e, `[1]`)", "object is not iterable"),
        ("merge(e, `[[1,2],[3]]`)", "dictionary update sequence element #1 has length 1; 2 is required"),
        ("merge(e, `[[[],2]]`)", "cannot use 'list' as a dict key (unhashable type: 'list')"),
        ("to_number(&a)", "int() argument must be a string, a bytes-like object or a real number, not '_Expression'"),
        ("[&a]", "Encountered unrecognized type in JSON encoder."),
    ]);
    let long = format!("sum(`[{}, 1.5]`)", "9".repeat(400));
    assert_eq!(apply(&long), "int too large to convert to float");
    assert!(matches!(search("nosuch()", &Value::Null), Err(Error::Runtime(RuntimeError::UnknownFunction { .. }))));
}

#[test]
fn results() {
    check(&[
        ("m.*", "[1,2.5,\"t\"]"),
        ("keys(m)", "[\"z\",\"y\",\"x\"]"),
        ("{z: s, a: n, z: `1`}", "{\"z\":1,\"a\":null}"),
        ("merge(m, `{\"y\": 0, \"a\": 1}`)", "{\"z\":1,\"y\":0,\"x\":\"t\",\"a\":1}"),
        ("sort_by(l, &k)[].n", "[1,2,0]"),
        ("[max_by(l, &k).n, min_by(l, &k).n]", "[2,1]"),
        ("l[?k == 'b' && n > `0`] | [0]", "{\"k\":\"b\",\"n\":2}"),
        ("l[::-1].n", "[0,1,2]"),
        ("l[-2:99:1].k", "[\"a\",\"b\"]"),
        ("l[99999999999999999999]", "null"),
        // A slice after an index doesn't project.
        ("a[0][0:1].b", "null"),
        ("a[0:1][1].b", "[2]"),
        ("f(a b)", "Unknown function: f()"),
        ("{a: s b: n}", "{\"a\":\"añb\",\"b\":null}"),
        ("(keys)(m)", "[\"z\",\"y\",\"x\"]"),
        ("`[true]` == `[1]`", "true"),
        ("`true` == `1`", "false"),
        ("`1` == `1.0`", "true"),
        ("contains(`[1]`, `true`)", "true"),
        ("[!`0`, !s, !e, !`\"\"`]", "[false,false,true,true]"),
        ("n || `0` || s", "0"),
        ("s < `[1]`", "null"),
        ("'b' > 'a'", "true"),
        ("reverse(s)", "\"bña\""),
        ("length(s)", "3"),
        (
            "to_string({a: s, b: `1.0`, c: '\u{7f}'})",
            "\"{\\\"a\\\":\\\"a\\\\u00f1b\\\",\\\"b\\\":1.0,\\\"c\\\":\\\"\\\\u007f\\\"}\"",
        ),
        ("`foo`", "\"foo\""),
        ("`1e3`", "1000.0"),
        ("big", "12345678901234567890123"),
        ("sum([big, big, `1`])", "24691357802469135780247"),
        ("sum(`[1.5,2]`)", "3.5"),
        ("sum(`[0.1,0.2,0.3,1,1e100,1,-1e100]`)", "2.6"),
        ("sum(`[1180591620717411303424,1e100,1.0,-1e100]`)", "0.0"),
        ("sum(`[]`)", "0"),
        ("avg(`[1,2,4]`)", "2.3333333333333335"),
        ("avg(`[]`)", "null"),
        ("abs(`-9223372036854775808`)", "9223372036854775808"),
        ("[ceil(`-0.5`), floor(`1e30`), floor(`-1.2`)]", "[0,1000000000000000019884624838656,-2]"),
        ("to_number(['1_0', ' 2.50 ', 'x'][1])", "2.5"),
        ("type(&a)", "null"),
        ("map(&n, l)", "[2,1,0]"),
        ("map(&none, l)", "[null,null,null]"),
        ("not_null(n, none, s)", "\"añb\""),
        ("merge(e, `[[\"k\", 1], \"xy\", [null, 2]]`)", "{\"k\":1,\"x\":\"y\",\"null\":2}"),
        ("sort(`[3, 1.5, 2]`)", "[1.5,2,3]"),
        ("`[1, 1]` | [?@ == `1`]", "[1,1]"),
        ("@.s", "\"añb\""),
        ("\"\\u0073\"", "\"añb\""),
        ("'it\\'s \\\\'", "\"it's \\\\\\\\\""),
    ]);
}

#[test]
fn nesting_is_bounded() {
    let value = parse_json(GIVEN).unwrap();
    for n in [1, 450] {
        let deep = format!("{}s{}", "(".repeat(n), ")".repeat(n));
        assert_eq!(search(&deep, &value), Ok(Value::from("añb")));
        assert_eq!(search(&format!("s{}", "|@".repeat(n)), &value), Ok(Value::from("añb")));
        assert!(search(&format!("{}a{}", "a[?".repeat(n), "]".repeat(n)), &value).is_ok());
    }
    assert!(search(&format!("{}s{}", "sort_by(l, &".repeat(200), ")".repeat(200)), &value).is_err());
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("!", ""),
        ("& ", ""),
        ("f(", ")"),
        ("a[?", "]"),
        ("a[*]", ""),
        ("*.", ""),
        ("a[*].a", ""),
        ("a[:1]", ""),
        ("a.[", "]"),
        ("a.{b:", "}"),
        ("map(&", ",a)"),
        ("max_by(a,&", ")"),
    ] {
        for n in [500, 100_000] {
            let deep = format!("{}a{}", open.repeat(n), close.repeat(n));
            let _ = search(&deep, &value);
        }
    }
    assert_eq!(compile(&"(".repeat(100_000)).unwrap_err(), CompileError::TooDeep);
    // Chains to the right of a parser's loop: long, not nested.
    for link in ["|a", "||a", "&&a", "==a", "[]", ".a", "[0]", " "] {
        let long = format!("a{}", link.repeat(1_000_000 / link.len()));
        let _ = search(&long, &value);
    }
    let wide = format!("[{}]", vec!["s"; 250_000].join(","));
    assert_eq!(search(&wide, &value).unwrap().as_list().unwrap().len(), 250_000);
}

#[test]
fn simple_paths() {
    for (text, path) in [
        ("a", Some(vec!["a"])),
        ("a.b.\"c d\"", Some(vec!["a", "b", "c d"])),
        ("a[0]", None),
        ("a.b[]", None),
        ("@", None),
        ("a || b", None),
        ("a.*", None),
        ("a.length(@)", None),
    ] {
        assert_eq!(compile(text).unwrap().simple_path(), path, "{text}");
    }
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    shared(&compile("a").unwrap());
}

/// Pieces that make half-sensible expressions.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "l",
        "m",
        "s",
        "k",
        "n",
        ".",
        "*",
        "[",
        "]",
        "[]",
        "[?",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        "|",
        "||",
        "&",
        "&&",
        "!",
        "==",
        "<",
        ">=",
        "@",
        "0",
        "-1",
        "'x'",
        "`1`",
        "`[1, \"é\", null]`",
        "\"a\"",
        " ",
        "sort_by(",
        "map(&",
        "length(",
        "to_string(",
        "merge(",
        "max(",
        "keys(",
        "[0]",
        "[::-1]",
        "[*]",
        "é",
        "`",
        "\\",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = apply(&text);
    }

    #[test]
    fn any_pieces_are_applied_or_refused(text in pieces()) {
        let _ = apply(&text);
    }
}
