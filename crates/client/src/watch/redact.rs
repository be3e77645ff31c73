//! Which parameters are secret, and what others may know of a call: its values, headers and URL without them.
//!
//! A member is secret where the model says so (the `sensitive` trait, on its own shape or on one inside it), and where it
//! is text of a name that only secrets have: many models are older than the trait.

use crate::types::reply::add_header;
use oxaws_model::{Location, Member, Shape, ShapeKind};
use oxaws_python::percent_encode;
use oxaws_value::secret::{self, without_user_info};
use oxaws_value::{Map, Value};
use std::collections::HashSet;

pub(crate) use secret::HIDDEN;
/// What stands in place of bytes that are no text.
const BYTES: &str = "<Byte sequence>";
/// How deep a structure is looked into; what lies deeper isn't told.
const MAX_DEPTH: usize = 100;
/// Digits of a signature that are told.
const SIGNATURE_SHOWN: usize = 4;
/// What names of secrets end with, in lower case and without dashes, where the model doesn't say that they are secret.
const TELLING: &[&str] = &[
    "password",
    "passwords",
    "passwordverifier",
    "secretaccesskey",
    "secretkey",
    "clientsecret",
    "sharedsecret",
    "secretstring",
    "secretbinary",
    "secrettoken",
    "sessiontoken",
    "securitytoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authorizationtoken",
    "authtoken",
    "bearertoken",
    "apitoken",
    "hectoken",
    "grafanatoken",
    "connectiontoken",
    "participanttoken",
    "devicetoken",
    "eventsourcetoken",
    "callbacktoken",
    "privatekey",
    "presharedkey",
    "authkey",
    "apikeyvalue",
    "activationkey",
    "tokenkey",
    "statickeyvalue",
    "keytab",
    // Of maps: `sns create-platform-application --attributes PlatformCredential=…`.
    "platformcredential",
    "samlassertion",
    // Codes of a second factor: short-lived, and good for one login.
    "tokencode",
    "authenticationcode1",
    "authenticationcode2",
    "mfa",
    // What S3 repeats of a request that it refuses.
    "canonicalrequest",
    "canonicalrequestbytes",
    "token0",
];
/// Headers that carry secrets, by what their names contain.
const HEADERS: [&str; 6] = ["authorization", "token", "cookie", "secret", "password", "dpop"];
/// Keys that a server encrypts with.
const CUSTOMER_KEY: &str = "customer-key";
/// Parameters of a query that carry secrets.
const QUERY: [&str; 4] = ["x-amz-signature", "x-amz-security-token", "signature", "securitytoken"];

/// Members that are secret and whose names mean something else elsewhere, by the shape that they are in.
const UNMARKED: &[(&str, &str)] = &[
    ("ApiKey", "value"),
    ("AssociateMacSecKeyRequest", "cak"),
    ("BaiduChannelRequest", "ApiKey"),
    ("ConfirmForgotPasswordRequest", "ConfirmationCode"),
    ("CreateApiKeyRequest", "value"),
    ("CreatePlatformEndpointInput", "Token"),
    ("DatadogConnectorProfileCredentials", "applicationKey"),
    ("GCMChannelRequest", "ApiKey"),
    ("GetAccessTokenRequest", "Token"),
    ("GetOidcInfoRequest", "code"),
    ("HlsAkamaiSettings", "Token"),
    ("ImportApiKeysRequest", "body"),
    ("InforNexusConnectorProfileCredentials", "datakey"),
    ("OtaaV1_0_x", "AppKey"),
    ("OtaaV1_0_x", "GenAppKey"),
    ("OtaaV1_1", "AppKey"),
    ("OtaaV1_1", "NwkKey"),
    ("RegisterDeviceRequest", "Token"),
    ("SalesforceAction", "token"),
    ("SessionKeysAbpV1_0_x", "AppSKey"),
    ("SessionKeysAbpV1_0_x", "NwkSKey"),
    ("SessionKeysAbpV1_1", "AppSKey"),
    ("SessionKeysAbpV1_1", "FNwkSIntKey"),
    ("SessionKeysAbpV1_1", "NwkSEncKey"),
    ("SessionKeysAbpV1_1", "SNwkSIntKey"),
    ("TestInvokeAuthorizerRequest", "token"),
    ("UserContext", "Token"),
];
/// How deep a shape is searched for secrets. Shapes may contain themselves.
const MAX_SHAPE_DEPTH: usize = 100;

