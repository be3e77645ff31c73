//! Waits until a condition of the models holds.

use crate::error::CallError;
use crate::error::{WaiterEnd, WaiterFailure};
use crate::session::Session;
use crate::types::input::CallInput;
use crate::types::reply::Reply;
use oxaws_failure::{Cause, Class};
use oxaws_jmespath::Expression;
use oxaws_model::{Acceptor, AcceptorState, Matcher, Operation, Waiter};
use oxaws_value::Value;
use std::time::Duration;

/// How long a pause goes on before it is looked whether the user has given up.
const SLICE: Duration = Duration::from_millis(50);

/// Calls the operation again and again until the waiter says how it ends.
///
/// # Errors
/// [`CallError::Waiter`] when it ends badly; the call's own error where no answer came.
pub fn wait(session: &Session, waiter: Waiter, operation: Operation, input: CallInput) -> Result<(), CallError> {
    // What is wrong with the set-up is reported before what is wrong with the waiter.
    session.client(operation.service())?;
    let rules = waiter.acceptors().map(Rule::new).collect::<Result<Vec<_>, _>>()?;
    let failed = |end: WaiterEnd, reason: String| {
        Err(CallError::Waiter(Box::new(WaiterFailure { name: waiter.name().to_owned(), reason, end })))
    };
    let mut matched_before = false;
    for attempt in 1.. {
        let answer = Answer::of(session.call(operation, input.clone()))?;
        let matching = rules.iter().find(|rule| rule.matches(&answer));
        match (matching.map(|rule| rule.state), &answer) {
            (Some(AcceptorState::Success), _) => return Ok(()),
            (Some(AcceptorState::Failure), _) => {
                let why = matching.map(Rule::explanation).unwrap_or_default();
                return failed(WaiterEnd::Failed, format!("Waiter encountered a terminal failure state: {why}"));
            }
            (Some(AcceptorState::Retry), _) => matched_before = true,
            (None, Answer::Error { code, message, class, .. }) => {
                return failed(WaiterEnd::Unexpected(*class), format!("An error occurred ({code}): {message}"));
            }
            (None, Answer::Reply { .. }) => {}
        }
        if attempt >= waiter.max_attempts() {
            // The rule looked at last is named, whether or not it is the one that matched earlier (as in botocore).
            return match matching.or(rules.last()).filter(|_| matched_before) {
                Some(rule) => {
                    let reason = format!("Max attempts exceeded. Previously accepted state: {}", rule.explanation());
                    failed(WaiterEnd::TimedOut, reason)
                }
                None => failed(WaiterEnd::TimedOut, "Max attempts exceeded".into()),
            };
        }
        pause(session, Duration::from_secs(waiter.delay().into()))?;
    }
    Ok(())
}

/// Lets time pass, unless the user gives up.
fn pause(session: &Session, time: Duration) -> Result<(), CallError> {
    let mut left = time;
    while !left.is_zero() {
        if session.cancel().is_cancelled() {
            return Err(CallError::Interrupted);
        }
        let slice = left.min(SLICE);
        session.world().sleep(slice);
        left -= slice;
    }
    if session.cancel().is_cancelled() { Err(CallError::Interrupted) } else { Ok(()) }
}

/// What a poll gave.
enum Answer {
    Reply { value: Value, status: u16 },
    Error { code: String, message: String, status: u16, class: Class },
}

impl Answer {
    fn of(outcome: Result<Reply, CallError>) -> Result<Answer, CallError> {
        match outcome {
            Ok(reply) => Ok(Answer::Reply { value: Value::Map(reply.value), status: reply.status }),
            Err(CallError::Service(failure)) => Ok(Answer::Error {
                code: failure.code().to_owned(),
                message: failure.error.message.clone().unwrap_or_else(|| "Unknown".into()),
                status: failure.error.status,
                class: failure.class(),
            }),
            Err(other) => Err(other),
        }
    }
}

/// An acceptor, made ready.
struct Rule {
    acceptor: Acceptor,
    state: AcceptorState,
    expression: Option<Expression>,
    expected: Value,
}

impl Rule {
    fn new(acceptor: Acceptor) -> Result<Rule, CallError> {
        let expression = match acceptor.matcher {
            Matcher::Path | Matcher::PathAll | Matcher::PathAny => {
                Some(oxaws_jmespath::compile(acceptor.argument).map_err(|e| CallError::bug(Cause::of(e)))?)
            }
            Matcher::Status | Matcher::Error => None,
        };
        let expected = oxaws_value::parse_json(acceptor.expected).map_err(|e| CallError::bug(Cause::of(e)))?;
        Ok(Rule { acceptor, state: acceptor.state, expression, expected })
    }

