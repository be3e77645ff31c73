//! Which members of an answer with HTTP status 200 say that some of the work failed.
//!
//! One reviewed table, made by reading the output of every operation of the models. A row is a member, how its failures
//! are counted, and the operations for which it counts. What looks like a partial failure and isn't one (the
//! `FailureReason` of a job that is described, the errors that a validation was asked for) is in `exempt`, which only
//! the test below reads: it names any member of the models that is in neither.

mod a_c;
mod d_h;
#[cfg(test)]
mod exempt;
mod i_q;
mod r_z;

use super::Class;
use oxaws_model::Operation;
use oxaws_value::Value;

/// A member that reports failures.
#[derive(Debug)]
pub(super) struct Row {
    /// The service by its model's folder, as [`oxaws_model::Service::directory`].
    service: &'static str,
    /// The path of the member: names separated by `.`; `[]` after a list and `{}` after a map mean each of its entries.
    member: &'static str,
    counted: Counted,
    /// The operations by the model's name.
    operations: &'static [&'static str],
}

/// How a member's failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// It is a list or map: each entry is a failure.
    Items,
    /// It is the number of failures.
    Number,
    /// It is there and not empty: one failure.
    Present,
    /// It is true: one failure.
    True,
    /// It is false: one failure.
    False,
    /// It is an HTTP status of 300 or more: one failure.
    Status,
    /// It is one of these words: one failure.
    OneOf(&'static [&'static str]),
    /// It is there and not empty: the function that was called failed, a class of its own.
    Function,
    /// It looks like a failure and doesn't count ([`exempt`]).
    #[cfg(test)]
    Exempt,
}

/// `cloudwatch get-metric-data`: `PartialData` means that more pages follow.
const METRIC_REFUSED: Counted = Counted::OneOf(&["InternalError", "Forbidden"]);
/// `sagemaker-metrics batch-get-metrics`
const QUERY_FAILED: Counted = Counted::OneOf(&["InternalError", "ValidationError"]);
/// `workdocs add-resource-permissions`
const SHARE_FAILED: Counted = Counted::OneOf(&["FAILURE"]);
/// `ec2 deregister-image`: `skipped` is a snapshot that another image uses.
const SNAPSHOT_KEPT: Counted = Counted::OneOf(&["missing-permissions", "internal-error", "client-error"]);

/// Rows grouped by service, one line each: `"member" How: Operation Operation;`.
macro_rules! rows {
    ($($service:literal { $($member:literal $counted:ident: $($operation:ident)+;)+ })+) => {
        /// The rows, sorted by service.
        pub(super) static ROWS: &[$crate::policy::partial::Row] = &[$($($crate::policy::partial::Row {
            service: $service,
            member: $member,
            counted: {
                #[allow(unused_imports)] // A table uses some of them.
                use $crate::policy::partial::{Counted::*, METRIC_REFUSED, QUERY_FAILED, SHARE_FAILED, SNAPSHOT_KEPT};
                $counted
            },
            operations: &[$(stringify!($operation)),+],
        }),+),+];
    };
}
use rows;

static TABLES: [&[Row]; 4] = [a_c::ROWS, d_h::ROWS, i_q::ROWS, r_z::ROWS];

/// A member of an answer that reports failures, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The path of the member in the output, as `Row::member`.
    pub member: &'static str,
    /// How many failures it reports: 1 or more.
    pub count: u64,
    class: Class,
}

impl Partial {
    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        self.class
    }
}

/// The rows of an operation.
fn rows_of(operation: Operation) -> impl Iterator<Item = &'static Row> {
    let (service, name) = (operation.service().directory(), operation.name());
    TABLES.into_iter().flatten().filter(move |row| row.service == service && row.operations.contains(&name))
}

/// Whether an answer of `operation` can report partial failures.
pub fn may_fail(operation: Operation) -> bool {
    rows_of(operation).next().is_some()
}

/// The members of an answer that report failures, in the order of the table; empty where all went well.
pub fn of(operation: Operation, answer: &Value) -> Vec<Partial> {
    let found = rows_of(operation).map(|row| Partial {
        member: row.member,
        count: count(answer, row.member, row.counted),
        class: if row.counted == Counted::Function { Class::FunctionError } else { Class::PartialFailure },
    });
    found.filter(|partial| partial.count > 0).collect()
}

/// How many failures the member at `path` below `value` reports.
fn count(value: &Value, path: &str, counted: Counted) -> u64 {
    let (segment, rest) = match path.split_once('.') {
        Some((segment, rest)) => (segment, Some(rest)),
        None => (path, None),
    };
    let name = segment.trim_end_matches(['[', ']', '{', '}']);
    let Value::Map(members) = value else { return 0 };
    match members.get(name) {
        Some(member) => below(member, segment.len() - name.len(), rest, counted),
        None => 0,
    }
}

