//! Requests in the form in which they are compared: only what carries meaning, bodies parsed, signatures verified.

mod body;
mod cbor;
mod percent;
pub mod presigned;
mod signature;
mod xml;

use super::json::Json;
use super::stub::Request;

/// The access key of the base environment.
pub const ACCESS_KEY: &str = "AKIDEXAMPLE";
/// Its secret, which signatures are verified with.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Headers that are compared. Dates, the user agent and accepted encodings don't change what a request asks for.
const KEPT: &[&str] = &[
    "accept",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "expires",
    "host",
    "range",
    "smithy-protocol",
];

/// Families of headers that are compared, each with its exceptions: they hold times, random numbers, counters or what
/// the signature already covers.
const KEPT_FAMILIES: &[(&str, &[&str])] = &[
    ("if-", &[]),
    ("x-amz-", &["date", "security-token", "content-sha256", "user-agent"]),
    ("amz-sdk-", &["invocation-id", "request"]),
];

/// Parameters of a presigned request that differ from run to run.
const SIGNED_PARAMETERS: &[&str] = &["X-Amz-Signature", "X-Amz-Date", "X-Amz-Credential"];

/// The canonical form of a request.
pub fn request(request: &Request) -> Json {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    if request.method == "CONNECT" {
        return Json::map([("connect", Json::text(&*request.target))]);
    }
    let mut pairs = percent::parse_query(query);
    pairs.sort();
    if pairs.iter().any(|(name, _)| name == "X-Amz-Signature") {
        pairs.retain(|(name, _)| !SIGNED_PARAMETERS.contains(&name.as_str()));
    }
    let mut content = body::canonical(&request.headers, &request.body);
    let signature = match content.get("form") {
        Some(form) if form.get("SignatureVersion") == Some(&Json::text("2")) => {
            let (form, signature) = signature::check_v2(&request.method, path, &request.headers, form);
            content = Json::map([("form", form)]);
            signature
        }
        _ => signature::check_v4(request),
    };
    let query = pairs.into_iter().map(|(name, value)| Json::List(vec![Json::Text(name), Json::Text(value)]));
    Json::map([
        ("method", Json::text(&*request.method)),
        ("path", Json::text(path)),
        ("query", Json::List(query.collect())),
        ("headers", headers(request)),
        ("body", content),
        ("signature", Json::Text(signature)),
    ])
}

fn headers(request: &Request) -> Json {
    let kept = request.headers.iter().filter(|(name, _)| is_kept(name));
    let folded = kept.map(|(name, value)| {
        // The boundary of a multipart body is random.
        let multipart = name == "content-type" && value.contains("multipart");
        let value = if multipart { value.split(';').next().unwrap_or_default() } else { value };
        (name.to_owned(), Json::text(value))
    });
    Json::Map(folded.collect())
}

fn is_kept(name: &str) -> bool {
    let in_family = |(front, except): &(&str, &[&str])| {
        let Some(rest) = name.strip_prefix(front) else { return false };
        // Of the conditional headers, those of letters only.
        let letters =
            *front != "if-" || (!rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        letters && !except.contains(&rest)
    };
    KEPT.contains(&name) || KEPT_FAMILIES.iter().any(in_family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_with_meaning_are_kept() {
        for name in ["content-type", "if-none-match", "x-amz-target", "x-amz-date2", "amz-sdk-other", "host"] {
            assert!(is_kept(name), "{name}");
        }
        for name in
            ["date", "user-agent", "x-amz-date", "x-amz-security-token", "amz-sdk-request", "if-", "accept-encoding"]
        {
            assert!(!is_kept(name), "{name}");
        }
    }

    #[test]
    fn requests_are_reduced() {
        let headers = [("Content-Type", "multipart/form-data; boundary=x"), ("Date", "today"), ("Host", "h")];
        let target = "/a%20b?b=2&a=%C3%A9+1&a=&c".to_owned();
        let seen =
            Request { method: "GET".into(), target, headers: headers.into_iter().collect(), body: b"text".to_vec() };
        let expected = r#"{"method": "GET", "path": "/a%20b", "query": [["a", ""], ["a", "é 1"], ["b", "2"], ["c", ""]],
            "headers": {"content-type": "multipart/form-data", "host": "h"}, "body": "text", "signature": "none"}"#;
        assert_eq!(request(&seen), crate::conformance::json::parse(expected).unwrap());
        let tunnel = Request { method: "CONNECT".into(), target: "h:443".into(), ..seen };
        assert_eq!(request(&tunnel).dump(), r#"{"connect": "h:443"}"#);
    }

    #[test]
    fn a_presigned_request_loses_what_changes() {
        let target = "/k?X-Amz-Date=1&X-Amz-Expires=60&X-Amz-Signature=ab&X-Amz-Credential=c".to_owned();
        let seen = Request { method: "GET".into(), target, headers: Default::default(), body: Vec::new() };
        let seen = request(&seen);
        assert_eq!(seen.get("query").unwrap().dump(), r#"[["X-Amz-Expires", "60"]]"#);
        assert_eq!(seen.get("signature").unwrap().as_text(), Some("query"));
    }
}
