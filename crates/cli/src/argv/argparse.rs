//! Command-line parsing in the manner of Python's `argparse` (3.11), which the AWS CLI's users know by its prefixes, its
//! orders and its messages: a drop-in must fail the same way.

mod roles;

pub(crate) use roles::{Role, roles};

use oxaws_python::difflib;

/// How many words an option or a positional takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nargs {
    /// Exactly one.
    One,
    /// Exactly so many, as a list.
    Exactly(usize),
    /// `?`: none or one.
    Optional,
    /// `*`
    ZeroOrMore,
    /// `+`
    OneOrMore,
    /// None: the option sets its destination to this truth.
    Flag(bool),
    /// None: parsing ends here (`--version`).
    Version,
}

/// What a word is turned into while parsing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordType {
    /// Text as it is.
    Text,
    /// Python's `int()`, complained about while parsing.
    Int,
    /// Python's `float()`.
    Float,
}

/// One option or positional.
#[derive(Debug, Clone)]
pub struct Spec {
    /// With its dashes; without dashes for a positional.
    pub name: String,
    /// Where the value goes; of options that share one, the last counts.
    pub dest: String,
    /// How many words it takes.
    pub nargs: Nargs,
    /// Whether it must be given.
    pub required: bool,
    /// What values may be; empty: anything.
    pub choices: Vec<String>,
    /// What words are turned into.
    pub word_type: WordType,
    /// What an option of [`Nargs::Optional`] has when it stands alone.
    pub constant: Option<&'static str>,
}

impl Spec {
    /// An option that takes one word.
    pub fn option(name: impl Into<String>) -> Spec {
        let name = name.into();
        Spec {
            dest: name.trim_start_matches('-').replace('-', "_"),
            name,
            nargs: Nargs::One,
            required: false,
            choices: Vec::new(),
            word_type: WordType::Text,
            constant: None,
        }
    }

    fn is_positional(&self) -> bool {
        !self.name.starts_with('-')
    }
}

/// What was given for a destination.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A flag.
    Flag(bool),
    /// One word.
    Word(String),
    /// A list of words.
    Words(Vec<String>),
    /// What the file has that a `fileb://` word named. The parser itself never gives this.
    Bytes(Vec<u8>),
}

/// One time that an option or positional was given.
#[derive(Debug, Clone, PartialEq)]
struct Occurrence {
    dest: String,
    /// The whole name of the option, also where a prefix of it was typed.
    name: String,
    given: Given,
}

/// The outcome.
#[derive(Debug, Default)]
pub struct Parsed {
    given: Vec<Occurrence>,
    /// What no option or positional took, in order.
    pub extras: Vec<String>,
    /// `--version` was met: nothing after it was looked at.
    pub version: bool,
}

impl Parsed {
    /// What was given for `dest`; the last of several.
    pub fn get(&self, dest: &str) -> Option<&Given> {
        self.given.iter().rev().find(|o| o.dest == dest).map(|o| &o.given)
    }

