//! `--generate-cli-skeleton`: the input an operation takes, or an answer it could give, without a request.

mod overview;
mod yaml;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::operation::display;
use crate::plug::call::OperationCall;
use crate::plug::common_args::SKELETON;
use crate::plug::registry::Hook;
use oxaws_client::CallError;
use oxaws_client::validate::{Streamed, problems};
use oxaws_failure::Cause;
use oxaws_model::{Member, Shape, ShapeKind};
use oxaws_output::Format;
use oxaws_value::{JsonStyle, Map, Value};

/// How deep a sample may nest. A structure stands at most twice on the way down, so only lists of lists and the like
/// could ever get here.
const MAX_DEPTH: usize = 900;
/// What stands for a moment in JSON.
const MOMENT: &str = "1970-01-01T00:00:00";
/// What stands for a moment in the formats that don't write it as JSON does.
const PLAIN_MOMENT: &str = "1970-01-01 00:00:00";

/// Whether the words of a command line ask for a sample that needs no arguments. (One of the output checks its input.)
pub(crate) fn frees_arguments(words: &[String]) -> bool {
    let option = format!("--{SKELETON}");
    words.iter().position(|w| *w == option).is_some_and(|at| words.get(at + 1).is_none_or(|next| next != "output"))
}

/// Prints what was asked for in place of the call; `None` where nothing was.
///
/// # Errors
/// When it can't be printed; for a sample of the output, also when the input or the sample isn't valid.
pub(crate) fn print_if_asked(call: &mut OperationCall) -> Result<Option<Exit>, Failure> {
    let dest = SKELETON.replace('-', "_");
    if call.table.get(SKELETON).is_none() || call.parsed.get(&dest).is_none() {
        return Ok(None);
    }
    // Without a word of its own the option means the input.
    match call.parsed.word(&dest).unwrap_or("input") {
        "yaml-input" => print_yaml(call)?,
        "output" => print_output(call)?,
        _ => print_input(call)?,
    }
    Ok(Some(Exit::Success))
}

fn print_input(call: &OperationCall) -> Result<(), Failure> {
    let sample = match call.operation.input() {
        Some(input) => Sampler::new(Naming::Enum, MOMENT).of_shape(input),
        None => Value::Map(Map::new()),
    };
    call.cx.ui.output(None, |out| {
        let mut out = out;
        oxaws_value::write_json(&mut out, &sample, JsonStyle::OUTPUT_ASCII)?;
        Ok(out.write_all(b"\n")?)
    })
}

fn print_yaml(call: &OperationCall) -> Result<(), Failure> {
    let text = match call.operation.input() {
        None => "{}\n".to_owned(),
        Some(input) => {
            let docs = call.cx.services.docs(call.operation.service())?;
            yaml::text(input, &docs)
        }
    };
    call.cx.ui.text(&text)
}

fn print_output(call: &mut OperationCall) -> Result<(), Failure> {
    let cx = call.cx;
    // Nothing pages here, so the check of the input meets the paging options as parameters.
    call.paging_as_parameters();
    call.run_hooks(|h| if let Hook::Client(f) = h { Some(f) } else { None })?;
    let input = call.input()?;
    // The AWS CLI makes a client, whose transport it replaces: what a client needs is needed here too.
    cx.session.client(call.operation.service())?;
    if let Some(problem) = input.classes.problem_of_names() {
        return Err(Failure::invalid(problem));
    }
    let format = cx.output_format()?;
    let moment = if format == Format::Json { MOMENT } else { PLAIN_MOMENT };
    let sample = match call.operation.output() {
        Some(output) => Sampler::new(Naming::Member, moment).of_shape(output),
        None => Value::Map(Map::new()),
    };
    let valid = |shape: Option<Shape>, value: &Map, streamed: bool| match cx
        .session
        .with_clock(|clock| problems(shape, value, &input.classes, Streamed(streamed), &clock))
    {
        Some(text) => Err(Failure::from(CallError::Validation(text))),
        None => Ok(()),
    };
    if let Value::Map(sample) = &sample {
        valid(call.operation.output(), sample, false)?;
    }
    valid(call.operation.input(), &input.params, input.body_file.is_some())?;
    match format {
        Format::Yaml | Format::YamlStream => print_yaml_output(call, format, &sample),
        _ => display::print(cx, call.operation.name(), sample),
    }
}

/// In YAML a moment is no text, so it has no quotes; nothing else in a sample looks like one.
fn print_yaml_output(call: &OperationCall, format: Format, sample: &Value) -> Result<(), Failure> {
    let cx = call.cx;
    let queried = match &cx.globals.query {
        Some(query) => query.search(sample).map_err(|e| Failure::invalid(Cause::of(e)))?,
        None => sample.clone(),
    };
    let mut text = Vec::new();
    oxaws_output::write(&mut text, format, call.operation.name(), &queried, &cx.table_options())?;
    let text = String::from_utf8_lossy(&text).replace(&format!("'{PLAIN_MOMENT}'"), PLAIN_MOMENT);
    cx.ui.formatted(format, cx.pager()?.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))
}

