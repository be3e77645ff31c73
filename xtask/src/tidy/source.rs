//! Rust source seen without comments, literals and test modules: enough of a lexer for the checks beside it.

use std::collections::HashMap;

/// A file taken apart.
pub struct Source {
    /// The text with comments, literals and `#[cfg(test)]` modules blanked; lines stay where they are.
    pub code: String,
    /// String literals outside comments and test modules: line and contents as written.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    /// Takes Rust source apart. Source that doesn't compile gives some result too.
    pub fn new(text: &str) -> Source {
        let (mut code, literals) = blank(text);
        let tests = test_modules(&code);
        for (start, end) in &tests {
            let blanked = blanks(&code[*start..*end]);
            code.replace_range(*start..*end, &blanked);
        }
        let outside = |at: usize| !tests.iter().any(|(start, end)| (*start..*end).contains(&at));
        let strings = literals.into_iter().filter(|(at, _)| outside(*at));
        let strings = strings.map(|(at, literal)| (line_of(text, at), literal)).collect();
        Source { code, strings }
    }

    /// Every path with two or more segments, with the first segment resolved through the file's `use std::…` lines,
    /// and every path imported from `std`: line and full path.
    pub fn paths(&self) -> Vec<(usize, String)> {
        let mut found = imports(&self.code, "std::");
        let names: HashMap<String, String> =
            found.iter().filter_map(|(_, path)| Some((path.rsplit("::").next()?.to_owned(), path.clone()))).collect();
        for (at, path) in written_paths(&self.code) {
            let first = path.split("::").next().unwrap_or_default();
            let full = match names.get(first) {
                Some(import) => format!("{import}{}", &path[first.len()..]),
                None => path,
            };
            found.push((at, full));
        }
        found.into_iter().map(|(at, path)| (line_of(&self.code, at), path)).collect()
    }

