use super::*;
use proptest::prelude::*;

const WIDE: Options = Options { width: None, ..Options::FILE };
const TEMPLATE: Options = Options { quote_yes_no: true, ..Options::FILE };
const INTRINSICS: Dialect = Dialect { intrinsics: true, yes_no: true, repeated_keys: false, tuple_keys: false };

#[test]
fn templates_come_back() {
    let text = "A: 2010-09-09\nB: !Ref x\nC: !GetAtt a.b.c\nD: !Sub\n- q\n- {z: 1, 'yes': no}\n5: 1.50\nE: \"on\"\nF: !If [c, [1], {}]\nG: []\n";
    let node = read(text, INTRINSICS).unwrap();
    let out = "A: 2010-09-09\nB:\n  Ref: x\nC:\n  Fn::GetAtt:\n  - a\n  - b.c\nD:\n  Fn::Sub:\n  - q\n  - z: 1\n    'yes': false\n\
               5: 1.5\nE: 'on'\nF:\n  Fn::If:\n  - c\n  - - 1\n  - {}\nG: []\n";
    assert_eq!(to_text(&node, TEMPLATE), out);
    assert_eq!(read(out, INTRINSICS).unwrap(), read(&to_text(&node, TEMPLATE), INTRINSICS).unwrap());
}

#[test]
fn tags_merges_and_errors() {
    assert!(read("a: !Nope x", Dialect::default()).is_err());
    assert!(read("a: [b", Dialect::default()).is_err());
    assert!(read("a: 1\na: 2", Dialect::default()).is_err());
    let last = read("a: 1\nb: 3\na: {c: 1, c: 2}", Dialect { repeated_keys: true, ..Dialect::default() }).unwrap();
    assert_eq!(to_text(&last, WIDE), "a:\n  c: 2\nb: 3\n");
    let merged = read("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", Dialect::default()).unwrap();
    assert_eq!(to_text(merged.get("y").unwrap(), WIDE), "a: 1\nb: 3\n");
    assert_eq!(read("", Dialect::default()), Ok(Node::Null));
    assert_eq!(read("!!binary aGk=", Dialect::default()), Ok(Node::Binary(b"hi".to_vec())));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&deep, Dialect::default()).is_err());
}

#[test]
fn long_and_broken_text() {
    let long = "word ".repeat(30);
    let node = Node::map([("k", Node::text(long.trim_end()))]);
    assert!(!to_text(&node, WIDE).trim_end().contains('\n'));
    let folded = to_text(&node, TEMPLATE);
    assert!(folded.lines().count() > 1 && folded.lines().all(|l| l.len() <= 86), "{folded}");
    assert_eq!(read(&folded, INTRINSICS).unwrap(), node);
    for text in ["a\nb\n\nc'd", "tab\there", "é\u{1}\"\\", "x  y ", "", "😀 z"] {
        let node = Node::map([("k", Node::List(vec![Node::text(text)]))]);
        for layout in [WIDE, TEMPLATE] {
            assert_eq!(read(&to_text(&node, layout), INTRINSICS).unwrap(), node, "{text:?}");
        }
    }
}

#[test]
fn lines_break_as_in_ruamel() {
    let words = |n: usize| Node::text("word ".repeat(n).trim_end());
    let node = Node::map([("k", words(20)), ("u", Node::text("u".repeat(90))), ("m", Node::text("a\nb"))]);
    let long = "word ".repeat(15);
    assert_eq!(
        to_text(&node, TEMPLATE),
        format!("k: {long}\n  {}\nu: \n  {}\nm: \"a\\nb\"\n", "word ".repeat(5).trim_end(), "u".repeat(90))
    );
    let usual = Options::default();
    assert_eq!(to_text(&Node::map([("m", Node::text("a\nb"))]), usual), "m: 'a\n\n  b'\n");
}

#[test]
fn sets_are_tagged() {
    let node = Node::map([("s", Node::Set(vec![Node::text("a"), Node::Int("1".into())]))]);
    assert_eq!(to_text(&node, WIDE), "s: !!set\n  a: null\n  1: null\n");
}

#[test]
fn limits() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..30 {
        let alias = format!("*a{}", i - 1);
        bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![alias; 9].join(", ")));
    }
    assert_eq!(read(&bomb, Dialect::default()), Err(YamlError::TooLarge));
    let deep = (0..2_000).map(|i| format!("{}- \n", " ".repeat(i))).collect::<String>();
    assert_eq!(read(&deep, Dialect::default()), Err(YamlError::TooDeep));
    assert!(read(&"[".repeat(100_000), Dialect::default()).is_err());
    assert!(read(&"- ".repeat(100_000), Dialect::default()).is_err());
}

proptest! {
    #[test]
    fn never_panics(text in "[a-c1:,\\[\\]{}&*!|>'\"\\-?#%@ \n<=.~]{0,40}|\\PC*") {
        for dialect in [Dialect::default(), Dialect { tuple_keys: true, ..INTRINSICS }] {
            if let Ok(node) = read(&text, dialect) {
                let _ = (node.shown(), to_text(&node, WIDE), to_text(&node, Options::default()));
            }
        }
    }

    #[test]
    fn text_comes_back(text in "[a-c' \"\\n\\t:#\u{e9}\u{1}\u{1f600}-]{0,120}", key in "[a-c :]{1,4}") {
        let node = Node::Map(vec![(Node::text(key), Node::List(vec![Node::text(text)]))]);
        for options in [WIDE, TEMPLATE] {
            prop_assert_eq!(read(&to_text(&node, options), INTRINSICS), Ok(node.clone()));
        }
    }
}
