//! Values while rules are evaluated. Texts are borrowed from the parameters, the rules and the partitions wherever that
//! is possible, so that an evaluation allocates next to nothing.

use crate::arn::{Arn, resource_parts};
use crate::params::ParamValue;
use crate::partitions::Partition;
use crate::url::{is_ip, normalize_path, valid};
use oxaws_model::endpoint_format::rules::attribute as a;
use oxaws_python::url::{Split, clean};
use std::borrow::Cow;
use std::rc::Rc;

/// A value.
#[derive(Clone)]
pub(crate) enum Val<'e> {
    None,
    Bool(bool),
    Int(i32),
    Str(Cow<'e, str>),
    List(List<'e>),
    Partition(Partition<'e>),
    Arn(Rc<ArnParts<'e>>),
    Url(Rc<UrlParts<'e>>),
}

/// A list of texts.
#[derive(Clone)]
pub(crate) enum List<'e> {
    Given(&'e [Cow<'e, str>]),
    Default(Rc<Vec<Cow<'e, str>>>),
    /// The resource of an ARN, cut when it is looked at.
    Resource(Cow<'e, str>),
}

/// An ARN that has its required parts.
pub(crate) struct ArnParts<'e> {
    partition: Cow<'e, str>,
    service: Cow<'e, str>,
    region: Cow<'e, str>,
    account: Cow<'e, str>,
    resource: Cow<'e, str>,
}

/// A URL that rules can use.
pub(crate) struct UrlParts<'e> {
    scheme: Cow<'e, str>,
    authority: Cow<'e, str>,
    path: Cow<'e, str>,
    is_ip: bool,
}

/// `part` of `whole`, borrowed as long as `whole` is.
fn within<'e>(whole: &Cow<'e, str>, part: impl for<'x> Fn(&'x str) -> &'x str) -> Cow<'e, str> {
    match whole {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(text).to_owned()),
    }
}

impl<'e> List<'e> {
    pub(crate) fn get(&self, index: usize) -> Option<Cow<'e, str>> {
        match self {
            List::Given(list) => list.get(index).cloned(),
            List::Default(list) => list.get(index).cloned(),
            List::Resource(resource) => {
                resource_parts(resource).nth(index)?;
                Some(within(resource, |text| resource_parts(text).nth(index).unwrap_or("")))
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            List::Given(list) => list.is_empty(),
            List::Default(list) => list.is_empty(),
            List::Resource(_) => false,
        }
    }
}

impl<'e> ArnParts<'e> {
    /// Cuts an ARN; nothing when it is none or lacks its partition, service or resource.
    pub(crate) fn parse(text: &Cow<'e, str>) -> Option<Self> {
        let arn = Arn::parse(text)?;
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return None;
        }
        Some(match text {
            Cow::Borrowed(text) => {
                let arn = Arn::parse(text)?;
                ArnParts {
                    partition: arn.partition.into(),
                    service: arn.service.into(),
                    region: arn.region.into(),
                    account: arn.account.into(),
                    resource: arn.resource.into(),
                }
            }
            Cow::Owned(_) => ArnParts {
                partition: Cow::Owned(arn.partition.to_owned()),
                service: Cow::Owned(arn.service.to_owned()),
                region: Cow::Owned(arn.region.to_owned()),
                account: Cow::Owned(arn.account.to_owned()),
                resource: Cow::Owned(arn.resource.to_owned()),
            },
        })
    }
}

impl<'e> UrlParts<'e> {
    /// Cuts a URL; nothing for other schemes than the web's, with a query or an impossible port.
    pub(crate) fn parse(text: &Cow<'e, str>) -> Option<Self> {
        match text {
            Cow::Borrowed(text) => match clean(text) {
                Cow::Borrowed(text) => Self::cut(text, Cow::Borrowed),
                Cow::Owned(text) => Self::cut(&text, |part| Cow::Owned(part.to_owned())),
            },
            Cow::Owned(text) => Self::cut(&clean(text), |part| Cow::Owned(part.to_owned())),
        }
    }

    fn cut<'x>(text: &'x str, keep: impl Fn(&'x str) -> Cow<'e, str>) -> Option<Self> {
        let parts: Split<'x> = valid(text)?;
        let scheme = if parts.scheme.eq_ignore_ascii_case("https") {
            "https"
        } else if parts.scheme.eq_ignore_ascii_case("http") {
            "http"
        } else {
            return None;
        };
        if !parts.query.is_empty() {
            return None;
        }
        Some(UrlParts {
            scheme: Cow::Borrowed(scheme),
            authority: keep(parts.authority),
            path: keep(parts.path_without_params()),
            is_ip: is_ip(parts),
        })
    }
}

