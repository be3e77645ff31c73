//! Verifies signatures of requests. This is written apart from the product's signer, from the documented algorithm: a
//! mistake there must not hide itself here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::percent::{quote, split_pair, unquote};
use super::{ACCESS_KEY, SECRET_KEY};
use crate::conformance::fold::{hex, sha256};
use crate::conformance::json::Json;
use crate::conformance::stub::{Headers, Request};
use crate::conformance::text::squeeze;

/// The only algorithm that is verified.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Services whose paths are signed as they are sent.
const S3: &[&str] = &["s3", "s3express", "s3-outposts", "s3-object-lambda"];

/// The verdict on a request: `ok REGION/SERVICE` or `BAD REGION/SERVICE`; `query` for a presigned one; the key, region
/// and service where another key than the base environment's signed; the scheme for any other kind of authorization
/// (SigV4a and bearer tokens are folded to it, as their signatures can't be repeated); or `none`.
pub fn check_v4(request: &Request) -> String {
    let authorization = request.headers.get("authorization").unwrap_or_default();
    if request.target.contains("X-Amz-Signature=") {
        return "query".to_owned();
    }
    let Some(fields) = authorization.strip_prefix(ALGORITHM) else {
        let scheme = authorization.split(' ').next().unwrap_or_default();
        return if scheme.is_empty() { "none".to_owned() } else { scheme.to_owned() };
    };
    verdict(request, fields).unwrap_or_else(|| "BAD".to_owned())
}

/// The verdict on a request with SigV4 headers; `None` where the header is incomplete.
fn verdict(request: &Request, fields: &str) -> Option<String> {
    let field = |name: &str| {
        let mut pairs = fields.split(',').map(str::trim).filter_map(|field| field.split_once('='));
        pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
    };
    // The key may hold slashes, so the scope is taken from the end.
    let mut credential = field("Credential")?.rsplitn(5, '/').skip(1);
    let (service, region, date, key_id) =
        (credential.next()?, credential.next()?, credential.next()?, credential.next()?);
    if key_id != ACCESS_KEY {
        return Some(format!("{key_id}/{region}/{service}"));
    }
    let canonical = canonical_request(request, service, field("SignedHeaders")?);
    let time = request.headers.get("x-amz-date").unwrap_or_default();
    let good = sign(&canonical, time, date, region, service) == field("Signature")?;
    Some(format!("{} {region}/{service}", if good { "ok" } else { "BAD" }))
}

