//! Keeps secrets out of what is recorded of a command line.

use crate::services::Services;
use oxaws_model::names::cli_name;
use oxaws_model::{Operation, Shape, ShapeKind};

/// What stands in place of a secret.
const REDACTED: &str = "****";
/// Parts of names whose values are secrets wherever they stand (`configure set aws_secret_access_key …`).
const TELLING: [&str; 4] = ["secret", "password", "token", "credential"];
/// Options of hand-written commands that take a secret and don't tell it.
const UNTOLD: [&str; 2] = ["sse-c-key", "sse-c-copy-source-key"];
/// What an option of these has in front, shortened or not.
const UNTOLD_PREFIX: &str = "sse-c-";
/// How deep a structure is searched for secrets.
const MAX_DEPTH: usize = 16;

/// The arguments, with secrets replaced: values of what the model calls sensitive, and of options and settings whose
/// names tell it.
pub(super) fn redacted(args: &[String], services: &Services) -> Vec<String> {
    let operation = operation(args, services);
    let mut out = Vec::with_capacity(args.len());
    let mut hiding = false;
    for arg in args {
        if let Some(option) = arg.strip_prefix("--") {
            let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            let secret = is_secret(name, operation);
            hiding = secret && value.is_none();
            out.push(match value {
                Some(_) if secret => format!("--{name}={REDACTED}"),
                _ => arg.clone(),
            });
        } else if hiding {
            out.push(REDACTED.into());
        } else {
            // The word after a telling one is its value.
            hiding = operation.is_none() && tells(arg);
            out.push(arg.clone());
        }
    }
    out
}

/// The operation that the words name.
fn operation(args: &[String], services: &Services) -> Option<Operation> {
    let mut words = args.iter();
    let service = words.by_ref().find_map(|word| services.find(word).ok().flatten())?;
    words.find_map(|word| service.operation(word))
}

fn is_secret(option: &str, operation: Option<Operation>) -> bool {
    // An option may be shortened.
    let Some(input) = operation.and_then(Operation::input) else {
        let untold = option.starts_with(UNTOLD_PREFIX) && UNTOLD.iter().any(|full| full.starts_with(option));
        return untold || tells(option);
    };
    let members = input.members().filter(|m| cli_name(m.name()).starts_with(option));
    if option.starts_with("cli-input-") {
        return holds_secret(input, 0);
    }
    members.into_iter().any(|m| holds_secret(m.shape(), 0))
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|part| name.contains(part))
}

fn holds_secret(shape: Shape, depth: usize) -> bool {
    if shape.sensitive() || depth > MAX_DEPTH {
        return shape.sensitive();
    }
    match shape.kind() {
        ShapeKind::Structure => shape.members().any(|m| holds_secret(m.shape(), depth + 1)),
        ShapeKind::List => holds_secret(shape.element().shape(), depth + 1),
        ShapeKind::Map => {
            holds_secret(shape.key().shape(), depth + 1) || holds_secret(shape.value().shape(), depth + 1)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    fn of(line: &str) -> String {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        redacted(&args, &Services::new(&Fixed::new(), oxaws_pack::facts())).join(" ")
    }

    #[test]
    fn secrets_are_replaced() {
        for (line, want) in [
            (
                "secretsmanager create-secret --name n --secret-string s --region r",
                "secretsmanager create-secret --name n --secret-string **** --region r",
            ),
            ("secretsmanager create-secret --secret-string=s", "secretsmanager create-secret --secret-string=****"),
            ("iam change-password --old-password a --new b", "iam change-password --old-password **** --new ****"),
            ("configure set aws_secret_access_key abc", "configure set aws_secret_access_key ****"),
            (
                "s3 cp a s3://b/c --sse-c AES256 --sse-c-key k --sse-c-copy-source-k=k",
                "s3 cp a s3://b/c --sse-c AES256 --sse-c-key **** --sse-c-copy-source-k=****",
            ),
            ("configure set region abc", "configure set region abc"),
            ("sqs send-message --queue-url q", "sqs send-message --queue-url q"),
        ] {
            assert_eq!(of(line), want);
        }
    }
}
