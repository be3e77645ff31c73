//! JSON bodies read by their shape, straight from the text.

use crate::failure::{Mismatch, ParseFailure};
use crate::json_reader::{JsonFault, JsonKind, JsonReader};
use crate::nodes::{Child, MapNode, MemberNode, Node, Nodes, Structure, unknown_union_member};
use crate::reply::{ListTaker, Lists, ParseOptions, Reply};
use crate::{MAX_DEPTH, scalar, timestamp};
use oxaws_model::{Shape, ShapeKind};
use oxaws_value::{Map, Value};
use std::borrow::Cow;

/// Why reading by shape ends.
enum Fault {
    Json(JsonFault),
    Type { place: &'static str, wanted: &'static str, found: &'static str },
    Value(ParseFailure),
}

impl From<JsonFault> for Fault {
    fn from(fault: JsonFault) -> Fault {
        Fault::Json(fault)
    }
}

impl From<ParseFailure> for Fault {
    fn from(failure: ParseFailure) -> Fault {
        Fault::Value(failure)
    }
}

impl Fault {
    fn into_failure(self, reply: &Reply) -> ParseFailure {
        match self {
            Fault::Json(JsonFault::TooDeep) => ParseFailure::TooDeep,
            Fault::Json(JsonFault::Surrogate { code, position }) => ParseFailure::Surrogate { code, position },
            Fault::Json(JsonFault::Syntax(_)) if reply.is_html() => reply.mismatch(Mismatch::Html),
            Fault::Json(JsonFault::Syntax(position)) => reply.mismatch(Mismatch::Json { position }),
            Fault::Type { place, wanted, found } => {
                reply.mismatch(Mismatch::Type { place: place.to_owned(), wanted, found })
            }
            Fault::Value(failure) => failure,
        }
    }
}

/// The structure that a JSON body holds; an empty body counts as `{}`. `strict` is the typing of `rest-json`, which
/// converts numbers and booleans by their shape; `json` passes on what came. The elements of `lists` go to their taker.
pub(crate) fn body(
    shape: Shape,
    strict: bool,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
    lists: Option<Lists>,
) -> Result<Map, ParseFailure> {
    match read(shape, strict, reply, o, nodes, lists)? {
        Value::Map(map) => Ok(map),
        other => Err(reply.mismatch(Mismatch::Type {
            place: shape.name().to_owned(),
            wanted: "structure",
            found: if other.is_null() { "NoneType" } else { "document" },
        })),
    }
}

/// The value that a JSON body holds, by any shape.
pub(crate) fn payload(
    shape: Shape,
    strict: bool,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
) -> Result<Value, ParseFailure> {
    read(shape, strict, reply, o, nodes, None)
}

fn read(
    shape: Shape,
    strict: bool,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
    lists: Option<Lists>,
) -> Result<Value, ParseFailure> {
    let text = std::str::from_utf8(reply.body).map_err(|e| ParseFailure::not_utf8(reply.body, e))?;
    let text = if text.is_empty() { "{}" } else { text };
    let apart = lists.map(|lists| Apart { lists, path: Vec::new() });
    let mut parser = Parser { reader: JsonReader::new(text), nodes, o, strict, depth: 0, apart };
    let read = |parser: &mut Parser| -> Result<Value, Fault> {
        let value = match shape.kind() {
            // An empty body has no items either.
            ShapeKind::List if reply.body.is_empty() => Value::List(Vec::new()),
            _ => {
                if parser.reader.kind()? == JsonKind::Null && !shape.document() {
                    return Err(Fault::Type { place: shape.name(), wanted: shape.kind().name(), found: "NoneType" });
                }
                let value = parser.value(&Child::new(shape))?;
                if !parser.reader.at_end() {
                    return Err(Fault::Value(reply.mismatch(Mismatch::ExtraData)));
                }
                value
            }
        };
        Ok(value)
    };
    read(&mut parser).map_err(|fault| fault.into_failure(reply))
}

struct Parser<'a, 'l> {
    reader: JsonReader<'a>,
    nodes: &'a Nodes,
    o: &'a ParseOptions<'a>,
    strict: bool,
    depth: usize,
    /// Set while on the way to a list that is read apart.
    apart: Option<Apart<'l>>,
}

/// The lists that are read apart, and the names that lead to where the parser is.
struct Apart<'a> {
    lists: Lists<'a>,
    path: Vec<&'static str>,
}

