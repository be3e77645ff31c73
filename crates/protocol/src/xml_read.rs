//! XML bodies read by their shape, straight from the tokens.

use crate::failure::{Mismatch, ParseFailure, XmlFault};
use crate::nodes::{Child, MapNode, Node, Nodes, Structure, unknown_union_member};
use crate::reply::{ParseOptions, Reply};
use crate::xml_reader::{Tag, XmlReader};
use crate::{MAX_DEPTH, scalar, timestamp, xml_fault};
use oxaws_model::{Operation, Protocol, Shape, ShapeKind};
use oxaws_value::{Map, Value};

/// Why reading by shape ends.
pub(crate) enum Fault {
    Xml(XmlFault),
    Value(ParseFailure),
}

impl From<XmlFault> for Fault {
    fn from(fault: XmlFault) -> Fault {
        Fault::Xml(fault)
    }
}

impl From<ParseFailure> for Fault {
    fn from(failure: ParseFailure) -> Fault {
        Fault::Value(failure)
    }
}

impl Fault {
    pub(crate) fn into_failure(self, reply: &Reply) -> ParseFailure {
        match self {
            Fault::Xml(fault) => ParseFailure::Xml { fault, body: reply.body.to_vec() },
            // The AWS CLI reads the whole text before it looks for values in it.
            Fault::Value(failure) => match std::str::from_utf8(reply.body).ok().and_then(xml_fault::find) {
                Some(fault) if !reply.body.is_empty() => ParseFailure::Xml { fault, body: reply.body.to_vec() },
                _ => failure,
            },
        }
    }
}

/// The body as text. Bytes that aren't UTF-8 are a fault of the XML, as expat has it.
pub(crate) fn body_text<'a>(reply: &Reply<'a>) -> Result<&'a str, ParseFailure> {
    std::str::from_utf8(reply.body).map_err(|e| {
        let valid = String::from_utf8_lossy(&reply.body[..e.valid_up_to()]);
        ParseFailure::Xml { fault: xml_fault::find_before_bad_bytes(&valid), body: reply.body.to_vec() }
    })
}

/// The result of a `query` or `ec2` reply, and the request id it carries.
pub(crate) fn query_reply(
    op: Operation,
    output: Option<Shape>,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
) -> Result<(Map, Option<String>), ParseFailure> {
    let mut parser = Parser::new(body_text(reply)?, o, nodes);
    parser.request_id_names = match op.service().protocol() {
        Protocol::Ec2 => RequestIdIn::Root,
        _ => RequestIdIn::Metadata,
    };
    let read = |parser: &mut Parser| -> Result<Map, Fault> {
        let root = parser.reader.root()?;
        if root.name().eq_ignore_ascii_case("html") {
            return Err(Fault::Value(reply.mismatch(Mismatch::Html)));
        }
        let map = match (output, op.result_wrapper()) {
            (None, _) => {
                while let Some(tag) = parser.reader.child()? {
                    parser.other(&tag)?;
                }
                Map::new()
            }
            (Some(shape), None) => parser.structure(&Child::new(shape), &root)?,
            (Some(shape), Some(wrapper)) => {
                let mut result = None;
                while let Some(tag) = parser.reader.child()? {
                    if result.is_none() && tag.name() == wrapper {
                        parser.depth += 1;
                        result = Some(parser.structure(&Child::new(shape), &tag)?);
                        parser.depth -= 1;
                    } else {
                        parser.other(&tag)?;
                    }
                }
                result.ok_or_else(|| reply.mismatch(Mismatch::Wrapper(wrapper)))?
            }
        };
        parser.reader.finish()?;
        Ok(map)
    };
    let map = read(&mut parser).map_err(|fault| fault.into_failure(reply))?;
    Ok((map, parser.request_id))
}

