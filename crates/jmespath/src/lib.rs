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

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of a plain dotted path such as `a.b.c`; `None` for any other expression. A paginator can set the value
    /// at such a path.
    pub fn simple_path(&self) -> Option<Vec<&str>> {
        let field = |id: Id| match &self.tree.nodes[id as usize] {
            Node::Field(name) => Some(&**name),
            _ => None,
        };
        match &self.tree.nodes[self.tree.root as usize] {
            Node::Path(steps) => steps.iter().map(|id| field(*id)).collect(),
            _ => field(self.tree.root).map(|name| vec![name]),
        }
    }
}
