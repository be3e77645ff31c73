//! The forms in which an argument's value may be typed: shorthand and JSON.

use crate::operation::bind::takes_shorthand;
use crate::plug::argtable::Arg;
use oxaws_model::{Shape, ShapeKind};

/// Deeper values have no shorthand example: nobody would type them so.
const MAX_SHORTHAND_DEPTH: usize = 3;
/// What stands for a structure within itself.
const RECURSIVE: &str = "( ... recursive ... )";
/// How deep a JSON example goes.
const MAX_JSON_DEPTH: usize = 40;

/// The shorthand of an argument; `None` where it has none or none that can be shown.
pub(super) fn shorthand(arg: &Arg, bare_lists: &[&str]) -> Option<String> {
    let shape = arg.member?.shape();
    if !takes_shorthand(shape) {
        return None;
    }
    let name = arg.cli_name();
    if shape.kind() == ShapeKind::List && bare_lists.contains(&arg.name.as_str()) {
        let member = shape.element().shape().members().next()?.name();
        return Some(format!("{name} {member}1 {member}2 {member}3"));
    }
    let mut open = Vec::new();
    match shape.kind() {
        ShapeKind::List => shorthand_of(shape.element().shape(), &mut open).map(|text| format!("{text} ...")),
        _ => shorthand_of(shape, &mut open),
    }
}

/// Whether the argument takes its value as it is: a structure of the one text `Value`.
pub(super) fn is_bare_value(arg: &Arg) -> bool {
    arg.member.is_some_and(|m| {
        let shape = m.shape();
        shape.kind() == ShapeKind::Structure
            && shape.members().len() == 1
            && shape.member("Value").is_some_and(|v| v.shape().kind() == ShapeKind::String)
    })
}

/// `None` where it gets too deep.
fn shorthand_of(shape: Shape, open: &mut Vec<u32>) -> Option<String> {
    if open.len() > MAX_SHORTHAND_DEPTH {
        return None;
    }
    let inner = |shape: Shape, open: &mut Vec<u32>| {
        open.push(shape.index());
        let text = shorthand_of(shape, open);
        open.pop();
        text
    };
    match shape.kind() {
        ShapeKind::Structure => {
            let mut parts = Vec::new();
            for member in shape.members().filter(|m| !m.shape().document()) {
                let value = if open.contains(&member.shape().index()) {
                    parts.push(RECURSIVE.to_owned());
                    continue;
                } else {
                    inner(member.shape(), open)?
                };
                parts.push(format!("{}={value}", member.name()));
            }
            let text = parts.join(",");
            Some(if open.is_empty() { text } else { format!("{{{text}}}") })
        }
        ShapeKind::List => {
            let element = shape.element().shape();
            let text = inner(element, open)?;
            Some(if !element.kind().is_scalar() || open.len() > 1 {
                format!("[{text},{text}]")
            } else {
                format!("{text},{text}")
            })
        }
        ShapeKind::Map => {
            let text = inner(shape.value().shape(), open)?;
            let mut text = format!("KeyName1={text},KeyName2={text}");
            let names: Vec<&str> = shape.key().shape().enum_values().collect();
            if !open.is_empty() {
                text = format!("{{{text}}}");
            } else if !names.is_empty() {
                text.push_str("\n\nWhere valid key names are:\n");
                names.iter().for_each(|name| text.push_str(&format!("  {name}\n")));
            }
            Some(text)
        }
        kind => Some(kind.name().to_owned()),
    }
}

/// The words of a list of scalars.
pub(super) fn words(shape: Shape) -> Option<String> {
    let element =
        (shape.kind() == ShapeKind::List).then(|| shape.element().shape()).filter(|e| e.kind().is_scalar())?;
    let word = match element.kind() {
        ShapeKind::String => "\"string\"",
        ShapeKind::Boolean => "true|false",
        kind => kind.name(),
    };
    Some(format!("{word} {word} ..."))
}

/// The JSON form of a structure, list or map.
pub(super) fn json(shape: Shape) -> Option<String> {
    if shape.kind().is_scalar() {
        return None;
    }
    let mut writer = Json { out: String::new(), open: Vec::new() };
    writer.value(shape, 0);
    Some(writer.out)
}

