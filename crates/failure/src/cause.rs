//! Why something failed, in words, with the error behind them.

use std::error::Error;
use std::fmt;

/// A message for the user and the error that it was made from. The message is the AWS CLI's wherever it has one; nothing
/// decides anything by it.
#[derive(Debug)]
pub struct Cause {
    text: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Cause {
    /// An error that is shown in its own words.
    pub fn of(error: impl Error + Send + Sync + 'static) -> Cause {
        Cause { text: error.to_string(), source: Some(Box::new(error)) }
    }

    /// An error that is shown in other words than its own: those of the AWS CLI for the same event.
    pub fn worded(text: impl Into<String>, error: impl Error + Send + Sync + 'static) -> Cause {
        Cause { text: text.into(), source: Some(Box::new(error)) }
    }

    /// The message.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts it in other words.
    pub fn reword(&mut self, change: impl FnOnce(&str) -> String) {
        self.text = change(&self.text);
    }

    /// The same cause in other words, to take secrets out of a message or to put a frame around it.
    pub fn reworded(self, change: impl FnOnce(&str) -> String) -> Cause {
        Cause { text: change(&self.text), source: self.source }
    }
}

impl From<&str> for Cause {
    fn from(text: &str) -> Cause {
        Cause { text: text.to_owned(), source: None }
    }
}

impl From<String> for Cause {
    fn from(text: String) -> Cause {
        Cause { text, source: None }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;
    use std::error::Error;

    #[test]
    fn other_words_keep_the_error() {
        let cause = Cause::of(std::io::Error::other("inner")).reworded(|text| format!("outer: {text}"));
        assert_eq!(cause.to_string(), "outer: inner");
        assert_eq!(cause.source().map(ToString::to_string).as_deref(), Some("inner"));
        assert!(Cause::from("plain").source().is_none());
    }
}
