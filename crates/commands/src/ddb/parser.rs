//! The grammar of expressions.

use super::decimal::Decimal;
use super::lexer::{Kind, Token, empty, tokenize};
use super::types::Item;
use oxaws_cli::Failure;

/// Expressions within expressions.
const MAX_DEPTH: usize = 100;
const COMPARATORS: [Kind; 6] = ["eq", "ne", "lt", "lte", "gt", "gte"];

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A value.
    Literal(Item),
    /// The name of an attribute.
    Identifier(Item),
    /// `left.right`
    Path(Box<Expression>, Box<Expression>),
    /// `name[index]`
    Index(Box<Expression>, Decimal),
    /// `a, b`
    Sequence(Vec<Expression>),
    /// `a AND b`
    And(Box<Expression>, Box<Expression>),
    /// `a OR b`
    Or(Box<Expression>, Box<Expression>),
    /// `NOT a`
    Not(Box<Expression>),
    /// `(a)`
    Group(Box<Expression>),
    /// `name(a, b)`
    Function(Item, Vec<Expression>),
    /// `a IN (b, c)`
    In(Box<Expression>, Box<Expression>),
    /// `a BETWEEN b AND c`
    Between(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `a = b`
    Comparison(&'static str, Box<Expression>, Box<Expression>),
}

/// Parses an expression.
///
/// # Errors
/// With the place that is wrong.
pub fn parse(expression: &str) -> Result<Expression, Failure> {
    let tokens = tokenize(expression)?;
    let mut parser = Parser { expression, at: Some(0), tokens, depth: 0 };
    let parsed = parser.expression()?;
    if parser.is("eof") { Ok(parsed) } else { Err(parser.unexpected("eof")) }
}

struct Parser<'a> {
    expression: &'a str,
    tokens: Vec<Token>,
    /// The present word; `None` once the last is used up.
    at: Option<usize>,
    depth: usize,
}

