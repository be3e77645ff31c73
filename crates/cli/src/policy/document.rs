//! Keeps `docs/exit-codes.md` what the catalogue says. `OXAWS_BLESS=1` rewrites its tables.

use super::catalogue::{CATALOGUE, DEPARTURES};
use std::fmt::Write;
use std::path::Path;

fn departures() -> String {
    let mut text = String::from("| situation | `compat` | `strict` | `detailed` |\n| --- | ---: | ---: | --- |\n");
    for departure in &DEPARTURES {
        let detailed = match departure.class {
            Some(class) => format!("{} `{}`", class.number(), class.name()),
            None => "30 to 39, the service error's class".to_owned(),
        };
        let (situation, compat, strict) = (departure.situation, departure.compat, departure.strict);
        writeln!(text, "| {situation} | {compat} | {strict} | {detailed} |").expect("text");
    }
    text
}

fn classes() -> String {
    let mut text = String::from(
        "| code | class | `strict` | retry | meaning | what to do | error codes |\n| ---: | --- | ---: | --- | --- | --- \
         | --- |\n",
    );
    for entry in &CATALOGUE {
        let row = entry.row();
        let retry = if row.retryable { "yes" } else { "" };
        let codes: Vec<String> = entry.examples.iter().map(|code| format!("`{code}`")).collect();
        writeln!(
            text,
            "| {} | `{}` | {} | {retry} | {} | {} | {} |",
            row.number,
            row.name,
            row.strict,
            entry.meaning,
            entry.action,
            codes.join(", ")
        )
        .expect("text");
    }
    text
}

/// `text` with what is between the marks of `name` replaced.
fn replaced(text: &str, name: &str, table: &str) -> String {
    let (before, rest) = text.split_once(&format!("<!-- begin {name}:")).expect("the mark of a beginning");
    let (mark, rest) = rest.split_once('\n').expect("a line");
    let (_, after) = rest.split_once(&format!("<!-- end {name} -->")).expect("the mark of an end");
    format!("{before}<!-- begin {name}:{mark}\n{table}<!-- end {name} -->{after}")
}

#[test]
fn the_document_is_made_from_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exit-codes.md");
    let text = std::fs::read_to_string(&path).expect("docs/exit-codes.md");
    let fresh = replaced(&replaced(&text, "departures", &departures()), "classes", &classes());
    if oxaws_env::World::var(&oxaws_env::Real, "OXAWS_BLESS").is_some() {
        std::fs::write(&path, fresh).expect("docs/exit-codes.md can be written");
        return;
    }
    assert_eq!(text, fresh, "docs/exit-codes.md is stale: run this test with OXAWS_BLESS=1");
}
