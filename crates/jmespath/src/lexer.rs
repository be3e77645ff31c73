//! Cuts an expression into tokens.

use crate::error::CompileError;
use crate::pytext;
use oxaws_value::{JsonErrorKind, Value, parse_json};

/// Longer runs of digits Python refuses to turn into an integer.
pub(crate) const MAX_INT_DIGITS: usize = 4300;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Dot,
    Star,
    RBracket,
    Comma,
    Colon,
    Current,
    LParen,
    RParen,
    LBrace,
    RBrace,
    Identifier,
    QuotedIdentifier,
    Literal,
    Number,
    Flatten,
    Filter,
    LBracket,
    Or,
    Pipe,
    And,
    Expref,
    Le,
    Lt,
    Ge,
    Gt,
    Ne,
    Not,
    Eq,
    Eof,
}

impl Kind {
    /// The name error texts use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Dot => "dot",
            Kind::Star => "star",
            Kind::RBracket => "rbracket",
            Kind::Comma => "comma",
            Kind::Colon => "colon",
            Kind::Current => "current",
            Kind::LParen => "lparen",
            Kind::RParen => "rparen",
            Kind::LBrace => "lbrace",
            Kind::RBrace => "rbrace",
            Kind::Identifier => "unquoted_identifier",
            Kind::QuotedIdentifier => "quoted_identifier",
            Kind::Literal => "literal",
            Kind::Number => "number",
            Kind::Flatten => "flatten",
            Kind::Filter => "filter",
            Kind::LBracket => "lbracket",
            Kind::Or => "or",
            Kind::Pipe => "pipe",
            Kind::And => "and",
            Kind::Expref => "expref",
            Kind::Le => "lte",
            Kind::Lt => "lt",
            Kind::Ge => "gte",
            Kind::Gt => "gt",
            Kind::Ne => "ne",
            Kind::Not => "not",
            Kind::Eq => "eq",
            Kind::Eof => "eof",
        }
    }
}

/// What a token stands for.
#[derive(Debug)]
pub(crate) enum Content<'t> {
    /// Punctuation and bare identifiers: their own text.
    Text(&'t str),
    /// A quoted identifier, its escapes resolved.
    Name(String),
    /// A whole number, clamped to 64 bits: beyond that every index is out of range.
    Number(i64, &'t str),
    /// A literal's value.
    Literal(Value),
}

/// One token and where it starts, in characters.
#[derive(Debug)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) content: Content<'t>,
}

impl Token<'_> {
    /// The token's value as Python's `str` gives it.
    pub(crate) fn shown(&self) -> String {
        match &self.content {
            Content::Text(t) => (*t).to_owned(),
            Content::Name(n) => n.clone(),
            Content::Number(_, digits) => {
                let (sign, digits) = digits.strip_prefix('-').map_or(("", *digits), |d| ("-", d));
                match digits.trim_start_matches('0') {
                    "" => "0".to_owned(),
                    digits => format!("{sign}{digits}"),
                }
            }
            Content::Literal(v) => pytext::text_of(v),
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    /// Bytes read so far.
    at: usize,
    /// Characters read so far.
    chars: usize,
    tokens: Vec<Token<'t>>,
}

/// The tokens of `text`, with one [`Kind::Eof`] at the end.
pub(crate) fn tokenize(text: &str) -> Result<Vec<Token<'_>>, CompileError> {
    if text.is_empty() {
        return Err(CompileError::Empty);
    }
    let mut lexer = Lexer { text, at: 0, chars: 0, tokens: Vec::new() };
    while let Some(&b) = text.as_bytes().get(lexer.at) {
        lexer.token(b)?;
    }
    let end = Token { kind: Kind::Eof, start: lexer.chars, content: Content::Text("") };
    lexer.tokens.push(end);
    Ok(lexer.tokens)
}