struct Json {
    out: String,
    open: Vec<u32>,
}

impl Json {
    fn line(&mut self, indent: usize, text: &str) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent * 2));
        self.out.push_str(text);
    }

    fn value(&mut self, shape: Shape, indent: usize) {
        if shape.kind().is_scalar() {
            self.out.push_str(&scalar(shape));
            return;
        }
        // A structure within itself is shown once.
        let times = self.open.iter().filter(|i| **i == shape.index()).count();
        if times > 1 || self.open.len() > MAX_JSON_DEPTH {
            if shape.kind() == ShapeKind::Structure {
                self.out.push_str("{ ... recursive ... }");
            }
            return;
        }
        self.open.push(shape.index());
        match shape.kind() {
            ShapeKind::List if shape.element().shape().kind().is_scalar() => {
                self.out.push_str(&format!("[{}, ...]", scalar(shape.element().shape())));
            }
            ShapeKind::List => {
                self.out.push('[');
                self.line(indent + 1, "");
                self.value(shape.element().shape(), indent + 1);
                self.line(indent + 1, "...");
                self.line(indent, "]");
            }
            ShapeKind::Map => {
                self.out.push_str(&format!("{{{}: ", scalar(shape.key().shape())));
                self.value(shape.value().shape(), indent + 1);
                self.line(indent + 1, "...}");
            }
            _ if shape.document() => self.out.push_str("{...}"),
            _ => {
                self.out.push('{');
                let count = shape.members().len();
                for (at, member) in shape.members().enumerate() {
                    self.line(indent + 1, &format!("\"{}\": ", member.name()));
                    self.value(member.shape(), indent + 1);
                    if at + 1 < count {
                        self.out.push(',');
                    }
                }
                self.line(indent, "}");
            }
        }
        self.open.pop();
    }
}

fn scalar(shape: Shape) -> String {
    match shape.kind() {
        ShapeKind::String => {
            let values: Vec<String> = shape.enum_values().map(|v| format!("\"{v}\"")).collect();
            if values.is_empty() { "\"string\"".into() } else { values.join("|") }
        }
        ShapeKind::Boolean => "true|false".into(),
        kind => kind.name().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arg(service: &str, operation: &str, member: &str) -> Arg {
        let operation = oxaws_pack::facts().service(service).unwrap().operation(operation).unwrap();
        Arg::of_member(operation.input().unwrap().member(member).unwrap())
    }

    #[test]
    fn shorthands() {
        let of = |s, o, m| shorthand(&arg(s, o, m), &[]);
        assert_eq!(of("dynamodb", "tag-resource", "Tags").unwrap(), "Key=string,Value=string ...");
        assert_eq!(of("dynamodb", "query", "ExpressionAttributeNames").unwrap(), "KeyName1=string,KeyName2=string");
        assert_eq!(of("sqs", "send-message", "QueueUrl"), None);
        assert!(
            of("sqs", "send-message", "MessageSystemAttributes").unwrap().ends_with("names are:\n  AWSTraceHeader\n")
        );
        let attributes = of("sqs", "send-message", "MessageAttributes").unwrap();
        assert!(
            attributes.starts_with("KeyName1={StringValue=string,BinaryValue=blob,StringListValues=[string,string],")
        );
    }

    #[test]
    fn json_forms() {
        let of = |s, o, m| json(arg(s, o, m).member.unwrap().shape());
        assert_eq!(
            of("dynamodb", "tag-resource", "Tags").unwrap(),
            "[\n  \n  {\n    \"Key\": \"string\",\n    \"Value\": \"string\"\n  }\n  ...\n]"
                .replace("\n  \n  {", "\n  {")
        );
        assert_eq!(of("dynamodb", "query", "ExpressionAttributeNames").unwrap(), "{\"string\": \"string\"\n  ...}");
        assert!(of("dynamodb", "put-item", "Item").unwrap().contains("{ ... recursive ... }"));
        assert_eq!(of("sqs", "send-message", "QueueUrl"), None);
        assert_eq!(
            words(arg("ec2", "describe-vpcs", "VpcIds").member.unwrap().shape()).unwrap(),
            "\"string\" \"string\" ..."
        );
    }
}
