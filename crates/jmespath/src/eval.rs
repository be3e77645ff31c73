//! Applies a tree to a value.

use crate::ast::{Comparator, Id, Node, Tree};
use crate::error::RuntimeError;
use crate::item::{Item, ItemMap, List, View};
use std::borrow::Cow;
use std::rc::Rc;

/// Python's frames that are left for an evaluation under the AWS CLI; see the parser.
const MAX_FRAMES: usize = 972;

/// What a step gives.
pub(crate) type Outcome<'a> = Result<Item<'a>, RuntimeError>;

/// One application of an expression.
pub(crate) struct Evaluator<'a> {
    nodes: &'a [Node],
    frames: usize,
}

/// The result of `tree` on `value`.
pub(crate) fn run<'a>(tree: &'a Tree, on: Item<'a>) -> Outcome<'a> {
    Evaluator { nodes: &tree.nodes, frames: 0 }.eval(tree.root, &on)
}

impl<'a> Evaluator<'a> {
    fn eval(&mut self, id: Id, on: &Item<'a>) -> Outcome<'a> {
        match &self.nodes[id as usize] {
            Node::Current => Ok(on.clone()),
            Node::Field(name) => Ok(field(on, name)),
            Node::Literal(value) => Ok(Item::Ref(value)),
            Node::Index(i) => Ok(index(on, *i)),
            Node::Expref(inner) => Ok(Item::Expref(*inner)),
            node => self.nested(2, |me| me.compound(node, on)),
        }
    }

    /// Runs `step` where Python would be `frames` deeper in its stack.
    fn nested(&mut self, frames: usize, step: impl FnOnce(&mut Self) -> Outcome<'a>) -> Outcome<'a> {
        self.frames += frames;
        if self.frames > MAX_FRAMES {
            return Err(RuntimeError::TooDeep);
        }
        let outcome = step(self);
        self.frames -= frames;
        outcome
    }

    /// Applies what an expression reference refers to; `frames` as for [`Evaluator::nested`].
    pub(crate) fn apply(&mut self, expref: &Item<'a>, on: &Item<'a>, frames: usize) -> Outcome<'a> {
        match expref {
            Item::Expref(id) => self.nested(frames, |me| me.eval(*id, on)),
            _ => Ok(Item::Null),
        }
    }

    fn compound(&mut self, node: &'a Node, on: &Item<'a>) -> Outcome<'a> {
        match node {
            Node::Path(steps) | Node::IndexPath(steps) => self.path(steps, on),
            Node::Pipe(left, right) => {
                let left = self.eval(*left, on)?;
                self.eval(*right, &left)
            }
            Node::Projection(base, each) => self.projection(*base, *each, on),
            Node::ValueProjection(base, each) => self.value_projection(*base, *each, on),
            Node::Filter { base, each, condition } => self.filter(*base, *each, *condition, on),
            Node::Flatten(base) => self.flatten(*base, on),
            Node::Compare(comparator, left, right) => self.compare(*comparator, *left, *right, on),
            Node::Or(left, right) => {
                let left = self.eval(*left, on)?;
                if left.is_true() { Ok(left) } else { self.eval(*right, on) }
            }
            Node::And(left, right) => {
                let left = self.eval(*left, on)?;
                if left.is_true() { self.eval(*right, on) } else { Ok(left) }
            }
            Node::Not(inner) => Ok(Item::Bool(self.eval(*inner, on)?.negated())),
            Node::MultiList(items) => self.multi_list(items, on),
            Node::MultiHash(pairs) => self.multi_hash(pairs, on),
            Node::Call { name, function, args } => {
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    values.push(self.eval(*arg, on)?);
                }
                match function {
                    Some(function) => function.call(self, &values),
                    None => Err(RuntimeError::UnknownFunction { name: name.to_string() }),
                }
            }
            Node::Slice(parts) => slice(on, *parts),
            Node::Current | Node::Field(_) | Node::Literal(_) | Node::Index(_) | Node::Expref(_) => Ok(Item::Null),
        }
    }

    fn path(&mut self, steps: &'a [Id], on: &Item<'a>) -> Outcome<'a> {
        let Some((first, rest)) = steps.split_first() else { return Ok(on.clone()) };
        let mut result = self.eval(*first, on)?;
        for step in rest {
            result = self.eval(*step, &result)?;
        }
        Ok(result)
    }

    /// Adds what `each` gives for an element, unless that is null.
    fn collect(&mut self, each: Id, element: Item<'a>, found: &mut Vec<Item<'a>>) -> Result<(), RuntimeError> {
        let item = self.eval(each, &element)?;
        if !item.is_null() {
            found.push(item);
        }
        Ok(())
    }

    fn projection(&mut self, base: Id, each: Id, on: &Item<'a>) -> Outcome<'a> {
        let base = self.eval(base, on)?;
        let View::List(list) = base.view() else { return Ok(Item::Null) };
        let mut found = Vec::with_capacity(list.len());
        for element in list.iter() {
            self.collect(each, element, &mut found)?;
        }
        Ok(Item::list(found))
    }

    fn value_projection(&mut self, base: Id, each: Id, on: &Item<'a>) -> Outcome<'a> {
        let base = self.eval(base, on)?;
        let View::Map(map) = base.view() else { return Ok(Item::Null) };
        let mut found = Vec::with_capacity(map.len());
        for (_, element) in map.iter() {
            self.collect(each, element, &mut found)?;
        }
        Ok(Item::list(found))
    }

    fn filter(&mut self, base: Id, each: Id, condition: Id, on: &Item<'a>) -> Outcome<'a> {
        let base = self.eval(base, on)?;
        let View::List(list) = base.view() else { return Ok(Item::Null) };
        let mut found = Vec::new();
        for element in list.iter() {
            if self.eval(condition, &element)?.is_true() {
                self.collect(each, element, &mut found)?;
            }
        }
        Ok(Item::list(found))
    }

    fn flatten(&mut self, base: Id, on: &Item<'a>) -> Outcome<'a> {
        let base = self.eval(base, on)?;
        let View::List(list) = base.view() else { return Ok(Item::Null) };
        let mut flat = Vec::with_capacity(list.len());
        for element in list.iter() {
            match element.view() {
                View::List(inner) => flat.extend(inner.iter()),
                _ => flat.push(element),
            }
        }
        Ok(Item::list(flat))
    }

    fn compare(&mut self, comparator: Comparator, left: Id, right: Id, on: &Item<'a>) -> Outcome<'a> {
        let left = self.eval(left, on)?;
        let right = self.eval(right, on)?;
        match comparator {
            Comparator::Eq => return Ok(Item::Bool(left.equals(&right))),
            Comparator::Ne => return Ok(Item::Bool(!left.equals(&right))),
            _ => {}
        }
        let comparable = |item: &Item| matches!(item.view(), View::Number(_) | View::Str(_));
        if !comparable(&left) || !comparable(&right) {
            return Ok(Item::Null);
        }
        let order = left.compare(comparator.symbol(), &right)?;
        Ok(Item::Bool(order.is_some_and(|order| match comparator {
            Comparator::Lt => order.is_lt(),
            Comparator::Le => order.is_le(),
            Comparator::Gt => order.is_gt(),
            Comparator::Ge => order.is_ge(),
            Comparator::Eq | Comparator::Ne => false,
        })))
    }

    fn multi_list(&mut self, items: &'a [Id], on: &Item<'a>) -> Outcome<'a> {
        if on.is_null() {
            return Ok(Item::Null);
        }
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            list.push(self.eval(*item, on)?);
        }
        Ok(Item::list(list))
    }

    fn multi_hash(&mut self, pairs: &'a [(Box<str>, Id)], on: &Item<'a>) -> Outcome<'a> {
        if on.is_null() {
            return Ok(Item::Null);
        }
        let mut map = ItemMap::with_capacity(pairs.len());
        for (key, value) in pairs {
            let value = self.nested(2, |me| me.eval(*value, on))?;
            map.insert(Cow::Borrowed(&**key), value);
        }
        Ok(Item::Map(Rc::new(map)))
    }
}

fn field<'a>(on: &Item<'a>, name: &str) -> Item<'a> {
    match on.view() {
        View::Map(map) => map.get(name).unwrap_or(Item::Null),
        _ => Item::Null,
    }
}

fn index<'a>(on: &Item<'a>, i: i64) -> Item<'a> {
    let View::List(list) = on.view() else { return Item::Null };
    let from_end = if i < 0 { list.len() as i64 } else { 0 };
    usize::try_from(i.saturating_add(from_end)).ok().and_then(|i| list.get(i)).unwrap_or(Item::Null)
}

/// Python's slice of a list.
fn slice<'a>(on: &Item<'a>, [start, end, step]: [Option<i64>; 3]) -> Outcome<'a> {
    let View::List(list) = on.view() else { return Ok(Item::Null) };
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(RuntimeError::ZeroStep);
    }
    let len = list.len() as i64;
    // Where an index outside the list lies: before its first or behind its last element.
    let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |i: i64| if i < 0 { i.saturating_add(len).max(lowest) } else { i.min(highest) };
    let (first, last) = if step < 0 { (highest, lowest) } else { (lowest, highest) };
    let mut at = start.map_or(first, clamp);
    let end = end.map_or(last, clamp);
    let mut found = Vec::new();
    while if step < 0 { at > end } else { at < end } {
        found.extend(usize::try_from(at).ok().and_then(|i| List::get(list, i)));
        at = at.saturating_add(step);
    }
    Ok(Item::list(found))
}