impl<'t> Lexer<'t> {
    fn token(&mut self, b: u8) -> Result<(), CompileError> {
        let second = self.text.as_bytes().get(self.at + 1).copied();
        let (kind, len) = match b {
            b' ' | b'\t' | b'\n' | b'\r' => {
                self.at += 1;
                self.chars += 1;
                return Ok(());
            }
            b'.' => (Kind::Dot, 1),
            b'*' => (Kind::Star, 1),
            b']' => (Kind::RBracket, 1),
            b',' => (Kind::Comma, 1),
            b':' => (Kind::Colon, 1),
            b'@' => (Kind::Current, 1),
            b'(' => (Kind::LParen, 1),
            b')' => (Kind::RParen, 1),
            b'{' => (Kind::LBrace, 1),
            b'}' => (Kind::RBrace, 1),
            b'[' if second == Some(b']') => (Kind::Flatten, 2),
            b'[' if second == Some(b'?') => (Kind::Filter, 2),
            b'[' => (Kind::LBracket, 1),
            b'|' if second == Some(b'|') => (Kind::Or, 2),
            b'|' => (Kind::Pipe, 1),
            b'&' if second == Some(b'&') => (Kind::And, 2),
            b'&' => (Kind::Expref, 1),
            b'<' if second == Some(b'=') => (Kind::Le, 2),
            b'<' => (Kind::Lt, 1),
            b'>' if second == Some(b'=') => (Kind::Ge, 2),
            b'>' => (Kind::Gt, 1),
            b'!' if second == Some(b'=') => (Kind::Ne, 2),
            b'!' => (Kind::Not, 1),
            b'=' if second == Some(b'=') => (Kind::Eq, 2),
            b'=' => return Err(self.fault("Unknown token '='".into())),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                (Kind::Identifier, self.run(0, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            b'0'..=b'9' => return self.number(0),
            b'-' if second.is_some_and(|b| b.is_ascii_digit()) => return self.number(1),
            b'-' => return Err(self.fault("Unknown token '-'".into())),
            b'\'' => return self.raw_string(),
            b'"' => return self.quoted_identifier(),
            b'`' => return self.literal(),
            _ => {
                let c = self.text[self.at..].chars().next().unwrap_or('\u{fffd}');
                return Err(self.fault(format!("Unknown token {c}")));
            }
        };
        let content = Content::Text(&self.text[self.at..self.at + len]);
        self.push(kind, len, len, content);
        Ok(())
    }

    fn push(&mut self, kind: Kind, bytes: usize, chars: usize, content: Content<'t>) {
        self.tokens.push(Token { kind, start: self.chars, content });
        self.at += bytes;
        self.chars += chars;
    }

    /// A fault at the token that starts here.
    fn fault(&self, message: String) -> CompileError {
        CompileError::Lexer { message, position: self.chars, expression: self.text.into() }
    }

    /// How many bytes, from `skip` bytes on, belong to `set`, those `skip` included.
    fn run(&self, skip: usize, set: impl Fn(u8) -> bool) -> usize {
        skip + self.text.as_bytes()[self.at + skip..].iter().take_while(|b| set(**b)).count()
    }

    fn number(&mut self, sign: usize) -> Result<(), CompileError> {
        let len = self.run(sign, |b| b.is_ascii_digit());
        if len - sign > MAX_INT_DIGITS {
            return Err(CompileError::IntTooLong { digits: len - sign });
        }
        let text = &self.text[self.at..self.at + len];
        let clamped = text.parse().unwrap_or(if sign == 1 { i64::MIN } else { i64::MAX });
        self.push(Kind::Number, len, len, Content::Number(clamped, text));
        Ok(())
    }

    /// What stands between the delimiter that starts here and the next one that no backslash precedes.
    fn delimited(&self, delimiter: u8) -> Result<&'t str, CompileError> {
        let bytes = &self.text.as_bytes()[self.at + 1..];
        let mut i = 0;
        while let Some(&b) = bytes.get(i) {
            if b == delimiter {
                return Ok(&self.text[self.at + 1..self.at + 1 + i]);
            }
            i += 1 + usize::from(b == b'\\');
        }
        Err(self.fault(format!("Unclosed {} delimiter", char::from(delimiter))))
    }

    fn push_delimited(&mut self, kind: Kind, inner: &str, content: Content<'t>) {
        self.push(kind, inner.len() + 2, inner.chars().count() + 2, content);
    }

    fn raw_string(&mut self) -> Result<(), CompileError> {
        let inner = self.delimited(b'\'')?;
        let value = Value::String(inner.replace("\\'", "'"));
        self.push_delimited(Kind::Literal, inner, Content::Literal(value));
        Ok(())
    }

    fn quoted_identifier(&mut self) -> Result<(), CompileError> {
        let inner = self.delimited(b'"')?;
        match parse_json(&self.text[self.at..self.at + inner.len() + 2]) {
            Ok(Value::String(name)) => self.push_delimited(Kind::QuotedIdentifier, inner, Content::Name(name)),
            Ok(_) => return Err(self.fault(JsonErrorKind::ExpectingValue.text().into())),
            Err(e) => return Err(self.fault(e.kind.text().into())),
        }
        Ok(())
    }

    /// JSON between backticks; what isn't JSON is text, as before the language had quotes for it.
    fn literal(&mut self) -> Result<(), CompileError> {
        let inner = self.delimited(b'`')?;
        let lexeme = inner.replace("\\`", "`");
        let value = match parse_json(&lexeme) {
            Ok(v) if lexeme.len() <= MAX_INT_DIGITS || !has_long_int(&v) => Ok(v),
            Err(e) if e.kind == JsonErrorKind::TooDeep => return Err(CompileError::TooDeep),
            _ => parse_json(&format!("\"{}\"", lexeme.trim_start_matches(oxaws_python::is_blank))),
        };
        match value {
            Ok(value) => self.push_delimited(Kind::Literal, inner, Content::Literal(value)),
            Err(_) => return Err(self.fault(format!("Bad token {lexeme}"))),
        }
        Ok(())
    }
}

/// Whether `value` holds an integer that Python's JSON reader refuses.
fn has_long_int(value: &Value) -> bool {
    match value {
        Value::BigInt(digits) => digits.trim_start_matches('-').len() > MAX_INT_DIGITS,
        Value::List(l) => l.iter().any(has_long_int),
        Value::Map(m) => m.values().any(has_long_int),
        _ => false,
    }
}
