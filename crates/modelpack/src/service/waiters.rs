//! How to wait for a state.

use super::ServiceCompiler;
use crate::ModelError;
use oxaws_model::format::{self, service as sf, waiter as wf};
use oxaws_model::names::cli_name;
use oxaws_model::{AcceptorState, Matcher};
use serde_json::Value;

impl ServiceCompiler<'_> {
    pub(super) fn waiters(&mut self, record: &mut [u32]) -> Result<(), ModelError> {
        record[sf::FIRST_WAITER] = (self.pack.waiters.len() / wf::FIELDS) as u32;
        let files = self.files;
        let Some(waiters) = files.waiters.as_ref().and_then(|w| w.get("waiters")).and_then(Value::as_object) else {
            return Ok(());
        };
        record[sf::WAITER_COUNT] = waiters.len() as u32;
        for (name, waiter) in waiters {
            let place = format!("waiter {name}");
            let waiter = self.object(Some(waiter), &place)?;
            self.known(
                waiter,
                &[
                    "operation",
                    "delay",
                    "maxAttempts",
                    "acceptors",
                    "description",
                    "type",
                    "deprecated",
                    "deprecatedMessage",
                ],
                &place,
            )?;
            let first_acceptor = (self.pack.acceptors.len() / format::acceptor::FIELDS) as u32;
            let acceptors = waiter.get("acceptors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for acceptor in acceptors {
                let acceptor = self.object(Some(acceptor), &place)?;
                self.known(acceptor, &["state", "matcher", "argument", "expected", "comment"], &place)?;
                let get = |key| acceptor.get(key).and_then(Value::as_str).unwrap_or_default();
                let state = AcceptorState::ALL.iter().position(|s| s.name() == get("state"));
                let matcher = Matcher::ALL.iter().position(|m| m.name() == get("matcher"));
                let (Some(state), Some(matcher)) = (state, matcher) else {
                    return Err(self.error(format!("unknown state or matcher of {place}")));
                };
                let argument = self.pack.strings.add(get("argument"));
                let expected = acceptor.get("expected").unwrap_or(&Value::Null).to_string();
                let expected = self.pack.strings.add(&expected);
                self.pack.acceptors.extend([state as u32, matcher as u32, argument, expected]);
            }
            let number = |key| waiter.get(key).and_then(Value::as_u64).unwrap_or(0) as u32;
            let mut fields = [0u32; wf::FIELDS];
            fields[wf::NAME] = self.pack.strings.add(name);
            fields[wf::CLI_NAME] = self.pack.strings.add(&cli_name(name));
            fields[wf::OPERATION] = self.text(waiter, "operation");
            fields[wf::DELAY] = number("delay");
            fields[wf::MAX_ATTEMPTS] = number("maxAttempts");
            fields[wf::FIRST_ACCEPTOR] = first_acceptor;
            fields[wf::ACCEPTOR_COUNT] = acceptors.len() as u32;
            self.pack.waiters.extend(fields);
        }
        Ok(())
    }
}