    /// Every path into the crate that this is a module of, without `crate::`: line and path. `module` is its own path, and
    /// its child modules count as named by it.
    pub fn own_paths(&self, module: &str, is_folder: bool) -> Vec<(usize, String)> {
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        let mut found = imports(&self.code, "crate::");
        found.extend(imports(&self.code, "super::"));
        found.extend(written_paths(&self.code));
        let absolute = |path: String| match path.split_once("::")? {
            ("crate", rest) => Some(rest.to_owned()),
            ("super", rest) if parent.is_empty() => Some(rest.to_owned()),
            ("super", rest) => Some(format!("{parent}::{rest}")),
            _ => None,
        };
        let mut paths: Vec<(usize, String)> =
            found.into_iter().filter_map(|(at, p)| Some((at, absolute(p)?))).collect();
        if is_folder {
            paths.extend(self.modules().into_iter().map(|(at, name)| (at, format!("{module}::{name}"))));
        }
        let mut paths: Vec<_> = paths.into_iter().map(|(at, path)| (line_of(&self.code, at), path)).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Every macro called: line and name.
    pub fn macros(&self) -> Vec<(usize, String)> {
        let words = words(&self.code);
        let calls = words.filter(|(at, word)| self.code[at + word.len()..].starts_with('!'));
        calls.map(|(at, word)| (line_of(&self.code, at), word.to_owned())).collect()
    }

    /// Every `static` or `const` of this type: line and name.
    pub fn items(&self, of_type: &str) -> Vec<(usize, String)> {
        let mut words = words(&self.code).peekable();
        let mut found = Vec::new();
        while let Some((_, word)) = words.next() {
            let Some((at, name)) = words.peek().filter(|_| word == "static" || word == "const") else { continue };
            let declared = self.code[at + name.len()..].trim_start().strip_prefix(':').and_then(|r| r.split_once('='));
            if declared.is_some_and(|(given, _)| given.trim() == of_type) {
                found.push((line_of(&self.code, *at), (*name).to_owned()));
            }
        }
        found
    }

    /// How often a name or path is written, `use` lines left out.
    pub fn names(&self, path: &str) -> usize {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let found = self.code.match_indices(path).filter(|(at, _)| {
            let (before, after) = (&self.code[..*at], &self.code[at + path.len()..]);
            let statement = &before[before.rfind([';', '}']).map_or(0, |end| end + 1)..];
            let is_import = words(statement).take(4).any(|(_, word)| word == "use");
            !before.ends_with(letter) && !after.starts_with(letter) && !is_import
        });
        found.count()
    }

    /// Every `mod name;`: offset and name.
    pub fn modules(&self) -> Vec<(usize, String)> {
        let mut words = words(&self.code).peekable();
        let mut found = Vec::new();
        while let Some((at, word)) = words.next() {
            if word == "mod"
                && let Some((name_at, name)) = words.peek()
                && self.code[name_at + name.len()..].trim_start().starts_with(';')
            {
                found.push((at, (*name).to_owned()));
            }
        }
        found
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn blanks(text: &str) -> String {
    text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect()
}

/// Blanks comments and literals, byte for byte; returns the literals with where they start.
fn blank(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut literals, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    while at < text.len() {
        let rest = &text[at..];
        let comment = comment_length(rest);
        if comment > 0 {
            code.push_str(&blanks(&rest[..comment]));
            at += comment;
            continue;
        }
        let in_word = at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric() || text[..at].ends_with('_');
        let (length, contents) = literal(rest, in_word);
        if length > 0 {
            if let Some(contents) = contents {
                literals.push((at, contents.to_owned()));
            }
            code.push_str(&blanks(&rest[..length]));
            at += length;
            continue;
        }
        let Some(next) = rest.chars().next() else { break };
        // A letter beyond ASCII keeps its number of bytes.
        if next.is_ascii() {
            code.push(next)
        } else {
            code.push_str(&" ".repeat(next.len_utf8()))
        }
        at += next.len_utf8();
    }
    (code, literals)
}

fn comment_length(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if !rest.starts_with("/*") {
        return 0;
    }
    let (mut depth, mut at) = (0, 0);
    loop {
        let tail = &rest.as_bytes()[at..];
        match tail {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            [] => return rest.len(),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The length of the literal `rest` starts with (0 if none), and the contents where it is a string.
fn literal(rest: &str, in_word: bool) -> (usize, Option<&str>) {
    let prefix = match in_word {
        true => 0,
        false => rest.bytes().take_while(|b| matches!(b, b'b' | b'r' | b'c')).count().min(2),
    };
    let body = &rest[prefix..];
    let hashes = if prefix > 0 { body.bytes().take_while(|b| *b == b'#').count() } else { 0 };
    if rest[..prefix].contains('r') && body[hashes..].starts_with('"') {
        let close = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 1;
        let end = body[start..].find(&close).map_or(body.len(), |e| start + e);
        return ((prefix + end + close.len()).min(rest.len()), Some(&body[start..end]));
    }
    if body.starts_with('"') {
        let end = quoted_length(body, b'"');
        return (prefix + end, Some(&body[1..end.max(2) - 1]));
    }
    if body.starts_with('\'') && prefix < 2 {
        // A lifetime has no closing quote right after its first letter.
        let mut letters = body[1..].chars();
        let first = letters.next();
        if first == Some('\\') || letters.next() == Some('\'') {
            return (prefix + quoted_length(body, b'\''), None);
        }
    }
    (0, None)
}

fn quoted_length(body: &str, quote: u8) -> usize {
    let (bytes, mut at) = (body.as_bytes(), 1);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b if b == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where `#[cfg(test)] mod x { … }` stands in blanked code.
fn test_modules(code: &str) -> Vec<(usize, usize)> {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let mut found = Vec::new();
    for (start, _) in code.match_indices(ATTRIBUTE) {
        let rest = &code[start + ATTRIBUTE.len()..];
        let item = rest.trim_start();
        let open = rest.find('{').unwrap_or(rest.len());
        let semicolon = rest.find(';').unwrap_or(rest.len());
        if !(item.starts_with("mod ") || item.starts_with("pub mod ")) || semicolon < open {
            continue;
        }
        let mut depth = 0i32;
        let end = rest[open..].bytes().position(|b| {
            depth += i32::from(b == b'{') - i32::from(b == b'}');
            depth == 0
        });
        found.push((start, end.map_or(code.len(), |e| start + ATTRIBUTE.len() + open + e + 1)));
    }
    found
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code[at..].find(letter)?;
        let end = code[start..].find(|c| !letter(c)).map_or(code.len(), |e| start + e);
        at = end;
        Some((start, &code[start..end]))
    })
}

/// Paths as written, of two segments or more.
fn written_paths(code: &str) -> Vec<(usize, String)> {
    // Each path grows while the next word follows right after `::`.
    let mut paths: Vec<(usize, usize)> = Vec::new();
    for (at, word) in words(code) {
        match paths.last_mut() {
            Some((_, end)) if &code[*end..at] == "::" => *end = at + word.len(),
            _ => paths.push((at, at + word.len())),
        }
    }
    let paths = paths.into_iter().map(|(start, end)| (start, code[start..end].to_owned()));
    paths.filter(|(_, path)| path.contains("::")).collect()
}

/// What `use` lines import that begin with `root` (such as `std::`), groups taken apart, renamings ignored.
fn imports(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, word) in words(code) {
        let rest = code[at + word.len()..].trim_start();
        if word == "use" && rest.starts_with(root) {
            let tree: String =
                rest[..rest.find(';').unwrap_or(rest.len())].split_whitespace().collect::<Vec<_>>().join(" ");
            let mut paths = Vec::new();
            expand("", &tree, &mut paths, 0);
            found.extend(paths.into_iter().map(|p| (at, p)));
        }
    }
    found
}

fn expand(prefix: &str, tree: &str, out: &mut Vec<String>, depth: usize) {
    let tree = tree.trim();
    let Some(open) = tree.find('{').filter(|_| depth < 16) else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        let path = format!("{prefix}{name}");
        out.push(path.strip_suffix("::self").map(str::to_owned).unwrap_or(path));
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut level, mut start) = (0, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => level += 1,
            '}' => level -= 1,
            ',' if level == 0 => {
                expand(&prefix, &inner[start..at], out, depth + 1);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        expand(&prefix, &inner[start..], out, depth + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"
use std::{fs, io::{self, Write as _}};
// std::env::var in a comment
/* println!("{}") /* nested */ std::net */
fn f<'a>(x: &'a str) -> char { let _ = r#"std::env "quoted""#; eprintln!("AWS_X{}", '"'); io::stdout(); 'x' }
#[cfg(test)]
mod tests { fn g() { std::env::var("AWS_Y"); } }
mod other;
#[cfg(test)]
mod more;
"##;

    #[test]
    fn sees_code_only() {
        let source = Source::new(TEXT);
        assert_eq!(source.code.len(), TEXT.len());
        let paths: Vec<String> = source.paths().into_iter().map(|(_, p)| p).collect();
        assert!(
            paths.contains(&"std::io::Write".to_owned()) && paths.contains(&"std::io::stdout".to_owned()),
            "{paths:?}"
        );
        assert!(paths.contains(&"std::fs".to_owned()) && !paths.iter().any(|p| p.starts_with("std::env")), "{paths:?}");
        assert_eq!(source.macros(), [(5, "eprintln".to_owned())]);
        let strings: Vec<&str> = source.strings.iter().map(|(_, s)| s.as_str()).collect();
        assert_eq!(strings, ["std::env \"quoted\"", "AWS_X{}"]);
        let modules: Vec<String> = source.modules().into_iter().map(|(_, m)| m).collect();
        assert_eq!(modules, ["other", "more"]);
    }
}