/// The value whose element is the root of a `rest-xml` body; an empty body counts as an empty element.
pub(crate) fn payload(shape: Shape, reply: &Reply, o: &ParseOptions, nodes: &Nodes) -> Result<Value, ParseFailure> {
    let text = if reply.body.is_empty() { "<_/>" } else { body_text(reply)? };
    let mut parser = Parser::new(text, o, nodes);
    let read = |parser: &mut Parser| -> Result<Value, Fault> {
        let root = parser.reader.root()?;
        if root.name().eq_ignore_ascii_case("html") {
            return Err(Fault::Value(reply.mismatch(Mismatch::Html)));
        }
        let value = parser.value(&Child::new(shape), &root)?;
        parser.reader.finish()?;
        Ok(value)
    };
    read(&mut parser).map_err(|fault| fault.into_failure(reply))
}

/// The members of an error structure. Where they stand depends on the protocol.
pub(crate) fn error_members(
    protocol: Protocol,
    shape: Shape,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
) -> Result<Map, ParseFailure> {
    // Where the error's element is: under these names from the root; else the root itself.
    let path: &[&str] = match protocol {
        Protocol::Ec2 => &["Errors", "Error"],
        _ => &["Error"],
    };
    let text = if reply.body.is_empty() { "<_/>" } else { body_text(reply)? };
    let read = |path: &[&str]| -> Result<Option<Map>, Fault> {
        let mut parser = Parser::new(text, o, nodes);
        let mut tag = parser.reader.root()?;
        if protocol != Protocol::Ec2 && !path.is_empty() && tag.name() != "ErrorResponse" {
            return Ok(None);
        }
        for name in path {
            tag = loop {
                match parser.reader.child()? {
                    None => return Ok(None),
                    Some(tag) if tag.name() == *name => break tag,
                    Some(_) => parser.reader.skip()?,
                }
            };
        }
        parser.structure(&Child::new(shape), &tag).map(Some)
    };
    let found = match read(path) {
        Ok(None) => read(&[]),
        other => other,
    };
    found.map(Option::unwrap_or_default).map_err(|fault| fault.into_failure(reply))
}

/// Where the body carries the request's id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RequestIdIn {
    Nowhere,
    /// `requestId`, a child of the root.
    Root,
    /// `RequestId` in `ResponseMetadata`.
    Metadata,
}

