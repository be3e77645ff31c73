//! The texts of `aws explain`, and the same as data.

use super::Class;
use super::catalogue::{CATALOGUE, Entry, class_named, classes_of_code, entry_of};
use oxaws_value::{Map, Value};
use std::fmt::Write;

/// What somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Everything there is.
    All,
    /// A class.
    Class(Class),
    /// An exit code, and the classes that it can mean.
    Code(u8, Vec<Class>),
    /// An error code of a service or of the AWS CLI, and its classes.
    ErrorCode(String, Vec<Class>),
}

impl Subject {
    /// What `word` names: a class, else an exit code, else an error code. `class_of` knows the error codes of services.
    pub fn named(word: &str, class_of: impl Fn(&str) -> Option<Class>) -> Option<Subject> {
        if let Some(class) = class_named(word) {
            return Some(Subject::Class(class));
        }
        if let Ok(code) = word.parse::<u8>() {
            let classes = classes_of_code(code);
            if !classes.is_empty() {
                return Some(Subject::Code(code, classes));
            }
        }
        // An error code that the catalogue has as an example can belong to several classes, as `ParamValidation` does.
        let own = CATALOGUE.iter().filter(|entry| entry.examples.contains(&word) && entry.row().strict != 254);
        let mut classes: Vec<Class> = own.map(|entry| entry.class).collect();
        if classes.is_empty() {
            classes.extend(class_of(word));
        }
        (!classes.is_empty()).then(|| Subject::ErrorCode(word.to_owned(), classes))
    }

    /// The classes it is about.
    fn classes(&self) -> Vec<Class> {
        match self {
            Subject::All => CATALOGUE.iter().map(|entry| entry.class).collect(),
            Subject::Class(class) => vec![*class],
            Subject::Code(_, classes) | Subject::ErrorCode(_, classes) => classes.clone(),
        }
    }

    /// As text, with a line end at the end.
    pub fn text(&self) -> String {
        match self {
            Subject::All => format!("{}\n\"aws explain CLASS\" says more about one of them.\n", table(&self.classes())),
            Subject::Class(class) => article(*class),
            Subject::Code(_, classes) if classes.len() == 1 => classes.iter().copied().map(article).collect(),
            Subject::Code(code, classes) => format!(
                "Several classes of failures can end with exit code {code}. With --exit-codes detailed, each has a code \
                 of its own:\n\n{}",
                table(classes)
            ),
            Subject::ErrorCode(code, classes) => {
                let articles: Vec<String> = classes.iter().copied().map(article).collect();
                format!("{code} is an error code of this class:\n\n{}", articles.join("\n"))
            }
        }
    }

    /// As data: a list of classes, or one class.
    pub fn value(&self) -> Value {
        let values = || Value::List(self.classes().into_iter().map(value_of).collect());
        match self {
            Subject::All => Value::Map([("classes", values())].into_iter().collect()),
            Subject::Class(class) => value_of(*class),
            Subject::Code(code, _) => {
                let code = Value::Int((*code).into());
                Value::Map([("exit_code", code), ("classes", values())].into_iter().collect())
            }
            Subject::ErrorCode(code, _) => {
                let code = Value::from(code.as_str());
                Value::Map([("error_code", code), ("classes", values())].into_iter().collect())
            }
        }
    }
}

/// One line a class: its number, its name, the documented code, and when it holds.
fn table(classes: &[Class]) -> String {
    let mut text = String::from("CODE  CLASS                STRICT  RETRY  MEANING\n");
    for class in classes {
        let Entry { meaning, .. } = entry_of(*class);
        let row = class.row();
        let retry = if row.retryable { "yes" } else { "no" };
        // Writing to a text can't fail.
        let _ = writeln!(text, "{:>4}  {:<20} {:>6}  {retry:<5}  {meaning}", row.number, row.name, row.strict);
    }
    text
}

/// All that is known about a class.
fn article(class: Class) -> String {
    let Entry { meaning, action, examples, .. } = entry_of(class);
    let row = class.row();
    let retry = if row.retryable { "The same command may succeed when it is run again." } else { "no" };
    let mut text = format!(
        "{} (exit code {} with --exit-codes detailed, {} with strict)\n\n{meaning}\n\nWhat to do: {action}\nRetryable: \
         {retry}\n",
        row.name, row.number, row.strict
    );
    if !examples.is_empty() {
        let _ = writeln!(text, "Error codes: {}", examples.join(", "));
    }
    text
}

fn value_of(class: Class) -> Value {
    let Entry { meaning, action, examples, .. } = entry_of(class);
    let row = class.row();
    let mut value: Map = [
        ("class", Value::from(row.name)),
        ("exit_code", Value::Int(row.number.into())),
        ("strict_code", Value::Int(row.strict.into())),
        ("retryable", Value::Bool(row.retryable)),
        ("meaning", Value::from(*meaning)),
        ("action", Value::from(*action)),
    ]
    .into_iter()
    .collect();
    if !examples.is_empty() {
        value.insert("error_codes", Value::List(examples.iter().map(|code| Value::from(*code)).collect()));
    }
    Value::Map(value)
}

