//! Modes of exit codes, policies, the result record and `aws explain`, through the executable.

mod explain;
mod modes;
mod options;
mod recipes;
mod record;

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};
use oxaws_value::Value;
use std::path::Path;

/// The executable against a stub that gives `replies` in turn.
pub fn aws(replies: impl IntoIterator<Item = Reply>) -> (Aws, Stub) {
    let stub = Stub::replies(replies).expect("the stub starts");
    let aws = bare().with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
    (aws, stub)
}

/// The executable, with nobody to talk to.
pub fn bare() -> Aws {
    Aws::at(Path::new(env!("CARGO_BIN_EXE_aws"))).expect("folders")
}

/// An error of a JSON service.
pub fn refused(status: u16, code: &str) -> Reply {
    Reply::new(status, "application/x-amz-json-1.0", format!("{{\"__type\": \"{code}\", \"message\": \"m\"}}"))
        .with_header("x-amzn-RequestId", "the-id")
}

/// An error of S3.
pub fn s3_refused(status: u16, code: &str) -> Reply {
    Reply::new(status, "application/xml", format!("<Error><Code>{code}</Code><Message>m</Message></Error>"))
}

/// The one line of a result record.
pub fn record(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a record");
    assert_eq!((text.lines().count(), text.ends_with('\n')), (1, true), "{text}");
    oxaws_value::parse_json(&text).expect("JSON")
}

/// A member of a record as compact JSON; empty where there is none.
pub fn member(record: &Value, name: &str) -> String {
    record.get(name).map(|value| oxaws_value::to_json(value, oxaws_value::JsonStyle::COMPACT)).unwrap_or_default()
}
