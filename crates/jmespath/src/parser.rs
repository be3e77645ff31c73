//! Tokens to a tree, by binding powers (Pratt).
//!
//! The Python library fails where its interpreter's stack ends, about 490 parentheses deep. The same constructs cost the
//! same here, counted in its stack frames, so that what it reads is read, and what it refuses is refused.

use crate::ast::{Comparator, Id, Node, Tree};
use crate::error::CompileError;
use crate::functions::Function;
use crate::lexer::{Content, Kind, Token, tokenize};
use oxaws_value::Value;

/// Python's frames that are left for an expression under the AWS CLI.
const MAX_FRAMES: usize = 972;

/// Powers below this end a projection.
const PROJECTION_STOP: u8 = 10;

mod power {
    pub(super) const PIPE: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const COMPARE: u8 = 5;
    pub(super) const FLATTEN: u8 = 9;
    pub(super) const STAR: u8 = 20;
    pub(super) const FILTER: u8 = 21;
    pub(super) const DOT: u8 = 40;
    pub(super) const NOT: u8 = 45;
    pub(super) const LBRACE: u8 = 50;
    pub(super) const LBRACKET: u8 = 55;
    pub(super) const LPAREN: u8 = 60;
}

/// How strongly a token binds to what stands before it.
fn binding_power(kind: Kind) -> u8 {
    match kind {
        Kind::Pipe => power::PIPE,
        Kind::Or => power::OR,
        Kind::And => power::AND,
        Kind::Eq | Kind::Ne | Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge => power::COMPARE,
        Kind::Flatten => power::FLATTEN,
        Kind::Star => power::STAR,
        Kind::Filter => power::FILTER,
        Kind::Dot => power::DOT,
        Kind::Not => power::NOT,
        Kind::LBrace => power::LBRACE,
        Kind::LBracket => power::LBRACKET,
        Kind::LParen => power::LPAREN,
        Kind::Eof
        | Kind::Identifier
        | Kind::QuotedIdentifier
        | Kind::Literal
        | Kind::RBracket
        | Kind::RParen
        | Kind::Comma
        | Kind::RBrace
        | Kind::Number
        | Kind::Current
        | Kind::Expref
        | Kind::Colon => 0,
    }
}

const IDENTIFIERS: &str = "['quoted_identifier', 'unquoted_identifier']";
const AFTER_DOT: &str = "['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace']";

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    nodes: Vec<Node>,
    frames: usize,
}

type Parsed = Result<Id, CompileError>;

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Tree, CompileError> {
    let tokens = tokenize(text)?;
    let mut parser = Parser { text, tokens, at: 0, nodes: Vec::new(), frames: 0 };
    let root = parser.expression(0, 0)?;
    if parser.kind() != Kind::Eof {
        let message = format!("Unexpected token: {}", parser.tokens[parser.at].shown());
        return Err(parser.fault(parser.at, message));
    }
    Ok(Tree { nodes: parser.nodes, root })
}

impl<'t> Parser<'t> {
    /// The kind of the token ahead. The last token, the end, is never passed: reading on from it is an error.
    fn kind(&self) -> Kind {
        self.kind_after(0)
    }

    fn kind_after(&self, n: usize) -> Kind {
        self.tokens.get(self.at + n).map_or(Kind::Eof, |t| t.kind)
    }

    fn fault(&self, token: usize, message: String) -> CompileError {
        let token = &self.tokens[token.min(self.tokens.len() - 1)];
        CompileError::Parse {
            message,
            position: token.start,
            token: token.shown(),
            token_type: token.kind.name(),
            expression: self.text.into(),
        }
    }

    fn fault_here(&self, message: &str) -> CompileError {
        self.fault(self.at, message.to_owned())
    }

    /// The token ahead isn't what must follow; at the end, more must.
    fn unexpected(&self, expected: &str) -> CompileError {
        match self.kind() {
            Kind::Eof => self.incomplete(),
            kind => self.fault(self.at, format!("Expecting: {expected}, got: {}", kind.name())),
        }
    }

    fn incomplete(&self) -> CompileError {
        CompileError::Incomplete { expression: self.text.into() }
    }

    fn expect(&mut self, kind: Kind) -> Result<(), CompileError> {
        if self.kind() != kind {
            return Err(self.unexpected(kind.name()));
        }
        self.at += 1;
        Ok(())
    }

    fn node(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        // A text of 4 GiB would be needed for more.
        (self.nodes.len() - 1) as Id
    }

    fn current(&mut self) -> Id {
        self.node(Node::Current)
    }

    /// An expression whose operators bind more strongly than `power`. `frames`: how many of Python's frames lie between
    /// this expression and the one around it.
    fn expression(&mut self, power: u8, frames: usize) -> Parsed {
        let outer = self.frames;
        self.frames += frames + 1;
        if self.frames > MAX_FRAMES {
            return Err(CompileError::TooDeep);
        }
        let mut left = self.start()?;
        while power < binding_power(self.kind()) {
            left = self.continuation(left)?;
        }
        self.frames = outer;
        Ok(left)
    }