/// What a place is to the lists that are read apart.
enum Place {
    List(usize),
    OnTheWay,
    Elsewhere,
}

impl Apart<'_> {
    fn place(&self) -> Place {
        match self.lists.paths.iter().position(|p| *p == self.path) {
            Some(list) => Place::List(list),
            None if self.lists.paths.iter().any(|p| p.iter().zip(&self.path).all(|(a, b)| a == b)) => Place::OnTheWay,
            None => Place::Elsewhere,
        }
    }
}

impl Parser<'_, '_> {
    /// A value that isn't null.
    fn value(&mut self, child: &Child) -> Result<Value, Fault> {
        if child.document {
            return Ok(self.reader.any()?);
        }
        let kind = self.reader.kind()?;
        let wanted = match child.kind {
            ShapeKind::Structure | ShapeKind::Map => JsonKind::Map,
            ShapeKind::List => JsonKind::List,
            ShapeKind::String if kind == JsonKind::String => {
                return Ok(match self.reader.string()? {
                    Cow::Borrowed(text) => self.nodes.text(text),
                    Cow::Owned(text) => Value::String(text),
                });
            }
            scalar => return self.scalar(child, scalar, kind),
        };
        if kind != wanted {
            return Err(Fault::Type { place: child.shape.name(), wanted: child.kind.name(), found: kind.name() });
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::Json(JsonFault::TooDeep));
        }
        let node = self.nodes.get(child);
        let value = match &*node {
            Node::Structure(structure) => Value::Map(self.structure(structure)?),
            Node::List(element) => Value::List(self.list(element)?),
            Node::Map(map) => Value::Map(self.map(map)?),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn nullable(&mut self, child: &Child) -> Result<Value, Fault> {
        self.reader.kind()?;
        if self.reader.null() { Ok(Value::Null) } else { self.value(child) }
    }

    fn structure(&mut self, node: &Structure) -> Result<Map, Fault> {
        let mut slots = self.nodes.slots();
        let mut before = None;
        // For unions: the first key, and how many members are set.
        let (mut first_key, mut set, mut known) = (None, 0, false);
        let mut more = self.reader.open(b'}');
        while more {
            let expected = node.expected(before);
            let (place, key) = match node.members.get(expected) {
                Some(member) if self.reader.take_key(member.wire) => (Some(expected), Cow::Borrowed(member.wire)),
                _ => {
                    let key = self.reader.key()?;
                    (node.find(expected, |m| m.wire == key), key)
                }
            };
            self.reader.kind()?;
            let null = self.reader.null();
            if node.union {
                let counts = !null && key != "__type";
                set += usize::from(counts);
                known |= counts && place.is_some();
                first_key.get_or_insert(key.into_owned());
            }
            if let Some(place) = place {
                node.met(before, place);
                before = Some(place);
            }
            match place {
                Some(place) if null => slots.unset(place),
                Some(place) => {
                    let member = &node.members[place];
                    let value = match self.apart {
                        Some(_) => self.member_apart(member)?,
                        None => self.value(&member.child)?,
                    };
                    slots.set(place, value);
                }
                None if null => {}
                None => self.reader.skip()?,
            }
            more = self.reader.more(b'}')?;
        }
        if node.union {
            if set != 1 {
                return Err(Fault::Value(ParseFailure::Union { shape: node.name }));
            }
            if !known {
                return Ok(unknown_union_member(&first_key.unwrap_or_default()));
            }
        }
        Ok(self.nodes.structure_map(slots, node))
    }

    /// The value of a member that may be or hold a list that is read apart.
    fn member_apart(&mut self, member: &MemberNode) -> Result<Value, Fault> {
        let Some(mut apart) = self.apart.take() else { return self.value(&member.child) };
        apart.path.push(member.name);
        let value = match (apart.place(), member.child.kind) {
            (Place::List(list), ShapeKind::List) if !member.child.document && self.reader.kind()? == JsonKind::List => {
                self.list_apart(&member.child, list, apart.lists.taker)?;
                Value::List(Vec::new())
            }
            (Place::OnTheWay, ShapeKind::Structure) => {
                self.apart = Some(apart);
                let value = self.value(&member.child)?;
                if let Some(apart) = &mut self.apart {
                    apart.path.pop();
                }
                return Ok(value);
            }
            _ => self.value(&member.child)?,
        };
        apart.path.pop();
        self.apart = Some(apart);
        Ok(value)
    }

    fn list_apart(&mut self, child: &Child, list: usize, taker: &mut dyn ListTaker) -> Result<(), Fault> {
        self.depth += 1;
        taker.begin(list);
        if let Node::List(element) = &*self.nodes.get(child) {
            let mut more = self.reader.open(b']');
            while more {
                let mut value = self.nullable(element)?;
                taker.element(list, &mut value);
                self.nodes.recycle(value);
                more = self.reader.more(b']')?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self, element: &Child) -> Result<Vec<Value>, Fault> {
        let old = self.nodes.old_list();
        let is_new = old.is_none();
        let mut items = old.unwrap_or_default();
        let mut more = self.reader.open(b']');
        while more {
            items.push(self.nullable(element)?);
            more = self.reader.more(b']')?;
        }
        if is_new {
            items.shrink_to_fit();
        }
        Ok(items)
    }

    fn map(&mut self, node: &MapNode) -> Result<Map, Fault> {
        let mut entries = self.nodes.entries();
        let mut more = self.reader.open(b'}');
        while more {
            let key = self.reader.key()?;
            let value = self.nullable(&node.value)?;
            entries.push((self.nodes.keys.key(key), value));
            more = self.reader.more(b'}')?;
        }
        Ok(self.nodes.entries_map(entries))
    }

    fn scalar(&mut self, child: &Child, wanted: ShapeKind, kind: JsonKind) -> Result<Value, Fault> {
        let value = match kind {
            JsonKind::String => Value::String(self.reader.string()?.into_owned()),
            JsonKind::Number => self.reader.number()?,
            JsonKind::Bool => Value::Bool(self.reader.boolean()?),
            JsonKind::Map | JsonKind::List => self.reader.any()?,
            JsonKind::Null => {
                self.reader.skip()?;
                Value::Null
            }
        };
        if wanted == ShapeKind::Timestamp {
            return Ok(timestamp::shown(value, self.o)?);
        }
        if !self.strict {
            return Ok(value);
        }
        let wrong = Fault::Type { place: child.shape.name(), wanted: wanted.name(), found: kind.name() };
        Ok(match (wanted, value) {
            (ShapeKind::Boolean, Value::Bool(b)) => Value::Bool(b),
            (ShapeKind::Boolean, Value::String(s)) => Value::Bool(s.eq_ignore_ascii_case("true")),
            (ShapeKind::Boolean, _) => Value::Bool(false),
            (ShapeKind::Integer | ShapeKind::Long, n @ (Value::Int(_) | Value::BigInt(_))) => n,
            (ShapeKind::Integer | ShapeKind::Long, Value::Bool(b)) => Value::Int(b.into()),
            (ShapeKind::Integer | ShapeKind::Long, Value::String(s)) => scalar::integer(&s)?,
            (ShapeKind::Integer | ShapeKind::Long, Value::Float(f)) if f.is_finite() => {
                scalar::integer(&format!("{:.0}", f.trunc()))?
            }
            (ShapeKind::Integer | ShapeKind::Long, _) => return Err(wrong),
            (ShapeKind::Float | ShapeKind::Double, f @ Value::Float(_)) => f,
            (ShapeKind::Float | ShapeKind::Double, Value::Bool(b)) => Value::Float(b.into()),
            (ShapeKind::Float | ShapeKind::Double, Value::String(s)) => scalar::float(&s)?,
            (ShapeKind::Float | ShapeKind::Double, n) => Value::Float(n.as_f64().ok_or(wrong)?),
            (_, value) => value,
        })
    }
}