    /// Every time that something was given for `dest`, in the order of the line: by which option (its whole name), and
    /// what. For options that add up (`append` of argparse).
    pub fn all<'a>(&'a self, dest: &'a str) -> impl Iterator<Item = (&'a str, &'a Given)> {
        self.given.iter().filter(move |o| o.dest == dest).map(|o| (o.name.as_str(), &o.given))
    }

    /// The word given for `dest`.
    pub fn word(&self, dest: &str) -> Option<&str> {
        match self.get(dest) {
            Some(Given::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The words given for `dest`; none where it wasn't given.
    pub fn words(&self, dest: &str) -> &[String] {
        match self.get(dest) {
            Some(Given::Words(words)) => words,
            _ => &[],
        }
    }

    /// The truth given for `dest`.
    pub fn flag(&self, dest: &str) -> Option<bool> {
        match self.get(dest) {
            Some(Given::Flag(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// The bytes given for `dest`: those of a file, or of the word.
    pub fn bytes(&self, dest: &str) -> Option<&[u8]> {
        match self.get(dest) {
            Some(Given::Bytes(bytes)) => Some(bytes),
            Some(Given::Word(word)) => Some(word.as_bytes()),
            _ => None,
        }
    }

    /// Sets what was given for `dest`, in place of all that was.
    pub fn set(&mut self, dest: &str, given: Given) {
        self.given.retain(|o| o.dest != dest);
        self.given.push(Occurrence { dest: dest.to_owned(), name: String::new(), given });
    }
}

/// What is wrong with a command line: the message, without the usage text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// A word that isn't expected, one that is missing, or a choice that isn't one.
    Syntax(String),
    /// A value that can't be read as its type.
    Value(String),
}

impl ParseError {
    fn about(spec: &Spec, what: impl std::fmt::Display) -> ParseError {
        ParseError::Syntax(format!("argument {}: {what}", spec.name))
    }

    fn not_a(kind: &str, spec: &Spec, word: &str) -> ParseError {
        ParseError::Value(format!("argument {}: invalid {kind} value: {}", spec.name, quoted(word)))
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ParseError::Syntax(text) | ParseError::Value(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for ParseError {}

/// The message for a word that is none of `choices`, with what the user may have meant.
pub fn invalid_choice<'a>(value: &str, choices: impl Iterator<Item = &'a str>) -> String {
    let mut text = format!("Found invalid choice '{value}'\n");
    let close = difflib::close_matches(value, choices);
    if !close.is_empty() {
        text.push_str("\nMaybe you meant:\n");
        for word in close {
            text.push_str("\n  * ");
            text.push_str(word);
        }
    }
    text
}

#[derive(Clone, Copy, PartialEq)]
enum Kind<'a> {
    /// A value.
    Word,
    /// The separator `--`.
    Dashes,
    /// A known option (its index), with what followed its `=`.
    Option(usize, Option<&'a str>),
    /// Something with dashes that no option is.
    Unknown,
}

/// Parses what it knows; the rest is in [`Parsed::extras`].
///
/// # Errors
/// As argparse: an ambiguous prefix, a missing or superfluous value, a value of the wrong type or none of the choices,
/// a required option that is missing.
pub fn parse_known(specs: &[Spec], args: &[String]) -> Result<Parsed, ParseError> {
    parse_checked(specs, args, &|_, _| None)
}

/// As [`parse_known`], with one check more for every word: what is wrong with it, given its destination. For choices
/// that are too many to be listed ahead.
///
/// # Errors
/// As [`parse_known`]; whichever comes first on the line.
pub fn parse_checked(
    specs: &[Spec],
    args: &[String],
    check: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<Parsed, ParseError> {
    Parser { specs, args, check, parsed: Parsed::default(), seen: vec![false; specs.len()] }.run()
}

struct Parser<'a> {
    specs: &'a [Spec],
    args: &'a [String],
    check: &'a dyn Fn(&str, &str) -> Option<String>,
    parsed: Parsed,
    seen: Vec<bool>,
}

impl<'a> Parser<'a> {
    fn run(mut self) -> Result<Parsed, ParseError> {
        let kinds = self.kinds()?;
        let mut positionals: Vec<usize> = (0..self.specs.len()).filter(|i| self.specs[*i].is_positional()).collect();
        let is_option = |k: &Kind| matches!(k, Kind::Option(..) | Kind::Unknown);
        let last_option = kinds.iter().rposition(is_option);
        let mut at = 0;
        while last_option.is_some_and(|last| at <= last) {
            let next = kinds.iter().skip(at).position(is_option).map_or(kinds.len(), |n| n + at);
            if at != next {
                let end = self.positionals(&mut positionals, &kinds, at)?;
                if end > at {
                    at = end;
                    continue;
                }
                self.parsed.extras.extend(self.args[at..next].iter().cloned());
                at = next;
            }
            at = match kinds[at] {
                Kind::Option(index, explicit) => self.option(index, explicit, &kinds, at)?,
                _ => {
                    self.parsed.extras.push(self.args[at].clone());
                    at + 1
                }
            };
            if self.parsed.version {
                return Ok(self.parsed);
            }
        }
        let end = self.positionals(&mut positionals, &kinds, at)?;
        self.parsed.extras.extend(self.args[end..].iter().cloned());
        let missing: Vec<&str> = self
            .specs
            .iter()
            .zip(&self.seen)
            .filter(|(s, seen)| s.required && !**seen)
            .map(|(s, _)| s.name.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(ParseError::Syntax(format!("the following arguments are required: {}", missing.join(", "))));
        }
        Ok(self.parsed)
    }

    fn kinds(&self) -> Result<Vec<Kind<'a>>, ParseError> {
        let mut only_words = false;
        let args: &'a [String] = self.args;
        args.iter()
            .map(|arg| {
                if only_words {
                    return Ok(Kind::Word);
                }
                if arg == "--" {
                    only_words = true;
                    return Ok(Kind::Dashes);
                }
                self.kind(arg)
            })
            .collect()
    }

    fn exact(&self, name: &str) -> Option<usize> {
        // The last one of a name replaces the earlier ones.
        self.specs.iter().rposition(|s| s.name == name && !s.is_positional())
    }

    fn kind(&self, arg: &'a str) -> Result<Kind<'a>, ParseError> {
        if !arg.starts_with('-') || arg.len() == 1 {
            return Ok(Kind::Word);
        }
        if let Some(index) = self.exact(arg) {
            return Ok(Kind::Option(index, None));
        }
        let (name, explicit) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
        if explicit.is_some()
            && let Some(index) = self.exact(name)
        {
            return Ok(Kind::Option(index, explicit));
        }
        let double = arg.starts_with("--");
        let prefix = if double { name } else { arg };
        let mut matches: Vec<usize> = Vec::new();
        for (index, spec) in self.specs.iter().enumerate() {
            if !spec.is_positional() && spec.name.starts_with(prefix) && self.exact(&spec.name) == Some(index) {
                matches.push(index);
            }
        }
        match matches.as_slice() {
            [index] => return Ok(Kind::Option(*index, if double { explicit } else { None })),
            [] => {}
            several => {
                let names: Vec<&str> = several.iter().map(|i| self.specs[*i].name.as_str()).collect();
                return Err(ParseError::Syntax(format!("ambiguous option: {arg} could match {}", names.join(", "))));
            }
        }
        if is_negative_number(arg) || arg.contains(' ') {
            return Ok(Kind::Word);
        }
        Ok(Kind::Unknown)
    }

    fn option(&mut self, index: usize, explicit: Option<&str>, kinds: &[Kind], at: usize) -> Result<usize, ParseError> {
        let spec = &self.specs[index];
        if let Some(value) = explicit {
            return match spec.nargs {
                Nargs::Flag(_) | Nargs::Version => {
                    Err(ParseError::about(spec, format_args!("ignored explicit argument {}", quoted(value))))
                }
                Nargs::Exactly(n) if n != 1 => Err(ParseError::about(spec, expected(spec.nargs))),
                _ => {
                    self.store(index, vec![value.to_owned()])?;
                    Ok(at + 1)
                }
            };
        }
        let available = kinds[at + 1..].iter().take_while(|k| **k == Kind::Word).count();
        let taken = match spec.nargs {
            Nargs::Flag(_) | Nargs::Version => 0,
            Nargs::One if available >= 1 => 1,
            Nargs::Exactly(n) if available >= n => n,
            Nargs::Optional => available.min(1),
            Nargs::ZeroOrMore => available,
            Nargs::OneOrMore if available >= 1 => available,
            nargs => return Err(ParseError::about(spec, expected(nargs))),
        };
        let words = self.args[at + 1..at + 1 + taken].to_vec();
        self.store(index, words)?;
        Ok(at + 1 + taken)
    }

    /// Gives the words from `at` to as many of the positionals as they suffice for; returns where they end.
    fn positionals(&mut self, left: &mut Vec<usize>, kinds: &[Kind], at: usize) -> Result<usize, ParseError> {
        let run: Vec<usize> =
            (at..kinds.len()).take_while(|i| matches!(kinds[*i], Kind::Word | Kind::Dashes)).collect();
        let words: Vec<usize> = run.iter().copied().filter(|i| kinds[*i] == Kind::Word).collect();
        let least = |i: &usize| match self.specs[*i].nargs {
            Nargs::One | Nargs::OneOrMore => 1,
            Nargs::Exactly(n) => n,
            _ => 0,
        };
        let mut matched = left.len();
        while left[..matched].iter().map(least).sum::<usize>() > words.len() {
            matched -= 1;
        }
        let taking: Vec<usize> = left.drain(..matched).collect();
        let mut next = 0;
        for (i, index) in taking.iter().enumerate() {
            let reserved: usize = taking[i + 1..].iter().map(least).sum();
            let most = words.len() - next - reserved;
            let count = match self.specs[*index].nargs {
                Nargs::One => 1,
                Nargs::Exactly(n) => n,
                Nargs::Optional => most.min(1),
                _ => most,
            };
            let given: Vec<String> = words[next..next + count].iter().map(|w| self.args[*w].clone()).collect();
            next += count;
            if count > 0 || !matches!(self.specs[*index].nargs, Nargs::Optional | Nargs::ZeroOrMore) {
                self.store(*index, given)?;
            } else {
                self.seen[*index] = true;
            }
        }
        // The separator goes with the words it stands among.
        if taking.is_empty() {
            return Ok(at);
        }
        let mut end = words.get(next).copied().unwrap_or(run.last().map_or(at, |l| l + 1));
        if next == 0 && words.first() == Some(&at) {
            end = at;
        }
        Ok(end)
    }

    fn store(&mut self, index: usize, words: Vec<String>) -> Result<(), ParseError> {
        let spec = &self.specs[index];
        for word in &words {
            match spec.word_type {
                WordType::Text => {}
                WordType::Int if oxaws_python::python_int_text(word).is_some() => {}
                WordType::Float if python_float_text(word).is_some() => {}
                WordType::Int => return Err(ParseError::not_a("int", spec, word)),
                WordType::Float => return Err(ParseError::not_a("float", spec, word)),
            }
            if !spec.choices.is_empty() && !spec.choices.contains(word) {
                return Err(ParseError::about(spec, invalid_choice(word, spec.choices.iter().map(String::as_str))));
            }
            if let Some(problem) = (self.check)(&spec.dest, word) {
                return Err(ParseError::about(spec, problem));
            }
        }
        self.seen[index] = true;
        let given = match spec.nargs {
            Nargs::Flag(truth) => Given::Flag(truth),
            Nargs::Version => {
                self.parsed.version = true;
                return Ok(());
            }
            Nargs::One | Nargs::Optional => match words.into_iter().next() {
                Some(word) => Given::Word(word),
                None => spec.constant.map_or(Given::Flag(true), |constant| Given::Word(constant.to_owned())),
            },
            Nargs::ZeroOrMore | Nargs::OneOrMore | Nargs::Exactly(_) => Given::Words(words),
        };
        self.parsed.given.push(Occurrence { dest: spec.dest.clone(), name: spec.name.clone(), given });
        Ok(())
    }
}

fn expected(nargs: Nargs) -> String {
    match nargs {
        Nargs::OneOrMore => "expected at least one argument".into(),
        // A list of one is no single word to argparse.
        Nargs::Exactly(1) => "expected 1 argument".into(),
        Nargs::Exactly(n) => format!("expected {n} arguments"),
        _ => "expected one argument".into(),
    }
}

fn quoted(text: &str) -> String {
    oxaws_python::repr_str(text)
}

/// `-1`, `-0.5`: what argparse takes for a value although it starts with a dash.
fn is_negative_number(arg: &str) -> bool {
    let Some(body) = arg.strip_prefix('-') else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    match body.split_once('.') {
        None => digits(body),
        Some((whole, fraction)) => (whole.is_empty() || digits(whole)) && digits(fraction),
    }
}

/// The number that Python's `float()` reads, or `None` where it raises.
pub fn python_float_text(text: &str) -> Option<f64> {
    let text = text.trim();
    let bare = text.trim_start_matches(['+', '-']);
    if text.len() - bare.len() > 1 {
        return None;
    }
    let lower = bare.to_ascii_lowercase();
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if matches!(lower.as_str(), "inf" | "infinity") {
        return Some(sign * f64::INFINITY);
    }
    if lower == "nan" {
        return Some(f64::NAN);
    }
    if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    // Single underscores may stand between digits.
    let bytes = bare.as_bytes();
    for (i, b) in bytes.iter().enumerate() {
        let digit = |j: Option<usize>| j.and_then(|j| bytes.get(j)).is_some_and(u8::is_ascii_digit);
        if *b == b'_' && !(digit(i.checked_sub(1)) && digit(Some(i + 1))) {
            return None;
        }
    }
    bare.replace('_', "").parse::<f64>().ok().map(|f| sign * f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn specs() -> Vec<Spec> {
        let mut list = Spec::option("--instance-ids");
        list.nargs = Nargs::ZeroOrMore;
        let mut flag = Spec::option("--dry-run");
        flag.nargs = Nargs::Flag(true);
        let mut off = Spec::option("--no-dry-run");
        off.nargs = Nargs::Flag(false);
        off.dest = "dry_run".into();
        let mut max = Spec::option("--max-items");
        max.word_type = WordType::Int;
        let mut help = Spec::option("help");
        help.nargs = Nargs::Optional;
        vec![list, flag, off, max, Spec::option("--max-results"), help]
    }

    #[test]
    fn options_prefixes_and_leftovers() {
        let p = parse_known(&specs(), &args("--foo bar baz --inst i-1 -2 --no-dry --dry-run --max-i=3")).unwrap();
        assert_eq!(p.extras, ["--foo", "baz"]);
        assert_eq!(p.word("help"), Some("bar"));
        assert_eq!(p.words("instance_ids"), ["i-1", "-2"]);
        assert_eq!(p.flag("dry_run"), Some(true));
        assert_eq!(p.word("max_items"), Some("3"));
    }

    #[test]
    fn messages() {
        for (line, message) in [
            ("--m 1", "ambiguous option: --m could match --max-items, --max-results"),
            ("--max-items", "argument --max-items: expected one argument"),
            ("--max-items abc", "argument --max-items: invalid int value: 'abc'"),
            ("--dry-run=true", "argument --dry-run: ignored explicit argument 'true'"),
            ("--max-results --foo", "argument --max-results: expected one argument"),
        ] {
            assert_eq!(parse_known(&specs(), &args(line)).unwrap_err().to_string(), message);
        }
        for (count, message) in [(1, "argument --l: expected 1 argument"), (2, "argument --l: expected 2 arguments")] {
            let list = Spec { nargs: Nargs::Exactly(count), ..Spec::option("--l") };
            assert_eq!(parse_known(&[list], &args("--l")).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn repeated_options_are_all_kept() {
        let filter = |name: &str| Spec { nargs: Nargs::Exactly(1), dest: "filters".into(), ..Spec::option(name) };
        let tags = Spec { nargs: Nargs::Exactly(2), ..Spec::option("--tags") };
        let specs = [filter("--include"), filter("--exclude"), tags];
        let p = parse_known(&specs, &args("--exc * --include=a --tags a b --tag c d --exclude=b"))
            .expect("a line that parses");
        let filters: Vec<_> = p.all("filters").map(|(name, given)| (name.to_owned(), given.clone())).collect();
        let words = |w: &str| Given::Words(vec![w.to_owned()]);
        assert_eq!(
            filters,
            [
                ("--exclude".to_owned(), words("*")),
                ("--include".to_owned(), words("a")),
                ("--exclude".to_owned(), words("b"))
            ]
        );
        assert_eq!(p.get("filters"), Some(&words("b")));
        assert_eq!(p.all("tags").count(), 2);
        assert_eq!(p.words("tags"), ["c", "d"]);
    }

    #[test]
    fn an_option_alone_has_its_constant() {
        let sse = Spec {
            nargs: Nargs::Optional,
            constant: Some("AES256"),
            choices: vec!["AES256".into(), "aws:kms".into()],
            ..Spec::option("--sse")
        };
        let specs = [sse, Spec { nargs: Nargs::Optional, ..Spec::option("--x") }];
        for (line, want) in [("--sse", Some("AES256")), ("--sse aws:kms", Some("aws:kms")), ("--x", None)] {
            assert_eq!(parse_known(&specs, &args(line)).expect("a line that parses").word("sse"), want, "{line}");
        }
        assert_eq!(parse_known(&specs, &args("--x")).expect("a line that parses").flag("x"), Some(true));
    }

    #[test]
    fn the_first_thing_wrong_on_the_line_is_told() {
        let command = Spec { required: true, ..Spec::option("command") };
        let specs = [Spec { word_type: WordType::Int, ..Spec::option("--n") }, command];
        let check = |dest: &str, word: &str| (dest == "command" && word != "ok").then(|| "no such".to_owned());
        for (line, want) in [
            ("--n x bad", "argument --n: invalid int value: 'x'"),
            ("bad --n x", "argument command: no such"),
            ("ok --n x", "argument --n: invalid int value: 'x'"),
        ] {
            assert_eq!(parse_checked(&specs, &args(line), &check).unwrap_err().to_string(), want);
        }
    }

    #[test]
    fn positionals_take_what_they_need() {
        let mut out = Spec::option("outfile");
        out.required = true;
        let mut help = Spec::option("help");
        help.nargs = Nargs::Optional;
        let specs = vec![Spec::option("--key"), out, help];
        let p = parse_known(&specs, &args("--key k out.bin extra")).unwrap();
        assert_eq!((p.word("outfile"), p.word("help")), (Some("out.bin"), Some("extra")));
        let p = parse_known(&specs, &args("out.bin --key k")).unwrap();
        assert_eq!((p.word("outfile"), p.word("help"), p.extras.len()), (Some("out.bin"), None, 0));
        assert_eq!(
            parse_known(&specs, &args("--key k")).unwrap_err().to_string(),
            "the following arguments are required: outfile"
        );
        let mut paths = Spec::option("paths");
        paths.nargs = Nargs::Exactly(2);
        paths.required = true;
        let p = parse_known(&[paths], &args("-- -a b c")).unwrap();
        assert_eq!((p.words("paths").join(" "), p.extras.join(" ")), ("-a b".into(), "c".into()));
    }

    #[test]
    fn floats_as_python() {
        assert_eq!(python_float_text(" 1_0.5e1 "), Some(105.0));
        assert_eq!(python_float_text("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(python_float_text("1__0"), None);
        assert_eq!(python_float_text("0x10"), None);
        assert_eq!(python_float_text(""), None);
    }
}
