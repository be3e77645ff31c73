//! Hiding secrets in texts: the user information of URLs, and words that are known to be secret.

use std::borrow::Cow;

/// Replaces a secret.
pub const HIDDEN: &str = "****";
/// Replaces a user and a password in a URL, as `botocore.httpsession: mask_proxy_url` has it.
const HIDDEN_USER: &str = "***";
/// Schemes of what looks like a URL and has no user information: an object's key may hold any character.
const WITHOUT_USERS: [&str; 3] = ["s3", "file", "fileb"];
/// A secret of fewer characters is not looked for in texts: it would be found in every sentence.
const SHORTEST: usize = 3;

/// `text` with the users and passwords hidden that URLs in it carry.
///
/// A password with a `/`, `?` or `#` that should have been percent-encoded ends the authority for a parser, not for
/// whoever reads the log: what follows `user:` up to the last `@` of the URL is hidden where it can't be a port.
pub fn without_user_info(text: &str) -> Cow<'_, str> {
    masked(text, false)
}

/// The same for a text that is one URL and nothing else: quotes are part of it, not the end of it. A proxy's URL may lack
/// slashes behind its scheme; all that stands before its last `@` is hidden then.
pub fn url_without_user_info(url: &str) -> Cow<'_, str> {
    match url.split_once(':') {
        Some((scheme, rest)) if is_web(scheme) && !rest.starts_with("//") || rest_is_bare(url) => {
            match rest.rfind('@') {
                Some(at) => Cow::Owned(format!("{scheme}:{HIDDEN_USER}:{HIDDEN_USER}{}", &rest[at..])),
                None => Cow::Borrowed(url),
            }
        }
        _ => masked(url, true),
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Whether a URL has three slashes behind its scheme, and so no authority that a parser would find.
fn rest_is_bare(url: &str) -> bool {
    url.split_once(":///").is_some_and(|(scheme, _)| is_web(scheme))
}

/// `whole`: the text is one URL.
fn masked(text: &str, whole: bool) -> Cow<'_, str> {
    if !(text.contains("://") && text.contains('@')) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + "://".len());
        out.push_str(before);
        rest = after;
        let Some(end) = user_info_end(scheme_of(before), after, whole) else { continue };
        let info = after.get(..end).unwrap_or_default();
        // Whoever wrote it has hidden the password already (`codeartifact login` shows its user so).
        if info.split_once(':').is_some_and(|(_, word)| !word.is_empty() && word.bytes().all(|b| b == b'*')) {
            continue;
        }
        match info.split_once(':') {
            Some((user, password)) => {
                for (part, mark) in [(user, ":"), (password, "")] {
                    out.push_str(if part.is_empty() { "" } else { HIDDEN_USER });
                    out.push_str(mark);
                }
            }
            None if info.is_empty() => {}
            None => out.push_str(HIDDEN_USER),
        }
        rest = after.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether a URL, or what was meant as one, carries a user or a password.
pub fn has_user_info(url: &str) -> bool {
    matches!(without_user_info(url), Cow::Owned(text) if text != url)
}

/// The scheme at the end of a text that ends with `://`.
fn scheme_of(before: &str) -> &str {
    let name = before.trim_end_matches("://");
    let start = name.rfind(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    name.get(start.map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8))..).unwrap_or_default()
}

/// Where the user information at the start of what follows a scheme ends: the place of its `@`.
fn user_info_end(scheme: &str, after: &str, whole: bool) -> Option<usize> {
    if WITHOUT_USERS.contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let ends = |c: char| matches!(c, '"' | '\'' | '<' | '>' | '\n' | '\r' | '\t' | '`');
    let url = if whole { after } else { &after[..after.find(ends).unwrap_or(after.len())] };
    let authority = &url[..url.find(['/', '?', '#']).unwrap_or(url.len())];
    if let Some(at) = authority.rfind('@') {
        return Some(at);
    }
    let (_, port) = authority.split_once(':').filter(|_| !authority.starts_with('['))?;
    let is_port = port.bytes().all(|b| b.is_ascii_digit());
    if is_port && !port.is_empty() { None } else { url.rfind('@') }
}

/// Words that are secret, to be hidden wherever a text repeats them.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    words: Vec<String>,
}

