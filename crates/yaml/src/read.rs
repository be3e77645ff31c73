//! From text to nodes, as the AWS CLI's reader (ruamel, safe, YAML 1.2) understands it: its implicit types, anchors, merge
//! keys and limits.

mod scalar;

use crate::Node;
use oxaws_value::MAX_DEPTH;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// How many values a document may have once its aliases are written out.
const MAX_NODES: usize = 1_000_000;
/// How many bytes of text.
const MAX_TEXT: usize = 256 << 20;

/// What a document may hold beside plain YAML 1.2.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dialect {
    /// `!Tag` is short for the CloudFormation function `{Fn::Tag: …}`.
    pub intrinsics: bool,
    /// `yes`, `no`, `on` and `off` are truths (YAML 1.1).
    pub yes_no: bool,
    /// A repeated key is no error: the last value counts, at the place of the first. The AWS CLI's readers of templates and
    /// of kubeconfig files build their maps from pairs, and so never compare the keys.
    pub repeated_keys: bool,
    /// A list may be a map's key: Python makes it a tuple.
    pub tuple_keys: bool,
}

/// Why a text isn't usable YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlError {
    /// It isn't YAML, or breaks a rule of the AWS CLI's reader (a repeated key, a second document, an unknown tag). Holds
    /// why, for the log: the AWS CLI only says `Invalid YAML received.`.
    Invalid(String),
    /// Python refuses a value, with these words, which the AWS CLI lets through (exit code 255).
    Python(String),
    /// It is nested too deeply.
    TooDeep,
    /// Its aliases make it too large.
    TooLarge,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            YamlError::Invalid(why) | YamlError::Python(why) => f.write_str(why),
            YamlError::TooDeep => f.write_str("nested too deeply"),
            YamlError::TooLarge => f.write_str("too large once its aliases are expanded"),
        }
    }
}

impl std::error::Error for YamlError {}

fn invalid(why: impl Into<String>) -> YamlError {
    YamlError::Invalid(why.into())
}

/// Reads a text of at most one document; without one the node is [`Node::Null`].
///
/// # Errors
/// When it isn't YAML, holds more than one document, or is too deep or too large.
pub fn read(text: &str, dialect: Dialect) -> Result<Node, YamlError> {
    if let Some(c) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(invalid(format!("special characters are not allowed: {c:?}")));
    }
    let mut builder = Builder { dialect, ..Builder::default() };
    let mut documents = 0;
    let mut texts = Vec::new();
    let end = text.chars().count();
    for event in Parser::new_from_str(text) {
        let (mut event, span) = event.map_err(|e| invalid(e.to_string()))?;
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(invalid("expected a single document in the stream\nbut found another document"));
            }
        }
        if let Event::Scalar(scalar, style, ..) = &mut event {
            let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            // The parser ends a last line that has no end; the AWS CLI's reader doesn't.
            if block && span.end.col() >= span.start.col().max(1) && span.end.index() >= end {
                let shorter = scalar.strip_suffix('\n').map(str::to_owned);
                *scalar = shorter.map_or(std::mem::take(scalar), Cow::Owned);
            }
            if *style != ScalarStyle::Plain {
                texts.push(span.start.index()..span.end.index());
            }
        }
        builder.event(event)?;
    }
    if has_stray_tab(text, &texts) {
        return Err(invalid("found character '\\t' that cannot start any token"));
    }
    match builder.fault {
        Some((_, error)) => Err(error),
        None => Ok(builder.root),
    }
}

/// Whether a tab stands outside the given ranges (quoted texts and blocks, in characters) and outside comments: YAML lets
/// it separate words, but the AWS CLI's reader doesn't.
fn has_stray_tab(text: &str, texts: &[Range<usize>]) -> bool {
    if !text.contains('\t') {
        return false;
    }
    let (mut in_comment, mut before) = (false, '\n');
    let mut texts = texts.iter().peekable();
    for (at, c) in text.chars().enumerate() {
        while texts.next_if(|range| range.end <= at).is_some() {}
        if texts.peek().is_some_and(|range| range.contains(&at)) {
            (in_comment, before) = (false, c);
            continue;
        }
        match c {
            '\n' | '\r' => in_comment = false,
            '#' if matches!(before, ' ' | '\n' | '\r') => in_comment = true,
            '\t' if !in_comment => return true,
            _ => {}
        }
        before = c;
    }
    false
}

/// The characters that a YAML stream may hold.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// A finished node, with how much there is of it.
#[derive(Clone)]
struct Finished {
    node: Node,
    role: Role,
    size: Size,
}

/// What a plain scalar is as the key of a map, or can't be elsewhere.
#[derive(Clone, Copy, PartialEq, Default)]
enum Role {
    #[default]
    Usual,
    /// `<<`: the value's entries are put into the map.
    Merge,
    /// `=`: text, but only as a key.
    Default,
}