impl<'e> Val<'e> {
    pub(crate) fn from_param(value: &'e ParamValue<'_>) -> Val<'e> {
        match value {
            ParamValue::Str(text) => Val::Str(Cow::Borrowed(text)),
            ParamValue::Bool(truth) => Val::Bool(*truth),
            ParamValue::List(list) => Val::List(List::Given(list)),
        }
    }

    pub(crate) fn from_default(value: ParamValue<'e>) -> Val<'e> {
        match value {
            ParamValue::Str(text) => Val::Str(text),
            ParamValue::Bool(truth) => Val::Bool(truth),
            ParamValue::List(list) => Val::List(List::Default(Rc::new(list))),
        }
    }

    /// Whether a condition with this value holds.
    pub(crate) fn holds(&self) -> bool {
        !matches!(self, Val::None | Val::Bool(false))
    }

    /// What `not` turns round.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Val::None | Val::Bool(false) | Val::Int(0) => false,
            Val::Str(text) => !text.is_empty(),
            Val::List(list) => !list.is_empty(),
            _ => true,
        }
    }

    /// The Python type's name, for error texts.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Val::None => "<class 'NoneType'>",
            Val::Bool(_) => "<class 'bool'>",
            Val::Int(_) => "<class 'int'>",
            Val::Str(_) => "<class 'str'>",
            Val::List(List::Resource(_)) => "<class 'list'>",
            Val::List(_) => "<class 'tuple'>",
            Val::Partition(_) | Val::Arn(_) | Val::Url(_) => "<class 'dict'>",
        }
    }

    /// The attribute with this code; `Err` with its name where there is none.
    pub(crate) fn attribute(&self, code: u8) -> Result<Val<'e>, &'static str> {
        let name = a::ALL.get(usize::from(code)).copied().unwrap_or("?");
        let text = |text: &Cow<'e, str>| Ok(Val::Str(text.clone()));
        match self {
            Val::Partition(partition) => match code {
                a::NAME => Ok(Val::Str(partition.name().into())),
                a::DNS_SUFFIX => Ok(Val::Str(partition.dns_suffix().into())),
                a::DUAL_STACK_DNS_SUFFIX => Ok(Val::Str(partition.dual_stack_dns_suffix().into())),
                a::IMPLICIT_GLOBAL_REGION => Ok(Val::Str(partition.implicit_global_region().into())),
                a::SUPPORTS_FIPS => Ok(Val::Bool(partition.supports_fips())),
                a::SUPPORTS_DUAL_STACK => Ok(Val::Bool(partition.supports_dual_stack())),
                _ => Err(name),
            },
            Val::Arn(arn) => match code {
                a::PARTITION => text(&arn.partition),
                a::SERVICE => text(&arn.service),
                a::REGION => text(&arn.region),
                a::ACCOUNT_ID => text(&arn.account),
                a::RESOURCE_ID => Ok(Val::List(List::Resource(arn.resource.clone()))),
                _ => Err(name),
            },
            Val::Url(url) => match code {
                a::SCHEME => text(&url.scheme),
                a::AUTHORITY => text(&url.authority),
                a::PATH => text(&url.path),
                a::NORMALIZED_PATH => Ok(Val::Str(Cow::Owned(normalize_path(&url.path)))),
                a::IS_IP => Ok(Val::Bool(url.is_ip)),
                _ => Err(name),
            },
            _ => Err(name),
        }
    }

    /// Writes the value as a text has it between its braces.
    pub(crate) fn write_to(&self, out: &mut String) {
        match self {
            Val::Str(text) => out.push_str(text),
            Val::Bool(true) => out.push_str("True"),
            Val::Bool(false) => out.push_str("False"),
            Val::Int(number) => out.push_str(&number.to_string()),
            _ => out.push_str("None"),
        }
    }
}

/// The characters from `start` to `stop`, counted from the end when `reverse`; nothing when out of range or not ASCII.
pub(crate) fn substring<'e>(text: &Cow<'e, str>, start: i32, stop: i32, reverse: bool) -> Option<Cow<'e, str>> {
    let (start, stop) = (usize::try_from(start).ok()?, usize::try_from(stop).ok()?);
    if start >= stop || text.len() < stop || !text.is_ascii() {
        return None;
    }
    let (start, stop) = if reverse { (text.len() - stop, text.len() - start) } else { (start, stop) };
    Some(within(text, |text| text.get(start..stop).unwrap_or("")))
}