/// What stands for text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// The first value that the model lists, else the empty text.
    Enum,
    /// The name of the member.
    Member,
}

/// Makes sample values by shape.
struct Sampler {
    naming: Naming,
    moment: &'static str,
    /// The structures on the way down.
    open: Vec<u32>,
    depth: usize,
}

impl Sampler {
    fn new(naming: Naming, moment: &'static str) -> Self {
        Sampler { naming, moment, open: Vec::new(), depth: 0 }
    }

    fn of_shape(&mut self, shape: Shape) -> Value {
        self.value(shape, first_enum(shape.enum_values()), "")
    }

    fn of_member(&mut self, member: Member, name: &'static str) -> Value {
        self.value(member.shape(), enum_of(member), name)
    }

    fn value(&mut self, shape: Shape, first: Option<&'static str>, name: &'static str) -> Value {
        if self.depth > MAX_DEPTH {
            return Value::Null;
        }
        self.depth += 1;
        let value = match shape.kind() {
            ShapeKind::Structure => self.structure(shape),
            ShapeKind::List => {
                let element = shape.element();
                Value::List(vec![self.of_member(element, element.shape().name())])
            }
            ShapeKind::Map => Value::Map([("KeyName", self.of_member(shape.value(), ""))].into_iter().collect()),
            ShapeKind::String => Value::from(match self.naming {
                Naming::Enum => first.unwrap_or_default(),
                Naming::Member => name,
            }),
            ShapeKind::Integer | ShapeKind::Long => Value::Int(0),
            ShapeKind::Float | ShapeKind::Double => Value::Float(0.0),
            ShapeKind::Boolean => Value::Bool(true),
            ShapeKind::Timestamp => Value::from(self.moment),
            ShapeKind::Blob => Value::Null,
        };
        self.depth -= 1;
        value
    }

    fn structure(&mut self, shape: Shape) -> Value {
        let mut map = Map::new();
        // A structure within itself is shown once more, without its members.
        if !self.open.contains(&shape.index()) {
            self.open.push(shape.index());
            for member in shape.members() {
                let value = self.of_member(member, member.name());
                map.insert(member.name(), value);
            }
            self.open.pop();
        }
        Value::Map(map)
    }
}

/// The first value of a member's enum: its own, else its shape's.
fn enum_of(member: Member) -> Option<&'static str> {
    first_enum(member.enum_values()).or_else(|| first_enum(member.shape().enum_values()))
}

fn first_enum(mut values: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    values.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn input(service: &str, operation: &str) -> Option<Shape> {
        oxaws_pack::facts().service(service).unwrap().operation(operation).unwrap().input()
    }

    #[test]
    fn only_a_sample_of_the_input_frees_the_arguments() {
        assert!(frees_arguments(&words("--a b --generate-cli-skeleton")));
        assert!(frees_arguments(&words("--generate-cli-skeleton yaml-input")));
        assert!(!frees_arguments(&words("--generate-cli-skeleton output")));
        assert!(!frees_arguments(&words("--generate-cli-skeleton=input")));
    }

    #[test]
    fn input_by_shape() {
        let sample = Sampler::new(Naming::Enum, MOMENT).of_shape(input("cloudtrail", "lookup-events").unwrap());
        assert_eq!(
            oxaws_value::to_json(&sample, JsonStyle::COMPACT),
            r#"{"LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":""}],"StartTime":"1970-01-01T00:00:00","EndTime":"1970-01-01T00:00:00","EventCategory":"insight","MaxResults":0,"NextToken":""}"#
        );
    }

    #[test]
    fn a_structure_within_itself_ends() {
        let sample = Sampler::new(Naming::Enum, MOMENT).of_shape(input("dynamodb", "put-item").unwrap());
        let value = sample.get("Item").and_then(|i| i.get("KeyName")).unwrap();
        assert_eq!(oxaws_value::to_json(value.get("L").unwrap(), JsonStyle::COMPACT), "[{}]");
        assert_eq!(oxaws_value::to_json(value.get("BS").unwrap(), JsonStyle::COMPACT), "[null]");
    }

    #[test]
    fn every_operation_has_a_sample() {
        for service in oxaws_pack::facts().services() {
            for operation in service.operations() {
                if let Some(input) = operation.input() {
                    Sampler::new(Naming::Enum, MOMENT).of_shape(input);
                }
            }
        }
    }
}
