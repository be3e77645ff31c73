//! The functions of the language, with Python's results.

use crate::error::RuntimeError;
use crate::eval::{Evaluator, Outcome};
use crate::item::{Item, ItemMap, List, View};
use crate::number::{self, Num, Rounding, Total};
use crate::pytext;
use oxaws_python::python_float;
use oxaws_value::{JsonStyle, to_json};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

/// What an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    String,
    Array,
    Object,
    Expref,
    ArrayOfNumbers,
    ArrayOfStrings,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Type::Number => "number",
            Type::String => "string",
            Type::Array => "array",
            Type::Object => "object",
            Type::Expref => "expref",
            Type::ArrayOfNumbers => "array-number",
            Type::ArrayOfStrings => "array-string",
        }
    }

    /// Whether `item` is of this type, its elements aside.
    fn fits(self, item: &Item) -> bool {
        match item.view() {
            View::Number(_) => self == Type::Number,
            View::Str(_) => self == Type::String,
            View::List(_) => matches!(self, Type::Array | Type::ArrayOfNumbers | Type::ArrayOfStrings),
            View::Map(_) => self == Type::Object,
            View::Expref => self == Type::Expref,
            View::Null | View::Bool(_) | View::Bytes(_) => false,
        }
    }

    /// The type of the elements, where one is prescribed.
    fn element(self) -> Option<Type> {
        match self {
            Type::ArrayOfNumbers => Some(Type::Number),
            Type::ArrayOfStrings => Some(Type::String),
            _ => None,
        }
    }
}

type Body = for<'a> fn(&mut Evaluator<'a>, &[Item<'a>]) -> Outcome<'a>;

struct Spec {
    name: &'static str,
    /// The types of each parameter; none means any.
    parameters: &'static [&'static [Type]],
    /// Whether further arguments may follow, of any type.
    variadic: bool,
    body: Body,
}

