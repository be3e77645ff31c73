//! What a value consists of: its type, its limits, its members.

use super::html;
use super::page::Block;
use oxaws_model::{Member, Shape, ShapeKind};
use oxaws_pack::ServiceDocs;

/// How deep members are described.
const MAX_DEPTH: usize = 40;

/// The name of a type for users.
pub(super) fn type_name(member: Member) -> &'static str {
    let shape = member.shape();
    match shape.kind() {
        _ if crate::operation::bind::is_json_header(member) => "JSON",
        ShapeKind::Structure if shape.document() => "document",
        ShapeKind::Structure if shape.union() => "tagged union structure",
        ShapeKind::Blob if member.streaming() => "streaming blob",
        kind => kind.name(),
    }
}

/// What is to be said about a member after its name: its documentation, its limits, its own members.
pub(super) fn describe(member: Member, docs: &ServiceDocs, top: bool) -> Vec<Block> {
    let mut described = html::blocks(docs.member(member));
    let mut describer = Describer { docs, open: Vec::new() };
    if top && member.streaming() && member.shape().kind() == ShapeKind::Blob {
        described.push(Block::text("Note:"));
        described.push(Block::Indented(vec![Block::text(
            "The value is the path of the file whose contents are sent, without file:// or fileb:// before it.",
        )]));
    }
    limits(member, &mut described);
    describer.members(member.shape(), &mut described);
    described
}

/// The entries of an output structure.
pub(super) fn members(shape: Shape, docs: &ServiceDocs) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut describer = Describer { docs, open: Vec::new() };
    for member in shape.members() {
        describer.entry(member.name(), member, false, &mut blocks);
    }
    blocks
}

struct Describer<'d> {
    docs: &'d ServiceDocs,
    open: Vec<u32>,
}

impl Describer<'_> {
    fn entry(&mut self, name: &str, member: Member, required: bool, out: &mut Vec<Block>) {
        let shape = member.shape();
        let arrow = if name.is_empty() { String::new() } else { format!("{name} -> ") };
        let required = if required { " [required]" } else { "" };
        out.push(Block::text(format!("{arrow}({}){required}", type_name(member))));
        if self.open.contains(&shape.index()) || self.open.len() > MAX_DEPTH {
            out.push(Block::Indented(vec![Block::text("( ... recursive ... )")]));
            return;
        }
        let mut inner = html::blocks(self.docs.member(member));
        limits(member, &mut inner);
        self.members(shape, &mut inner);
        out.push(Block::Indented(inner));
    }

    fn members(&mut self, shape: Shape, out: &mut Vec<Block>) {
        self.open.push(shape.index());
        match shape.kind() {
            ShapeKind::Structure => {
                for member in shape.members() {
                    self.entry(member.name(), member, member.required(), out);
                }
            }
            ShapeKind::List => self.entry("", shape.element(), false, out),
            ShapeKind::Map => {
                self.entry("key", shape.key(), false, out);
                self.entry("value", shape.value(), false, out);
            }
            _ => {}
        }
        self.open.pop();
    }
}

fn limits(member: Member, out: &mut Vec<Block>) {
    let shape = member.shape();
    if shape.union() {
        let names: Vec<&str> = shape.members().map(|m| m.name()).collect();
        out.push(Block::text("Note:"));
        out.push(Block::Indented(vec![Block::text(format!(
            "Exactly one of these members can be set: {}.",
            names.join(", ")
        ))]));
    }
    let mut values: Vec<&str> = member.enum_values().collect();
    if values.is_empty() {
        values = shape.enum_values().collect();
    }
    if !values.is_empty() {
        out.push(Block::text("Possible values:"));
        out.extend(values.into_iter().map(Block::item));
    }
    let limits = [("min", shape.min()), ("max", shape.max()), ("pattern", shape.pattern())];
    if limits.iter().any(|(_, limit)| limit.is_some()) {
        out.push(Block::text("Constraints:"));
        for (name, limit) in limits {
            out.extend(limit.map(|limit| Block::item(format!("{name}: {limit}"))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::Page;
    use super::*;

    #[test]
    fn nested_members_limits_and_recursion() {
        let service = oxaws_pack::facts().service("dynamodb").unwrap();
        let docs = oxaws_pack::docs(service).unwrap();
        let input = service.operation("put-item").unwrap().input().unwrap();
        let item = describe(input.member("Item").unwrap(), &docs, true);
        let text = Page::new("x").with("OPTIONS", item).render(false);
        assert!(
            text.contains("key -> (string)") && text.contains("value -> (tagged union structure)")
                || text.contains("value -> (structure)")
        );
        assert!(text.contains("( ... recursive ... )"));
        let values = describe(input.member("ReturnValues").unwrap(), &docs, true);
        assert!(values.contains(&Block::text("Possible values:")) && values.contains(&Block::item("ALL_OLD")));
        let name = describe(input.member("TableName").unwrap(), &docs, true);
        assert!(name.contains(&Block::item("min: 1")));
    }
}