#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    text: usize,
}

impl Size {
    fn add(&mut self, other: Size) {
        self.nodes += other.nodes;
        self.text += other.text;
    }
}

/// The collection that a tag asks for.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    List,
    Map,
    Set,
    /// `!!omap`: a list of maps with one entry each, which together make a map.
    OrderedMap,
}

impl Shape {
    fn has_keys(self) -> bool {
        matches!(self, Shape::Map | Shape::Set)
    }
}

/// An entry of a map.
type Pair = (Node, Node);

struct Open {
    shape: Shape,
    /// The function that the collection is the argument of.
    function: Option<String>,
    anchor: usize,
    items: Vec<Node>,
    own: Vec<Pair>,
    merged: Option<Vec<Pair>>,
    /// A map's key whose value comes next.
    key: Option<(Node, Role)>,
    size: Size,
}

#[derive(Default)]
struct Builder {
    dialect: Dialect,
    open: Vec<Open>,
    anchors: HashMap<usize, Finished>,
    /// Everything built so far, aliases written out.
    total: Size,
    root: Node,
    /// The first fault that the AWS CLI's reader finds once all of the text is known to be YAML, and how deep it is. That
    /// reader makes values level by level.
    fault: Option<(usize, YamlError)>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let (node, role) = scalar::read(&text, style, tag.as_deref(), self.dialect)
                    .unwrap_or_else(|e| self.fault(e, Default::default()));
                let finished = Finished { node, role, size: Size { nodes: 1, text: text.len() } };
                self.grow(finished.size)?;
                self.finished(finished, anchor);
                Ok(())
            }
            Event::Alias(anchor) => {
                let undefined = || invalid("found undefined alias");
                // Before it is copied.
                let size = self.anchors.get(&anchor).ok_or_else(undefined)?.size;
                self.grow(size)?;
                let finished = self.anchors.get(&anchor).cloned().ok_or_else(undefined)?;
                self.finished(finished, 0);
                Ok(())
            }
            Event::SequenceStart(anchor, tag) => self.start(Shape::List, tag.as_deref(), anchor),
            Event::MappingStart(anchor, tag) => self.start(Shape::Map, tag.as_deref(), anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().ok_or_else(|| invalid("unexpected end of a collection"))?;
                let (anchor, size) = (open.anchor, open.size);
                let node = match open.close(self.dialect) {
                    Ok(made) => made,
                    // It was found among the entries.
                    Err(e) => self.fault_at(self.open.len() + 1, e, Node::Null),
                };
                self.finished(Finished { node, role: Role::Usual, size }, anchor);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes what is wrong, and goes on with something else.
    fn fault<T>(&mut self, error: YamlError, instead: T) -> T {
        self.fault_at(self.open.len(), error, instead)
    }

    fn fault_at<T>(&mut self, depth: usize, error: YamlError, instead: T) -> T {
        if self.fault.as_ref().is_none_or(|(first, _)| depth < *first) {
            self.fault = Some((depth, error));
        }
        instead
    }

    fn grow(&mut self, size: Size) -> Result<(), YamlError> {
        self.total.add(size);
        if self.total.nodes > MAX_NODES || self.total.text > MAX_TEXT { Err(YamlError::TooLarge) } else { Ok(()) }
    }

    fn start(&mut self, usual: Shape, tag: Option<&Tag>, anchor: usize) -> Result<(), YamlError> {
        let mut function = None;
        let shape = match (usual, tag.map(full_name).as_deref()) {
            (_, None | Some("!"))
            | (Shape::List, Some("tag:yaml.org,2002:seq"))
            | (Shape::Map, Some("tag:yaml.org,2002:map")) => usual,
            (Shape::List, Some("tag:yaml.org,2002:omap")) => Shape::OrderedMap,
            (Shape::Map, Some("tag:yaml.org,2002:set")) => Shape::Set,
            (_, Some(tag)) => {
                function = self.dialect.function(tag);
                if function.is_some() { usual } else { self.fault(unknown_tag(tag), usual) }
            }
        };
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError::TooDeep);
        }
        let size = Size { nodes: 1, text: 0 };
        self.grow(size)?;
        let (items, own) = (Vec::new(), Vec::new());
        self.open.push(Open { shape, function, anchor, items, own, merged: None, key: None, size });
        Ok(())
    }

    /// Puts a finished node in its place.
    fn finished(&mut self, finished: Finished, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, finished.clone());
        }
        let Finished { node, role, size } = finished;
        let Some(open) = self.open.last_mut() else {
            self.root = self.usual(node, role);
            return;
        };
        open.size.add(size);
        if open.shape.has_keys() && open.key.is_none() {
            let twice = role == Role::Merge && open.merged.is_some() && !self.dialect.repeated_keys;
            let fault =
                unhashable(&node, self.dialect).or_else(|| twice.then(|| invalid("found duplicate key \"<<\"")));
            open.key = Some((node, role));
            if let Some(fault) = fault {
                self.fault(fault, ());
            }
            return;
        }
        let key = open.key.take();
        let node = self.usual(node, role);
        let pairs = match key {
            Some((_, Role::Merge)) => Some(merge_entries(node.clone()).unwrap_or_else(|e| self.fault(e, Vec::new()))),
            _ => None,
        };
        let Some(open) = self.open.last_mut() else { return };
        match (key, pairs) {
            (_, Some(pairs)) => open.merged.get_or_insert_default().extend(pairs),
            (Some((key, _)), None) => open.own.push((key, node)),
            (None, None) => open.items.push(node),
        }
    }

    /// A node that is a value.
    fn usual(&mut self, node: Node, role: Role) -> Node {
        if role != Role::Usual {
            self.fault(invalid("`<<` and `=` are no values"), ());
        }
        node
    }
}

