//! The tree of an expression. Nodes lie in one vector and name each other by number, so that no depth of nesting costs
//! stack when a tree is dropped.

use crate::functions::Function;
use oxaws_value::Value;

/// Which node.
pub(crate) type Id = u32;

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparator {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Comparator::Eq => "==",
            Comparator::Ne => "!=",
            Comparator::Lt => "<",
            Comparator::Le => "<=",
            Comparator::Gt => ">",
            Comparator::Ge => ">=",
        }
    }
}

/// One step of an expression.
#[derive(Debug)]
pub(crate) enum Node {
    /// The current value.
    Current,
    Field(Box<str>),
    Literal(Value),
    Index(i64),
    /// Start, end, step.
    Slice([Option<i64>; 3]),
    /// `a.b.c`: each step is applied to the result of the one before.
    Path(Vec<Id>),
    /// `a[0][1]`: likewise.
    IndexPath(Vec<Id>),
    Pipe(Id, Id),
    /// The second is applied to each item of the first.
    Projection(Id, Id),
    /// The second is applied to each member of the first.
    ValueProjection(Id, Id),
    Filter {
        base: Id,
        each: Id,
        condition: Id,
    },
    Flatten(Id),
    Compare(Comparator, Id, Id),
    Or(Id, Id),
    And(Id, Id),
    Not(Id),
    MultiList(Vec<Id>),
    MultiHash(Vec<(Box<str>, Id)>),
    /// The name is kept for functions that don't exist: that shows only when one is called.
    Call {
        name: Box<str>,
        function: Option<Function>,
        args: Vec<Id>,
    },
    Expref(Id),
}

/// A whole expression.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: Id,
}
