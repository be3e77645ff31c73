//! Questions to the user, in the two ways the AWS CLI asks them: a plain line, and a form whose answers are checked.

use crate::{failure::Failure, plug::context::Context};
use oxaws_env::Stream;
use oxaws_value::visible::visible_name;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks for a line (Python's `input`).
///
/// # Errors
/// When the input has ended, or the user interrupts.
pub fn line(cx: &Context, prompt: &str) -> Result<String, Failure> {
    cx.ui.text(prompt)?;
    match typed_line(cx)? {
        Some(line) => Ok(line),
        None => Err(Failure::no_terminal("EOF when reading a line")),
    }
}

/// Asks until the answer is yes or no.
///
/// # Errors
/// As [`line()`].
pub fn yes_or_no(cx: &Context, prompt: &str) -> Result<bool, Failure> {
    loop {
        match line(cx, prompt)?.to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => cx.ui.line("Invalid response. Please enter \"y\" or \"n\"")?,
        }
    }
}

/// What an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Anything.
    Nothing,
    /// Something.
    Given,
    /// A URL.
    StartUrl,
    /// Scopes, parted by commas.
    Scopes,
}

impl Check {
    /// What is wrong with an answer.
    fn complaint(self, answer: &str, has_default: bool) -> Option<&'static str> {
        if answer.is_empty() && has_default {
            return None;
        }
        match self {
            Check::Nothing => None,
            Check::Given => answer.is_empty().then_some("A value is required"),
            Check::StartUrl => (!oxaws_creds::is_endpoint_url(answer)).then_some("Not a valid Start URL"),
            Check::Scopes => answer
                .split(',')
                .any(|scope| scope.trim().contains(char::is_whitespace))
                .then_some("Scope values must be separated by commas"),
        }
    }
}

/// The standard input that isn't a terminal has been complained about.
static COMPLAINED: AtomicBool = AtomicBool::new(false);

/// Asks for a value of a form; an empty answer stands for the current value. `prompt` replaces `TEXT [CURRENT]: `.
///
/// # Errors
/// When the input has ended, or the user interrupts.
pub fn value(
    cx: &Context,
    text: &str,
    current: Option<&str>,
    prompt: Option<&str>,
    check: Check,
) -> Result<Option<String>, Failure> {
    let terminal = cx.world.is_terminal(Stream::Stdin);
    if !terminal && !COMPLAINED.swap(true, Ordering::Relaxed) {
        cx.ui.warn_plain("Warning: Input is not a terminal (fd=0).");
    }
    let prompt = prompt.map_or_else(|| format!("{text} [{}]: ", current.unwrap_or("None")), str::to_owned);
    let has_default = current.is_some_and(|c| !c.is_empty());
    loop {
        if terminal {
            cx.ui.text(&prompt)?;
        }
        // The end of the input has no words in the AWS CLI.
        let typed = typed_line(cx)?.ok_or_else(|| Failure::no_terminal(String::new()))?;
        match check.complaint(&typed, has_default) {
            Some(complaint) if terminal => cx.ui.line(complaint)?,
            // Whoever pipes the answers can't mend one: the next lines may, as they do there.
            Some(_) => {}
            None => {
                if !terminal {
                    cx.ui.line(&format!("{prompt}{typed}"))?;
                }
                let answer = typed.trim();
                return Ok(if answer.is_empty() { current.map(str::to_owned) } else { Some(answer.to_owned()) });
            }
        }
    }
}

/// Lets the user choose one of the items: its index.
///
/// # Errors
/// As [`value`].
pub fn choice(cx: &Context, items: &[String]) -> Result<usize, Failure> {
    let items: Vec<String> = items.iter().map(|item| visible_name(item).into_owned()).collect();
    cx.world.choose(&items).map_err(failed)?.ok_or_else(|| Failure::no_terminal(String::new()))
}

fn typed_line(cx: &Context) -> Result<Option<String>, Failure> {
    cx.world.read_line(&|| cx.session.cancel().is_cancelled()).map_err(failed)
}

fn failed(error: io::Error) -> Failure {
    match error.kind() {
        ErrorKind::Interrupted => Failure::Interrupted,
        _ => Failure::file_bare(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_checked() {
        assert_eq!(Check::Given.complaint("", false), Some("A value is required"));
        assert_eq!(Check::Given.complaint("", true), None);
        assert_eq!(Check::StartUrl.complaint("nonsense", true), Some("Not a valid Start URL"));
        assert_eq!(Check::StartUrl.complaint("https://x.awsapps.com/start", false), None);
        assert_eq!(Check::Scopes.complaint("a b,c", false), Some("Scope values must be separated by commas"));
        assert_eq!(Check::Scopes.complaint(" a , b ", false), None);
        assert_eq!(Check::Nothing.complaint("", false), None);
    }
}