/// A function of the language.
#[derive(Clone, Copy)]
pub(crate) struct Function(&'static Spec);

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

const fn spec(name: &'static str, parameters: &'static [&'static [Type]], body: Body) -> Spec {
    Spec { name, parameters, variadic: false, body }
}

const ANY: &[Type] = &[];
const NUMBER: &[Type] = &[Type::Number];
const NUMBERS: &[Type] = &[Type::ArrayOfNumbers];
const STRING: &[Type] = &[Type::String];
const STRINGS: &[Type] = &[Type::ArrayOfStrings];
const ARRAY: &[Type] = &[Type::Array];
const OBJECT: &[Type] = &[Type::Object];
const EXPREF: &[Type] = &[Type::Expref];
const NUMBERS_OR_STRINGS: &[Type] = &[Type::ArrayOfNumbers, Type::ArrayOfStrings];
// The order shows in error texts.
const STRINGS_OR_NUMBERS: &[Type] = &[Type::ArrayOfStrings, Type::ArrayOfNumbers];
const ARRAY_OR_STRING: &[Type] = &[Type::Array, Type::String];
const SIZED: &[Type] = &[Type::String, Type::Array, Type::Object];

static FUNCTIONS: [Spec; 26] = [
    spec("abs", &[NUMBER], |_, args| Ok(number(&args[0]).map_or(Item::Null, number::absolute))),
    spec("avg", &[NUMBERS], |_, args| match list(&args[0]).len() {
        0 => Ok(Item::Null),
        n => total(&args[0])?.average(n),
    }),
    spec("ceil", &[NUMBER], |_, args| rounded(&args[0], Rounding::Up)),
    spec("contains", &[ARRAY_OR_STRING, ANY], |_, args| contains(&args[0], &args[1])),
    spec("ends_with", &[STRING, STRING], |_, args| Ok(Item::Bool(text(&args[0]).ends_with(text(&args[1]))))),
    spec("floor", &[NUMBER], |_, args| rounded(&args[0], Rounding::Down)),
    spec("join", &[STRING, STRINGS], |_, args| Ok(join(text(&args[0]), list(&args[1])))),
    spec("keys", &[OBJECT], |_, args| Ok(Item::list(map(&args[0]).map(|(k, _)| Item::key(k)).collect()))),
    spec("length", &[SIZED], |_, args| Ok(length(&args[0]))),
    spec("map", &[EXPREF, ARRAY], |evaluator, args| map_each(evaluator, &args[0], list(&args[1]))),
    spec("max", &[NUMBERS_OR_STRINGS], |_, args| best(&args[0], Extreme::Max)),
    spec("max_by", &[ARRAY, EXPREF], |evaluator, args| best_by(evaluator, &args[0], &args[1], Extreme::Max)),
    Spec { variadic: true, ..spec("merge", &[OBJECT], |_, args| merge(args)) },
    spec("min", &[NUMBERS_OR_STRINGS], |_, args| best(&args[0], Extreme::Min)),
    spec("min_by", &[ARRAY, EXPREF], |evaluator, args| best_by(evaluator, &args[0], &args[1], Extreme::Min)),
    Spec {
        variadic: true,
        ..spec("not_null", &[ANY], |_, args| Ok(args.iter().find(|a| !a.is_null()).cloned().unwrap_or(Item::Null)))
    },
    spec("reverse", &[ARRAY_OR_STRING], |_, args| Ok(reverse(&args[0]))),
    spec("sort", &[STRINGS_OR_NUMBERS], |_, args| Ok(sort(list(&args[0])))),
    spec("sort_by", &[ARRAY, EXPREF], |evaluator, args| sort_by(evaluator, &args[0], &args[1])),
    spec("starts_with", &[STRING, STRING], |_, args| Ok(Item::Bool(text(&args[0]).starts_with(text(&args[1]))))),
    spec("sum", &[NUMBERS], |_, args| Ok(total(&args[0])?.into_item())),
    spec("to_array", &[ANY], |_, args| {
        Ok(match args[0].view() {
            View::List(_) => args[0].clone(),
            _ => Item::list(vec![args[0].clone()]),
        })
    }),
    spec("to_number", &[ANY], |_, args| to_number(&args[0])),
    spec("to_string", &[ANY], |_, args| Ok(to_string(&args[0]))),
    spec("type", &[ANY], |_, args| {
        Ok(match args[0].view() {
            View::Bytes(_) | View::Expref => Item::Null,
            _ => Item::Text(args[0].type_name()),
        })
    }),
    spec("values", &[OBJECT], |_, args| Ok(Item::list(map(&args[0]).map(|(_, v)| v).collect()))),
];

impl Function {
    /// The function called `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|f| f.name == name).map(Function)
    }

    /// Checks the number and types of the arguments, and calls it.
    pub(crate) fn call<'a>(self, evaluator: &mut Evaluator<'a>, args: &[Item<'a>]) -> Outcome<'a> {
        let Spec { name, parameters, variadic, body } = *self.0;
        let (expected, received) = (parameters.len(), args.len());
        if received < expected || (received > expected && !variadic) {
            return Err(RuntimeError::Arity { function: name, expected, received, at_least: variadic });
        }
        for (arg, types) in args.iter().zip(parameters) {
            check(name, arg, types)?;
        }
        body(evaluator, args)
    }
}

fn check(function: &'static str, arg: &Item, types: &[Type]) -> Result<(), RuntimeError> {
    let fault = |value: &Item, received| RuntimeError::InvalidType {
        function,
        value: pytext::item_text(value),
        expected: types.iter().map(|t| t.name()).collect(),
        received,
    };
    if types.is_empty() {
        return Ok(());
    }
    if !types.iter().any(|t| t.fits(arg)) {
        return Err(fault(arg, arg.type_name()));
    }
    let mut choices = types.iter().filter_map(|t| t.element());
    let (Some(mut element), second) = (choices.next(), choices.next()) else { return Ok(()) };
    // Of two possible types the first element chooses.
    if let (Some(second), Some(first)) = (second, list(arg).get(0))
        && second.fits(&first)
    {
        element = second;
    }
    match list(arg).iter().find(|item| !element.fits(item)) {
        Some(wrong) => Err(fault(&wrong, wrong.python_type())),
        None => Ok(()),
    }
}

// The accessors below are for arguments whose type was checked.

fn list<'v, 'a>(item: &'v Item<'a>) -> List<'v, 'a> {
    match item.view() {
        View::List(l) => l,
        _ => List::Made(&[]),
    }
}

fn map<'v, 'a>(item: &'v Item<'a>) -> Box<dyn Iterator<Item = (Cow<'a, str>, Item<'a>)> + 'v> {
    match item.view() {
        View::Map(m) => m.iter(),
        _ => Box::new(std::iter::empty()),
    }
}

fn text<'v>(item: &'v Item) -> &'v str {
    match item.view() {
        View::Str(s) => s,
        _ => "",
    }
}

fn number<'v>(item: &'v Item) -> Option<Num<'v>> {
    match item.view() {
        View::Number(n) => Some(n),
        _ => None,
    }
}

