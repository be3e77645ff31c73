//! What it costs to read a command line whose argument is 500 KB of JSON, beside reading that JSON alone: no more than
//! three times as much.

use divan::Bencher;
use oxaws_cli::Context;
use oxaws_cli::argv::globals::{Globals, first_parse};
use oxaws_cli::operation::{Prepared, prepare};
use oxaws_cli::plug::registry::Registry;
use oxaws_cli::plug::services::Services;
use oxaws_cli::term::ui::Ui;
use oxaws_cli::watch::secrets::Line;
use oxaws_client::{CallInput, Session, SessionOptions};
use oxaws_env::Fixed;
use oxaws_value::parse_json;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Bytes of the JSON, at least.
const LENGTH: usize = 500_000;
/// How much more than reading the JSON is too much.
const MOST: f64 = 3.0;

static REGISTRY: Registry =
    Registry { commands: &[], unbuilt: &[], removals: &[], renames: &[], arg_renames: &[], tweaks: &[] };

fn main() {
    divan::main();
    if std::env::args().any(|arg| arg == "--test" || arg == "--list") {
        return;
    }
    let json = json();
    let command = command(&json);
    let fastest = |run: &dyn Fn()| (0..40).map(|_| time(run)).min().unwrap_or_default().as_secs_f64();
    let ratio = fastest(&|| drop(divan::black_box(bind(&command)))) / fastest(&|| drop(divan::black_box(parse(&json))));
    println!("binding costs {ratio:.2} times what the JSON costs");
    assert!(ratio <= MOST, "that is more than {MOST}");
}

fn time(run: &dyn Fn()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// The requests of a `batch-write-item`.
fn json() -> String {
    let mut out = "{\"table\":[".to_owned();
    let mut number = 0u32;
    while out.len() < LENGTH {
        let comma = if number > 0 { ", " } else { "" };
        let _ = write!(
            out,
            "{comma}{{\"PutRequest\": {{\"Item\": {{\"id\": {{\"S\": \"item-{number:06}\"}}, \"n\": {{\"N\": \"{}\"}}, \
             \"tags\": {{\"L\": [{{\"S\": \"one\"}}, {{\"S\": \"two\"}}]}}, \"ok\": {{\"BOOL\": true}}, \
             \"text\": {{\"S\": \"Some text that is long enough to be text, with \\\"quotes\\\".\"}}}}}}}}",
            number * 7
        );
        number += 1;
    }
    out + "]}"
}

fn command(json: &str) -> Vec<String> {
    ["dynamodb", "batch-write-item", "--region", "us-east-1", "--request-items", json].map(str::to_owned).to_vec()
}

fn parse(json: &str) -> oxaws_value::Value {
    parse_json(json).expect("the JSON that was made above")
}

/// From the words to what the client is asked for.
fn bind(words: &[String]) -> CallInput {
    let world = Fixed::new();
    let pack = oxaws_pack::facts();
    let first = first_parse(words).ok().flatten().expect("a command");
    let globals = Globals::from_parsed(&first.options).expect("global options");
    let session = Session::new(&world, pack, SessionOptions::default(), Default::default());
    let ui = Ui::new(&world, false);
    let services = Services::new(&world, pack);
    let aliases = Default::default();
    let line = Line::new(words, &aliases, &services, &REGISTRY);
    let cx = Context {
        world: &world,
        globals: &globals,
        session: &session,
        services: &services,
        ui: &ui,
        registry: &REGISTRY,
        line: &line,
        policy: &oxaws_cli::policy::Policy::new(&world, Default::default()),
    };
    let name = first.rest[0].as_str();
    let service = pack.service(&first.command).expect("a service");
    let operation = service.operation(name).expect("an operation");
    let prepared = prepare(&cx, operation, &first.command, name, &first.rest[1..]).expect("a right command line");
    let Prepared::Call(call) = prepared else { panic!("a call") };
    call.input().expect("right parameters")
}

#[divan::bench]
fn json_alone(bencher: Bencher) {
    let json = json();
    bencher.bench(|| parse(&json));
}

#[divan::bench]
fn command_line(bencher: Bencher) {
    let command = command(&json());
    bencher.bench(|| bind(&command));
}