    fn matches(&self, answer: &Answer) -> bool {
        match (self.acceptor.matcher, answer) {
            (Matcher::Status, Answer::Reply { status, .. } | Answer::Error { status, .. }) => {
                self.expected == Value::Int(i64::from(*status))
            }
            (Matcher::Error, Answer::Error { code, .. }) => match &self.expected {
                Value::Bool(any) => *any,
                expected => expected.as_str() == Some(code),
            },
            (Matcher::Error, Answer::Reply { .. }) => self.expected == Value::Bool(false),
            // An error says nothing about what is looked for in a reply.
            (Matcher::Path | Matcher::PathAll | Matcher::PathAny, Answer::Error { .. }) => false,
            (matcher, Answer::Reply { value, .. }) => {
                // An expression of the models that fails on a reply hasn't found what is waited for.
                let found = self.expression.as_ref().and_then(|e| e.search(value).ok()).unwrap_or_default();
                match (matcher, &found) {
                    (Matcher::PathAll, Value::List(items)) => {
                        !items.is_empty() && items.iter().all(|item| *item == self.expected)
                    }
                    (Matcher::PathAny, Value::List(items)) => items.contains(&self.expected),
                    (Matcher::Path, found) => *found == self.expected,
                    _ => false,
                }
            }
        }
    }

    /// Why it matched, in botocore's words ("excepted" included).
    fn explanation(&self) -> String {
        let argument = self.acceptor.argument;
        let expected = oxaws_value::repr::str(&self.expected, Default::default());
        match self.acceptor.matcher {
            Matcher::Path => format!("For expression \"{argument}\" we matched expected path: \"{expected}\""),
            Matcher::PathAll => {
                format!("For expression \"{argument}\" all members matched excepted path: \"{expected}\"")
            }
            Matcher::PathAny => {
                format!("For expression \"{argument}\" we matched expected path: \"{expected}\" at least once")
            }
            Matcher::Status => format!("Matched expected HTTP status code: {expected}"),
            Matcher::Error => format!("Matched expected service error code: {expected}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(matcher: Matcher, argument: &'static str, expected: &'static str) -> Rule {
        Rule::new(Acceptor { state: AcceptorState::Success, matcher, argument, expected }).unwrap()
    }

    fn reply(json: &str) -> Answer {
        Answer::Reply { value: oxaws_value::parse_json(json).unwrap(), status: 200 }
    }

    fn error(code: &str, status: u16) -> Answer {
        Answer::Error { code: code.into(), message: "m".into(), status, class: Class::ServiceError }
    }

    #[test]
    fn paths() {
        let path = rule(Matcher::Path, "length(A) > `0`", "true");
        assert!(path.matches(&reply(r#"{"A": [1]}"#)) && !path.matches(&reply(r#"{"A": []}"#)));
        assert!(!path.matches(&error("X", 400)));
        let all = rule(Matcher::PathAll, "A[].S", "\"ok\"");
        assert!(all.matches(&reply(r#"{"A": [{"S": "ok"}, {"S": "ok"}]}"#)));
        assert!(!all.matches(&reply(r#"{"A": []}"#)) && !all.matches(&reply("{}")));
        let any = rule(Matcher::PathAny, "A[].S", "\"ok\"");
        assert!(any.matches(&reply(r#"{"A": [{"S": "no"}, {"S": "ok"}]}"#)) && !any.matches(&reply("{}")));
        assert_eq!(path.explanation(), "For expression \"length(A) > `0`\" we matched expected path: \"True\"");
    }

    #[test]
    fn codes() {
        assert!(rule(Matcher::Status, "", "404").matches(&error("404", 404)));
        assert!(rule(Matcher::Status, "", "200").matches(&reply("{}")));
        assert!(rule(Matcher::Error, "", "\"NoSuchEntity\"").matches(&error("NoSuchEntity", 404)));
        assert!(rule(Matcher::Error, "", "true").matches(&error("X", 400)));
        assert!(rule(Matcher::Error, "", "false").matches(&reply("{}")));
        assert!(!rule(Matcher::Error, "", "false").matches(&error("X", 400)));
    }
}