/// The same for each entry of `value`, as many levels down as `marks` (two characters each) say.
fn below(value: &Value, marks: usize, rest: Option<&str>, counted: Counted) -> u64 {
    match (marks, value) {
        (0, value) => match rest {
            Some(rest) => count(value, rest, counted),
            None => leaf(value, counted),
        },
        (_, Value::List(items)) => items.iter().map(|item| below(item, marks - 2, rest, counted)).sum(),
        (_, Value::Map(map)) => map.values().map(|item| below(item, marks - 2, rest, counted)).sum(),
        _ => 0,
    }
}

fn leaf(value: &Value, counted: Counted) -> u64 {
    let failed = match (counted, value) {
        (Counted::Items, Value::List(items)) => return items.len() as u64,
        (Counted::Items, Value::Map(map)) => return map.len() as u64,
        (Counted::Number, Value::Int(n)) => return u64::try_from(*n).unwrap_or(0),
        (Counted::Present | Counted::Function, value) => match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Map(map) => !map.is_empty(),
            _ => true,
        },
        (Counted::True, value) => *value == Value::Bool(true),
        (Counted::False, value) => *value == Value::Bool(false),
        (Counted::Status, Value::Int(status)) => *status >= 300,
        (Counted::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
        _ => false,
    };
    failed.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_model::{Shape, ShapeKind};
    use std::collections::BTreeSet;

    fn operation(service: &str, name: &str) -> Operation {
        let pack = oxaws_pack::facts();
        let service = pack.services().find(|s| s.directory() == service).unwrap();
        service.operation_named(name).unwrap()
    }

    fn counted(service: &str, name: &str, json: &str) -> Vec<(&'static str, u64)> {
        let answer = oxaws_value::parse_json(json).unwrap();
        of(operation(service, name), &answer).into_iter().map(|p| (p.member, p.count)).collect()
    }

    #[test]
    fn failures_are_counted() {
        let batch = ("dynamodb", "BatchWriteItem");
        assert_eq!(
            counted(batch.0, batch.1, r#"{"UnprocessedItems": {"t": [{}], "u": []}}"#),
            [("UnprocessedItems", 2)]
        );
        assert_eq!(counted(batch.0, batch.1, r#"{"UnprocessedItems": {}}"#), []);
        assert_eq!(counted("events", "PutEvents", r#"{"FailedEntryCount": 3}"#), [("FailedEntryCount", 3)]);
        assert_eq!(counted("events", "PutEvents", r#"{"FailedEntryCount": 0, "Entries": [{}]}"#), []);
        assert_eq!(counted("sqs", "SendMessageBatch", r#"{"Failed": [{"Id": "1"}]}"#), [("Failed", 1)]);
        assert_eq!(counted("sqs", "SendMessageBatch", r#"{"Failed": null}"#), []);
        let responses = r#"{"Responses": [{}, {"Error": {"Code": "X"}}, {"Error": null}]}"#;
        assert_eq!(counted("dynamodb", "BatchExecuteStatement", responses), [("Responses[].Error", 1)]);
        let sent =
            r#"{"SendUsersMessageResponse": {"Result": {"u": {"a": {"StatusCode": 200}, "b": {"StatusCode": 404}}}}}"#;
        let member = "SendUsersMessageResponse.Result{}{}.StatusCode";
        assert_eq!(counted("pinpoint", "SendUsersMessages", sent), [(member, 1)]);
        let metrics = r#"{"MetricDataResults": [{"StatusCode": "Complete"}, {"StatusCode": "InternalError"}]}"#;
        assert_eq!(counted("cloudwatch", "GetMetricData", metrics), [("MetricDataResults[].StatusCode", 1)]);
        assert_eq!(
            counted("logs", "PutLogEvents", r#"{"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}}"#).len(),
            1
        );
        let agents = r#"{"agentsConfigurationStatus": [{"operationSucceeded": false}, {"operationSucceeded": true}]}"#;
        assert_eq!(counted("discovery", "StopDataCollectionByAgentIds", agents)[0].1, 1);
        // What doesn't have the shape of the model is no failure.
        assert_eq!(counted("sqs", "SendMessageBatch", r#"{"Failed": "all"}"#), []);
        assert_eq!(counted("sqs", "SendMessageBatch", "[]"), []);
        assert!(may_fail(operation("ecs", "RunTask")) && !may_fail(operation("ecs", "ListTasks")));
    }

    /// Every row is about something that the models have, with a shape that can be counted so; none is there twice.
    #[test]
    fn rows_fit_the_models() {
        let mut seen = BTreeSet::new();
        for row in TABLES.into_iter().flatten() {
            for name in row.operations {
                let at = format!("{} {name} {}", row.service, row.member);
                let output = operation(row.service, name).output().unwrap_or_else(|| panic!("{at}: no output"));
                let shape = find(output, row.member).unwrap_or_else(|| panic!("{at}: no such member"));
                let fits = match row.counted {
                    Counted::Items => matches!(shape.kind(), ShapeKind::List | ShapeKind::Map),
                    Counted::Number | Counted::Status => matches!(shape.kind(), ShapeKind::Integer | ShapeKind::Long),
                    Counted::Present | Counted::Function | Counted::Exempt => true,
                    Counted::True | Counted::False => shape.kind() == ShapeKind::Boolean,
                    Counted::OneOf(_) => shape.kind() == ShapeKind::String,
                };
                assert!(fits, "{at}: {:?}", shape.kind());
                assert!(seen.insert(at.clone()), "{at}: twice");
            }
        }
        for table in TABLES {
            assert!(table.is_sorted_by_key(|row| row.service));
        }
    }

    /// The shape of the member at `path`.
    fn find(shape: Shape, path: &str) -> Option<Shape> {
        let (segment, rest) = path.split_once('.').map_or((path, None), |(segment, rest)| (segment, Some(rest)));
        let name = segment.trim_end_matches(['[', ']', '{', '}']);
        let mut shape = shape.member(name)?.shape();
        for _ in 0..(segment.len() - name.len()) / 2 {
            shape = entry(shape)?;
        }
        rest.map_or(Some(shape), |rest| find(shape, rest))
    }

    /// The shape of the entries of a list or map.
    fn entry(shape: Shape) -> Option<Shape> {
        match shape.kind() {
            ShapeKind::List => Some(shape.element().shape()),
            ShapeKind::Map => Some(shape.value().shape()),
            _ => None,
        }
    }

    /// Parts of names of members that report failures, or look as if they did.
    const STEMS: [&str; 27] = [
        "conflict",
        "denied",
        "error",
        "exception",
        "fail",
        "ignored",
        "incomplete",
        "invalid",
        "missing",
        "nondeleted",
        "notcleaned",
        "notdeleted",
        "notfound",
        "partial",
        "problem",
        "reject",
        "skipped",
        "unauthoriz",
        "unindexed",
        "unknown",
        "unmatched",
        "unprocessed",
        "unrecognized",
        "unresolved",
        "unsearched",
        "unsuccess",
        "unsupported",
    ];

    /// Parts of names of members of an entry that report its failure.
    const ENTRY_STEMS: [&str; 3] = ["error", "exception", "fail"];

    /// The operations that only read: the entries of their lists are things that are described.
    const READING: [&str; 16] = [
        "Get", "List", "Describe", "Search", "Query", "Lookup", "Head", "Filter", "Scan", "Discover", "View",
        "Preview", "Select", "Poll", "Receive", "Retrieve",
    ];

    fn looks(name: &str, stems: &[&str]) -> bool {
        let name = name.to_ascii_lowercase();
        stems.iter().any(|stem| name.contains(stem))
    }

    /// What looks like a partial failure in the output of an operation: each path, with whether it is one value.
    fn suspects(operation: Operation) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        let reads = READING.iter().any(|verb| operation.name().starts_with(verb));
        for member in operation.output().into_iter().flat_map(Shape::members) {
            let shape = member.shape();
            let single = !matches!(shape.kind(), ShapeKind::List | ShapeKind::Map);
            if looks(member.name(), &STEMS) {
                found.push((member.name().to_owned(), single && shape.kind() != ShapeKind::Integer));
            } else if !reads && let Some(entry) = entry(shape).filter(|e| e.kind() == ShapeKind::Structure) {
                let mark = if shape.kind() == ShapeKind::List { "[]" } else { "{}" };
                let inner = entry.members().filter(|m| looks(m.name(), &ENTRY_STEMS));
                found.extend(inner.map(|m| (format!("{}{mark}.{}", member.name(), m.name()), false)));
            }
        }
        found
    }

    /// Whoever adds models decides about each member of theirs that looks like a partial failure: a row in a table here,
    /// or in `exempt`.
    #[test]
    fn every_suspect_is_decided() {
        let mut undecided = Vec::new();
        for service in oxaws_pack::facts().services() {
            for operation in service.operations() {
                let rows: Vec<&Row> = rows_of(operation).collect();
                // Where the service counts, its entries need no row of their own.
                let counts = rows.iter().any(|row| row.counted == Counted::Number);
                for (member, single) in suspects(operation) {
                    let list = member.split(['[', '{']).next().unwrap_or_default();
                    let decided = rows
                        .iter()
                        .any(|row| row.member == member || row.member.split(['[', '{']).next() == Some(list))
                        || member.len() > list.len() && counts
                        || exempt::covers(service.directory(), operation.name(), &member, single);
                    if !decided {
                        undecided.push(format!("{} {} {member}", service.directory(), operation.name()));
                    }
                }
            }
        }
        assert!(undecided.is_empty(), "neither counted nor exempt:\n{}", undecided.join("\n"));
    }
}
