//! The four options of this program's own, taken out of the arguments before anything else looks at them.
//!
//! So they count for every failure, also for one that comes before the arguments are parsed, and they take no part in
//! abbreviation: what is left is parsed as the AWS CLI parses it.

use crate::argv::argparse::ParseError;
use std::borrow::Cow;

/// Their names.
pub const OPTIONS: [&str; 4] = ["--exit-codes", "--fail-on", "--ok-on", "--result-file"];

/// An argument that was taken out, and its place among all arguments.
pub(crate) type Taken = (usize, String);

/// What the command line says about exit codes and the record, as typed. Of an option that is repeated the last counts.
#[derive(Debug, Default)]
pub struct Given {
    /// `--exit-codes`
    pub mode: Option<String>,
    /// `--fail-on`
    pub fail_on: Option<String>,
    /// `--ok-on`
    pub ok_on: Option<String>,
    /// `--result-file`
    pub record: Option<String>,
    /// The first option that lacks its value.
    pub(crate) incomplete: Option<ParseError>,
    /// The arguments that were taken out.
    pub(crate) taken: Vec<Taken>,
}

impl Given {
    fn place(&mut self, option: &str) -> &mut Option<String> {
        match option {
            "--exit-codes" => &mut self.mode,
            "--fail-on" => &mut self.fail_on,
            "--ok-on" => &mut self.ok_on,
            _ => &mut self.record,
        }
    }

    /// The words of `shown`, which were left, with those that were taken out in their old places.
    pub(crate) fn put_back(&self, shown: &[String]) -> Vec<String> {
        let mut all = Vec::with_capacity(shown.len() + self.taken.len());
        let (mut left, mut taken) = (shown.iter(), self.taken.iter().peekable());
        loop {
            if let Some((_, word)) = taken.next_if(|(at, _)| *at == all.len()) {
                all.push(word.clone());
            } else if let Some(word) = left.next() {
                all.push(word.clone());
            } else {
                break;
            }
        }
        all.extend(taken.map(|(_, word)| word.clone()));
        all
    }
}

/// The arguments without the options, and what these say. Words behind `--` are no options.
///
/// `--fail-on` without a value stays: it is an abbreviation of options that some commands have (`apigateway put-rest-api
/// --fail-on-warnings`), and those are flags.
pub fn take(args: &[String]) -> (Cow<'_, [String]>, Given) {
    let mut given = Given::default();
    // Both tests are cheap, and no option of the AWS CLI's most used ones begins so.
    if !args.iter().any(|arg| option_of(arg).is_some()) {
        return (Cow::Borrowed(args), given);
    }
    let mut left = Vec::with_capacity(args.len());
    let mut at = 0;
    while at < args.len() {
        let arg = &args[at];
        if arg == "--" {
            left.extend_from_slice(&args[at..]);
            break;
        }
        let Some((option, value)) = option_of(arg) else {
            left.push(arg.clone());
            at += 1;
            continue;
        };
        let next = args.get(at + 1).filter(|next| value.is_none() && is_value(next));
        match value.or(next.map(String::as_str)) {
            Some(value) => {
                *given.place(option) = Some(value.to_owned());
                let words = if next.is_some() { 2 } else { 1 };
                given.taken.extend((at..at + words).map(|at| (at, args[at].clone())));
                at += words;
            }
            None if option == "--fail-on" => {
                left.push(arg.clone());
                at += 1;
            }
            None => {
                given.taken.push((at, arg.clone()));
                let missing = || ParseError::Syntax(format!("argument {option}: expected one argument"));
                given.incomplete.get_or_insert_with(missing);
                at += 1;
            }
        }
    }
    (Cow::Owned(left), given)
}

/// The option that a word is, and what follows its `=`.
fn option_of(word: &str) -> Option<(&'static str, Option<&str>)> {
    let rest = word.strip_prefix("--")?;
    if !rest.starts_with(['e', 'f', 'o', 'r']) {
        return None;
    }
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    OPTIONS.into_iter().find(|option| *option == name).map(|option| (option, value))
}

/// Whether a word can be a value: argparse takes what begins with a dash for an option.
fn is_value(word: &str) -> bool {
    !word.starts_with('-') || word.len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_taken_from_anywhere() {
        let line =
            words("--exit-codes strict s3 ls --fail-on=skipped,no-change --result-file r s3://b --exit-codes=detailed");
        let (left, given) = take(&line);
        assert_eq!(left.join(" "), "s3 ls s3://b");
        assert_eq!(given.mode.as_deref(), Some("detailed"));
        assert_eq!(given.fail_on.as_deref(), Some("skipped,no-change"));
        assert_eq!(given.record.as_deref(), Some("r"));
        assert!(given.ok_on.is_none() && given.incomplete.is_none());
        assert_eq!(given.put_back(&left), line);
    }

    #[test]
    fn nothing_is_copied_without_them() {
        for line in
            ["s3 cp --re eu-west-1 a b", "ec2 x --fail-on-warnings --ok --result-files --exit --exit-code 1", ""]
        {
            let line = words(line);
            let (left, given) = take(&line);
            assert!(matches!(left, Cow::Borrowed(_)) && given.taken.is_empty());
        }
    }

    #[test]
    fn values_that_are_missing() {
        let message = |line: &str| take(&words(line)).1.incomplete.map(|e| e.to_string());
        let expected = |option: &str| Some(format!("argument {option}: expected one argument"));
        assert_eq!(message("s3 ls --exit-codes"), expected("--exit-codes"));
        assert_eq!(message("s3 ls --ok-on --debug"), expected("--ok-on"));
        assert_eq!(message("s3 ls --result-file --exit-codes"), expected("--result-file"));
        assert_eq!(message("s3 ls --result-file ''"), None);
        // A flag of some commands, abbreviated.
        let line = words("apigateway put-rest-api --fail-on --body b");
        assert_eq!(take(&line).0.join(" "), line.join(" "));
    }

    #[test]
    fn words_behind_dashes_are_left() {
        let line = words("s3 ls --ok-on usage -- --exit-codes strict");
        let (left, given) = take(&line);
        assert_eq!(left.join(" "), "s3 ls -- --exit-codes strict");
        assert_eq!((given.mode, given.ok_on.as_deref()), (None, Some("usage")));
    }
}