impl Dialect {
    /// The function that a tag is short for: `!Ref` and `!Condition` stand for themselves, the others for `Fn::…`.
    fn function(self, tag: &str) -> Option<String> {
        let name = tag.strip_prefix('!').filter(|_| self.intrinsics)?;
        Some(if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") })
    }
}

impl Open {
    fn close(self, dialect: Dialect) -> Result<Node, YamlError> {
        let node = match self.shape {
            Shape::List => Node::List(self.items),
            Shape::Set => Node::Set(self.own.into_iter().map(|(key, _)| key).collect()),
            Shape::OrderedMap => single_entries(self.items)?,
            Shape::Map => {
                // Merged entries come first, and are replaced in place; with them, repeated keys are let pass.
                let unique = self.merged.is_none() && !dialect.repeated_keys;
                map_of(self.merged.into_iter().flatten().chain(self.own), unique)?
            }
        };
        Ok(match self.function {
            Some(function) => Node::Map(vec![(Node::Text(function), node)]),
            None => node,
        })
    }
}

/// The map of some entries, of which later ones replace earlier ones, or may not be where keys are `unique`.
fn map_of(pairs: impl Iterator<Item = Pair>, unique: bool) -> Result<Node, YamlError> {
    let mut map: Vec<Pair> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, value) in pairs {
        let place = *places.entry(identity(&key)).or_insert(map.len());
        match map.get_mut(place) {
            Some(_) if unique => return Err(invalid(format!("found duplicate key \"{}\"", key.shown()))),
            Some(there) => there.1 = value,
            None => map.push((key, value)),
        }
    }
    Ok(Node::Map(map))
}

/// What Python compares of keys: whole floats and truths are equal to integers.
fn identity(key: &Node) -> String {
    match key {
        Node::Text(text) => format!("s{text}"),
        Node::Bool(truth) => if *truth { "o1" } else { "o0" }.into(),
        Node::Float(..) => format!("o{}", key.shown().trim_end_matches(".0")),
        other => format!("o{}", other.shown()),
    }
}

/// Why a node can't be a map's key, if it can't.
fn unhashable(key: &Node, dialect: Dialect) -> Option<YamlError> {
    match key {
        Node::List(items) if dialect.tuple_keys => {
            let inner = items.iter().find(|item| matches!(item, Node::List(_) | Node::Map(_) | Node::Set(_)))?;
            Some(YamlError::Python(format!("unhashable type: '{}'", inner.python_type("dict"))))
        }
        Node::List(_) | Node::Map(_) | Node::Set(_) => Some(invalid("found unhashable key")),
        _ => None,
    }
}

/// The entries that `<<` brings: those of a map, or of the maps of a list, where the earlier ones win.
fn merge_entries(node: Node) -> Result<Vec<Pair>, YamlError> {
    match node {
        Node::Map(entries) => Ok(entries),
        Node::List(items) => {
            let mut all = Vec::new();
            for item in items.into_iter().rev() {
                match item {
                    Node::Map(entries) => all.extend(entries),
                    _ => return Err(invalid("expected a mapping for merging")),
                }
            }
            Ok(all)
        }
        _ => Err(invalid("expected a mapping or list of mappings for merging")),
    }
}

/// The map of an ordered map's list.
fn single_entries(items: Vec<Node>) -> Result<Node, YamlError> {
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Node::Map(mut entries) if entries.len() == 1 => all.append(&mut entries),
            _ => return Err(invalid("expected a mapping of length 1")),
        }
    }
    map_of(all.into_iter(), false)
}

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn unknown_tag(tag: &str) -> YamlError {
    invalid(format!("could not determine a constructor for the tag '{tag}'"))
}