impl Parser<'_> {
    fn current(&self) -> Option<&Token> {
        self.tokens.get(self.at?)
    }

    fn is(&self, kind: Kind) -> bool {
        self.current().is_some_and(|t| t.kind == kind)
    }

    fn is_one_of(&self, kinds: &[Kind]) -> bool {
        self.current().is_some_and(|t| kinds.contains(&t.kind))
    }

    fn next_is(&self, kind: Kind) -> bool {
        self.at.and_then(|at| self.tokens.get(at + 1)).is_some_and(|t| t.kind == kind)
    }

    fn advance(&mut self) {
        self.at = self.at.map(|at| at + 1).filter(|at| *at < self.tokens.len());
    }

    fn take(&mut self, kind: Kind) -> Result<(), Failure> {
        if !self.is(kind) {
            return Err(self.unexpected(kind));
        }
        self.advance();
        Ok(())
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::invalid("maximum recursion depth exceeded"));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// The place of a word, marked under the expression.
    fn mark(&self, token: Option<&Token>) -> String {
        let length = self.expression.chars().count();
        let (start, end) = token.map_or((length, length), |t| (t.start, t.end));
        format!("{}\n{}{}", self.expression, " ".repeat(start), "^".repeat(end.saturating_sub(start).max(1)))
    }

    fn unexpected(&self, expected: &str) -> Failure {
        let token = self.current();
        let (value, kind) = match token {
            Some(token) => (shown(&token.value), token.kind),
            None => ("None".to_owned(), "None"),
        };
        Failure::validation(format!(
            "Unexpected token `{value}` of type `{kind}`. Expected type: {expected}\n{}",
            self.mark(token)
        ))
    }

    fn invalid(&self, message: &str) -> Failure {
        match self.current() {
            Some(token) => Failure::validation(format!("Invalid token value: {message}\n{}\n", self.mark(Some(token)))),
            None => Failure::invalid("'NoneType' object is not subscriptable"),
        }
    }

    fn expression(&mut self) -> Result<Expression, Failure> {
        self.deeper(|p| {
            if p.is("eof") || p.current().is_none() {
                return Err(empty());
            }
            let first = p.simple()?;
            let is_path = matches!(first, Expression::Identifier(_) | Expression::Path(..) | Expression::Index(..));
            if is_path && p.is("comma") {
                p.advance();
                return p.sequence(vec![first]);
            }
            p.conjunctions(first)
        })
    }

    fn conjunctions(&mut self, first: Expression) -> Result<Expression, Failure> {
        let mut expression = first;
        while self.is_one_of(&["and", "or"]) {
            let and = self.is("and");
            self.advance();
            let right = Box::new(self.simple()?);
            let left = Box::new(expression);
            expression = if and { Expression::And(left, right) } else { Expression::Or(left, right) };
        }
        Ok(expression)
    }

    fn simple(&mut self) -> Result<Expression, Failure> {
        self.deeper(|p| {
            if p.is("lparen") {
                p.advance();
                let inner = p.expression()?;
                p.take("rparen")?;
                return Ok(Expression::Group(Box::new(inner)));
            }
            if p.is("not") {
                p.advance();
                return Ok(Expression::Not(Box::new(p.simple()?)));
            }
            p.condition()
        })
    }

    fn condition(&mut self) -> Result<Expression, Failure> {
        if self.next_is("lparen") {
            return self.function();
        }
        if !self.is_one_of(&["literal", "identifier", "unquoted_identifier", "lbracket", "lbrace"]) {
            let Some(token) = self.current() else {
                return Err(Failure::invalid("'NoneType' object is not subscriptable"));
            };
            return Err(Failure::validation(format!(
                "Unknown expression type starting at token `{}`\n{}",
                shown(&token.value),
                self.mark(Some(token))
            )));
        }
        let left = Box::new(self.operand()?);
        if self.is("in") {
            self.advance();
            self.take("lparen")?;
            let right = self.sequence(Vec::new())?;
            self.take("rparen")?;
            return Ok(Expression::In(left, Box::new(right)));
        }
        if self.is("between") {
            self.advance();
            let low = Box::new(self.operand()?);
            self.take("and")?;
            let high = Box::new(self.operand()?);
            return Ok(Expression::Between(left, low, high));
        }
        if self.is_one_of(&COMPARATORS) {
            let sign = match self.current().map(|t| t.kind) {
                Some("ne") => "<>",
                Some("lt") => "<",
                Some("lte") => "<=",
                Some("gt") => ">",
                Some("gte") => ">=",
                _ => "=",
            };
            self.advance();
            let right = Box::new(self.operand()?);
            return Ok(Expression::Comparison(sign, left, right));
        }
        Ok(*left)
    }

    fn function(&mut self) -> Result<Expression, Failure> {
        if !self.is_one_of(&["identifier", "unquoted_identifier"]) {
            return Err(self.unexpected("['identifier', 'unquoted_identifier']"));
        }
        let name = self.current().map_or(Item::Null, |t| t.value.clone());
        self.advance();
        self.take("lparen")?;
        let arguments = match self.sequence(Vec::new())? {
            Expression::Sequence(arguments) => arguments,
            one => vec![one],
        };
        self.take("rparen")?;
        Ok(Expression::Function(name, arguments))
    }

    fn sequence(&mut self, mut elements: Vec<Expression>) -> Result<Expression, Failure> {
        loop {
            elements.push(self.operand()?);
            if !self.is("comma") {
                return Ok(Expression::Sequence(elements));
            }
            self.advance();
        }
    }

    fn operand(&mut self) -> Result<Expression, Failure> {
        if self.is_one_of(&["literal", "lbracket", "lbrace"]) {
            return Ok(Expression::Literal(self.literal()?));
        }
        if self.is_one_of(&["identifier", "unquoted_identifier"]) {
            return self.path();
        }
        // The last name is misspelt in the AWS CLI's message.
        Err(self.unexpected("['literal', 'lbracket', 'lbrace', 'identifier', 'unquoted_identiifer']"))
    }

    fn path(&mut self) -> Result<Expression, Failure> {
        let mut path = self.identifier()?;
        while self.is("dot") {
            self.advance();
            let right = self.identifier()?;
            path = Expression::Path(Box::new(path), Box::new(right));
        }
        Ok(path)
    }

    fn identifier(&mut self) -> Result<Expression, Failure> {
        let Some(token) = self.current() else {
            return Err(Failure::invalid("'NoneType' object is not subscriptable"));
        };
        let name = Expression::Identifier(token.value.clone());
        self.advance();
        if !self.is("lbracket") {
            return Ok(name);
        }
        self.advance();
        match self.literal()? {
            Item::Number(index) if index.is_whole() => {
                self.take("rbracket")?;
                Ok(Expression::Index(Box::new(name), index))
            }
            _ => Err(self.invalid("List indices must be whole numbers.")),
        }
    }

    fn literal(&mut self) -> Result<Item, Failure> {
        self.deeper(|p| {
            if p.is("literal") {
                let value = p.current().map_or(Item::Null, |t| t.value.clone());
                p.advance();
                return Ok(value);
            }
            if p.is("lbracket") {
                p.advance();
                let mut items = Vec::new();
                if !p.is("rbracket") {
                    loop {
                        items.push(p.literal()?);
                        if !p.is("comma") {
                            break;
                        }
                        p.advance();
                    }
                }
                p.take("rbracket")?;
                return Ok(Item::List(items));
            }
            if p.is("lbrace") {
                p.advance();
                let is_map = p.next_is("colon") || p.is("rbrace");
                let value = if is_map { p.map()? } else { p.set()? };
                p.take("rbrace")?;
                return Ok(value);
            }
            Err(p.unexpected("['literal', 'lbracket', 'lbrace']"))
        })
    }

    fn map(&mut self) -> Result<Item, Failure> {
        let mut entries: Vec<(String, Item)> = Vec::new();
        if self.is("rbrace") {
            return Ok(Item::Map(entries));
        }
        loop {
            let key = match self.current().map(|t| &t.value) {
                Some(Item::Text(key)) => key.clone(),
                Some(other) => {
                    return Err(self.invalid(&format!("Keys must be of type `str`, found `{}`", class(other))));
                }
                None => return Err(self.invalid("")),
            };
            self.take("literal")?;
            self.take("colon")?;
            let value = self.literal()?;
            match entries.iter_mut().find(|(k, _)| *k == key) {
                Some(there) => there.1 = value,
                None => entries.push((key, value)),
            }
            if !self.is("comma") {
                return Ok(Item::Map(entries));
            }
            self.advance();
        }
    }

    fn set(&mut self) -> Result<Item, Failure> {
        let mut items: Vec<Item> = Vec::new();
        let first = self.current().map_or("NoneType", |t| class_name(&t.value));
        loop {
            if !self.is("literal") {
                return Err(self.unexpected("literal"));
            }
            let value = self.current().map_or(Item::Null, |t| t.value.clone());
            // What is shown as the type is the type of the word's kind, which is always a text.
            if !matches!(value, Item::Text(_) | Item::Bytes(_) | Item::Number(_)) {
                return Err(self.invalid(
                    "Sets may only contain numbers, strings, or bytes, but literal of type `<class 'str'>` was found",
                ));
            }
            if class_name(&value) != first {
                return Err(self.invalid(&format!(
                    "Set values must all be of the same type. First type was `<class '{first}'>`, but found value of type \
                     `<class 'str'>`"
                )));
            }
            if !items.contains(&value) {
                items.push(value);
            }
            self.advance();
            if !self.is("comma") {
                return Ok(Item::Set(items));
            }
            self.advance();
        }
    }
}