fn total(numbers: &Item) -> Result<Total, RuntimeError> {
    list(numbers).iter().try_fold(Total::new(), |total, item| match item.view() {
        View::Number(n) => total.add(n),
        _ => Ok(total),
    })
}

fn rounded<'a>(item: &Item<'a>, rounding: Rounding) -> Outcome<'a> {
    number(item).map_or(Ok(Item::Null), |n| number::round(n, rounding))
}

fn contains<'a>(subject: &Item<'a>, search: &Item<'a>) -> Outcome<'a> {
    Ok(Item::Bool(match (subject.view(), search.view()) {
        (View::Str(subject), View::Str(search)) => subject.contains(search),
        (View::Str(_), _) => return Err(RuntimeError::NotSubstring { received: search.python_type() }),
        _ => list(subject).iter().any(|item| search.same_or_equal(&item)),
    }))
}

fn join<'a>(separator: &str, items: List) -> Item<'a> {
    let mut joined = String::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text(&item));
    }
    Item::Str(joined.into())
}

fn length<'a>(item: &Item) -> Item<'a> {
    let length = match item.view() {
        View::Str(s) => s.chars().count(),
        View::List(l) => l.len(),
        View::Map(m) => m.len(),
        _ => 0,
    };
    Item::Int(length as i64)
}

fn reverse<'a>(item: &Item<'a>) -> Item<'a> {
    match item.view() {
        View::Str(s) => Item::string(&s.chars().rev().collect::<String>()),
        _ => Item::list(list(item).iter().rev().collect()),
    }
}

fn to_number<'a>(item: &Item<'a>) -> Outcome<'a> {
    Ok(match item.view() {
        View::Number(_) => item.clone(),
        View::Str(s) => number::parse(s),
        View::Bytes(b) => std::str::from_utf8(b).map_or(Item::Null, number::parse),
        View::Expref => return Err(RuntimeError::NoNumber),
        View::Null | View::Bool(_) | View::List(_) | View::Map(_) => Item::Null,
    })
}

/// Text as it is, anything else as compact ASCII JSON.
fn to_string<'a>(item: &Item<'a>) -> Item<'a> {
    if let View::Str(_) = item.view() {
        return item.clone();
    }
    let json = to_json(&item.to_printable(), JsonStyle { indent: None, ascii: true, spaced: false });
    // Python escapes DEL too.
    Item::Str(json.replace('\u{7f}', "\\u007f").into())
}

fn map_each<'a>(evaluator: &mut Evaluator<'a>, expref: &Item<'a>, items: List<'_, 'a>) -> Outcome<'a> {
    let mut results = Vec::with_capacity(items.len());
    for item in items.iter() {
        results.push(evaluator.apply(expref, &item, 3)?);
    }
    Ok(Item::list(results))
}

/// The first argument is a map; of the others Python asks only that `dict.update` takes them.
fn merge<'a>(args: &[Item<'a>]) -> Outcome<'a> {
    let mut merged = ItemMap::default();
    for arg in args {
        match arg.view() {
            View::Map(members) => members.iter().for_each(|(k, v)| merged.insert(k, v)),
            View::List(pairs) => {
                for (index, pair) in pairs.iter().enumerate() {
                    let (key, value) = pair_of(index, &pair)?;
                    merged.insert(key, value);
                }
            }
            View::Str("") => {}
            View::Str(_) => return Err(RuntimeError::ElementLength { index: 0, length: 1 }),
            View::Bytes([]) => {}
            View::Bytes(_) => return Err(RuntimeError::ElementNotIterable),
            _ => return Err(RuntimeError::NotIterable { received: arg.python_type() }),
        }
    }
    Ok(Item::Map(Rc::new(merged)))
}

