//! What expat says of a text that is no XML. The reader of good XML doesn't need to know: it asks here once it is in
//! doubt, and this walks the whole text anew, token by token in expat's order, as the first fault that it meets counts.

use crate::failure::{XmlFault, XmlFaultKind};
use crate::xml_chars::{is_blank, is_legal, is_name, is_public, starts_name};
use crate::xml_declaration;
use std::collections::HashSet;

/// The first fault of a text, if there is one. A fault inside the internal subset of a document type isn't found.
#[cold]
pub(crate) fn find(text: &str) -> Option<XmlFault> {
    let mut walk = Walk { text, at: 0, bound: Vec::new() };
    let (kind, at) = walk.document().err()?;
    Some(fault_at(text, kind, at))
}

/// Whether a text is XML to expat. What is inside the internal subset of a document type isn't looked at.
pub fn is_well_formed(text: &str) -> bool {
    find(text).is_none()
}

/// The fault of a text that goes on with something that is no UTF-8.
pub(crate) fn find_before_bad_bytes(valid: &str) -> XmlFault {
    use XmlFaultKind::{NoElement, UnclosedCdata, UnclosedToken};
    find(valid)
        .filter(|fault| !matches!(fault.kind, NoElement | UnclosedCdata | UnclosedToken))
        .unwrap_or_else(|| fault_at(valid, XmlFaultKind::InvalidToken, valid.len()))
}

/// Whether a start tag at `at` is as it must be: name, attributes, their references and prefixes, as far as the tag
/// itself can tell.
pub(crate) fn is_start_tag(text: &str, at: usize) -> bool {
    let mut walk = Walk { text, at: at + 1, bound: Vec::new() };
    walk.start_tag().is_ok()
}

/// A fault at a byte, with its line and column.
pub(crate) fn fault_at(text: &str, kind: XmlFaultKind, at: usize) -> XmlFault {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line_start = before.rfind(['\n', '\r']).map_or(0, |i| i + 1);
    let bytes = before.as_bytes();
    let breaks = bytes.iter().enumerate().filter(|(i, b)| match b {
        b'\n' => *i == 0 || bytes[i - 1] != b'\r',
        b => **b == b'\r',
    });
    XmlFault { kind, line: 1 + breaks.count(), column: before[line_start..].chars().count() }
}

/// The kind and the byte where it stands.
type Fault = (XmlFaultKind, usize);

