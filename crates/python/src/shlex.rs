//! Shell-like words, as section headers, aliases and `credential_process` are split.

use std::fmt;

/// Why a text can't be split into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShlexError {
    /// A quote isn't closed.
    NoClosingQuotation,
    /// The text ends with a backslash.
    NoEscapedCharacter,
}

impl fmt::Display for ShlexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ShlexError::NoClosingQuotation => "No closing quotation",
            ShlexError::NoEscapedCharacter => "No escaped character",
        })
    }
}

impl std::error::Error for ShlexError {}

/// Splits like a POSIX shell without expansions: blanks separate; `'…'` is literal; in `"…"` a backslash guards only
/// `"` and itself; outside quotes it guards any character. `#` is no comment.
///
/// # Errors
/// When a quote isn't closed or nothing follows a backslash.
pub fn split(text: &str) -> Result<Vec<String>, ShlexError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let next = chars.next().ok_or(ShlexError::NoEscapedCharacter)?;
                word.get_or_insert_default().push(next);
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(ShlexError::NoClosingQuotation)? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(ShlexError::NoClosingQuotation)? {
                        '"' => break,
                        '\\' => match chars.next().ok_or(ShlexError::NoEscapedCharacter)? {
                            c @ ('"' | '\\') => word.push(c),
                            c => {
                                word.push('\\');
                                word.push(c);
                            }
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// A text as one shell word: as it is where that is safe, else in single quotes.
pub fn quote(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_and_quotes() {
        let ok = |t: &str| split(t).unwrap();
        assert_eq!(ok(" a  b\tc\n"), ["a", "b", "c"]);
        assert_eq!(
            ok(r#"profile "a b" c\ d 'e\f' "g\h\"" '' # x"#),
            ["profile", "a b", "c d", "e\\f", "g\\h\"", "", "#", "x"]
        );
        assert_eq!(ok("a'b'\"c\""), ["abc"]);
        assert_eq!(split("a 'b"), Err(ShlexError::NoClosingQuotation));
        assert_eq!(split("a \"b\\"), Err(ShlexError::NoEscapedCharacter));
        assert_eq!(split("a\\"), Err(ShlexError::NoEscapedCharacter));
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_one_word(text in any::<String>()) {
            prop_assert_eq!(split(&quote(&text)), Ok(vec![text]));
        }

        #[test]
        fn anything_can_be_split(text in any::<String>()) {
            let _ = split(&text);
        }
    }
}
