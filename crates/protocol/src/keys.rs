//! Keys of wire maps, shared: a table's items all have the same attribute names, and a copy of each for each item is
//! an eighth of the memory of a large reply.

use oxaws_value::Key;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Mutex;

/// Longer keys are hardly names.
const LONGEST: usize = 64;
/// How many keys one reply may share: more aren't names either.
const MOST_PER_REPLY: usize = 256;
/// How many keys the process keeps for good, which bounds what is never freed to 256 KiB.
const MOST: usize = 4096;

static SHARED: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// The keys that one reply has met.
pub(crate) struct Keys {
    known: RefCell<HashSet<&'static str>>,
    /// Those met last, by a few of their bytes: most are found here without hashing them.
    recent: [Cell<&'static str>; RECENT],
}

const RECENT: usize = 64;

fn place(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or(0), bytes.last().copied().unwrap_or(0));
    (bytes.len() * 31 + usize::from(first) * 7 + usize::from(last)) % RECENT
}

impl Keys {
    pub(crate) fn new() -> Keys {
        Keys { known: RefCell::new(HashSet::new()), recent: [const { Cell::new("") }; RECENT] }
    }

    /// The key of this text: a shared one where it can be.
    pub(crate) fn key(&self, text: Cow<str>) -> Key {
        if text.len() > LONGEST {
            return Key::Owned(text.into_owned());
        }
        let recent = &self.recent[place(&text)];
        if recent.get() == text {
            return Key::Borrowed(recent.get());
        }
        if let Some(known) = self.known.borrow().get(text.as_ref()) {
            recent.set(known);
            return Key::Borrowed(known);
        }
        let full = self.known.borrow().len() >= MOST_PER_REPLY;
        match if full { None } else { shared(&text) } {
            Some(shared) => {
                self.known.borrow_mut().insert(shared);
                Key::Borrowed(shared)
            }
            None => Key::Owned(text.into_owned()),
        }
    }
}

fn shared(text: &str) -> Option<&'static str> {
    let mut guard = SHARED.lock().ok()?;
    let set = guard.get_or_insert_default();
    if let Some(known) = set.get(text) {
        return Some(known);
    }
    if set.len() >= MOST {
        return None;
    }
    let kept: &'static str = Box::leak(text.into());
    set.insert(kept);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shared_and_bounded() {
        let keys = Keys::new();
        for i in 0..1000 {
            let name = format!("key {i}");
            assert_eq!(keys.key(Cow::Borrowed(&name)), name);
        }
        assert!(matches!(keys.key("key 1".into()), Cow::Borrowed(_)));
        assert!(matches!(keys.key("key 999".into()), Cow::Owned(_)));
        assert!(matches!(keys.key("x".repeat(65).into()), Cow::Owned(_)));
    }
}