/// What stands outside the root element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A comment, an instruction, blanks.
    Nothing,
    /// `<?xml … ?>`
    Declaration,
    /// `<` and the beginning of a name, which is still to be read.
    Root,
    /// `<!` and a word.
    Open,
    /// A name.
    Name,
    /// Text in quotes.
    Literal,
    /// `[`
    Bracket,
    /// `>`
    Close,
    /// `%name;`
    Parameter,
    /// Anything else that is a token somewhere in a document type.
    Other,
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// The prefixes that the open elements bind.
    bound: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// The next character of the token that began at `start`.
    fn need(&self, start: usize) -> Result<char, Fault> {
        self.peek().ok_or((XmlFaultKind::UnclosedToken, start))
    }

    fn advance(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    fn invalid<T>(&self) -> Result<T, Fault> {
        Err((XmlFaultKind::InvalidToken, self.at))
    }

    /// What may follow in the token is this character, or it ends in a fault.
    fn expect(&mut self, start: usize, wanted: char) -> Result<(), Fault> {
        self.need(start)?;
        if self.take(wanted) { Ok(()) } else { self.invalid() }
    }

    fn expect_name(&mut self, start: usize) -> Result<(), Fault> {
        if !starts_name(self.need(start)?) {
            return self.invalid();
        }
        self.names();
        Ok(())
    }

    fn names(&mut self) {
        while let Some(c) = self.peek().filter(|c| is_name(*c)) {
            self.advance(c);
        }
    }

    fn blanks(&mut self) {
        while let Some(c) = self.peek().filter(|c| is_blank(*c)) {
            self.advance(c);
        }
    }

    fn document(&mut self) -> Result<(), Fault> {
        self.take('\u{feff}');
        let mut first = true;
        let mut typed = false;
        loop {
            let start = self.at;
            match self.outer_token()? {
                None => return Err((XmlFaultKind::NoElement, start)),
                Some(Token::Nothing) => {}
                Some(Token::Declaration) if first => {
                    xml_declaration::check(self.text, start, self.at).map_err(|at| (XmlFaultKind::Declaration, at))?
                }
                Some(Token::Declaration) => return Err((XmlFaultKind::MisplacedDeclaration, start)),
                Some(Token::Open) if !typed && &self.text[start..self.at] == "<!DOCTYPE" => {
                    typed = true;
                    if !self.document_type()? {
                        return Ok(());
                    }
                }
                Some(Token::Root) => {
                    self.at = start;
                    break;
                }
                Some(Token::Parameter) => return Err((XmlFaultKind::ParameterEntity, start)),
                Some(_) => return Err((XmlFaultKind::Syntax, start)),
            }
            first = false;
        }
        self.content()?;
        loop {
            let start = self.at;
            match self.outer_token()? {
                None => return Ok(()),
                Some(Token::Nothing) => {}
                Some(_) => return Err((XmlFaultKind::Junk, start)),
            }
        }
    }

    /// What follows `<!DOCTYPE`. False where there is an internal subset, which isn't read.
    fn document_type(&mut self) -> Result<bool, Fault> {
        // What is still to come: the name, an id's literals.
        let (mut named, mut identified, mut literals) = (false, false, 0);
        loop {
            let start = self.at;
            let Some(token) = self.outer_token()? else { return Err((XmlFaultKind::NoElement, start)) };
            match (token, &self.text[start..self.at]) {
                (Token::Nothing, word) if word.chars().all(is_blank) => {}
                (Token::Parameter, _) => return Err((XmlFaultKind::ParameterEntity, start)),
                (Token::Declaration, _) => return Err((XmlFaultKind::MisplacedDeclaration, start)),
                (Token::Literal, word) if literals > 0 => {
                    if let Some((i, _)) = word.char_indices().find(|(_, c)| literals == 2 && !is_public(*c)) {
                        return Err((XmlFaultKind::PublicId, start + i));
                    }
                    literals -= 1;
                }
                (_, _) if literals > 0 => return Err((XmlFaultKind::Syntax, start)),
                (Token::Name, _) if !named => named = true,
                (Token::Name, "SYSTEM") if !identified => (identified, literals) = (true, 1),
                (Token::Name, "PUBLIC") if !identified => (identified, literals) = (true, 2),
                (Token::Close, _) if named => return Ok(true),
                (Token::Bracket, _) if named => return Ok(false),
                _ => return Err((XmlFaultKind::Syntax, start)),
            }
        }
    }

    /// The next token outside the root element; `None` at the end.
    fn outer_token(&mut self) -> Result<Option<Token>, Fault> {
        let start = self.at;
        let Some(c) = self.peek() else { return Ok(None) };
        if is_name(c) || c == ':' {
            return self.word(start).map(Some);
        }
        if !c.is_ascii() {
            return self.invalid();
        }
        self.advance(c);
        Ok(Some(match c {
            ' ' | '\t' | '\r' | '\n' => {
                self.blanks();
                Token::Nothing
            }
            '<' => match self.need(start)? {
                '!' => {
                    self.advance('!');
                    return self.declaration(start).map(Some);
                }
                '?' => {
                    self.advance('?');
                    return self.instruction(start).map(Some);
                }
                c if c.is_ascii_alphabetic() || c == '_' || !c.is_ascii() => Token::Root,
                _ => return self.invalid(),
            },
            '"' | '\'' => {
                self.until(start, c)?;
                match self.peek() {
                    Some(c) if !(is_blank(c) || ">%[".contains(c)) => return self.invalid(),
                    _ => Token::Literal,
                }
            }
            '%' => match self.need(start)? {
                c if is_blank(c) || c == '%' => Token::Other,
                _ => {
                    self.expect_name(start)?;
                    self.expect(start, ';')?;
                    Token::Parameter
                }
            },
            '#' => {
                self.expect_name(start)?;
                match self.peek() {
                    Some(c) if !(is_blank(c) || ")>%|".contains(c)) => return self.invalid(),
                    _ => Token::Other,
                }
            }
            ')' => match self.peek() {
                Some(c) if !(is_blank(c) || "*+?>,|)".contains(c)) => return self.invalid(),
                _ => Token::Other,
            },
            ']' if self.rest() == "]" => return Err((XmlFaultKind::UnclosedToken, start)),
            '[' => Token::Bracket,
            '>' => Token::Close,
            ']' | ',' | '(' | '|' => Token::Other,
            _ => return Err((XmlFaultKind::InvalidToken, start)),
        }))
    }

    /// A name, or what would be one but for its first character.
    fn word(&mut self, start: usize) -> Result<Token, Fault> {
        let mut plain = self.peek().is_some_and(starts_name);
        let mut colons = 0;
        loop {
            self.names();
            match self.peek() {
                Some(':') => {
                    self.advance(':');
                    colons += 1;
                    if plain && colons == 1 {
                        self.need(start)?;
                    }
                    plain &= colons == 1 && self.peek().is_some_and(is_name);
                }
                // A mark of how often, which only a name can have.
                Some('+' | '*' | '?') if plain => return Ok(Token::Other),
                Some(c) if !(is_blank(c) || ">),|[%".contains(c)) => return self.invalid(),
                _ => return Ok(if plain { Token::Name } else { Token::Other }),
            }
        }
    }

    /// What follows `<!` outside the root element.
    fn declaration(&mut self, start: usize) -> Result<Token, Fault> {
        match self.need(start)? {
            '-' => return self.comment(start).map(|()| Token::Nothing),
            '[' => {
                self.advance('[');
                return Ok(Token::Other);
            }
            c if !(c.is_ascii_alphabetic() || c == '_') => return self.invalid(),
            _ => {}
        }
        while self.need(start)?.is_ascii_alphabetic() || self.peek() == Some('_') {
            self.at += 1;
        }
        match self.peek() {
            Some(c) if is_blank(c) => Ok(Token::Open),
            Some('%') => match self.rest()[1..].chars().next() {
                None => Err((XmlFaultKind::UnclosedToken, start)),
                Some(c) if is_blank(c) || c == '%' => self.invalid(),
                Some(_) => Ok(Token::Open),
            },
            _ => self.invalid(),
        }
    }

    /// The rest of a comment, from the first dash.
    fn comment(&mut self, start: usize) -> Result<(), Fault> {
        self.advance('-');
        self.expect(start, '-')?;
        loop {
            let c = self.legal(start)?;
            if c == '-' {
                self.need(start)?;
                if self.take('-') {
                    return self.expect(start, '>');
                }
            }
        }
    }

    /// The rest of an instruction, after `<?`.
    fn instruction(&mut self, start: usize) -> Result<Token, Fault> {
        let name = self.at;
        self.expect_name(start)?;
        let target = &self.text[name..self.at];
        let c = self.need(start)?;
        if !is_blank(c) && c != '?' {
            return self.invalid();
        }
        let token = match target {
            "xml" => Token::Declaration,
            _ if target.eq_ignore_ascii_case("xml") => return self.invalid(),
            _ => Token::Nothing,
        };
        if self.take('?') {
            return self.expect(start, '>').map(|()| token);
        }
        loop {
            if self.legal(start)? == '?' {
                self.need(start)?;
                if self.take('>') {
                    return Ok(token);
                }
            }
        }
    }

    /// A character that may stand in a document.
    fn legal(&mut self, start: usize) -> Result<char, Fault> {
        let c = self.need(start)?;
        if !is_legal(c) {
            return self.invalid();
        }
        self.advance(c);
        Ok(c)
    }

    fn until(&mut self, start: usize, end: char) -> Result<(), Fault> {
        while self.legal(start)? != end {}
        Ok(())
    }

    /// The root element, with all that is in it.
    fn content(&mut self) -> Result<(), Fault> {
        // Their names, and how many prefixes were bound outside.
        let mut open: Vec<(&'a str, usize)> = Vec::new();
        loop {
            let start = self.at;
            let Some(c) = self.peek() else {
                // A line end of which the other half may follow isn't counted.
                return Err((XmlFaultKind::NoElement, start - usize::from(self.text.ends_with('\r'))));
            };
            if !is_legal(c) {
                return self.invalid();
            }
            self.advance(c);
            match c {
                '&' => self.reference(start)?.map_or(Ok(()), Err)?,
                ']' if self.rest().starts_with("]>") => {
                    self.at += 1;
                    return self.invalid();
                }
                '<' => match self.need(start)? {
                    '/' => {
                        self.advance('/');
                        let name = self.end_tag(start)?;
                        let Some((_, outside)) = open.pop().filter(|(opened, _)| *opened == name) else {
                            return Err((XmlFaultKind::MismatchedTag, start + 2));
                        };
                        self.bound.truncate(outside);
                    }
                    '?' => {
                        self.advance('?');
                        if self.instruction(start)? == Token::Declaration {
                            return Err((XmlFaultKind::MisplacedDeclaration, start));
                        }
                    }
                    '!' => {
                        self.advance('!');
                        match self.need(start)? {
                            '-' => self.comment(start)?,
                            '[' => self.section(start)?,
                            _ => return self.invalid(),
                        }
                    }
                    _ => {
                        let outside = self.bound.len();
                        match self.start_tag()? {
                            (_, true) => self.bound.truncate(outside),
                            (name, false) => open.push((name, outside)),
                        }
                    }
                },
                _ => continue,
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    /// `[CDATA[` and what follows it.
    fn section(&mut self, start: usize) -> Result<(), Fault> {
        const WORD: &str = "CDATA[";
        self.advance('[');
        // It is looked at once as many bytes are there as it has.
        if self.rest().len() < WORD.len() {
            return Err((XmlFaultKind::UnclosedToken, start));
        }
        for c in WORD.chars() {
            self.expect(start, c)?;
        }
        loop {
            match self.rest() {
                "" | "\r" | "]" | "]]" => return Err((XmlFaultKind::UnclosedCdata, self.at)),
                rest if rest.starts_with("]]>") => break,
                _ => self.legal(start)?,
            };
        }
        self.at += "]]>".len();
        Ok(())
    }

    /// The rest of a reference, after `&`. The inner fault is that of a whole reference to nothing.
    fn reference(&mut self, start: usize) -> Result<Option<Fault>, Fault> {
        self.need(start)?;
        if self.take('#') {
            self.need(start)?;
            let radix = if self.take('x') { 16 } else { 10 };
            let digits = self.at;
            while self.need(start)?.is_digit(radix) {
                self.at += 1;
            }
            let number = u32::from_str_radix(&self.text[digits..self.at], radix);
            if self.at == digits {
                return self.invalid();
            }
            self.expect(start, ';')?;
            let known = number.ok().and_then(char::from_u32).is_some_and(is_legal);
            return Ok((!known).then_some((XmlFaultKind::CharacterNumber, start)));
        }
        let name = self.at;
        self.expect_name(start)?;
        let known = matches!(&self.text[name..self.at], "lt" | "gt" | "amp" | "quot" | "apos");
        self.expect(start, ';')?;
        Ok((!known).then_some((XmlFaultKind::UndefinedEntity, start)))
    }

    /// The rest of an end tag, after `</`, and its name.
    fn end_tag(&mut self, start: usize) -> Result<&'a str, Fault> {
        let name = self.at;
        self.expect_name(start)?;
        while self.take(':') {
            self.names();
        }
        let name = &self.text[name..self.at];
        self.blanks();
        self.expect(start, '>')?;
        Ok(name)
    }

    /// A name with at most one prefix.
    fn qualified(&mut self, start: usize) -> Result<&'a str, Fault> {
        let name = self.at;
        self.expect_name(start)?;
        self.need(start)?;
        if self.take(':') {
            self.expect_name(start)?;
        }
        Ok(&self.text[name..self.at])
    }

    /// The rest of a start tag, after `<`: its name, and whether it is its own end.
    fn start_tag(&mut self) -> Result<(&'a str, bool), Fault> {
        let start = self.at - 1;
        let name = self.qualified(start)?;
        let mut seen: HashSet<&'a str> = HashSet::new();
        // What is known only once the whole tag is there.
        let mut late: Option<Fault> = None;
        loop {
            let gap = is_blank(self.need(start)?);
            self.blanks();
            self.need(start)?;
            let closed = self.take('/');
            if closed || self.peek() == Some('>') {
                self.expect(start, '>')?;
                if let Some(fault) = late {
                    return Err(fault);
                }
                self.bound.extend(seen.iter().filter_map(|n| n.strip_prefix("xmlns:")));
                let of_attributes =
                    seen.iter().filter_map(|n| n.split_once(':')).filter(|(prefix, _)| *prefix != "xmlns");
                let mut prefixes = name.split_once(':').into_iter().chain(of_attributes).map(|(prefix, _)| prefix);
                return match prefixes.all(|prefix| prefix == "xml" || self.bound.contains(&prefix)) {
                    true => Ok((name, closed)),
                    false => Err((XmlFaultKind::UnboundPrefix, start)),
                };
            }
            if !gap {
                return self.invalid();
            }
            let at = self.at;
            let attribute = self.qualified(start)?;
            if !seen.insert(attribute) {
                late.get_or_insert((XmlFaultKind::DuplicateAttribute, at));
            }
            self.blanks();
            self.expect(start, '=')?;
            self.blanks();
            let quote = self.need(start)?;
            if quote != '"' && quote != '\'' {
                return self.invalid();
            }
            self.advance(quote);
            loop {
                let at = self.at;
                match self.need(start)? {
                    '<' => return self.invalid(),
                    '&' => {
                        self.advance('&');
                        // A name that is unknown is a fault of the tag, a number one of its own.
                        let place = |kind| if kind == XmlFaultKind::UndefinedEntity { start } else { at };
                        late = late.or(self.reference(start)?.map(|(kind, _)| (kind, place(kind))));
                    }
                    _ if self.legal(start)? == quote => break,
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_that_are_no_text() {
        let of = |valid| find_before_bad_bytes(valid).to_string();
        // What comes before them counts first, unless it could have gone on.
        assert_eq!(of("\u{1f}"), "not well-formed (invalid token): line 1, column 0");
        assert_eq!(of("<a>\nx"), "not well-formed (invalid token): line 2, column 1");
        assert_eq!(of("<a></b>"), "mismatched tag: line 1, column 5");
        assert_eq!(of("<a/>"), "not well-formed (invalid token): line 1, column 4");
        assert_eq!(of("<a"), "not well-formed (invalid token): line 1, column 2");
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "([<>/!?&;:=\\-\\[\\]%#a1 \r\n'\"é]|<a>|</a>|<!DOCTYPE |<!\\[CDATA\\[|<!--|<\\?xml |\\PC){0,20}") {
            if let Some(fault) = find(&text) {
                prop_assert!(fault.line <= 1 + text.matches(['\r', '\n']).count(), "{fault}");
            }
            is_start_tag(&text, 0);
            xml_declaration::is_declaration(&text, 0);
            find_before_bad_bytes(&text);
        }

        #[test]
        fn good_text_has_no_fault(names in prop::collection::vec("[a-z][a-z0-9.-]{0,5}", 1..9), value in "[^<&\\]\u{0}-\u{1f}\"\u{fffe}\u{ffff}]{0,9}") {
            let open: String = names.iter().map(|n| format!("<{n} b=\"{value}\">{value}<!---->")).collect();
            let close: String = names.iter().rev().map(|n| format!("</{n}>\n")).collect();
            let text = format!("<?xml version=\"1.0\" encoding='UTF-8'?>\n{open}{close}");
            prop_assert_eq!(find(&text), None);
        }
    }
}
