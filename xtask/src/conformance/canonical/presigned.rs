//! Presigned URLs in standard output: dates are folded, and signatures become the verdict on them.

use super::percent::{split_pair, unquote};
use super::{ACCESS_KEY, signature};

/// The parameter that holds the signature.
const SIGNATURE: &str = "X-Amz-Signature=";

/// Folds the presigned URLs of a text.
pub fn fold(text: &str) -> String {
    let ends = |c: char| c == '"' || super::super::text::is_blank(c);
    let mut out = String::new();
    for word in text.split_inclusive(ends) {
        let url = word.trim_end_matches(ends);
        let start = ["http://", "https://"].iter().filter_map(|scheme| url.find(scheme)).min();
        match start.filter(|start| url[*start..].contains(SIGNATURE)) {
            Some(start) => {
                out.push_str(&url[..start]);
                out.push_str(&fold_url(&url[start..]));
                out.push_str(&word[url.len()..]);
            }
            None => out.push_str(word),
        }
    }
    out
}

fn fold_url(url: &str) -> String {
    let url = match verdict(url) {
        Some(good) => fold_parameter(
            url,
            SIGNATURE,
            |c| c.is_ascii_digit() || ('a'..='f').contains(&c),
            1,
            if good { "ok" } else { "BAD" },
        ),
        None => url.to_owned(),
    };
    // A signature of another key can't be verified.
    let url = fold_parameter(&url, SIGNATURE, |c| c.is_ascii_digit() || ('a'..='f').contains(&c), 20, "SIGNATURE");
    let url = fold_parameter(&url, "X-Amz-Date=", |c| c.is_alphanumeric() || c == '_', 1, "DATE");
    fold_scope_dates(&url)
}

/// Whether the signature is right; `None` where the URL isn't signed with the base environment's key.
fn verdict(url: &str) -> Option<bool> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (host, path) = base.split_once("://")?.1.split_once('/').unwrap_or((base.split_once("://")?.1, ""));
    let mut pairs: Vec<(&str, &str)> = query.split('&').map(split_pair).collect();
    let given = |name: &str| pairs.iter().rev().find(|(n, _)| *n == name).map(|(_, value)| unquote(value));
    let credential = given("X-Amz-Credential")?;
    let scope = credential.strip_prefix(ACCESS_KEY)?.strip_prefix('/')?;
    if given("X-Amz-Algorithm")? != "AWS4-HMAC-SHA256" {
        return None;
    }
    let (time, headers, signature) = (given("X-Amz-Date"), given("X-Amz-SignedHeaders"), given("X-Amz-Signature"));
    let (Some(time), Some(headers), Some(signature)) = (time, headers, signature) else { return Some(false) };
    let [date, region, service, _] = scope.split('/').collect::<Vec<_>>()[..] else { return Some(false) };
    pairs.retain(|(name, _)| *name != "X-Amz-Signature");
    pairs.sort_unstable();
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let canonical = format!("GET\n/{path}\n{}\nhost:{host}\n\n{headers}\nUNSIGNED-PAYLOAD", query.join("&"));
    Some(signature::sign(&canonical, &time, date, region, service) == signature)
}

/// Replaces the characters that fit behind each `name`, where there are at least so many.
fn fold_parameter(url: &str, name: &str, fits: impl Fn(char) -> bool, least: usize, by: &str) -> String {
    let mut pieces = url.split(name);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let length = piece.find(|c| !fits(c)).unwrap_or(piece.len());
        out.push_str(name);
        if length >= least {
            out.push_str(by);
            out.push_str(&piece[length..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Replaces the eight digits of a date between two slashes, as they are or encoded.
fn fold_scope_dates(url: &str) -> String {
    let slash = |text: &str| {
        if text.starts_with('/') {
            1
        } else if text.starts_with("%2F") {
            3
        } else {
            0
        }
    };
    let (mut out, mut rest) = (String::new(), url);
    while let Some(letter) = rest.chars().next() {
        let before = slash(rest);
        let digits = rest.get(before..before + 8).filter(|d| before > 0 && d.bytes().all(|b| b.is_ascii_digit()));
        let after = digits.map_or(0, |_| slash(&rest[before + 8..]));
        let length = if after > 0 { before + 8 + after } else { letter.len_utf8() };
        if after > 0 {
            out.extend([&rest[..before], "DATE", &rest[before + 8..length]]);
        } else {
            out.push(letter);
        }
        rest = &rest[length..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(signature: &str, key: &str) -> String {
        format!(
            "https://h/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
        )
    }

    #[test]
    fn signatures_become_verdicts() {
        let query = url("x", ACCESS_KEY);
        let (query, _) = query.split_once('?').unwrap().1.split_once("&X-Amz-Signature").unwrap();
        let canonical = format!("GET\n/b/k\n{query}\nhost:h\n\nhost\nUNSIGNED-PAYLOAD");
        let good = signature::sign(&canonical, "20260101T000000Z", "20260101", "us-east-1", "s3");
        let folded = |verdict: &str| {
            url(verdict, ACCESS_KEY).replace("20260101T000000Z", "DATE").replace("%2F20260101%2F", "%2FDATE%2F")
        };
        assert_eq!(fold(&format!("a \"{}\"\n", url(&good, ACCESS_KEY))), format!("a \"{}\"\n", folded("ok")));
        assert_eq!(fold(&url("00ff", ACCESS_KEY)), folded("BAD"));
    }

    #[test]
    fn the_signature_of_another_key_is_folded() {
        let folded = fold(&url(&"0".repeat(64), "OTHER"));
        assert!(folded.ends_with("X-Amz-Signature=SIGNATURE") && folded.contains("OTHER%2FDATE%2F"), "{folded}");
        assert_eq!(fold("https://h/20260101/x"), "https://h/20260101/x", "not presigned");
    }
}
