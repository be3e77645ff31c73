//! How to wait for a state.

use crate::Pack;
use crate::format::{acceptor as a, section, waiter as f};

/// What an acceptor leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the models' own names")]
pub enum AcceptorState {
    Success,
    Failure,
    Retry,
}

impl AcceptorState {
    /// All, in the order of their numbers in a pack.
    pub const ALL: [AcceptorState; 3] = [AcceptorState::Success, AcceptorState::Failure, AcceptorState::Retry];

    /// The models' name.
    pub fn name(self) -> &'static str {
        match self {
            AcceptorState::Success => "success",
            AcceptorState::Failure => "failure",
            AcceptorState::Retry => "retry",
        }
    }
}

/// What an acceptor looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the models' own names")]
pub enum Matcher {
    Path,
    PathAll,
    PathAny,
    Status,
    Error,
}

impl Matcher {
    /// All, in the order of their numbers in a pack.
    pub const ALL: [Matcher; 5] = [Matcher::Path, Matcher::PathAll, Matcher::PathAny, Matcher::Status, Matcher::Error];

    /// The models' name.
    pub fn name(self) -> &'static str {
        match self {
            Matcher::Path => "path",
            Matcher::PathAll => "pathAll",
            Matcher::PathAny => "pathAny",
            Matcher::Status => "status",
            Matcher::Error => "error",
        }
    }
}

/// One rule of a waiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptor {
    /// The state it leads to.
    pub state: AcceptorState,
    /// What it looks at.
    pub matcher: Matcher,
    /// The JMESPath of the path matchers.
    pub argument: &'static str,
    /// The expected value, as JSON text.
    pub expected: &'static str,
}

/// One waiter: a handle into its pack.
#[derive(Clone, Copy)]
pub struct Waiter {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
}

impl std::fmt::Debug for Waiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Waiter({})", self.name())
    }
}

impl Waiter {
    fn get(self, field: usize) -> u32 {
        self.pack.field(section::WAITERS, f::FIELDS, self.index, field)
    }
    /// The model's name (`InstanceRunning`).
    pub fn name(self) -> &'static str {
        self.pack.str_at(self.get(f::NAME))
    }
    /// The command's name (`instance-running`).
    pub fn cli_name(self) -> &'static str {
        self.pack.str_at(self.get(f::CLI_NAME))
    }
    /// The operation that is polled, by its model name.
    pub fn operation(self) -> &'static str {
        self.pack.str_at(self.get(f::OPERATION))
    }
    /// Seconds between polls.
    pub fn delay(self) -> u32 {
        self.get(f::DELAY)
    }
    /// How many polls at most.
    pub fn max_attempts(self) -> u32 {
        self.get(f::MAX_ATTEMPTS)
    }
    /// Its rules, in order.
    pub fn acceptors(self) -> impl ExactSizeIterator<Item = Acceptor> {
        let most = self.pack.count(section::ACCEPTORS, a::FIELDS * 4) as u32;
        let (first, count) = (self.get(f::FIRST_ACCEPTOR), self.get(f::ACCEPTOR_COUNT));
        let pack = self.pack;
        (first..first.saturating_add(count).min(most).max(first)).map(move |i| {
            let get = |field| pack.field(section::ACCEPTORS, a::FIELDS, i, field);
            Acceptor {
                state: AcceptorState::ALL.get(get(a::STATE) as usize).copied().unwrap_or(AcceptorState::Retry),
                matcher: Matcher::ALL.get(get(a::MATCHER) as usize).copied().unwrap_or(Matcher::Path),
                argument: pack.str_at(get(a::ARGUMENT)),
                expected: pack.str_at(get(a::EXPECTED)),
            }
        })
    }
}
