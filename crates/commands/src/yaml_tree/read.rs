//! From text to nodes, as the AWS CLI's reader (ruamel, safe, YAML 1.2) understands it.

use super::Node;
use oxaws_value::{MAX_DEPTH, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::HashMap;

/// How many nodes a document may have once its aliases are written out.
const MAX_NODES: usize = 1_000_000;
/// What a plain scalar that may be something other than text begins with.
const TYPED: &[char] = &['-', '+', '.', '~', 'n', 'N', 't', 'T', 'f', 'F', '='];

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
}

/// Reads a text of at most one document; without one the node is [`Node::Null`].
///
/// # Errors
/// Why it isn't YAML, or can't be used.
pub fn read(text: &str, dialect: Dialect) -> Result<Node, String> {
    let mut builder = Builder { dialect, open: Vec::new(), anchors: HashMap::new(), total: 0, root: None };
    let mut documents = 0;
    let end = text.chars().count();
    for event in Parser::new_from_str(text) {
        let (mut event, span) = event.map_err(|e| e.to_string())?;
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err("expected a single document in the stream\nbut found another document".into());
            }
        }
        if let Event::Scalar(scalar, ScalarStyle::Literal | ScalarStyle::Folded, ..) = &mut event
            && span.end.col() >= span.start.col().max(1)
            && span.end.index() >= end
            && let Some(shorter) = scalar.strip_suffix('\n')
        {
            // The parser ends a last line that has no end; the AWS CLI's reader doesn't.
            *scalar = shorter.to_owned().into();
        }
        builder.event(event)?;
    }
    Ok(builder.root.unwrap_or(Node::Null))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    List,
    Map,
    Set,
}

struct Open {
    kind: Kind,
    /// The function that the collection is the argument of.
    function: Option<String>,
    anchor: usize,
    items: Vec<Node>,
    entries: Vec<(Node, Node)>,
    merged: Vec<(Node, Node)>,
    key: Option<Node>,
    /// The key is `<<`.
    merging: bool,
}

