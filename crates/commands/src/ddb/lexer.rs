//! The words of an expression.

use super::decimal::Decimal;
use super::types::Item;
use oxaws_cli::Failure;

/// What kind of word it is; the text is its name in messages.
pub type Kind = &'static str;

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Its kind.
    pub kind: Kind,
    /// Its value; text for all that are no literals.
    pub value: Item,
    /// Where it begins and ends, in characters (as the AWS CLI counts them).
    pub start: usize,
    /// See `start`.
    pub end: usize,
}

/// Splits an expression into words; the last one is `eof`.
///
/// # Errors
/// For what is no word, with the place.
pub fn tokenize(expression: &str) -> Result<Vec<Token>, Failure> {
    let characters: Vec<char> = expression.chars().collect();
    if characters.is_empty() {
        return Err(empty());
    }
    let mut lexer = Lexer { expression, at: 0, current: characters.first().copied(), characters };
    let mut tokens = Vec::new();
    while let Some(c) = lexer.current {
        if let Some(token) = lexer.token(c)? {
            tokens.push(token);
        }
    }
    let end = lexer.characters.len();
    tokens.push(Token { kind: "eof", value: Item::Text(String::new()), start: end, end });
    Ok(tokens)
}

/// An expression without words.
pub fn empty() -> Failure {
    Failure::validation("Expressions must not be empty")
}

struct Lexer<'a> {
    expression: &'a str,
    characters: Vec<char>,
    /// Where it stands; it stays at the last character once that is used up.
    at: usize,
    current: Option<char>,
}

