//! The interpreter.
//!
//! Rules are tried in order; the first endpoint or error whose conditions hold is the answer. A tree whose conditions
//! hold but whose rules give nothing is passed over, as the AWS CLI does. What a rule's conditions assign is seen by the
//! rules within it and gone afterwards.

use crate::bytes::{Bytes, Cursor, Strings};
use crate::endpoint::{AuthScheme, Endpoint, Header};
use crate::error::ResolveError;
use crate::host::{is_valid_host_label, is_virtual_hostable_bucket};
use crate::params::{Parameters, Params};
use crate::partitions::Partitions;
use crate::value::{ArnParts, UrlParts, Val, substring};
use oxaws_model::endpoint_format::rules::{self as f, endpoint as ep, expr, function, header, kind};
use oxaws_python::percent_encode;
use std::borrow::Cow;
use std::rc::Rc;

/// Steps that an evaluation may take. S3's rules take a few hundred; damaged bytes could ask for any number.
const STEPS: u32 = 200_000;

/// What looking for a region's partition counts as.
const PARTITION_STEPS: usize = 500;

/// A view of a compiled rule set.
#[derive(Clone, Copy)]
pub(crate) struct RuleSet<'e> {
    bytes: Bytes<'e>,
    strings: Strings<'e>,
}

impl<'e> RuleSet<'e> {
    pub(crate) fn open(data: &'e [u8]) -> Result<Self, ResolveError> {
        Self::view(data).ok_or(ResolveError::Malformed)
    }

    fn view(data: &'e [u8]) -> Option<Self> {
        let bytes = Bytes::new(data);
        if bytes.u32(header::MAGIC)? != f::MAGIC || bytes.u16(header::VERSION)? != f::VERSION {
            return None;
        }
        let strings = Strings::new(bytes, bytes.place(header::STRINGS_AT)?, bytes.u16(header::STRINGS)?);
        Some(RuleSet { bytes, strings })
    }

    pub(crate) fn parameters(self) -> Parameters<'e> {
        let at = self.bytes.place(header::PARAMS_AT).unwrap_or(usize::MAX);
        Parameters::new(self.bytes, at, self.count(header::PARAMS), self.strings)
    }

    fn count(self, field: usize) -> u16 {
        self.bytes.u16(field).unwrap_or(0)
    }

    /// The place of a row in one of the two indexes.
    fn indexed(self, count: usize, table: usize, id: u16) -> Option<usize> {
        if id >= self.count(count) {
            return None;
        }
        self.bytes.place(self.bytes.place(table)?.checked_add(usize::from(id) * 4)?)
    }

    fn slot_name(self, slot: u16) -> Option<&'e str> {
        let at = self.bytes.place(header::SLOTS_AT)?.checked_add(usize::from(slot) * 2)?;
        self.strings.get(self.bytes.u16(at)?)
    }
}

/// Finds the endpoint for `params`. Both byte strings are the output of `modelpack`; any other bytes give an error.
///
/// # Errors
/// [`ResolveError`]: an error of the rules themselves, a parameter that is missing or of another kind, no fitting rule, or
/// damaged bytes.
pub fn resolve(rules: &[u8], partitions: &[u8], params: &Params<'_>) -> Result<Endpoint, ResolveError> {
    let set = RuleSet::open(rules)?;
    let partitions = Partitions::open(partitions).ok_or(ResolveError::Malformed)?;
    let mut slots: Vec<Option<Val<'_>>> = vec![None; usize::from(set.count(header::SLOTS))];
    let mut read = 0;
    for (slot, parameter) in slots.iter_mut().zip(set.parameters()) {
        match params.get(parameter.name) {
            Some(given) => {
                parameter.check(given)?;
                *slot = Some(Val::from_param(given));
            }
            None if parameter.default.is_some() => *slot = parameter.default.map(Val::from_default),
            None if parameter.required => return Err(ResolveError::Missing(parameter.name.to_owned())),
            None => {}
        }
        read += 1;
    }
    if read != set.count(header::PARAMS) {
        return Err(ResolveError::Malformed);
    }
    let mut evaluation = Evaluation { set, partitions, slots, trail: Vec::new(), steps: STEPS };
    let bounds = set.bytes.place(header::RULES_AT).zip(set.bytes.place(header::RULES_END));
    let (start, end) = bounds.ok_or(ResolveError::Malformed)?;
    let found = evaluation.rules(start, end, 0)?;
    found.ok_or_else(|| ResolveError::NoRule(params.describe()))
}