struct Builder {
    dialect: Dialect,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    total: usize,
    root: Option<Node>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.grow(1)?;
                let node = self.scalar(&text, style, tag.as_deref())?;
                let merge = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                self.finished(node, anchor, merge)
            }
            Event::Alias(anchor) => {
                let (_, size) = self.anchors.get(&anchor).ok_or("found undefined alias")?;
                self.grow(*size)?;
                let (node, _) = self.anchors.get(&anchor).cloned().ok_or("found undefined alias")?;
                self.finished(node, 0, false)
            }
            Event::SequenceStart(anchor, tag) => {
                let (kind, function) = self.collection(Kind::List, tag.as_deref())?;
                self.start(kind, function, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                let (kind, function) = self.collection(Kind::Map, tag.as_deref())?;
                self.start(kind, function, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().ok_or("unexpected end of a collection")?;
                let anchor = open.anchor;
                let node = open.close(self.dialect.repeated_keys)?;
                self.finished(node, anchor, false)
            }
            _ => Ok(()),
        }
    }

    fn grow(&mut self, nodes: usize) -> Result<(), String> {
        self.total += nodes;
        if self.total > MAX_NODES { Err("too large once its aliases are expanded".into()) } else { Ok(()) }
    }

    fn start(&mut self, kind: Kind, function: Option<String>, anchor: usize) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err("nested too deeply".into());
        }
        self.grow(1)?;
        self.open.push(Open {
            kind,
            function,
            anchor,
            items: Vec::new(),
            entries: Vec::new(),
            merged: Vec::new(),
            key: None,
            merging: false,
        });
        Ok(())
    }

    fn finished(&mut self, node: Node, anchor: usize, merge: bool) -> Result<(), String> {
        if anchor != 0 {
            let size = count(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        if open.kind == Kind::List {
            open.items.push(node);
            return Ok(());
        }
        match open.key.take() {
            None => {
                if matches!(node, Node::List(_) | Node::Map(_) | Node::Set(_)) {
                    return Err("found unhashable key".into());
                }
                open.merging = merge;
                open.key = Some(node);
            }
            Some(_) if open.merging => {
                open.merging = false;
                merge_into(&mut open.merged, node)?;
            }
            Some(key) => open.entries.push((key, node)),
        }
        Ok(())
    }

    fn collection(&self, usual: Kind, tag: Option<&Tag>) -> Result<(Kind, Option<String>), String> {
        let Some(tag) = tag else { return Ok((usual, None)) };
        match (usual, full_name(tag).as_str()) {
            (_, "!") | (Kind::List, "tag:yaml.org,2002:seq") | (Kind::Map, "tag:yaml.org,2002:map") => {
                Ok((usual, None))
            }
            (Kind::Map, "tag:yaml.org,2002:set") => Ok((Kind::Set, None)),
            (_, name) => match self.function(name) {
                Some(function) => Ok((usual, Some(function))),
                None => Err(unknown_tag(name)),
            },
        }
    }

    /// The function that a tag is short for: `!Ref` and `!Condition` stand for themselves, the others for `Fn::…`.
    fn function(&self, tag: &str) -> Option<String> {
        let name = tag.strip_prefix('!').filter(|_| self.dialect.intrinsics)?;
        Some(if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") })
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Node, String> {
        let Some(tag) = tag else {
            return Ok(if style == ScalarStyle::Plain { self.plain(text) } else { Node::text(text) });
        };
        let name = full_name(tag);
        Ok(match name.as_str() {
            "!" | "tag:yaml.org,2002:str" => Node::text(text),
            "tag:yaml.org,2002:binary" => {
                let compact: String = text.split_whitespace().collect();
                Node::Binary(
                    oxaws_input::blob::decode(&compact).map_err(|e| format!("failed to decode base64 data: {e}"))?,
                )
            }
            "tag:yaml.org,2002:int"
            | "tag:yaml.org,2002:null"
            | "tag:yaml.org,2002:bool"
            | "tag:yaml.org,2002:timestamp" => self.plain(text),
            "tag:yaml.org,2002:float" => match self.plain(text) {
                Node::Int(digits) => Node::Float(digits.parse().unwrap_or(f64::NAN), digits),
                other => other,
            },
            name => {
                let function = self.function(name).ok_or_else(|| unknown_tag(name))?;
                let argument = match (function.as_str(), text.split_once('.')) {
                    ("Fn::GetAtt", Some((resource, attribute))) => {
                        Node::List(vec![Node::text(resource), Node::text(attribute)])
                    }
                    ("Fn::GetAtt", None) => Node::List(vec![Node::text(text)]),
                    // A tagged scalar is text, whatever it looks like.
                    _ => Node::text(text),
                };
                Node::Map(vec![(Node::Text(function), argument)])
            }
        })
    }

    fn plain(&self, text: &str) -> Node {
        if self.dialect.yes_no
            && let Some(truth) = old_truth(text)
        {
            return Node::Bool(truth);
        }
        if text.is_empty() {
            return Node::Null;
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || TYPED.contains(&c)) {
            return Node::text(text);
        }
        match oxaws_input::yaml::parse(text) {
            Ok(Value::Null) => Node::Null,
            Ok(Value::Bool(b)) => Node::Bool(b),
            Ok(Value::Int(n)) => Node::Int(n.to_string()),
            Ok(Value::BigInt(digits)) => Node::Int(digits.to_string()),
            Ok(Value::Float(f)) => Node::Float(f, text.to_owned()),
            Ok(Value::String(same))
                if same == text && text.starts_with(|c: char| c.is_ascii_digit()) && super::write::is_typed(text) =>
            {
                Node::Date(same)
            }
            _ => Node::text(text),
        }
    }
}

impl Open {
    fn close(self, repeated_keys: bool) -> Result<Node, String> {
        let node = match self.kind {
            Kind::List => Node::List(self.items),
            Kind::Set => Node::Set(self.entries.into_iter().map(|(k, _)| k).collect()),
            Kind::Map => {
                // Merged entries come first, and are replaced in place; with them, repeated keys are let pass.
                let unique = self.merged.is_empty() && !repeated_keys;
                let mut map: Vec<(Node, Node)> = self.merged;
                let mut places: HashMap<String, usize> =
                    map.iter().enumerate().map(|(at, (k, _))| (format!("{k:?}"), at)).collect();
                for (key, value) in self.entries {
                    match places.get(&format!("{key:?}")) {
                        Some(_) if unique => {
                            return Err(format!("found duplicate key \"{}\"", key.as_text().unwrap_or_default()));
                        }
                        Some(at) => map[*at].1 = value,
                        None => {
                            places.insert(format!("{key:?}"), map.len());
                            map.push((key, value));
                        }
                    }
                }
                Node::Map(map)
            }
        };
        Ok(match self.function {
            Some(function) => Node::Map(vec![(Node::Text(function), node)]),
            None => node,
        })
    }
}

fn count(node: &Node) -> usize {
    match node {
        Node::List(items) | Node::Set(items) => 1 + items.iter().map(count).sum::<usize>(),
        Node::Map(entries) => 1 + entries.iter().map(|(k, v)| count(k) + count(v)).sum::<usize>(),
        _ => 1,
    }
}

fn merge_into(merged: &mut Vec<(Node, Node)>, node: Node) -> Result<(), String> {
    let maps = match node {
        Node::Map(entries) => vec![entries],
        Node::List(items) => {
            let map = |item| match item {
                Node::Map(entries) => Ok(entries),
                _ => Err("expected a mapping for merging".to_owned()),
            };
            items.into_iter().rev().map(map).collect::<Result<_, _>>()?
        }
        _ => return Err("expected a mapping or list of mappings for merging".into()),
    };
    for (key, value) in maps.into_iter().flatten() {
        match merged.iter_mut().find(|(k, _)| *k == key) {
            Some(there) => there.1 = value,
            None => merged.push((key, value)),
        }
    }
    Ok(())
}

/// YAML 1.1's truths.
pub(super) fn old_truth(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn unknown_tag(tag: &str) -> String {
    format!("could not determine a constructor for the tag '{tag}'")
}