    /// What can start an expression.
    fn start(&mut self) -> Parsed {
        let kind = self.kind();
        self.at += 1;
        match kind {
            Kind::Literal => {
                let literal = self.literal();
                Ok(self.node(Node::Literal(literal)))
            }
            Kind::Identifier => {
                let name = self.name_of(self.at - 1);
                Ok(self.node(Node::Field(name)))
            }
            Kind::QuotedIdentifier => self.quoted_field(),
            Kind::Current => Ok(self.current()),
            Kind::Star => {
                let base = self.current();
                let each = if self.kind() == Kind::RBracket { self.current() } else { self.projected(power::STAR, 1)? };
                Ok(self.node(Node::ValueProjection(base, each)))
            }
            Kind::Filter => {
                let base = self.current();
                self.filter(base, 2)
            }
            Kind::LBrace => self.multi_hash(2),
            Kind::LParen => {
                let inner = self.expression(0, 1)?;
                self.expect(Kind::RParen)?;
                Ok(inner)
            }
            Kind::Flatten => {
                let base = self.current();
                self.flatten(base)
            }
            Kind::Not => {
                let inner = self.expression(power::NOT, 1)?;
                Ok(self.node(Node::Not(inner)))
            }
            Kind::Expref => {
                let inner = self.expression(0, 1)?;
                Ok(self.node(Node::Expref(inner)))
            }
            Kind::LBracket => self.bracket_start(),
            Kind::Eof => Err(self.incomplete()),
            _ => Err(self.fault(self.at - 1, "invalid token".into())),
        }
    }

    /// What can follow an expression.
    fn continuation(&mut self, left: Id) -> Parsed {
        let kind = self.kind();
        let comparator = match kind {
            Kind::Eq => Some(Comparator::Eq),
            Kind::Ne => Some(Comparator::Ne),
            Kind::Lt => Some(Comparator::Lt),
            Kind::Le => Some(Comparator::Le),
            Kind::Gt => Some(Comparator::Gt),
            Kind::Ge => Some(Comparator::Ge),
            _ => None,
        };
        self.at += 1;
        if let Some(comparator) = comparator {
            let right = self.expression(power::COMPARE, 2)?;
            return Ok(self.node(Node::Compare(comparator, left, right)));
        }
        match kind {
            Kind::Dot => self.dot(left),
            Kind::Pipe => {
                let right = self.expression(power::PIPE, 1)?;
                Ok(self.node(Node::Pipe(left, right)))
            }
            Kind::Or => {
                let right = self.expression(power::OR, 1)?;
                Ok(self.node(Node::Or(left, right)))
            }
            Kind::And => {
                let right = self.expression(power::AND, 1)?;
                Ok(self.node(Node::And(left, right)))
            }
            Kind::Flatten => self.flatten(left),
            Kind::Filter => self.filter(left, 1),
            Kind::LBracket => self.bracket_after(left),
            Kind::LParen => self.call(left),
            _ => Err(self.fault(self.at - 1, "invalid token".into())),
        }
    }

    /// The value of the literal just passed. The token keeps it: an error after it may show it.
    fn literal(&self) -> Value {
        match &self.tokens[self.at - 1].content {
            Content::Literal(v) => v.clone(),
            _ => Value::Null,
        }
    }

    /// The name an identifier token stands for.
    fn name_of(&self, token: usize) -> Box<str> {
        match &self.tokens[token].content {
            Content::Text(t) => (*t).into(),
            Content::Name(n) => n.as_str().into(),
            Content::Number(..) | Content::Literal(_) => Box::default(),
        }
    }

    fn quoted_field(&mut self) -> Parsed {
        if self.kind() == Kind::LParen {
            // Python reports this one at the start of the text, wherever it is.
            return match self.fault_here("Quoted identifier not allowed for function names.") {
                CompileError::Parse { message, token, token_type, expression, .. } => {
                    Err(CompileError::Parse { message, position: 0, token, token_type, expression })
                }
                other => Err(other),
            };
        }
        let name = self.name_of(self.at - 1);
        Ok(self.node(Node::Field(name)))
    }

    fn dot(&mut self, left: Id) -> Parsed {
        if self.kind() == Kind::Star {
            self.at += 1;
            let each = self.projected(power::DOT, 1)?;
            return Ok(self.node(Node::ValueProjection(left, each)));
        }
        let right = self.after_dot(power::DOT, 2)?;
        if let Node::Path(steps) = &mut self.nodes[left as usize] {
            steps.push(right);
            return Ok(left);
        }
        Ok(self.node(Node::Path(vec![left, right])))
    }

    fn after_dot(&mut self, power: u8, frames: usize) -> Parsed {
        match self.kind() {
            Kind::QuotedIdentifier | Kind::Identifier | Kind::Star => self.expression(power, frames),
            Kind::LBracket => {
                self.at += 1;
                self.multi_list(frames + 1)
            }
            Kind::LBrace => {
                self.at += 1;
                self.multi_hash(frames + 1)
            }
            kind => Err(self.fault_here(&format!("Expecting: {AFTER_DOT}, got: {}", kind.name()))),
        }
    }