/// The text about a result record: what ran, how it ended, and what its class means. `None` where `record` isn't one.
pub fn last_text(record: &Value) -> Option<String> {
    let (record, class) = class_of_record(record)?;
    let words = |name: &str| -> Option<String> {
        let words = record.get(name)?.as_list()?.iter().filter_map(Value::as_str);
        Some(words.collect::<Vec<_>>().join(" "))
    };
    let mut text = String::new();
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "{label}: {value}");
        }
    };
    let shown = |name: &str| -> Option<String> {
        match record.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        }
    };
    line("Command", words("argv").map(|argv| format!("aws {argv}")));
    line("Started", shown("started"));
    line("Exit code", shown("exit_code").zip(shown("mode")).map(|(code, mode)| format!("{code} (mode {mode})")));
    line("Operation", shown("operation"));
    line("Error code", shown("error_code"));
    line("Message", shown("message"));
    line("HTTP status", shown("http_status"));
    line("Attempts", shown("attempts"));
    line("Request ids", words("request_ids"));
    Some(format!("{text}\n{}", article(class)))
}

/// The same as data.
pub fn last_value(record: &Value) -> Option<Value> {
    let (_, class) = class_of_record(record)?;
    Some(Value::Map([("record", record.clone()), ("explanation", value_of(class))].into_iter().collect()))
}

fn class_of_record(record: &Value) -> Option<(&Map, Class)> {
    let Value::Map(map) = record else { return None };
    Some((map, class_named(map.get("class")?.as_str()?)?))
}

/// The paragraphs of `aws help return-codes` about modes and classes.
pub(crate) fn help() -> Vec<(String, String)> {
    let entry = |entry: &Entry| {
        let row = entry.row();
        let retry = if row.retryable { " Retryable." } else { "" };
        let examples = match entry.examples {
            [] => String::new(),
            examples => format!(" Error codes: {}.", examples.join(", ")),
        };
        let title = format!("{} {} (strict: {})", row.number, row.name, row.strict);
        (title, format!("{} {}{examples}{retry}", entry.meaning, entry.action))
    };
    CATALOGUE.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(word: &str) -> Option<Subject> {
        Subject::named(word, |code| (code == "NoSuchKey").then_some(Class::NotFound))
    }

    #[test]
    fn words_name_subjects() {
        assert_eq!(named("not-found"), Some(Subject::Class(Class::NotFound)));
        assert_eq!(named("31"), Some(Subject::Code(31, vec![Class::NotFound])));
        assert!(matches!(named("254"), Some(Subject::Code(254, classes)) if classes.len() > 5));
        assert_eq!(named("NoSuchKey"), Some(Subject::ErrorCode("NoSuchKey".into(), vec![Class::NotFound])));
        assert_eq!(named("NoRegion"), Some(Subject::ErrorCode("NoRegion".into(), vec![Class::NoRegion])));
        assert!(matches!(named("ParamValidation"), Some(Subject::ErrorCode(_, classes)) if classes.len() == 3));
        assert_eq!((named("99"), named("nonsense"), named("")), (None, None, None));
    }

    #[test]
    fn texts() {
        let all = Subject::All.text();
        assert_eq!(all.lines().count(), CATALOGUE.len() + 3);
        assert!(all.contains("\n  31  not-found               254  no     What was named"), "{all}");
        let one = named("34").expect("a class").text();
        assert!(one.starts_with("throttled (exit code 34 with --exit-codes detailed, 254 with strict)\n\n"), "{one}");
        assert!(one.contains("Retryable: The same command may") && one.contains("Error codes: Throttling,"), "{one}");
        assert!(named("1").expect("a code").text().starts_with("Several classes"));
    }

    #[test]
    fn a_record_is_explained() {
        let record = r#"{"schema": 1, "exit_code": 31, "mode": "detailed", "class": "not-found", "argv": ["s3", "ls"],
            "message": "m", "attempts": 2, "request_ids": ["a", "b"]}"#;
        let record = oxaws_value::parse_json(record).expect("JSON");
        let text = last_text(&record).expect("a record");
        let start = "Command: aws s3 ls\nExit code: 31 (mode detailed)\nMessage: m\nAttempts: 2\nRequest ids: a b\n\n";
        assert!(text.starts_with(&format!("{start}not-found (")), "{text}");
        assert!(last_value(&record).is_some());
        for other in ["{}", "[]", r#"{"class": "nonsense"}"#] {
            assert!(last_text(&oxaws_value::parse_json(other).expect("JSON")).is_none(), "{other}");
        }
    }
}
