//! What rules are asked with: parameters, and which of them a rule set knows.

use crate::bytes::{Bytes, Cursor, Strings};
use crate::error::ResolveError;
use crate::rules::RuleSet;
use oxaws_model::endpoint_format::NONE;
use oxaws_model::endpoint_format::rules::param;
use std::borrow::Cow;

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamValue<'a> {
    /// A text.
    Str(Cow<'a, str>),
    /// A truth value.
    Bool(bool),
    /// A list of texts.
    List(Vec<Cow<'a, str>>),
}

impl<'a> From<&'a str> for ParamValue<'a> {
    fn from(value: &'a str) -> Self {
        ParamValue::Str(Cow::Borrowed(value))
    }
}

impl From<String> for ParamValue<'_> {
    fn from(value: String) -> Self {
        ParamValue::Str(Cow::Owned(value))
    }
}

impl From<bool> for ParamValue<'_> {
    fn from(value: bool) -> Self {
        ParamValue::Bool(value)
    }
}

impl From<Vec<String>> for ParamValue<'_> {
    fn from(value: Vec<String>) -> Self {
        ParamValue::List(value.into_iter().map(Cow::Owned).collect())
    }
}

/// Parameters by name, in the order they were given (the order shows in one error text). Those that the rule set doesn't
/// declare are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params<'a> {
    entries: Vec<(Cow<'a, str>, ParamValue<'a>)>,
}

impl<'a> Params<'a> {
    /// None yet.
    pub fn new() -> Self {
        Params::default()
    }

    /// Gives `name` a value, in place of an earlier one.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<ParamValue<'a>>) {
        let (name, value) = (name.into(), value.into());
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((name, value)),
        }
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&ParamValue<'a>> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue<'a>)> {
        self.entries.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// One line for each, as in the AWS CLI's text for parameters that no rule fits.
    pub(crate) fn describe(&self) -> String {
        let quoted = |text: &str| format!("'{text}'");
        let lines = self.iter().map(|(name, value)| match value {
            ParamValue::Str(text) => format!("{name}: {text}"),
            ParamValue::Bool(true) => format!("{name}: True"),
            ParamValue::Bool(false) => format!("{name}: False"),
            ParamValue::List(one) if one.len() == 1 => format!("{name}: ({},)", quoted(&one[0])),
            ParamValue::List(list) => {
                format!("{name}: ({})", list.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// A text.
    Str,
    /// A truth value.
    Bool,
    /// A list of texts.
    List,
}

impl ParamKind {
    fn of(value: &ParamValue<'_>) -> ParamKind {
        match value {
            ParamValue::Str(_) => ParamKind::Str,
            ParamValue::Bool(_) => ParamKind::Bool,
            ParamValue::List(_) => ParamKind::List,
        }
    }

    fn python_name(self) -> &'static str {
        match self {
            ParamKind::Str => "<class 'str'>",
            ParamKind::Bool => "<class 'bool'>",
            ParamKind::List => "<class 'tuple'>",
        }
    }
}

/// A parameter that a rule set declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub kind: ParamKind,
    /// The setting it takes its value from when nothing else gives one: `AWS::Region`, `SDK::Endpoint`, …
    pub builtin: Option<&'a str>,
    /// Whether it must have a value (its default counts).
    pub required: bool,
    /// Its value when none is given.
    pub default: Option<ParamValue<'a>>,
}

impl Parameter<'_> {
    /// Whether a value of this kind was given.
    pub(crate) fn check(&self, given: &ParamValue<'_>) -> Result<(), ResolveError> {
        if ParamKind::of(given) == self.kind {
            return Ok(());
        }
        Err(ResolveError::WrongType { name: self.name.to_owned(), expected: self.kind.python_name() })
    }
}

/// The parameters that a rule set declares, in its order.
pub struct Parameters<'a> {
    cursor: Cursor<'a>,
    strings: Strings<'a>,
    left: u16,
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, at: usize, count: u16, strings: Strings<'a>) -> Self {
        Parameters { cursor: Cursor::new(bytes, at), strings, left: count }
    }

    fn read(&mut self) -> Option<Parameter<'a>> {
        let name = self.strings.get(self.cursor.u16()?)?;
        let kind = match self.cursor.u8()? {
            param::STRING => ParamKind::Str,
            param::BOOL => ParamKind::Bool,
            param::LIST => ParamKind::List,
            _ => return None,
        };
        let flags = self.cursor.u8()?;
        let builtin = match self.cursor.u16()? {
            NONE => None,
            id => Some(self.strings.get(id)?),
        };
        let default = if flags & param::DEFAULT == 0 { None } else { Some(self.default(kind)?) };
        Some(Parameter { name, kind, builtin, required: flags & param::REQUIRED != 0, default })
    }

    fn default(&mut self, kind: ParamKind) -> Option<ParamValue<'a>> {
        Some(match kind {
            ParamKind::Str => self.strings.get(self.cursor.u16()?)?.into(),
            ParamKind::Bool => (self.cursor.u8()? != 0).into(),
            ParamKind::List => {
                let count = self.cursor.u8()?;
                let mut list = Vec::with_capacity(usize::from(count));
                for _ in 0..count {
                    list.push(Cow::Borrowed(self.strings.get(self.cursor.u16()?)?));
                }
                ParamValue::List(list)
            }
        })
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    /// Ends early where the bytes are damaged; resolving then says so.
    fn next(&mut self) -> Option<Parameter<'a>> {
        self.left = self.left.checked_sub(1)?;
        let parameter = self.read();
        if parameter.is_none() {
            self.left = 0;
        }
        parameter
    }
}

/// The parameters that `rules` declares, in its order; none for bytes that are no rule set.
pub fn declared(rules: &[u8]) -> impl Iterator<Item = Parameter<'_>> {
    RuleSet::open(rules).ok().into_iter().flat_map(|set| set.parameters())
}
