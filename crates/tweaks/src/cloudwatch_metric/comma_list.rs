//! Lists between commas, as the older options of the AWS CLI read them: double or single quotes hold parts together, a
//! backslash takes the next character as it is, and `key=[a,b]` is one part.

/// How deep lists may stand in lists.
const MAX_DEPTH: usize = 100;

/// The parts of a list.
///
/// # Errors
/// With Python's words, when a quote or bracket isn't closed.
pub(super) fn split(text: &str) -> Result<Vec<String>, String> {
    if !text.contains(['"', '\\', '\'', ']', '[']) {
        return Ok(text.split(',').map(str::to_owned).collect());
    }
    let parts = fields(text);
    if !text.contains(['"', '\'', ']', '[']) {
        return parts.ok_or_else(empty);
    }
    with_quotes(text, 0)
}

/// What Python says of the first row of no text.
fn empty() -> String {
    "list index out of range".into()
}

/// The fields of the first line, as Python's `csv` module reads them with the backslash for an escape.
fn fields(text: &str) -> Option<Vec<String>> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Field,
        Quoted,
        AfterQuote,
    }
    if text.is_empty() {
        return None;
    }
    let (mut out, mut field, mut at) = (Vec::new(), String::new(), At::Start);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, &at) {
            ('\\', At::Start | At::Field | At::Quoted) => {
                // At the end of the text it stands for a line end.
                field.push(chars.next().unwrap_or('\n'));
                if at == At::Start {
                    at = At::Field;
                }
            }
            ('"', At::Start) => at = At::Quoted,
            ('"', At::Quoted) => at = At::AfterQuote,
            ('"', At::AfterQuote) => {
                field.push(c);
                at = At::Quoted;
            }
            (',', At::Start | At::Field | At::AfterQuote) => {
                out.push(std::mem::take(&mut field));
                at = At::Start;
            }
            ('\n' | '\r', At::Start | At::Field | At::AfterQuote) => break,
            (c, At::Quoted) => field.push(c),
            (c, _) => {
                field.push(c);
                at = At::Field;
            }
        }
    }
    out.push(field);
    Some(out)
}

fn with_quotes(text: &str, depth: usize) -> Result<Vec<String>, String> {
    if depth > MAX_DEPTH {
        return Err("nested too deeply".into());
    }
    let mut parts = fields(text).ok_or_else(empty)?.into_iter();
    let mut out = Vec::new();
    while let Some(part) = parts.next() {
        let quote = part.chars().find(|c| matches!(c, '"' | '\''));
        let list = part.find("=[");
        if let Some(start) = list
            && text.contains(']')
            && quote.is_none_or(|q| part.find(q) > Some(start))
        {
            let whole = if part.contains(']') { part } else { eat(text, &mut parts, &part, ']', None)? };
            let (key, rest) = whole.split_at(start + 1);
            let mut inner = rest.chars();
            inner.next();
            inner.next_back();
            let inner = with_quotes(inner.as_str(), depth + 1)?;
            out.push(format!("{key}{}", inner.join(",")));
            continue;
        }
        out.push(match quote {
            None => part,
            Some(quote) if part.matches(quote).count() == 2 => part.replace(quote, ""),
            Some(quote) => eat(text, &mut parts, &part, quote, Some(quote))?,
        });
    }
    Ok(out)
}

/// Joins parts until one ends with `end`; `dropped` characters are left out.
fn eat(
    text: &str,
    parts: &mut impl Iterator<Item = String>,
    first: &str,
    end: char,
    dropped: Option<char>,
) -> Result<String, String> {
    let without = |part: &str| dropped.map_or_else(|| part.to_owned(), |d| part.replace(d, ""));
    let mut chunks = vec![without(first)];
    loop {
        let part = parts.next().ok_or_else(|| text.to_owned())?;
        chunks.push(without(&part));
        if part.ends_with(end) {
            return Ok(chunks.join(","));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts() {
        let split = |text: &str| split(text).unwrap().join("|");
        for (text, want) in [
            ("a=1,b=2", "a=1|b=2"),
            ("a=1\\,2,b", "a=1,2|b"),
            ("a=\"1,2\",b", "a=1,2|b"),
            ("a='1,2',b", "a=1,2|b"),
            ("\"a=1,2\",b", "a=1,2|b"),
            ("a='x',b", "a=x|b"),
            ("a=[1,2],b=3", "a=1,2|b=3"),
            ("a=[1]", "a=1"),
            ("", ""),
        ] {
            assert_eq!(split(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_closed() {
        assert_eq!(split("a=\"1,2"), Err("a=\"1,2".into()));
        assert_eq!(split("a='1"), Err("a='1".into()));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a=,\"'\\[\\]\\\\é\n]{0,24}") {
            let _ = split(&text);
        }
    }
}