fn class_name(item: &Item) -> &'static str {
    match item {
        Item::Null => "NoneType",
        Item::Bool(_) => "bool",
        Item::Number(_) => "decimal.Decimal",
        Item::Text(_) => "str",
        Item::Bytes(_) => "awscli.customizations.dynamodb.types.Binary",
        Item::List(_) => "list",
        Item::Map(_) => "dict",
        Item::Set(_) => "set",
    }
}

fn class(item: &Item) -> String {
    format!("<class '{}'>", class_name(item))
}

/// A word's value as Python shows it.
pub fn shown(value: &Item) -> String {
    match value {
        Item::Null => "None".into(),
        Item::Bool(b) => if *b { "True" } else { "False" }.into(),
        Item::Number(n) => n.to_string(),
        Item::Text(text) => text.clone(),
        Item::Bytes(_) | Item::List(_) | Item::Map(_) | Item::Set(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(expression: &str) -> String {
        parse(expression).unwrap_err().message()
    }

    #[test]
    fn what_is_wrong() {
        assert_eq!(
            error("a ="),
            "Unexpected token `` of type `eof`. Expected type: ['literal', 'lbracket', 'lbrace', 'identifier', \
             'unquoted_identiifer']\na =\n   ^"
        );
        assert_eq!(error("= a"), "Unknown expression type starting at token `=`\n= a\n^");
        assert_eq!(error("a b"), "Unexpected token `b` of type `unquoted_identifier`. Expected type: eof\na b\n  ^");
        assert!(error("a[1.5] = 1").starts_with("Invalid token value: List indices must be whole numbers."));
        assert!(error("a = {1, \"x\"}").contains("First type was `<class 'decimal.Decimal'>`"));
        assert!(error("a = {true}").contains("Sets may only contain"));
        assert!(error("a = {1: 2}").contains("Keys must be of type `str`, found `<class 'decimal.Decimal'>`"));
        assert!(error("5(a)").contains("['identifier', 'unquoted_identifier']"));
        assert_eq!(error(" "), "Expressions must not be empty");
        assert_eq!(error(&"(".repeat(10_000)), "maximum recursion depth exceeded");
        assert_eq!(error("a."), "Unexpected token `None` of type `None`. Expected type: eof\na.\n  ^");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[ab'\".<>=0-9(){}\\[\\]:, ]{0,24}|(a|=|and|or|not|in|between|,|\\(|\\)|1| ){0,12}") {
            let _ = parse(&text);
        }
    }
}