/// Whether the whole value of a member of a structure, or of the element of a list or map, is a secret. `of` is the
/// shape that it belongs to.
pub fn is_secret(of: Shape, member: Member) -> bool {
    let (shape, name) = (member.shape(), member.name());
    let text = |shape: Shape| matches!(shape.kind(), ShapeKind::String | ShapeKind::Blob);
    let texts = text(shape) || shape.kind() == ShapeKind::List && text(shape.element().shape());
    shape.sensitive() || texts && !name.is_empty() && (tells(name) || UNMARKED.contains(&(of.name(), name)))
}

/// Whether a member's value is a secret or may hold one.
pub fn holds_secret(of: Shape, member: Member) -> bool {
    is_secret(of, member) || shape_holds_secret(member.shape())
}

/// The same, where the shape that a member belongs to isn't known.
pub fn may_be_secret(member: Member) -> bool {
    tells(member.name()) || shape_holds_secret(member.shape())
}

/// Whether a value of a shape may hold a secret.
pub fn shape_holds_secret(shape: Shape) -> bool {
    shape.sensitive()
        || any_inside(shape, &mut |of, member| is_secret(of, member), &mut HashSet::new(), MAX_SHAPE_DEPTH)
}

/// Whether a value of a shape may hold texts in a map, whose keys say what is secret.
pub fn holds_named_texts(shape: Shape) -> bool {
    let of_texts = |of: Shape| of.kind() == ShapeKind::Map && of.value().shape().kind() == ShapeKind::String;
    any_inside(shape, &mut |of, _| of_texts(of), &mut HashSet::new(), MAX_SHAPE_DEPTH)
}

/// Whether `is` holds for a member of a shape or of one inside it. Every shape is looked at once: some hold thousands of
/// members in ever new ways, and themselves.
fn any_inside(
    shape: Shape,
    is: &mut dyn FnMut(Shape, Member) -> bool,
    seen: &mut HashSet<u32>,
    depth_left: usize,
) -> bool {
    let Some(depth_left) = depth_left.checked_sub(1) else { return false };
    if shape.kind().is_scalar() || !seen.insert(shape.index()) {
        return false;
    }
    let mut look = |member: Member| is(shape, member) || any_inside(member.shape(), is, seen, depth_left);
    match shape.kind() {
        ShapeKind::Structure => shape.members().any(look),
        ShapeKind::List => look(shape.element()),
        ShapeKind::Map => look(shape.key()) || look(shape.value()),
        _ => false,
    }
}

/// A value of a shape without its secrets, and whether it had one.
pub fn value(shape: Shape, value: &Value) -> (Value, bool) {
    let shown = masked(Some(shape), value, &mut false, 0);
    let hidden = shown != *value;
    (shown, hidden)
}

/// A structure without its secrets.
#[derive(Debug)]
pub(crate) struct Masked {
    pub value: Map,
    /// Whether something was taken out that isn't a header or part of the URL.
    pub hidden: bool,
}

/// A structure without its secrets.
pub(crate) fn structure(shape: Option<Shape>, params: &Map) -> Masked {
    let mut hidden = false;
    Masked { value: fields(shape, params, &mut hidden, 0), hidden }
}

fn fields(shape: Option<Shape>, params: &Map, hidden: &mut bool, depth: usize) -> Map {
    let mut out = Map::new();
    for (name, value) in params.iter() {
        let member = shape.and_then(|s| s.member(name));
        let mut here = false;
        let shown = match value {
            Value::String(_) | Value::Bytes(_) if tells(name) => {
                here = true;
                HIDDEN.into()
            }
            value if !value.is_null() && shape.zip(member).is_some_and(|(of, member)| is_secret(of, member)) => {
                here = true;
                HIDDEN.into()
            }
            _ => masked(member.map(|m| m.shape()), value, &mut here, depth + 1),
        };
        *hidden |= here && member.is_none_or(|m| m.location().is_none());
        out.insert(name.clone(), shown);
    }
    out
}