struct Evaluation<'e> {
    set: RuleSet<'e>,
    partitions: Partitions<'e>,
    /// The variables; parameters first.
    slots: Vec<Option<Val<'e>>>,
    /// The slots that were assigned, in order, so that they can be cleared on the way back.
    trail: Vec<u16>,
    steps: u32,
}

/// `None` stands for damaged bytes.
fn sound<T>(read: Option<T>) -> Result<T, ResolveError> {
    read.ok_or(ResolveError::Malformed)
}

impl<'e> Evaluation<'e> {
    fn spend(&mut self, steps: usize) -> Result<(), ResolveError> {
        self.steps = sound(u32::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps)))?;
        Ok(())
    }

    /// Tries the rules between two places.
    fn rules(&mut self, start: usize, end: usize, depth: u8) -> Result<Option<Endpoint>, ResolveError> {
        if depth > f::MAX_DEPTH {
            return Err(ResolveError::Malformed);
        }
        let mut cursor = Cursor::new(self.set.bytes, start);
        while cursor.at < end {
            self.spend(1)?;
            let kind = sound(cursor.u8())?;
            let conditions = usize::from(sound(cursor.u8())?);
            let first = cursor.at;
            cursor.at += conditions * 2;
            let mark = self.trail.len();
            let met = self.conditions(first, conditions)?;
            match kind {
                kind::TREE => {
                    let length = sound(cursor.place())?;
                    let start = cursor.at;
                    let stop = sound(start.checked_add(length).filter(|stop| *stop <= end))?;
                    if met && let Some(found) = self.rules(start, stop, depth + 1)? {
                        return Ok(Some(found));
                    }
                    cursor.at = stop;
                }
                kind::ENDPOINT => {
                    let id = sound(cursor.u16())?;
                    if met {
                        return self.endpoint(id).map(Some);
                    }
                }
                kind::ERROR => {
                    let id = sound(cursor.u16())?;
                    if met {
                        return Err(ResolveError::Rule(self.text(id)?));
                    }
                }
                _ => return Err(ResolveError::Malformed),
            }
            while self.trail.len() > mark {
                if let Some(slot) = self.trail.pop().and_then(|slot| self.slots.get_mut(usize::from(slot))) {
                    *slot = None;
                }
            }
        }
        Ok(None)
    }

    fn conditions(&mut self, first: usize, count: usize) -> Result<bool, ResolveError> {
        for number in 0..count {
            let id = sound(self.set.bytes.u16(first + number * 2))?;
            if !self.value(id)?.holds() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value of an expression of the table.
    fn value(&mut self, id: u16) -> Result<Val<'e>, ResolveError> {
        let at = sound(self.set.indexed(header::EXPRS, header::EXPRS_AT, id))?;
        self.evaluate(&mut Cursor::new(self.set.bytes, at), 0)
    }

    /// The same, for places where only a text makes sense.
    fn text(&mut self, id: u16) -> Result<String, ResolveError> {
        match self.value(id)? {
            Val::Str(text) => Ok(text.into_owned()),
            other => Err(ResolveError::Argument(format!("expected a string, not {}", other.type_name()))),
        }
    }

    fn evaluate(&mut self, cursor: &mut Cursor<'e>, depth: u8) -> Result<Val<'e>, ResolveError> {
        self.spend(1)?;
        if depth > f::MAX_DEPTH {
            return Err(ResolveError::Malformed);
        }
        let value = match sound(cursor.u8())? {
            expr::REF => self.variable(sound(cursor.u16())?)?.clone().unwrap_or(Val::None),
            expr::TEXT => Val::Str(Cow::Borrowed(sound(self.set.strings.get(sound(cursor.u16())?))?)),
            expr::FALSE => Val::Bool(false),
            expr::TRUE => Val::Bool(true),
            expr::INT => Val::Int(sound(cursor.i32())?),
            expr::TEMPLATE => Val::Str(Cow::Owned(self.template(cursor)?)),
            expr::ATTR => {
                let path = cursor.at;
                sound(skip_path(cursor))?;
                // Nearly always of a variable, which needn't be copied for it.
                if cursor.bytes.u8(cursor.at) == Some(expr::REF) {
                    cursor.at += 1;
                    let slot = sound(cursor.u16())?;
                    self.follow(self.variable(slot)?.as_ref().unwrap_or(&Val::None), path)?
                } else {
                    let value = self.evaluate(cursor, depth + 1)?;
                    self.follow(&value, path)?
                }
            }
            expr::ASSIGN => {
                let slot = sound(cursor.u16())?;
                let value = self.evaluate(cursor, depth + 1)?;
                if self.variable(slot)?.is_some() {
                    return Err(ResolveError::Assigned(self.set.slot_name(slot).unwrap_or("").to_owned()));
                }
                if let Some(place) = self.slots.get_mut(usize::from(slot)) {
                    *place = Some(value.clone());
                }
                self.trail.push(slot);
                value
            }
            code => self.call(sound(code.checked_sub(expr::CALL))?, cursor, depth + 1)?,
        };
        // A text that isn't borrowed was made or copied just now.
        if let Val::Str(Cow::Owned(text)) = &value {
            self.spend(text.len() / 64)?;
        }
        Ok(value)
    }

    fn variable(&self, slot: u16) -> Result<&Option<Val<'e>>, ResolveError> {
        sound(self.slots.get(usize::from(slot)))
    }

    /// Follows the path that is written at `at`, from `value`.
    fn follow(&self, value: &Val<'e>, at: usize) -> Result<Val<'e>, ResolveError> {
        let mut cursor = Cursor::new(self.set.bytes, at);
        let absent = |name: &str| ResolveError::Absent(name.to_owned());
        let mut value = Cow::Borrowed(value);
        for _ in 0..sound(cursor.u8())? {
            let indexed = sound(cursor.u8())? == expr::STEP_INDEX;
            let attribute = sound(cursor.u8())?;
            if attribute != expr::NO_ATTR {
                value = Cow::Owned(value.attribute(attribute).map_err(absent)?);
            }
            if indexed {
                let index = usize::from(sound(cursor.u16())?);
                return Ok(match value.as_ref() {
                    Val::List(list) => list.get(index).map_or(Val::None, Val::Str),
                    _ => Val::None,
                });
            }
        }
        Ok(value.into_owned())
    }

    fn template(&mut self, cursor: &mut Cursor<'e>) -> Result<String, ResolveError> {
        let mut out = String::with_capacity(64);
        for _ in 0..sound(cursor.u8())? {
            match sound(cursor.u8())? {
                expr::PART_TEXT => out.push_str(sound(self.set.strings.get(sound(cursor.u16())?))?),
                expr::PART_VAR => {
                    let slot = sound(cursor.u16())?;
                    let path = cursor.at;
                    sound(skip_path(cursor))?;
                    match self.variable(slot)? {
                        Some(value) if self.set.bytes.u8(path) == Some(0) => value.write_to(&mut out),
                        Some(value) => self.follow(value, path)?.write_to(&mut out),
                        None => return Err(ResolveError::Absent(self.set.slot_name(slot).unwrap_or("").to_owned())),
                    }
                }
                _ => return Err(ResolveError::Malformed),
            }
            // Damaged rules could double a text with every step.
            self.spend(out.len() / 16)?;
        }
        Ok(out)
    }

    fn call(&mut self, code: u8, cursor: &mut Cursor<'e>, depth: u8) -> Result<Val<'e>, ResolveError> {
        let (_, count) = *sound(function::ALL.get(usize::from(code)))?;
        let mut argument = || self.evaluate(cursor, depth);
        let first = argument()?;
        if count == 4 {
            let (start, stop, reverse) = (argument()?, argument()?, argument()?);
            return match (&first, start, stop, reverse) {
                (Val::Str(text), Val::Int(start), Val::Int(stop), Val::Bool(reverse)) => {
                    Ok(substring(text, start, stop, reverse).map_or(Val::None, Val::Str))
                }
                (Val::Str(_), ..) => Err(ResolveError::Malformed),
                _ => Err(ResolveError::Argument(format!("Input must be a string, not {}.", first.type_name()))),
            };
        }
        let second = if count == 2 { argument()? } else { Val::None };
        if let Val::Str(text) = &first {
            self.spend(text.len() / 64)?;
        }
        match code {
            function::BOOLEAN_EQUALS => match (&first, &second) {
                (Val::Bool(a), Val::Bool(b)) => Ok(Val::Bool(a == b)),
                _ => Err(unequal_types("Both arguments must be bools", &first, &second)),
            },
            function::STRING_EQUALS => match (&first, &second) {
                (Val::Str(a), Val::Str(b)) => Ok(Val::Bool(a == b)),
                _ => Err(unequal_types("Both values must be strings", &first, &second)),
            },
            function::IS_SET => Ok(Val::Bool(!matches!(first, Val::None))),
            function::NOT => Ok(Val::Bool(!first.is_truthy())),
            function::PARTITION => {
                self.spend(PARTITION_STEPS)?;
                let found = match &first {
                    Val::Str(region) => self.partitions.partition_of(region),
                    _ => self.partitions.iter().next(),
                };
                Ok(found.map_or(Val::None, Val::Partition))
            }
            function::IS_VALID_HOST_LABEL => Ok(Val::Bool(match (&first, &second) {
                (Val::Str(text), Val::Bool(subdomains)) => is_valid_host_label(text, *subdomains),
                _ => false,
            })),
            function::IS_VIRTUAL_HOSTABLE_S3_BUCKET => Ok(Val::Bool(match (&first, &second) {
                (Val::Str(text), Val::Bool(subdomains)) => is_virtual_hostable_bucket(text, *subdomains),
                _ => false,
            })),
            function::PARSE_ARN => Ok(match &first {
                Val::Str(text) => ArnParts::parse(text).map_or(Val::None, |arn| Val::Arn(Rc::new(arn))),
                _ => Val::None,
            }),
            function::PARSE_URL => Ok(match &first {
                Val::Str(text) => UrlParts::parse(text).map_or(Val::None, |url| Val::Url(Rc::new(url))),
                _ => Val::None,
            }),
            function::URI_ENCODE => match &first {
                Val::Str(text) => Ok(Val::Str(Cow::Owned(percent_encode(text.as_bytes(), b"")))),
                _ => Ok(Val::None),
            },
            _ => Err(ResolveError::Malformed),
        }
    }

    fn texts(&mut self, cursor: &mut Cursor<'e>) -> Result<Vec<String>, ResolveError> {
        let count = sound(cursor.u8())?;
        let mut texts = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            texts.push(self.text(sound(cursor.u16())?)?);
        }
        Ok(texts)
    }

    fn endpoint(&mut self, id: u16) -> Result<Endpoint, ResolveError> {
        let at = sound(self.set.indexed(header::ENDPOINTS, header::ENDPOINTS_AT, id))?;
        let mut cursor = Cursor::new(self.set.bytes, at);
        let mut found = Endpoint { url: self.text(sound(cursor.u16())?)?, ..Endpoint::default() };
        let flags = sound(cursor.u8())?;
        for _ in 0..sound(cursor.u8())? {
            let name = sound(self.set.strings.get(sound(cursor.u16())?))?.to_owned();
            found.headers.push(Header { name, values: self.texts(&mut cursor)? });
        }
        if flags & ep::BACKEND != 0 {
            found.backend = Some(self.text(sound(cursor.u16())?)?);
        }
        if flags & ep::METRICS != 0 {
            found.metric_values = self.texts(&mut cursor)?;
        }
        if flags & ep::AUTH != 0 {
            for _ in 0..sound(cursor.u8())? {
                let scheme = self.scheme(&mut cursor)?;
                found.auth_schemes.push(scheme);
            }
        }
        Ok(found)
    }

    fn scheme(&mut self, cursor: &mut Cursor<'e>) -> Result<AuthScheme, ResolveError> {
        let mut scheme = AuthScheme { name: self.text(sound(cursor.u16())?)?, ..AuthScheme::default() };
        let flags = sound(cursor.u8())?;
        if flags & ep::SCHEME_NAME != 0 {
            scheme.signing_name = Some(self.text(sound(cursor.u16())?)?);
        }
        if flags & ep::SCHEME_REGION != 0 {
            scheme.signing_region = Some(self.text(sound(cursor.u16())?)?);
        }
        if flags & ep::SCHEME_REGION_SET != 0 {
            scheme.signing_region_set = Some(self.texts(cursor)?);
        }
        if flags & ep::SCHEME_ENCODING != 0 {
            scheme.disable_double_encoding = Some(flags & ep::SCHEME_SINGLE != 0);
        }
        Ok(scheme)
    }
}

fn unequal_types(what: &str, first: &Val<'_>, second: &Val<'_>) -> ResolveError {
    ResolveError::Argument(format!("{what}, not {} and {}.", first.type_name(), second.type_name()))
}

fn skip_path(cursor: &mut Cursor<'_>) -> Option<()> {
    for _ in 0..cursor.u8()? {
        let indexed = cursor.u8()? == expr::STEP_INDEX;
        cursor.at += if indexed { 3 } else { 1 };
    }
    Some(())
}