/// The text that is hashed and signed.
fn canonical_request(request: &Request, service: &str, signed_headers: &str) -> String {
    // A proxy is sent the scheme and the host too.
    let target = match request.target.strip_prefix("http://") {
        Some(rest) => &rest[rest.find(['/', '?']).unwrap_or(rest.len())..],
        None => &request.target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = if S3.contains(&service) { path.to_owned() } else { quote(&normal_path(path), "/") };
    let path = if path.is_empty() { "/" } else { &path };
    let recoded = |text: &str| quote(&unquote(text), "");
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(split_pair);
    let mut pairs: Vec<(String, String)> = pairs.map(|(name, value)| (recoded(name), recoded(value))).collect();
    pairs.sort();
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let header = |name: &str| request.headers.get(name).unwrap_or_default().to_owned();
    let headers: String =
        signed_headers.split(';').map(|name| format!("{name}:{}\n", squeeze(&header(name)))).collect();
    let hash =
        Some(header("x-amz-content-sha256")).filter(|hash| !hash.is_empty()).unwrap_or_else(|| sha256(&request.body));
    format!("{}\n{path}\n{}\n{headers}\n{signed_headers}\n{hash}", request.method, query.join("&"))
}

/// The SigV4 signature of a canonical request under the base environment's key.
pub fn sign(canonical: &str, time: &str, date: &str, region: &str, service: &str) -> String {
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let text = format!("{ALGORITHM}\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let secret = format!("AWS4{SECRET_KEY}").into_bytes();
    let key = [date, region, service, "aws4_request"].iter().fold(secret, |key, step| hmac_sha256(&key, step));
    hex(&hmac_sha256(&key, &text))
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// The path without `.`, `..` and repeated slashes, as every service but S3 has it signed.
fn normal_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

/// SimpleDB is signed in the form itself (version 2). Returns the form without its signature and with its time folded,
/// and the verdict.
pub fn check_v2(method: &str, path: &str, headers: &Headers, form: &Json) -> (Json, String) {
    let text = |value: &Json| value.as_text().unwrap_or_default().to_owned();
    let given = form.get("Signature").map(text).unwrap_or_default();
    let mut fields: Vec<(String, Json)> =
        form.entries().iter().filter(|(name, _)| name != "Signature").cloned().collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    let pairs: Vec<String> = fields.iter().map(|(n, v)| format!("{}={}", quote(n, ""), quote(&text(v), ""))).collect();
    let host = headers.get("host").unwrap_or_default();
    let good = hmac_sha256(SECRET_KEY.as_bytes(), &format!("{method}\n{host}\n{path}\n{}", pairs.join("&")));
    for (_, value) in fields.iter_mut().filter(|(name, value)| name == "Timestamp" && is_time(&text(value))) {
        *value = Json::text("{TIME}");
    }
    if !fields.iter().any(|(name, _)| name == "Timestamp") {
        fields.push(("Timestamp".to_owned(), Json::Null));
    }
    let verdict = if STANDARD.encode(good) == given { "v2 ok" } else { "v2 BAD" };
    (Json::Map(fields), verdict.to_owned())
}

/// `2026-01-31T12:00:00Z`.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = |(form, byte): (&u8, u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form };
    text.len() == FORM.len() && FORM.iter().zip(text.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request signed by the AWS CLI with the base environment's key, and variations of it.
    fn signed(target: &str, authorization: &str) -> Request {
        let headers = [
            ("Host", "127.0.0.1:4711"),
            ("X-Amz-Date", "20260101T000000Z"),
            ("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"),
            ("Authorization", authorization),
        ];
        Request {
            method: "GET".into(),
            target: target.into(),
            headers: headers.into_iter().collect(),
            body: Vec::new(),
        }
    }

    fn authorization(canonical: &str, service: &str) -> String {
        let signature = sign(canonical, "20260101T000000Z", "20260101", "us-east-1", service);
        format!(
            "{ALGORITHM} Credential={ACCESS_KEY}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}"
        )
    }

    #[test]
    fn the_key_is_derived_as_documented() {
        // From the documentation of Signature Version 4, with the secret of its examples, which is the base one.
        let key = ["20150830", "us-east-1", "iam", "aws4_request"]
            .iter()
            .fold(b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec(), |key, step| hmac_sha256(&key, step));
        assert_eq!(hex(&key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn right_and_wrong_signatures() {
        let headers = "host:127.0.0.1:4711\nx-amz-date:20260101T000000Z\n\nhost;x-amz-date\nUNSIGNED-PAYLOAD";
        let s3 = authorization(&format!("GET\n/b//k%20x\na=1&b=%2B\n{headers}"), "s3");
        assert_eq!(check_v4(&signed("/b//k%20x?b=+&a=1", &s3)), "ok us-east-1/s3");
        assert_eq!(check_v4(&signed("http://h/b//k%20x?b=%2b&a=1", &s3)), "ok us-east-1/s3");
        assert_eq!(check_v4(&signed("/b//k%20x?b=+&a=2", &s3)), "BAD us-east-1/s3");
        let other = authorization(&format!("GET\n/a/k%2520x/\n\n{headers}"), "sqs");
        assert_eq!(check_v4(&signed("/x/..//a/./k%20x/", &other)), "ok us-east-1/sqs");
        assert_eq!(check_v4(&signed("/a", &other)), "BAD us-east-1/sqs");
    }

    #[test]
    fn other_kinds_of_authorization_are_named() {
        let check = |authorization: &str| check_v4(&signed("/", authorization));
        assert_eq!(check(""), "none");
        assert_eq!(check("Bearer abc"), "Bearer");
        assert_eq!(check("AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/x, Signature=1"), "AWS4-ECDSA-P256-SHA256");
        assert_eq!(
            check("AWS4-HMAC-SHA256 Credential=A/B/20260101/r/s/aws4_request, SignedHeaders=host, Signature=1"),
            "A/B/r/s"
        );
        assert_eq!(check("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"), "BAD");
        assert_eq!(check_v4(&signed("/?X-Amz-Signature=1", "Bearer x")), "query");
    }

    #[test]
    fn a_form_signed_by_version_2() {
        let form = |signature: &str| {
            Json::map([
                ("Action", Json::text("A b")),
                ("Signature", Json::text(signature)),
                ("Timestamp", Json::text("2026-01-31T12:00:00Z")),
            ])
        };
        let headers: Headers = [("host", "h")].into_iter().collect();
        let text = "POST\nh\n/\nAction=A%20b&Timestamp=2026-01-31T12%3A00%3A00Z";
        let signature = STANDARD.encode(hmac_sha256(SECRET_KEY.as_bytes(), text));
        let (folded, verdict) = check_v2("POST", "/", &headers, &form(&signature));
        assert_eq!(
            (folded.dump().as_str(), verdict.as_str()),
            (r#"{"Action": "A b", "Timestamp": "{TIME}"}"#, "v2 ok")
        );
        assert_eq!(check_v2("POST", "/", &headers, &form("x")).1, "v2 BAD");
    }
}