fn masked(shape: Option<Shape>, value: &Value, hidden: &mut bool, depth: usize) -> Value {
    if shape.is_some_and(|s| s.sensitive()) && !value.is_null() || depth > MAX_DEPTH {
        *hidden = true;
        return HIDDEN.into();
    }
    let kind = shape.map(|s| s.kind());
    match value {
        Value::Map(map) if kind == Some(ShapeKind::Map) => {
            let (key, element) = (shape.map(|s| s.key().shape()), shape.map(|s| s.value().shape()));
            if key.is_some_and(|k| k.sensitive()) && !map.is_empty() {
                *hidden = true;
                return HIDDEN.into();
            }
            let shown = map.iter().map(|(k, v)| match v {
                // What a map holds is named by its keys (`PASSWORD` among the properties of a connection).
                Value::String(_) if tells(k) => {
                    *hidden = true;
                    (k.clone(), HIDDEN.into())
                }
                _ => (k.clone(), masked(element, v, hidden, depth + 1)),
            });
            Value::Map(shown.collect())
        }
        Value::Map(map) => {
            Value::Map(fields(shape.filter(|s| s.kind() == ShapeKind::Structure), map, hidden, depth + 1))
        }
        Value::List(items) => {
            let element = shape.filter(|s| s.kind() == ShapeKind::List).map(|s| s.element().shape());
            Value::List(items.iter().map(|item| masked(element, item, hidden, depth + 1)).collect())
        }
        Value::Bytes(bytes) => text(bytes),
        scalar => scalar.clone(),
    }
}

fn tells(name: &str) -> bool {
    let name: String = name.chars().filter(|c| *c != '-' && *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    TELLING.iter().any(|end| name.ends_with(end))
}

/// Bytes as text, where they are some.
pub(crate) fn text(bytes: &[u8]) -> Value {
    Value::from(std::str::from_utf8(bytes).unwrap_or(BYTES))
}

/// Headers without their secrets: those of the model, and those whose names tell it.
pub(crate) fn headers<'h>(shape: Option<Shape>, headers: impl Iterator<Item = (&'h str, &'h str)>) -> Map {
    let modelled: Vec<&str> = shape
        .into_iter()
        .flat_map(|of| of.members().map(move |m| (of, m)))
        .filter(|(of, m)| m.location() == Some(Location::Header) && is_secret(*of, *m))
        .map(|(_, m)| m.wire_name())
        .collect();
    let mut out = Map::new();
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        let known = HEADERS.iter().any(|part| lower.contains(part)) || lower.ends_with(CUSTOMER_KEY);
        let shown = if lower == "authorization" {
            authorization(value)
        } else if known || modelled.iter().any(|m| m.eq_ignore_ascii_case(name)) {
            HIDDEN.to_owned()
        } else {
            value.to_owned()
        };
        // Hidden once is hidden.
        if shown != HIDDEN || !out.keys().any(|known| known.eq_ignore_ascii_case(name)) {
            add_header(&mut out, name, &shown);
        }
    }
    out
}

/// Who signed and what was signed is no secret; the signature is told by its beginning.
fn authorization(value: &str) -> String {
    const MARK: &str = "Signature=";
    match value.find(MARK) {
        Some(at) if value.starts_with("AWS4-") => {
            let (head, signature) = value.split_at(at + MARK.len());
            let shown: String = signature.chars().take(SIGNATURE_SHOWN).collect();
            format!("{head}{shown}...")
        }
        _ => format!("{} {HIDDEN}", value.split(' ').next().filter(|s| s.len() < value.len()).unwrap_or_default())
            .trim_start()
            .to_owned(),
    }
}

/// The secrets that a URL carries, as they stand there.
pub(crate) fn in_url(shape: Option<Shape>, params: &Map) -> Vec<String> {
    let members = shape.into_iter().flat_map(|of| of.members().map(move |m| (of, m)));
    members
        .filter(|(of, m)| matches!(m.location(), Some(Location::Uri | Location::QueryString)) && is_secret(*of, *m))
        .filter_map(|(_, m)| params.get(m.name()).and_then(Value::as_str))
        .filter(|text| !text.is_empty())
        .map(|text| percent_encode(text, b"-._~"))
        .collect()
}

/// A URL without the secrets of its query, and without `secrets`.
pub(crate) fn url(url: &str, secrets: &[String]) -> String {
    let mut out = match url.split_once('?') {
        Some((front, rest)) => format!("{}?{}", without_user_info(front), query(rest)),
        None => without_user_info(url).into_owned(),
    };
    for secret in secrets {
        out = out.replace(secret.as_str(), HIDDEN);
    }
    out
}

