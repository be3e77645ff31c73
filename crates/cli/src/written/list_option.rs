//! Options of hand-written commands that take several words.

use crate::argv::argparse::{Given, Parsed};
use crate::failure::Failure;
use crate::operation::bind::{param_error, param_file_error};
use crate::plug::context::Context;
use oxaws_value::Value;

/// What was given for such an option.
#[derive(Debug)]
pub enum ListOption {
    /// Nothing.
    Absent,
    /// Words.
    Words(Vec<String>),
    /// The contents of the file that the only word names.
    File(String),
}

impl ListOption {
    /// What was given for `name` (without dashes).
    ///
    /// # Errors
    /// When the file it names can't be read.
    pub fn of(cx: &Context, args: &Parsed, name: &str) -> Result<ListOption, Failure> {
        let words = match args.get(&name.replace('-', "_")) {
            Some(Given::Words(words)) => words.clone(),
            Some(Given::Word(word)) => vec![word.clone()],
            _ => return Ok(ListOption::Absent),
        };
        if let [one] = words.as_slice()
            && let Some(loaded) = oxaws_input::paramfile::load(cx.world, one)
        {
            return match loaded.map_err(|e| param_file_error(&format!("--{name}"), e))? {
                Value::Bytes(bytes) => Ok(ListOption::File(String::from_utf8_lossy(&bytes).into_owned())),
                other => Ok(ListOption::File(other.as_str().unwrap_or_default().to_owned())),
            };
        }
        Ok(ListOption::Words(words))
    }

    /// As a list of texts: words, or the list that a JSON text holds.
    ///
    /// # Errors
    /// When JSON that was meant isn't, or holds something else.
    pub fn texts(self, name: &str) -> Result<Option<Vec<Value>>, Failure> {
        let words = match self {
            ListOption::Absent => return Ok(None),
            ListOption::Words(words) => words,
            ListOption::File(text) => vec![text],
        };
        if let [one] = words.as_slice()
            && one.trim_start().starts_with('[')
        {
            let list = oxaws_input::json_arg::parse(one).map_err(|e| param_error(&format!("--{name}"), e))?;
            if let Value::List(items) = list {
                return Ok(Some(items));
            }
        }
        Ok(Some(words.into_iter().map(Value::from).collect()))
    }
}