    /// What applies to each item of the projection just read.
    fn projected(&mut self, power: u8, frames: usize) -> Parsed {
        let kind = self.kind();
        if binding_power(kind) < PROJECTION_STOP {
            return Ok(self.current());
        }
        match kind {
            Kind::LBracket | Kind::Filter => self.expression(power, frames + 1),
            Kind::Dot => {
                self.at += 1;
                self.after_dot(power, frames + 2)
            }
            _ => Err(self.fault_here("syntax error")),
        }
    }

    fn flatten(&mut self, base: Id) -> Parsed {
        let flat = self.node(Node::Flatten(base));
        let each = self.projected(power::FLATTEN, 1)?;
        Ok(self.node(Node::Projection(flat, each)))
    }

    fn filter(&mut self, base: Id, frames: usize) -> Parsed {
        let condition = self.expression(0, frames)?;
        self.expect(Kind::RBracket)?;
        let each = if self.kind() == Kind::Flatten { self.current() } else { self.projected(power::FILTER, frames)? };
        Ok(self.node(Node::Filter { base, each, condition }))
    }

    fn call(&mut self, left: Id) -> Parsed {
        let Node::Field(name) = &mut self.nodes[left as usize] else {
            // The token before the parenthesis.
            let token = self.at.saturating_sub(2);
            return Err(self.fault(token, format!("Invalid function name '{}'", self.tokens[token].shown())));
        };
        let name = std::mem::take(name);
        let mut args = Vec::new();
        while self.kind() != Kind::RParen {
            args.push(self.expression(0, 1)?);
            if self.kind() == Kind::Comma {
                self.at += 1;
            }
        }
        self.at += 1;
        Ok(self.node(Node::Call { function: Function::named(&name), name, args }))
    }

    /// `[` where an expression starts.
    fn bracket_start(&mut self) -> Parsed {
        match self.kind() {
            Kind::Number | Kind::Colon => {
                let right = self.index()?;
                let base = self.current();
                self.indexed(base, right, 2)
            }
            Kind::Star if self.kind_after(1) == Kind::RBracket => {
                self.at += 2;
                let base = self.current();
                let each = self.projected(power::STAR, 1)?;
                Ok(self.node(Node::Projection(base, each)))
            }
            _ => self.multi_list(2),
        }
    }

    /// `[` after an expression.
    fn bracket_after(&mut self, left: Id) -> Parsed {
        if !matches!(self.kind(), Kind::Number | Kind::Colon) {
            self.expect(Kind::Star)?;
            self.expect(Kind::RBracket)?;
            let each = self.projected(power::STAR, 1)?;
            return Ok(self.node(Node::Projection(left, each)));
        }
        let right = self.index()?;
        if let Node::IndexPath(steps) = &mut self.nodes[left as usize] {
            // Even a slice: after an index it doesn't project.
            steps.push(right);
            return Ok(left);
        }
        self.indexed(left, right, 2)
    }

    /// An index or a slice, up to its `]`.
    fn index(&mut self) -> Parsed {
        if self.kind() != Kind::Colon && self.kind_after(1) != Kind::Colon {
            let at = self.number();
            self.at += 1;
            self.expect(Kind::RBracket)?;
            return Ok(self.node(Node::Index(at)));
        }
        let mut parts = [None; 3];
        let mut part = 0;
        loop {
            match self.kind() {
                Kind::RBracket => break,
                Kind::Colon if part < 2 => part += 1,
                Kind::Number => parts[part] = Some(self.number()),
                _ => return Err(self.fault_here("syntax error")),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(self.node(Node::Slice(parts)))
    }

    fn number(&self) -> i64 {
        match self.tokens[self.at].content {
            Content::Number(n, _) => n,
            _ => 0,
        }
    }

    /// `base` with an index or slice applied; a slice projects.
    fn indexed(&mut self, base: Id, right: Id, frames: usize) -> Parsed {
        let path = self.node(Node::IndexPath(vec![base, right]));
        if !matches!(self.nodes[right as usize], Node::Slice(_)) {
            return Ok(path);
        }
        let each = self.projected(power::STAR, frames)?;
        Ok(self.node(Node::Projection(path, each)))
    }

    fn multi_list(&mut self, frames: usize) -> Parsed {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0, frames)?);
            if self.kind() == Kind::RBracket {
                break;
            }
            self.expect(Kind::Comma)?;
        }
        self.at += 1;
        Ok(self.node(Node::MultiList(items)))
    }

    fn multi_hash(&mut self, frames: usize) -> Parsed {
        let mut pairs = Vec::new();
        loop {
            if !matches!(self.kind(), Kind::QuotedIdentifier | Kind::Identifier) {
                return Err(self.unexpected(IDENTIFIERS));
            }
            let key = self.name_of(self.at);
            self.at += 1;
            self.expect(Kind::Colon)?;
            pairs.push((key, self.expression(0, frames)?));
            match self.kind() {
                Kind::Comma => self.at += 1,
                Kind::RBrace => break,
                // Python's parser doesn't miss a comma here.
                _ => {}
            }
        }
        self.at += 1;
        Ok(self.node(Node::MultiHash(pairs)))
    }
}