fn is_identifier_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_identifier(c: Option<char>) -> bool {
    c.is_some_and(|c| is_identifier_start(c) || c.is_ascii_digit())
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

fn shown(c: Option<char>) -> String {
    c.map_or_else(|| "None".to_owned(), String::from)
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        if self.at + 1 >= self.characters.len() {
            self.current = None;
        } else {
            self.at += 1;
            self.current = self.characters.get(self.at).copied();
        }
        self.current
    }

    fn error(&self, message: String, position: usize) -> Failure {
        Failure::validation(format!("{message}\n{}\n{}^", self.expression, " ".repeat(position)))
    }

    fn token(&mut self, c: char) -> Result<Option<Token>, Failure> {
        let simple = match c {
            '.' => "dot",
            ',' => "comma",
            ':' => "colon",
            '(' => "lparen",
            ')' => "rparen",
            '{' => "lbrace",
            '}' => "rbrace",
            '[' => "lbracket",
            ']' => "rbracket",
            '=' => "eq",
            _ => "",
        };
        if !simple.is_empty() {
            let start = self.at;
            self.next();
            return Ok(Some(Token { kind: simple, value: Item::Text(c.to_string()), start, end: start + 1 }));
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => {
                self.next();
                Ok(None)
            }
            '\'' => {
                let start = self.at;
                let text = self.until('\'')?.replace("\\'", "'");
                Ok(Some(Token { kind: "identifier", value: Item::Text(text), start, end: self.at - start }))
            }
            '"' => self.string().map(Some),
            '<' | '>' => Ok(Some(self.comparator(c))),
            c if is_identifier_start(c) => self.identifier(c).map(Some),
            c if c.is_ascii_digit() || c == '-' => self.number().map(Some),
            c => Err(self.error(format!("Unrecognized character {c}"), self.at)),
        }
    }

    fn identifier(&mut self, first: char) -> Result<Token, Failure> {
        let start = self.at;
        let mut text = String::from(first);
        if matches!(first, 'b' | 'B') {
            match self.next() {
                Some('"') => return self.base64(),
                Some(c) if is_identifier(Some(c)) => text.push(c),
                _ => return Ok(Token { kind: "unquoted_identifier", value: Item::Text(text), start, end: start + 1 }),
            }
        }
        while is_identifier(self.next()) {
            text.extend(self.current);
        }
        let end = start + text.chars().count();
        let (kind, value) = match text.to_ascii_lowercase().as_str() {
            "and" => ("and", Item::Text(text)),
            "between" => ("between", Item::Text(text)),
            "in" => ("in", Item::Text(text)),
            "or" => ("or", Item::Text(text)),
            "not" => ("not", Item::Text(text)),
            "true" => ("literal", Item::Bool(true)),
            "false" => ("literal", Item::Bool(false)),
            "null" => ("literal", Item::Null),
            _ => ("unquoted_identifier", Item::Text(text)),
        };
        Ok(Token { kind, value, start, end })
    }

    fn string(&mut self) -> Result<Token, Failure> {
        let start = self.at;
        let text = self.until('"')?.replace("\\\"", "\"");
        Ok(Token { kind: "literal", value: Item::Text(text), start, end: self.at - start })
    }

    fn base64(&mut self) -> Result<Token, Failure> {
        let start = self.at - 1;
        let mut token = self.string()?;
        let Item::Text(text) = &token.value else { return Ok(token) };
        if text.starts_with(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c))) {
            return Err(self.error(format!("Invalid base64 string b\"{text}\""), start));
        }
        let bytes = oxaws_input::blob::decode(text)
            .map_err(|_| self.error(format!("Invalid base64 string b\"{text}\": Incorrect padding"), start))?;
        token.value = Item::Bytes(bytes);
        token.start = start;
        Ok(token)
    }

    fn number(&mut self) -> Result<Token, Failure> {
        let start = self.at;
        let mut text = self.digits()?;
        if self.current == Some('.') {
            text.push('.');
            if !is_digit(self.next()) {
                return Err(self.error(format!("Invalid fractional character {}", shown(self.current)), self.at));
            }
            text.push_str(&self.digits()?);
        }
        if let Some(e @ ('e' | 'E')) = self.current {
            text.push(e);
            let next = self.next();
            if !is_digit(next) && !matches!(next, Some('-' | '+')) {
                return Err(self.error(format!("Invalid exponential character {}", shown(next)), self.at));
            }
            text.push_str(&self.digits()?);
        }
        let end = start + text.len();
        let number = Decimal::parse(&text).ok_or_else(|| Failure::invalid("[<class 'decimal.ConversionSyntax'>]"))?;
        Ok(Token { kind: "literal", value: Item::Number(number), start, end })
    }

    /// The present character and the digits after it.
    fn digits(&mut self) -> Result<String, Failure> {
        let mut text: String = self.current.into_iter().collect();
        while is_digit(self.next()) {
            text.extend(self.current);
        }
        if text == "-" {
            return Err(self.error(format!("Unknown token {text}"), self.at));
        }
        Ok(text)
    }

    fn comparator(&mut self, first: char) -> Token {
        let second = self.next();
        let (kind, text) = match (first, second) {
            ('<', Some('>')) => ("ne", "<>"),
            ('<', Some('=')) => ("lte", "<="),
            ('<', _) => ("lt", "<"),
            (_, Some('=')) => ("gte", ">="),
            _ => ("gt", ">"),
        };
        if text.len() == 2 {
            self.next();
        }
        Token { kind, value: Item::Text(text.to_owned()), start: self.at.saturating_sub(text.len()), end: self.at }
    }

    /// The text up to a closing `delimiter`, which a backslash hides.
    fn until(&mut self, delimiter: char) -> Result<String, Failure> {
        let start = self.at;
        let mut text = String::new();
        self.next();
        while self.current != Some(delimiter) {
            if self.current == Some('\\') {
                text.push('\\');
                self.next();
            }
            match self.current {
                None => return Err(self.error(format!("Unclosed {delimiter} delimiter"), start)),
                Some(c) => text.push(c),
            }
            self.next();
        }
        self.next();
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(expression: &str) -> Vec<Kind> {
        tokenize(expression).unwrap().iter().map(|t| t.kind).collect()
    }

    fn error(expression: &str) -> String {
        tokenize(expression).unwrap_err().message()
    }

    #[test]
    fn words() {
        assert_eq!(
            kinds("a.b[0] <> 'c d' AND b\"aGk=\" in (-1.5e+3, \"x\\\"\", TRUE, bee)"),
            [
                "unquoted_identifier",
                "dot",
                "unquoted_identifier",
                "lbracket",
                "literal",
                "rbracket",
                "ne",
                "identifier",
                "and",
                "literal",
                "in",
                "lparen",
                "literal",
                "comma",
                "literal",
                "comma",
                "literal",
                "comma",
                "unquoted_identifier",
                "rparen",
                "eof"
            ]
        );
        let token = tokenize("b\"aGk=\"").unwrap().remove(0);
        assert_eq!(token.value, Item::Bytes(b"hi".to_vec()));
    }

    #[test]
    fn what_is_no_word() {
        assert_eq!(error("a = ;"), "Unrecognized character ;\na = ;\n    ^");
        assert_eq!(error("\"abc"), "Unclosed \" delimiter\n\"abc\n^");
        assert_eq!(error("1.x"), "Invalid fractional character x\n1.x\n  ^");
        assert_eq!(error("a = -"), "Unknown token -\na = -\n    ^");
        assert!(error("1ex").starts_with("Invalid exponential character x"));
        assert!(error("b\"?\"").starts_with("Invalid base64 string b\"?\"\n"));
        assert_eq!(error(""), "Expressions must not be empty");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[ab'\"\\\\.<>=0-9eE+(){}\\[\\]:, -]{0,24}") {
            let _ = tokenize(&text);
        }
    }
}