/// A query, or a form, without its secrets.
pub(crate) fn query(text: &str) -> String {
    let parts = text.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if QUERY.contains(&name.to_ascii_lowercase().as_str()) || tells(name) => {
            format!("{name}={HIDDEN}")
        }
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    fn of(service: &str, operation: &str, json: &str) -> (String, bool) {
        let operation =
            oxaws_pack::facts().service(service).expect("a service").operation(operation).expect("an operation");
        let Value::Map(params) = parse_json(json).expect("JSON") else { panic!("no map") };
        let masked = structure(operation.input(), &params);
        (to_json(&Value::Map(masked.value), JsonStyle::PYTHON), masked.hidden)
    }

    #[test]
    fn sensitive_members_are_hidden() {
        let (shown, hidden) = of("secretsmanager", "create-secret", r#"{"Name": "n", "SecretString": "s3cret"}"#);
        assert_eq!((shown.as_str(), hidden), (r#"{"Name": "n", "SecretString": "****"}"#, true));
        let (shown, hidden) = of("sqs", "send-message", r#"{"QueueUrl": "u", "MessageBody": "b"}"#);
        assert_eq!((shown.as_str(), hidden), (r#"{"QueueUrl": "u", "MessageBody": "b"}"#, false));
        // A header's secret isn't in the body.
        let (shown, hidden) =
            of("s3api", "put-object", r#"{"Bucket": "b", "SSECustomerKey": "k", "Metadata": {"a": "b"}}"#);
        assert_eq!((shown.contains("****"), shown.contains("\"k\""), hidden), (true, false, false));
        // Names tell it too.
        assert_eq!(
            of("sts", "get-caller-identity", r#"{"X": [{"SessionToken": "t"}]}"#).0,
            r#"{"X": [{"SessionToken": "****"}]}"#
        );
        let (shown, hidden) =
            of("s3api", "list-buckets", r#"{"CanonicalRequest": "x-amz-security-token:t", "Token-0": "t"}"#);
        assert_eq!((shown.as_str(), hidden), (r#"{"CanonicalRequest": "****", "Token-0": "****"}"#, true));
    }

    #[test]
    fn bytes_become_text() {
        let map: Map = [("A", Value::Bytes(b"abc".to_vec())), ("B", Value::Bytes(vec![0xff]))].into_iter().collect();
        let shown = structure(None, &map).value;
        assert_eq!(to_json(&Value::Map(shown), JsonStyle::PYTHON), r#"{"A": "abc", "B": "<Byte sequence>"}"#);
    }

    #[test]
    fn depth_is_limited() {
        let mut value = Value::from("x");
        for _ in 0..5000 {
            value = Value::List(vec![value]);
        }
        let map: Map = [("A", value)].into_iter().collect();
        assert!(structure(None, &map).hidden);
        // The value itself is too deep to be dropped by the usual means on a small stack.
        std::mem::forget(map);
    }

    #[test]
    fn headers_and_urls() {
        let shown = headers(
            None,
            [
                ("Authorization", "AWS4-HMAC-SHA256 Credential=AK/x, SignedHeaders=h, Signature=f0e29876"),
                ("X-Amz-Security-Token", "t0ken"),
                ("x-amz-server-side-encryption-customer-key", "k"),
                ("x-amz-server-side-encryption-customer-key-MD5", "m"),
                ("Set-Cookie", "c"),
                ("Host", "h"),
                ("Server", "a"),
                ("server", "b"),
            ]
            .into_iter(),
        );
        assert_eq!(
            to_json(&Value::Map(shown), JsonStyle::PYTHON),
            r#"{"Authorization": "AWS4-HMAC-SHA256 Credential=AK/x, SignedHeaders=h, Signature=f0e2...", "X-Amz-Security-Token": "****", "x-amz-server-side-encryption-customer-key": "****", "x-amz-server-side-encryption-customer-key-MD5": "m", "Set-Cookie": "****", "Host": "h", "Server": "a, b"}"#
        );
        assert_eq!(authorization("Bearer abc"), "Bearer ****");
        assert_eq!(authorization("abc"), "****");
        assert_eq!(
            url("https://h/p/s%20x?a=1&X-Amz-Signature=f&X-Amz-Security-Token=t", &["s%20x".into()]),
            "https://h/p/****?a=1&X-Amz-Signature=****&X-Amz-Security-Token=****"
        );
        assert_eq!(query("Action=X&Signature=abc&Password=p"), "Action=X&Signature=****&Password=****");
    }
}