/// What a pair is to `dict.update`: any two things in a row.
fn pair_of<'a>(index: usize, pair: &Item<'a>) -> Result<(Cow<'a, str>, Item<'a>), RuntimeError> {
    let parts: Vec<Item<'a>> = match pair.view() {
        View::List(l) => l.iter().collect(),
        View::Map(m) => m.iter().map(|(k, _)| Item::key(k)).collect(),
        View::Str(s) => s.chars().map(|c| Item::string(c.encode_utf8(&mut [0; 4]))).collect(),
        View::Bytes(b) => b.iter().map(|b| Item::Int(i64::from(*b))).collect(),
        _ => return Err(RuntimeError::ElementNotIterable),
    };
    let [key, value] = parts.as_slice() else {
        return Err(RuntimeError::ElementLength { index, length: parts.len() });
    };
    let key = match key.view() {
        View::Str(s) => s.to_owned(),
        // Keys of other types are printed as JSON prints them.
        View::Null => "null".to_owned(),
        View::Bool(b) => b.to_string(),
        View::Number(Num::Int(n)) => n.to_string(),
        View::Number(Num::Big(digits)) => digits.to_owned(),
        View::Number(Num::Float(f)) => python_float(f),
        View::Bytes(_) | View::Expref => pytext::item_text(key),
        View::List(_) | View::Map(_) => return Err(RuntimeError::BadKey { received: key.python_type() }),
    };
    Ok((Cow::Owned(key), value.clone()))
}

/// Which element is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extreme {
    Min,
    Max,
}

impl Extreme {
    fn by_name(self) -> &'static str {
        match self {
            Extreme::Min => "min_by",
            Extreme::Max => "max_by",
        }
    }

    /// Whether `item` replaces the `best` so far; of equals the first stays.
    fn replaces(self, item: &Item, best: &Item) -> Result<bool, RuntimeError> {
        let (operator, order) = match self {
            Extreme::Min => ("<", Ordering::Less),
            Extreme::Max => (">", Ordering::Greater),
        };
        Ok(item.compare(operator, best)? == Some(order))
    }
}

fn best<'a>(items: &Item<'a>, extreme: Extreme) -> Outcome<'a> {
    let mut best: Option<Item> = None;
    for item in list(items).iter() {
        match &best {
            Some(so_far) if !extreme.replaces(&item, so_far)? => {}
            _ => best = Some(item),
        }
    }
    Ok(best.unwrap_or(Item::Null))
}

fn best_by<'a>(evaluator: &mut Evaluator<'a>, items: &Item<'a>, expref: &Item<'a>, extreme: Extreme) -> Outcome<'a> {
    let mut best: Option<(Item, Item)> = None;
    for item in list(items).iter() {
        let key = sort_key(evaluator, extreme.by_name(), expref, &item, &["number", "string"])?;
        match &best {
            Some((so_far, _)) if !extreme.replaces(&key, so_far)? => {}
            _ => best = Some((key, item)),
        }
    }
    Ok(best.map_or(Item::Null, |(_, item)| item))
}

/// What `expref` gives for `item`, if that is of one of the `expected` types.
fn sort_key<'a>(
    evaluator: &mut Evaluator<'a>,
    function: &'static str,
    expref: &Item<'a>,
    item: &Item<'a>,
    expected: &[&'static str],
) -> Outcome<'a> {
    let key = evaluator.apply(expref, item, 4)?;
    let received = key.type_name();
    if expected.contains(&received) {
        return Ok(key);
    }
    Err(RuntimeError::InvalidType { function, value: pytext::item_text(&key), expected: expected.to_vec(), received })
}

/// The order in which elements of one type are sorted. A NaN, which has none, comes last: sorting needs a total order.
fn sort_order(a: &Item, b: &Item) -> Ordering {
    let is_nan = |item: &Item| matches!(item.view(), View::Number(Num::Float(f)) if f.is_nan());
    match a.compare("<", b) {
        Ok(Some(order)) => order,
        _ => is_nan(a).cmp(&is_nan(b)),
    }
}

fn sort<'a>(items: List<'_, 'a>) -> Item<'a> {
    let mut sorted: Vec<Item> = items.iter().collect();
    sorted.sort_by(sort_order);
    Item::list(sorted)
}

fn sort_by<'a>(evaluator: &mut Evaluator<'a>, items: &Item<'a>, expref: &Item<'a>) -> Outcome<'a> {
    const NAME: &str = "sort_by";
    let Some(first) = list(items).get(0) else { return Ok(items.clone()) };
    let required = evaluator.apply(expref, &first, 3)?.type_name();
    if !matches!(required, "number" | "string") {
        return Err(RuntimeError::InvalidType {
            function: NAME,
            // The element, not its key.
            value: pytext::item_text(&first),
            expected: vec!["string", "number"],
            received: required,
        });
    }
    let mut keyed = Vec::with_capacity(list(items).len());
    for item in list(items).iter() {
        keyed.push((sort_key(evaluator, NAME, expref, &item, &[required])?, item));
    }
    keyed.sort_by(|(a, _), (b, _)| sort_order(a, b));
    Ok(Item::list(keyed.into_iter().map(|(_, item)| item).collect()))
}