impl Secrets {
    /// One secret.
    pub fn of(secret: &str) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(secret);
        secrets
    }

    /// Adds a secret, in the forms in which texts repeat one: as it is, as Python's `repr` and as JSON write it, and
    /// line by line.
    pub fn add(&mut self, secret: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        let mut forms = vec![secret.to_owned()];
        for quoted in [oxaws_python::repr_str(secret), json_text(secret)] {
            let inner: Option<&str> = quoted.get(1..quoted.len().saturating_sub(1));
            forms.extend(inner.map(str::to_owned));
        }
        forms.extend(secret.lines().map(|line| line.trim().to_owned()));
        for form in forms {
            if form.chars().count() >= SHORTEST && !self.words.contains(&form) {
                self.words.push(form);
            }
        }
        // What contains another is hidden before it.
        self.words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// `text` without the secrets. One that is part of a longer word stays: it is another word.
    pub fn hide(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for word in &self.words {
            let mut from = 0;
            while let Some(found) = out.get(from..).and_then(|rest| rest.find(word.as_str())) {
                let (start, end) = (from + found, from + found + word.len());
                let before = out[..start].chars().next_back();
                let after = out[end..].chars().next();
                let inside = |edge: Option<char>, next: Option<char>| {
                    edge.is_some_and(is_word_char) && next.is_some_and(is_word_char)
                };
                if inside(word.chars().next(), before) || inside(word.chars().next_back(), after) {
                    from = start + word.chars().next().map_or(1, char::len_utf8);
                } else {
                    out.replace_range(start..end, HIDDEN);
                    from = start + HIDDEN.len();
                }
            }
        }
        out
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn json_text(text: &str) -> String {
    crate::to_json(&crate::Value::from(text), crate::JsonStyle::PYTHON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn users_and_passwords_of_urls_are_hidden() {
        for (text, want) in [
            ("http://us%40er:p%3Aw@h:3128", "http://***:***@h:3128"),
            ("http://u:p/ss@h:1", "http://***:***@h:1"),
            ("http://u:p#s?s@h:1/x", "http://***:***@h:1/x"),
            ("http://u:p@ss@h/", "http://***:***@h/"),
            ("http://user@h", "http://***@h"),
            ("http://:p@h", "http://:***@h"),
            ("at \"https://u:p@h/\" and (http://u:q@i)", "at \"https://***:***@h/\" and (http://***:***@i)"),
            ("http://h:80/a@b", "http://h:80/a@b"),
            ("http://h/a@b", "http://h/a@b"),
            ("http://[::1]/a@b", "http://[::1]/a@b"),
            ("https://aws:******@h/x", "https://aws:******@h/x"),
            ("s3://u:p@b/k", "s3://u:p@b/k"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without_user_info(text), want);
        }
    }

    #[test]
    fn one_url_ends_at_its_end() {
        for (url, want) in [
            ("http://u:pa'ss@127.0.0.1:1", "http://***:***@127.0.0.1:1"),
            ("http://u:a\"b<c`d@h", "http://***:***@h"),
            ("http:/u:SECRET@h", "http:***:***@h"),
            ("http:u:SECRET@h", "http:***:***@h"),
            ("http:///u:SECRET@h", "http:***:***@h"),
            ("http://h/it's@b", "http://h/it's@b"),
            ("http://h:80/a@b", "http://h:80/a@b"),
            ("http://h:1", "http://h:1"),
            ("u", "u"),
        ] {
            assert_eq!(url_without_user_info(url), want);
        }
    }

    #[test]
    fn words_are_hidden_where_they_are_repeated() {
        let mut secrets = Secrets::default();
        for word in ["hunter2", "it's\nlong", "ab", "hunter2-more"] {
            secrets.add(word);
        }
        for (text, want) in [
            ("value: hunter2, type", "value: ****, type"),
            ("'hunter2' hunter2-more", "'****' ****"),
            ("hunter22 xhunter2 hunter2", "hunter22 xhunter2 ****"),
            ("\"it's\\nlong\" and it's\nand long.", "\"****\" and ****\nand ****."),
            ("ab", "ab"),
        ] {
            assert_eq!(secrets.hide(text), want);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c:/@#é]|://){0,24}", word in "[a-cé]{0,6}") {
            let _ = without_user_info(&text);
            let mut secrets = Secrets::default();
            secrets.add(&word);
            let repeated = format!(" {word} ");
            let hidden = secrets.hide(&format!("x{repeated}y"));
            prop_assert!(secrets.is_empty() || !hidden.contains(&repeated), "{}", hidden);
        }
    }
}
