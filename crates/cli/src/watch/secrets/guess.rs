//! Which words are secrets by their names, for lines whose command isn't known.

use super::value::whole;
use oxaws_value::secret::{HIDDEN, Secrets};

/// Parts of names whose values are secrets.
const TELLING: [&str; 6] = ["secret", "passw", "passphrase", "token", "credential", "private-key"];
/// Options that take a secret and whose names don't say so, shortened or not.
const UNTOLD: [&str; 2] = ["--sse-c-key", "--sse-c-copy-source-key"];
/// The shortest form of those.
const UNTOLD_PREFIX: &str = "--sse-c-";

/// The words as they may be shown: what follows a telling name is hidden.
pub(super) fn hidden(words: &[&str], secrets: &mut Secrets) -> Vec<Option<String>> {
    let mut hiding = false;
    let mut out = Vec::with_capacity(words.len());
    for word in words {
        let (name, value) = word.split_once('=').map_or((*word, None), |(name, value)| (name, Some(value)));
        let is_option = name.starts_with("--");
        if !is_option && hiding {
            // An option's values go on until the next option; a telling word has one.
            out.push(Some(whole(word, secrets)));
            continue;
        }
        let secret = tells(name);
        hiding = secret && value.is_none();
        out.push(match value {
            Some(value) if secret && is_name(name) => {
                whole(value, secrets);
                Some(format!("{name}={HIDDEN}"))
            }
            Some(_) if secret => Some(whole(word, secrets)),
            _ => None,
        });
    }
    out
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn tells(name: &str) -> bool {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let untold = lower.starts_with(UNTOLD_PREFIX) && UNTOLD.iter().any(|full| full.starts_with(&lower));
    untold || TELLING.iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let shown = hidden(&words, &mut Secrets::default());
        let shown: Vec<String> = shown.into_iter().zip(&words).map(|(s, w)| s.unwrap_or((*w).to_owned())).collect();
        shown.join(" ")
    }

    #[test]
    fn names_tell() {
        for (line, want) in [
            ("--db-password a b --x c", "--db-password **** **** --x c"),
            ("--password=a --x=b", "--password=**** --x=b"),
            ("MY_TOKEN=a x", "MY_TOKEN=**** x"),
            ("{\"Password\":\"a=b\"}", "****"),
            ("--sse-c-k a --sse-c AES256", "--sse-c-k **** --sse-c AES256"),
        ] {
            assert_eq!(of(line), want);
        }
    }
}
