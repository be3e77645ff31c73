//! Options that are numbers: Python's `int()` reads them once all words are parsed, so a bad one is no syntax error.

use crate::argv::argparse::Parsed;
use crate::argv::globals::not_an_int;
use crate::failure::Failure;
use oxaws_value::Value;

/// The number given for `dest`.
///
/// # Errors
/// When the word is none.
pub fn integer(args: &Parsed, dest: &str) -> Result<Option<Value>, Failure> {
    let Some(word) = args.word(dest) else { return Ok(None) };
    let digits = oxaws_python::python_int_text(word).ok_or_else(|| Failure::invalid(not_an_int(word)))?;
    Ok(Some(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int)))
}

/// The same, for numbers that this program itself counts with.
///
/// # Errors
/// When the word is none.
pub fn small_integer(args: &Parsed, dest: &str) -> Result<Option<i64>, Failure> {
    Ok(integer(args, dest)?.map(|v| v.as_i64().unwrap_or(i64::MAX)))
}
