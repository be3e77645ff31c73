//! A sample of the input as YAML, with the documentation's first sentences as comments.

use super::overview::overview;
use super::{MAX_DEPTH, PLAIN_MOMENT, enum_of};
use oxaws_model::{Member, Shape, ShapeKind};
use oxaws_pack::ServiceDocs;
use oxaws_value::Value;
use std::collections::HashMap;

/// The YAML text of a sample of `input`.
pub(super) fn text(input: Shape, docs: &ServiceDocs) -> String {
    let mut writer = Writer { out: String::new(), docs, open: Vec::new(), comments: HashMap::new(), depth: 0 };
    if !writer.has_lines(input) {
        return "{}\n".into();
    }
    writer.structure(input, 0, Indent::Full);
    writer.out
}

/// Whether the first line of a block stands behind a dash that is written already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Indent {
    Full,
    AfterDash,
}

struct Writer<'d> {
    out: String,
    docs: &'d ServiceDocs,
    open: Vec<u32>,
    /// By member: the same one is met again and again in big inputs.
    comments: HashMap<u32, String>,
    depth: usize,
}

impl Writer<'_> {
    fn has_lines(&self, shape: Shape) -> bool {
        shape.members().len() > 0 && !self.open.contains(&shape.index())
    }

    fn structure(&mut self, shape: Shape, column: usize, mut indent: Indent) {
        self.open.push(shape.index());
        let mut earlier: Vec<(&str, bool)> = Vec::new();
        for member in shape.members() {
            if indent == Indent::Full {
                self.pad(column);
            }
            indent = Indent::Full;
            self.out.push_str(&scalar(member.name()));
            self.out.push(':');
            let comment = self.comment(shape, member);
            let comment = comment.map(|c| format!("{}# {c}", blanks(&earlier, member.name())));
            earlier.push((member.name(), comment.is_some()));
            self.value(member, column, comment.as_deref());
        }
        self.open.pop();
    }

    /// The value behind a key that stands at `column`.
    fn value(&mut self, member: Member, column: usize, comment: Option<&str>) {
        let shape = member.shape();
        let comment = comment.unwrap_or_default();
        if let Some(text) = self.in_line(member) {
            self.out.push(' ');
            self.out.push_str(&text);
            self.out.push_str(comment);
            self.out.push('\n');
            return;
        }
        self.out.push_str(comment);
        self.out.push('\n');
        self.depth += 1;
        match shape.kind() {
            ShapeKind::Structure => self.structure(shape, column + 2, Indent::Full),
            // A sequence stands at the column of its key.
            ShapeKind::List => self.list(shape, column, Indent::Full),
            _ => self.map(shape, column + 2, Indent::Full),
        }
        self.depth -= 1;
    }

    fn list(&mut self, shape: Shape, column: usize, indent: Indent) {
        if indent == Indent::Full {
            self.pad(column);
        }
        self.out.push_str("- ");
        let element = shape.element();
        if let Some(text) = self.in_line(element) {
            self.out.push_str(&text);
            self.out.push('\n');
            return;
        }
        self.depth += 1;
        match element.shape().kind() {
            ShapeKind::Structure => self.structure(element.shape(), column + 2, Indent::AfterDash),
            ShapeKind::List => self.list(element.shape(), column + 2, Indent::AfterDash),
            _ => self.map(element.shape(), column + 2, Indent::AfterDash),
        }
        self.depth -= 1;
    }

    fn map(&mut self, shape: Shape, column: usize, indent: Indent) {
        if indent == Indent::Full {
            self.pad(column);
        }
        self.out.push_str("KeyName:");
        self.value(shape.value(), column, None);
    }

    /// What fits behind a key or a dash: a scalar, or an empty structure.
    fn in_line(&self, member: Member) -> Option<String> {
        let shape = member.shape();
        Some(match shape.kind() {
            _ if self.depth > MAX_DEPTH => "null".into(),
            ShapeKind::Structure if self.has_lines(shape) => return None,
            ShapeKind::Structure => "{}".into(),
            ShapeKind::List | ShapeKind::Map => return None,
            ShapeKind::String => scalar(enum_of(member).unwrap_or_default()),
            ShapeKind::Integer | ShapeKind::Long => "0".into(),
            ShapeKind::Float | ShapeKind::Double => "0.0".into(),
            ShapeKind::Boolean => "true".into(),
            ShapeKind::Timestamp => PLAIN_MOMENT.into(),
            ShapeKind::Blob => "!!binary ''".into(),
        })
    }

    fn pad(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    fn comment(&mut self, structure: Shape, member: Member) -> Option<String> {
        let docs = self.docs;
        let text = self.comments.entry(member.index()).or_insert_with(|| {
            let mut parts = Vec::new();
            if structure.member(member.name()).is_some_and(|m| m.required()) {
                parts.push("[REQUIRED]".to_owned());
            }
            parts.push(overview(docs.member(member)));
            let mut values: Vec<&str> = member.enum_values().collect();
            if values.is_empty() {
                values = member.shape().enum_values().collect();
            }
            if !values.is_empty() {
                parts.push(format!("Valid values are: {}.", values.join(", ")));
            }
            parts.join(" ")
        });
        (!text.trim().is_empty()).then(|| text.clone())
    }
}

/// The blanks before a comment, as ruamel places them: one where it finds another comment of the mapping to go by (the
/// one before; else one among the leading keys that sort below this key), else two.
fn blanks(earlier: &[(&str, bool)], key: &str) -> &'static str {
    let neighbour = earlier.last().is_some_and(|(_, commented)| *commented)
        || earlier.iter().take_while(|(k, _)| *k < key).any(|(_, commented)| *commented);
    if neighbour { " " } else { "  " }
}

/// A text as a YAML scalar.
fn scalar(text: &str) -> String {
    let list = oxaws_output::yaml_text(&Value::List(vec![Value::from(text)]));
    list.trim_start_matches("- ").trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(service: &str, operation: &str) -> String {
        let service = oxaws_pack::facts().service(service).unwrap();
        let docs = oxaws_pack::docs(service).unwrap();
        text(service.operation(operation).unwrap().input().unwrap(), &docs)
    }

    #[test]
    fn comments_and_layout() {
        assert_eq!(
            of("emr", "list-clusters"),
            "CreatedAfter: 1970-01-01 00:00:00  # The creation date and time beginning value filter for listing clusters.\n\
             CreatedBefore: 1970-01-01 00:00:00 # The creation date and time end value filter for listing clusters.\n\
             ClusterStates: # The cluster state filters to apply when listing clusters.\n\
             - STARTING\n\
             Marker: '' # The pagination token that indicates the next set of results to retrieve.\n"
        );
        assert_eq!(of("sts", "get-caller-identity"), "{}\n");
        let query = of("dynamodb", "query");
        assert!(query.contains("\n    AttributeValueList:  # One or more"), "{query}");
        assert!(query.contains("\n    - S: ''  # An attribute of type String.\n      N: '' # "), "{query}");
        assert!(query.contains("\n      'NULL': true # "), "{query}");
    }

    #[test]
    fn comments_line_up_with_their_neighbours() {
        assert_eq!(blanks(&[], "A"), "  ");
        assert_eq!(blanks(&[("A", true)], "B"), " ");
        assert_eq!(blanks(&[("A", true), ("B", false)], "C"), " ");
        // The search among the keys ends at one that sorts behind.
        assert_eq!(blanks(&[("Z", true), ("B", false)], "C"), "  ");
    }
}
