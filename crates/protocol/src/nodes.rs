//! Shapes prepared for reading: the names and kinds a reader needs for each member, looked up in the pack once.

use crate::keys::Keys;
use oxaws_model::{Member, Shape, ShapeKind};
use oxaws_value::{Key, Map, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// The shapes that one reply has met.
pub(crate) struct Nodes {
    arena: RefCell<Vec<Rc<Node>>>,
    by_shape: RefCell<HashMap<u32, u32>>,
    /// Vectors of finished structures and maps, for the next: replies have a million small ones, and each ends in a map
    /// of exactly its size.
    spare_slots: RefCell<Vec<Vec<(u32, Value)>>>,
    spare_entries: RefCell<Vec<Vec<(Key, Value)>>>,
    old: RefCell<Old>,
    pub(crate) keys: Keys,
}

/// A container shape.
pub(crate) enum Node {
    Structure(Structure),
    List(Child),
    Map(MapNode),
}

/// A structure.
pub(crate) struct Structure {
    pub(crate) name: &'static str,
    pub(crate) union: bool,
    pub(crate) members: Vec<MemberNode>,
    /// The member that came first when the structure was last met.
    first: Cell<usize>,
}

/// A map, with the names of its parts in XML.
pub(crate) struct MapNode {
    pub(crate) key_name: &'static str,
    pub(crate) value_name: &'static str,
    pub(crate) value: Child,
}

/// A member of a structure.
pub(crate) struct MemberNode {
    pub(crate) name: &'static str,
    /// `locationName` or the name.
    pub(crate) wire: &'static str,
    /// The element's name in XML: a flattened list goes by the name of its elements.
    pub(crate) xml: &'static str,
    /// Not in the body: in a header, the status code, or the header of an event. Locations that only requests know don't
    /// count.
    pub(crate) elsewhere: bool,
    pub(crate) attribute: bool,
    pub(crate) flattened: bool,
    pub(crate) child: Child,
    /// The member that came after this one when both were last met.
    next: Cell<usize>,
}

/// A reference to a shape, resolved when it is first met.
pub(crate) struct Child {
    pub(crate) shape: Shape,
    pub(crate) kind: ShapeKind,
    pub(crate) document: bool,
    node: Cell<u32>,
}

const UNRESOLVED: u32 = u32::MAX;

impl Child {
    pub(crate) fn new(shape: Shape) -> Child {
        Child { shape, kind: shape.kind(), document: shape.document(), node: Cell::new(UNRESOLVED) }
    }
}

impl Nodes {
    pub(crate) fn new() -> Nodes {
        Nodes {
            arena: RefCell::new(Vec::new()),
            by_shape: RefCell::new(HashMap::new()),
            spare_slots: RefCell::new(Vec::new()),
            spare_entries: RefCell::new(Vec::new()),
            old: RefCell::new(Old::default()),
            keys: Keys::new(),
        }
    }

    /// Room for the members of a structure.
    pub(crate) fn slots(&self) -> Slots {
        Slots { entries: self.spare_slots.borrow_mut().pop().unwrap_or_default(), sorted: true }
    }

    /// The map of what was read, in the model's order.
    pub(crate) fn structure_map(&self, mut slots: Slots, structure: &Structure) -> Map {
        if !slots.sorted {
            slots.entries.sort_by_key(|e| e.0);
        }
        let name = |place: u32| Key::Borrowed(structure.members[place as usize].name);
        let mut entries = self.room_for(slots.entries.len());
        entries.extend(slots.entries.drain(..).map(|(place, value)| (name(place), value)));
        self.spare_slots.borrow_mut().push(slots.entries);
        Map::from_distinct(entries)
    }

    /// Room for the entries of a map.
    pub(crate) fn entries(&self) -> Vec<(Key, Value)> {
        self.spare_entries.borrow_mut().pop().unwrap_or_default()
    }

    /// The map of these entries; a key that repeats keeps its last value.
    pub(crate) fn entries_map(&self, mut entries: Vec<(Key, Value)>) -> Map {
        let mut exact = self.room_for(entries.len());
        exact.append(&mut entries);
        self.spare_entries.borrow_mut().push(entries);
        Map::from_entries(exact)
    }

    fn room_for(&self, entries: usize) -> Vec<(Key, Value)> {
        self.old.borrow_mut().maps.pop().unwrap_or_else(|| Vec::with_capacity(entries))
    }

    /// Room for the elements of a list; else one of exactly its size is best.
    pub(crate) fn old_list(&self) -> Option<Vec<Value>> {
        self.old.borrow_mut().lists.pop()
    }

    /// A text.
    pub(crate) fn text(&self, text: &str) -> Value {
        match self.old.borrow_mut().texts.pop() {
            Some(mut old) => {
                old.push_str(text);
                Value::String(old)
            }
            None => Value::String(text.to_owned()),
        }
    }

    /// Takes a value that is no longer needed apart, for what is read next.
    pub(crate) fn recycle(&self, value: Value) {
        self.old.borrow_mut().take(value);
    }

    /// The container that a child refers to. For a scalar: a structure without members.
    pub(crate) fn get(&self, child: &Child) -> Rc<Node> {
        if child.node.get() == UNRESOLVED {
            let known = self.by_shape.borrow().get(&child.shape.index()).copied();
            let index = known.unwrap_or_else(|| {
                let mut arena = self.arena.borrow_mut();
                let index = arena.len() as u32;
                arena.push(Rc::new(Node::of(child.shape)));
                self.by_shape.borrow_mut().insert(child.shape.index(), index);
                index
            });
            child.node.set(index);
        }
        Rc::clone(&self.arena.borrow()[child.node.get() as usize])
    }
}

/// Parts of values that were handed on and are done with: the next element of their list mostly needs the same.
#[derive(Default)]
struct Old {
    texts: Vec<String>,
    maps: Vec<Vec<(Key, Value)>>,
    lists: Vec<Vec<Value>>,
}

impl Old {
    /// How many of each kind are kept.
    const MOST: usize = 1024;
    /// The longest text, in bytes.
    const LONGEST: usize = 512;
    /// The most entries or elements that there is room for.
    const LARGEST: usize = 64;

    fn take(&mut self, value: Value) {
        match value {
            Value::String(mut text) if text.capacity() <= Self::LONGEST && self.texts.len() < Self::MOST => {
                text.clear();
                self.texts.push(text);
            }
            Value::Map(map) => {
                let mut entries = map.into_entries();
                entries.drain(..).for_each(|(_, value)| self.take(value));
                if entries.capacity() <= Self::LARGEST && self.maps.len() < Self::MOST {
                    self.maps.push(entries);
                }
            }
            Value::List(mut items) => {
                items.drain(..).for_each(|value| self.take(value));
                if items.capacity() <= Self::LARGEST && self.lists.len() < Self::MOST {
                    self.lists.push(items);
                }
            }
            _ => {}
        }
    }
}

impl Node {
    fn of(shape: Shape) -> Node {
        match shape.kind() {
            ShapeKind::List => Node::List(Child::new(shape.element().shape())),
            ShapeKind::Map => Node::Map(MapNode {
                key_name: shape.key().location_name().filter(|n| !n.is_empty()).unwrap_or("key"),
                value_name: shape.value().location_name().filter(|n| !n.is_empty()).unwrap_or("value"),
                value: Child::new(shape.value().shape()),
            }),
            _ => Node::Structure(Structure {
                name: shape.name(),
                union: shape.union(),
                members: shape.members().enumerate().map(|(place, member)| MemberNode::of(member, place)).collect(),
                first: Cell::new(0),
            }),
        }
    }
}

impl MemberNode {
    fn of(member: Member, place: usize) -> MemberNode {
        let shape = member.shape();
        let flattened = member.flattened();
        let wire = member.wire_name();
        let element_name =
            if flattened && shape.kind() == ShapeKind::List { shape.element().location_name() } else { None };
        MemberNode {
            name: member.name(),
            wire,
            xml: element_name.unwrap_or(wire),
            elsewhere: crate::headers::in_head(member) || member.event_header(),
            attribute: member.xml_attribute(),
            flattened,
            child: Child::new(shape),
            // Services send members in the model's order.
            next: Cell::new(place + 1),
        }
    }
}

impl Structure {
    /// The place of the member that is expected after the one at `before`, or at the beginning: structures of one kind
    /// mostly have the same members in the same order.
    pub(crate) fn expected(&self, before: Option<usize>) -> usize {
        self.follower(before).get()
    }

    /// Notes that the member at `place` came after the one at `before`.
    pub(crate) fn met(&self, before: Option<usize>, place: usize) {
        self.follower(before).set(place);
    }

    fn follower(&self, before: Option<usize>) -> &Cell<usize> {
        before.and_then(|place| self.members.get(place)).map_or(&self.first, |member| &member.next)
    }

    /// The member that `matches`, looking from `expected` on first.
    pub(crate) fn find(&self, expected: usize, matches: impl Fn(&MemberNode) -> bool) -> Option<usize> {
        let (before, from) = self.members.split_at(expected.min(self.members.len()));
        let later = from.iter().position(&matches).map(|place| expected + place);
        later.or_else(|| before.iter().position(matches))
    }
}

/// The members of a structure as they are read: kept by place, so that they end in the model's order.
pub(crate) struct Slots {
    entries: Vec<(u32, Value)>,
    sorted: bool,
}

impl Slots {
    /// The value of the member at `place`, if it has one.
    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Value> {
        // The last one is nearly always the one looked for: elements of a flattened list stand together.
        match self.entries.last() {
            None => None,
            Some(last) if last.0 as usize == place => self.entries.last_mut().map(|e| &mut e.1),
            Some(last) if self.sorted && (last.0 as usize) < place => None,
            Some(_) => self.entries.iter_mut().find(|e| e.0 as usize == place).map(|e| &mut e.1),
        }
    }

    /// Sets the value of the member at `place`.
    pub(crate) fn set(&mut self, place: usize, value: Value) {
        let is_later = self.entries.last().is_none_or(|last| (last.0 as usize) < place);
        if !(is_later && self.sorted)
            && let Some(old) = self.get_mut(place)
        {
            *old = value;
            return;
        }
        self.sorted &= is_later;
        self.entries.push((place as u32, value));
    }

    /// Takes the member at `place` out.
    pub(crate) fn unset(&mut self, place: usize) {
        self.entries.retain(|e| e.0 as usize != place);
    }
}

/// What stands for a union whose member the models don't know.
pub(crate) fn unknown_union_member(tag: &str) -> Map {
    let inner: Map = [("name", Value::from(tag))].into_iter().collect();
    [("SDK_UNKNOWN_MEMBER", Value::Map(inner))].into_iter().collect()
}