struct Parser<'a> {
    reader: XmlReader<'a>,
    nodes: &'a Nodes,
    o: &'a ParseOptions<'a>,
    depth: usize,
    request_id_names: RequestIdIn,
    request_id: Option<String>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, o: &'a ParseOptions<'a>, nodes: &'a Nodes) -> Parser<'a> {
        let reader = XmlReader::new(text);
        Parser { reader, nodes, o, depth: 0, request_id_names: RequestIdIn::Nowhere, request_id: None }
    }

    /// A child of the root that no member names: perhaps it tells the request's id.
    fn other(&mut self, tag: &Tag) -> Result<(), Fault> {
        match (self.request_id_names, tag.name()) {
            (RequestIdIn::Root, "requestId") => self.request_id = Some(self.reader.text()?),
            (RequestIdIn::Metadata, "ResponseMetadata") => {
                while let Some(tag) = self.reader.child()? {
                    if tag.name() == "RequestId" {
                        self.request_id = Some(self.reader.text()?);
                    } else {
                        self.reader.skip()?;
                    }
                }
            }
            _ => self.reader.skip()?,
        }
        Ok(())
    }

    /// The value of the element that was entered, which is left.
    fn value(&mut self, child: &Child, tag: &Tag) -> Result<Value, Fault> {
        let text = match child.kind {
            ShapeKind::Structure => return self.structure(child, tag).map(Value::Map),
            ShapeKind::List => {
                let node = self.enter(child)?;
                let mut items = Vec::new();
                if let Node::List(element) = &*node {
                    while let Some(tag) = self.reader.child()? {
                        items.push(self.value(element, &tag)?);
                    }
                }
                self.depth -= 1;
                items.shrink_to_fit();
                return Ok(Value::List(items));
            }
            ShapeKind::Map => {
                let node = self.enter(child)?;
                let mut map = Map::new();
                if let Node::Map(node) = &*node {
                    while self.reader.child()?.is_some() {
                        self.entry(node, &mut map)?;
                    }
                }
                self.depth -= 1;
                return Ok(Value::Map(map));
            }
            _ => self.reader.text()?,
        };
        Ok(match child.kind {
            ShapeKind::Boolean => Value::Bool(text == "true"),
            ShapeKind::Integer | ShapeKind::Long => scalar::integer(&text)?,
            ShapeKind::Float | ShapeKind::Double => scalar::float(&text)?,
            ShapeKind::Timestamp => timestamp::shown(Value::String(text), self.o)?,
            _ => Value::String(text),
        })
    }

    fn enter(&mut self, child: &Child) -> Result<std::rc::Rc<Node>, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::Value(ParseFailure::TooDeep));
        }
        Ok(self.nodes.get(child))
    }

    fn structure(&mut self, child: &Child, tag: &Tag) -> Result<Map, Fault> {
        let node = self.enter(child)?;
        let Node::Structure(structure) = &*node else {
            self.reader.skip()?;
            return Ok(Map::new());
        };
        let map = self.members(structure, tag)?;
        self.depth -= 1;
        Ok(map)
    }

    fn members(&mut self, node: &Structure, tag: &Tag) -> Result<Map, Fault> {
        let mut slots = self.nodes.slots();
        let mut before = None;
        let mut names: Vec<String> = Vec::new();
        while let Some(child) = self.reader.child()? {
            let name = child.name();
            if node.union && !names.iter().any(|n| n == name) {
                names.push(name.to_owned());
            }
            let Some(place) = node.find(node.expected(before), |m| m.xml == name && !m.elsewhere) else {
                if self.depth == 1 {
                    self.other(&child)?
                } else {
                    self.reader.skip()?
                }
                continue;
            };
            node.met(before, place);
            before = Some(place);
            let member = &node.members[place];
            match (member.child.kind, member.flattened) {
                (ShapeKind::List, true) => {
                    let list = self.enter(&member.child)?;
                    self.depth -= 1;
                    if let Node::List(element) = &*list {
                        let item = self.value(element, &child)?;
                        match slots.get_mut(place) {
                            Some(Value::List(items)) => items.push(item),
                            _ => slots.set(place, Value::List(vec![item])),
                        }
                    }
                }
                (ShapeKind::Map, true) => {
                    let map = self.enter(&member.child)?;
                    self.depth -= 1;
                    if slots.get_mut(place).is_none() {
                        slots.set(place, Value::Map(Map::new()));
                    }
                    if let (Node::Map(map), Some(Value::Map(entries))) = (&*map, slots.get_mut(place)) {
                        self.entry(map, entries)?;
                    }
                }
                // An element that repeats without being a flattened list: the first one counts.
                _ if slots.get_mut(place).is_some() => self.reader.skip()?,
                _ => {
                    let value = self.value(&member.child, &child)?;
                    slots.set(place, value);
                }
            }
        }
        for (place, member) in node.members.iter().enumerate() {
            if member.attribute
                && slots.get_mut(place).is_none()
                && let Some(text) = tag.attribute(member.wire)
            {
                slots.set(place, Value::String(text));
            }
        }
        if node.union {
            let [tag] = names.as_slice() else {
                return Err(Fault::Value(ParseFailure::Union { shape: node.name }));
            };
            if !node.members.iter().any(|m| m.wire == tag) {
                return Ok(unknown_union_member(tag));
            }
        }
        Ok(self.nodes.structure_map(slots, node))
    }

    /// The key and the value of the map entry that was entered, which is left.
    fn entry(&mut self, node: &MapNode, map: &mut Map) -> Result<(), Fault> {
        let (mut key, mut value) = (None, None);
        while let Some(tag) = self.reader.child()? {
            if tag.name() == node.key_name {
                key = Some(self.reader.text()?);
            } else if tag.name() == node.value_name {
                value = Some(self.value(&node.value, &tag)?);
            } else {
                return Err(Fault::Value(ParseFailure::UnknownTag(tag.name().to_owned())));
            }
        }
        if let Some(key) = key {
            map.insert(self.nodes.keys.key(key.into()), value.unwrap_or_default());
        }
        Ok(())
    }
}
