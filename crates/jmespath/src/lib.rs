//! JMESPath as the AWS CLI applies it: the language of `--query`, of paginators, waiters and endpoint parameters.
//!
//! Results, their order and every error text are those of the Python library `jmespath` 1.0.1, quirks included: members
//! keep their order, integers stay integers, `sort` is stable, a missing comma in a multi-select hash is not missed.
//!
//! ```
//! let reply = oxaws_value::parse_json(r#"{"Keys": [{"Id": "b"}, {"Id": "a"}]}"#)?;
//! let query = oxaws_jmespath::compile("sort(Keys[].Id)")?;
//! assert_eq!(query.search(&reply)?, oxaws_value::parse_json(r#"["a", "b"]"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ast;
mod error;
mod eval;
mod functions;
mod item;
mod lexer;
mod number;
mod parser;
mod pytext;

pub use error::{CompileError, Error, RuntimeError};

use ast::{Id, Node, Tree};
use item::Item;
use oxaws_value::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// A compiled expression; cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression {
    text: Arc<str>,
    tree: Arc<Tree>,
}

/// Reads an expression.
///
/// # Errors
/// With the Python library's text if `text` is not an expression.
pub fn compile(text: &str) -> Result<Expression, CompileError> {
    Ok(Expression { tree: Arc::new(parser::parse(text)?), text: text.into() })
}

/// Reads an expression and applies it once.
///
/// # Errors
/// As [`compile`] and [`Expression::search`].
pub fn search(text: &str, value: &Value) -> Result<Value, Error> {
    Ok(compile(text)?.search(value)?)
}

impl Expression {
    /// The result of the expression on `value`; null where nothing is found.
    ///
    /// # Errors
    /// With Python's text: a call of an unknown function or with wrong arguments, a comparison of a number with a text,
    /// and the like. Only what is evaluated can fail.
    pub fn search(&self, value: &Value) -> Result<Value, RuntimeError> {
        self.search_cow(value).map(Cow::into_owned)
    }

    /// [`Expression::search`] without a copy where the result is a part of `value` or of the expression.
    ///
    /// # Errors
    /// As [`Expression::search`].
    pub fn search_cow<'a>(&'a self, value: &'a Value) -> Result<Cow<'a, Value>, RuntimeError> {
        match eval::run(&self.tree, Item::Ref(value))? {
            Item::Ref(part) => Ok(Cow::Borrowed(part)),
            made => made.into_value().map(Cow::Owned),
        }
    }

    /// [`Expression::search`] for a result that is a list: `each` sees its elements, which are copied only where they are
    /// made by the expression. Of another result nothing is seen.
    ///
    /// # Errors
    /// As [`Expression::search`].
    pub fn search_each(&self, value: &Value, mut each: impl FnMut(&Value)) -> Result<(), RuntimeError> {
        match eval::run(&self.tree, Item::Ref(value))? {
            Item::Ref(Value::List(parts)) => parts.iter().for_each(each),
            Item::List(parts) => {
                for part in parts.iter() {
                    match part {
                        Item::Ref(part) => each(part),
                        made => each(&made.clone().into_value()?),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// For an expression that maps the elements of one list, such as `a.b[?c].d`, the path of that list: applied to parts
    /// of the list it gives the parts of the result. `None` for any other expression. Where there is no list at that
    /// path, the result is null.
    pub fn mapped_list(&self) -> Option<Vec<&str>> {
        let mut names = Vec::new();
        let mut maps = false;
        let mut at = self.tree.root;
        loop {
            match &self.tree.nodes[at as usize] {
                Node::Projection(base, _) | Node::Filter { base, .. } | Node::Flatten(base) => {
                    (maps, at) = (true, *base)
                }
                Node::Path(steps) => {
                    // What was passed maps the result of the last step: its list is found from those before it.
                    let (last, before) = steps.split_last()?;
                    for step in before {
                        names.push(self.field(*step)?);
                    }
                    at = *last;
                }
                Node::Field(name) => {
                    names.push(&**name);
                    return maps.then_some(names);
                }
                _ => return None,
            }
        }
    }

    /// The names of a plain dotted path such as `a.b.c`; `None` for any other expression. A paginator can set the value
    /// at such a path.
    pub fn simple_path(&self) -> Option<Vec<&str>> {
        match &self.tree.nodes[self.tree.root as usize] {
            Node::Path(steps) => steps.iter().map(|id| self.field(*id)).collect(),
            _ => self.field(self.tree.root).map(|name| vec![name]),
        }
    }

    fn field(&self, id: Id) -> Option<&str> {
        match &self.tree.nodes[id as usize] {
            Node::Field(name) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{Map, parse_json};
    use proptest::prelude::*;

    #[test]
    fn which_expressions_map_a_list() {
        for (text, path) in [
            ("a[]", Some(vec!["a"])),
            ("a.b[*].c.d", Some(vec!["a", "b"])),
            ("a[?b == `1`].{c: c}[]", Some(vec!["a"])),
            ("a[].b[].c[?d]", Some(vec!["a"])),
            ("a[0]", None),
            ("a[:2]", None),
            ("a[].b | [0]", None),
            ("length(a[])", None),
            ("a", None),
            ("a.*", None),
            ("[].a", None),
            ("a[0][]", None),
            ("a.b.c[].d[]", Some(vec!["a", "b", "c"])),
            ("(a[].b).c", None),
            ("a.*.b[]", None),
        ] {
            assert_eq!(compile(text).expect("an expression").mapped_list(), path, "{text}");
        }
    }

    proptest! {
        #[test]
        fn mapping_parts_gives_parts(
            text in prop::sample::select(vec![
                "a[]", "a[*]", "a[].b", "a[*].b", "a[?b]", "a[?b].[b, c]", "a[].b[]", "a[*].b[*]", "a[].{x: b, y: c}",
                "a[?c == `1`].b[].c", "a[][]", "a[].b[0]", "a[*].*",
            ]),
            elements in prop::collection::vec(prop::sample::select(vec![
                "null", "1", "[]", "[1,[2],null]", "{}", r#"{"b":1,"c":1}"#, r#"{"b":[{"c":2},{"c":null},3],"c":1}"#,
                r#"[{"b":1},{"b":[4,[5]]}]"#, r#"{"b":{"c":1}}"#,
            ]), 0..6),
        ) {
            let expression = compile(text).expect("an expression");
            prop_assert_eq!(expression.mapped_list(), Some(vec!["a"]));
            let nested = compile(&format!("m.{text}")).expect("an expression");
            prop_assert_eq!(nested.mapped_list(), Some(vec!["m", "a"]));
            let on = |elements: &[&str]| {
                let list = elements.iter().map(|e| parse_json(e).expect("JSON")).collect::<Vec<_>>();
                let root: Map = [("a", Value::List(list))].into_iter().collect();
                let root = Value::Map(root);
                let result = expression.search(&root).expect("a result");
                let mut seen = Vec::new();
                expression.search_each(&root, |part| seen.push(part.clone())).expect("a result");
                assert_eq!(result, Value::List(seen));
                let outer: Map = [("m", root)].into_iter().collect();
                assert_eq!(nested.search(&Value::Map(outer)).expect("a result"), result);
                result
            };
            let mut parts = Vec::new();
            for element in &elements {
                match on(&[element]) {
                    Value::List(part) => parts.extend(part),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert_eq!(on(&elements), Value::List(parts));
        }
    }
}
