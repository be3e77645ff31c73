//! XML bodies with one element a line, as Python's `minidom` writes them.
//!
//! The AWS CLI parses a body, writes it without line breaks of its own, joins the stripped lines, and parses and writes
//! that once more with indentation (`awscli.customizations.history.show: DetailedFormatter`). This does the same four
//! steps; a body that isn't well-formed is shown as it is.

use oxaws_python::split_lines;

/// How deep elements may be nested.
const MAX_DEPTH: usize = 500;
const INDENT: &str = "    ";
const DECLARATION: &str = "<?xml version=\"1.0\" ?>";

enum Node<'a> {
    Text(String),
    /// A CDATA section, which is written as one again.
    Verbatim(String),
    Comment(&'a str),
    /// A processing instruction: its target and its data.
    Instruction(&'a str, &'a str),
    Element(Element<'a>),
}

struct Element<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
    nodes: Vec<Node<'a>>,
}

/// The pretty form; `None` for what isn't a well-formed document.
pub(super) fn pretty(text: &str) -> Option<String> {
    let mut flat = String::from(DECLARATION);
    parse(&unix_lines(text))?.iter().for_each(|node| write(node, None, &mut flat));
    let joined: String = split_lines(&flat).map(oxaws_python::strip).collect();
    let mut out = format!("{DECLARATION}\n");
    parse(&unix_lines(&joined))?.iter().for_each(|node| write(node, Some(0), &mut out));
    Some(out)
}

/// A parser of XML sees every line end as a line feed.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The nodes of a document: one element, and what may be beside it.
fn parse(text: &str) -> Option<Vec<Node<'_>>> {
    let mut parser = Parser { rest: text, open: Vec::new(), top: Vec::new() };
    if text.starts_with("<?xml ") || text.starts_with("<?xml\n") {
        parser.rest = text.get(text.find("?>")? + 2..)?;
    }
    while !parser.rest.is_empty() {
        parser.step()?;
    }
    let elements = parser.top.iter().filter(|n| matches!(n, Node::Element(_))).count();
    (parser.open.is_empty() && elements == 1).then_some(parser.top)
}

struct Parser<'a> {
    rest: &'a str,
    open: Vec<Element<'a>>,
    top: Vec<Node<'a>>,
}

impl<'a> Parser<'a> {
    /// Takes the text up to the next tag, or the tag.
    fn step(&mut self) -> Option<()> {
        let at = self.rest.find('<').unwrap_or(self.rest.len());
        if at > 0 {
            let (text, rest) = self.rest.split_at(at);
            self.rest = rest;
            return self.text(text);
        }
        if let Some(comment) = self.between("<!--", "-->")? {
            return (!comment.contains("--")).then(|| self.add(Node::Comment(comment)));
        }
        if let Some(data) = self.between("<![CDATA[", "]]>")? {
            let inside = !self.open.is_empty() && data.chars().all(is_character);
            return inside.then(|| self.add(Node::Verbatim(data.to_owned())));
        }
        if let Some(instruction) = self.between("<?", "?>")? {
            let end = instruction.find(is_space).unwrap_or(instruction.len());
            let (target, data) = instruction.split_at(end);
            let good = is_name(target) && !target.eq_ignore_ascii_case("xml");
            return good.then(|| self.add(Node::Instruction(target, data.trim_start_matches(is_space))));
        }
        if let Some(name) = self.between("</", ">")? {
            let element = self.open.pop()?;
            return (element.name == name.trim_end_matches(is_space)).then(|| self.add(Node::Element(element)));
        }
        self.rest = self.rest.strip_prefix('<')?;
        self.start()
    }

    /// What is between two marks, if the first is here; `None` where the second is missing.
    fn between(&mut self, from: &str, to: &str) -> Option<Option<&'a str>> {
        let Some(after) = self.rest.strip_prefix(from) else { return Some(None) };
        let (inner, rest) = after.split_once(to)?;
        self.rest = rest;
        Some(Some(inner))
    }

    fn text(&mut self, text: &str) -> Option<()> {
        if self.open.is_empty() {
            return text.chars().all(is_space).then_some(());
        }
        if text.contains("]]>") {
            return None;
        }
        let text = resolve(text, |c| c)?;
        self.add(Node::Text(text));
        Some(())
    }

    fn add(&mut self, node: Node<'a>) {
        self.open.last_mut().map_or(&mut self.top, |element| &mut element.nodes).push(node);
    }

    /// The tag that begins an element, after its `<`.
    fn start(&mut self) -> Option<()> {
        let name = self.name()?;
        let mut attributes: Vec<(&str, String)> = Vec::new();
        loop {
            let before = self.rest.len();
            self.rest = self.rest.trim_start_matches(is_space);
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                let element = Element { name, attributes, nodes: Vec::new() };
                self.check_prefixes(&element)?;
                self.add(Node::Element(element));
                return Some(());
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                let element = Element { name, attributes, nodes: Vec::new() };
                self.check_prefixes(&element)?;
                self.open.push(element);
                return (self.open.len() <= MAX_DEPTH).then_some(());
            }
            // Attributes are parted by blanks.
            if before == self.rest.len() {
                return None;
            }
            let attribute = self.name()?;
            self.rest = self.rest.trim_start_matches(is_space).strip_prefix('=')?.trim_start_matches(is_space);
            let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, rest) = self.rest.get(1..)?.split_once(quote)?;
            self.rest = rest;
            if value.contains('<') || attributes.iter().any(|(there, _)| *there == attribute) {
                return None;
            }
            // A blank that isn't a character reference counts as a space.
            attributes.push((attribute, resolve(value, |c| if is_space(c) { ' ' } else { c })?));
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c| is_space(c) || matches!(c, '=' | '>' | '/' | '<' | '"' | '\''))?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        is_name(name).then_some(name)
    }

    /// Whether every prefix of an element and its attributes was declared, by it or above.
    fn check_prefixes(&self, element: &Element) -> Option<()> {
        let declares = |e: &Element, prefix: &str| {
            e.attributes.iter().any(|(name, _)| name.strip_prefix("xmlns:").is_some_and(|p| p == prefix))
        };
        let names = element.attributes.iter().map(|(name, _)| *name).chain([element.name]);
        for name in names {
            let Some((prefix, local)) = name.split_once(':') else { continue };
            let known = matches!(prefix, "xml" | "xmlns")
                || declares(element, prefix)
                || self.open.iter().any(|e| declares(e, prefix));
            if !known || local.is_empty() || local.contains(':') {
                return None;
            }
        }
        Some(())
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// What a document may consist of.
fn is_character(c: char) -> bool {
    is_space(c) || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
}

fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || c == '_' || c == ':';
    let goes_on = |c: char| begins(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
    name.starts_with(begins) && name.chars().all(goes_on)
}

/// Text with its references replaced, and its other characters as `literal` has them.
fn resolve(text: &str, literal: impl Fn(char) -> char) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        if c != '&' {
            out.push(is_character(c).then(|| literal(c))?);
            continue;
        }
        let (name, after) = rest.split_once(';')?;
        rest = after;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code).filter(|c| is_character(*c))?
            }
        });
    }
    Some(out)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escape_attribute(text: &str) -> String {
    let text = escape(text).replace('"', "&quot;");
    text.replace('\r', "&#13;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// Writes a node: on lines of its own at a depth, or (without one) as short as it can be.
fn write(node: &Node, depth: Option<usize>, out: &mut String) {
    let indent = INDENT.repeat(depth.unwrap_or(0));
    let end = if depth.is_some() { "\n" } else { "" };
    match node {
        Node::Text(text) => out.push_str(&format!("{indent}{}{end}", escape(text))),
        // Python writes these where they are, without a line of their own.
        Node::Verbatim(text) => out.push_str(&format!("<![CDATA[{text}]]>")),
        Node::Comment(text) => out.push_str(&format!("{indent}<!--{text}-->{end}")),
        Node::Instruction(target, data) => out.push_str(&format!("{indent}<?{target} {data}?>{end}")),
        Node::Element(Element { name, attributes, nodes }) => {
            out.push_str(&format!("{indent}<{name}"));
            for (attribute, value) in attributes {
                out.push_str(&format!(" {attribute}=\"{}\"", escape_attribute(value)));
            }
            match nodes.as_slice() {
                [] => return out.push_str(&format!("/>{end}")),
                [only @ (Node::Text(_) | Node::Verbatim(_))] => {
                    out.push('>');
                    write(only, None, out);
                }
                nodes => {
                    out.push_str(&format!(">{end}"));
                    nodes.iter().for_each(|n| write(n, depth.map(|d| d + 1), out));
                    out.push_str(&indent);
                }
            }
            out.push_str(&format!("</{name}>{end}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_declaration(text: &str) -> String {
        let pretty = pretty(text).unwrap_or_else(|| panic!("{text}"));
        pretty.strip_prefix("<?xml version=\"1.0\" ?>\n").expect("a declaration").to_owned()
    }

    #[test]
    fn elements_on_lines_of_their_own() {
        for (text, shown) in [
            (
                "<?xml version=\"1.0\"?>\n<A x=\"1\"><B>t &amp; u</B>\n  <C/>\n</A>\n",
                "<A x=\"1\">\n    <B>t &amp; u</B>\n    <C/>\n</A>\n",
            ),
            ("<a  x = '1' y='a\"b>&lt;' ></a >", "<a x=\"1\" y=\"a&quot;b&gt;&lt;\"/>\n"),
            ("<a x='l1\n l2\tt'>t\"q</a>", "<a x=\"l1  l2 t\">t\"q</a>\n"),
            ("<a x='&#10;&#9;&#13;'/>", "<a x=\"&#10;&#9;&#13;\"/>\n"),
            ("<a>a\n  b  \n c</a>", "<a>abc</a>\n"),
            (
                "<a><!-- c --><?p x?><b/>t</a><!-- z -->",
                "<a>\n    <!-- c -->\n    <?p x?>\n    <b/>\n    t\n</a>\n<!-- z -->\n",
            ),
            ("<a><![CDATA[x<y]]></a>", "<a><![CDATA[x<y]]></a>\n"),
            ("<p:a xmlns:p='u' p:b='1'><p:c/></p:a>", "<p:a xmlns:p=\"u\" p:b=\"1\">\n    <p:c/>\n</p:a>\n"),
            ("<a> <b> x </b> </a>", "<a>\n     \n    <b> x </b>\n     \n</a>\n"),
            ("<a>\r\n<b/>\r</a>", "<a>\n    <b/>\n</a>\n"),
            ("<a>\n</a>", "<a/>\n"),
        ] {
            assert_eq!(after_declaration(text), shown, "{text}");
        }
    }

    #[test]
    fn what_is_not_well_formed_stays() {
        for bad in [
            "",
            "x",
            "{}",
            "<A>",
            "<A></B>",
            "<A/><B/>",
            "<A>&nosuch;</A>",
            "< A/>",
            "<a x='1' x='2'/>",
            "<p:a/>",
            "<a x=1/>",
            "<a b/>",
            "<a x='a<b'/>",
            "<1a/>",
            "<a:b:c/>",
            "<a x='1'y='2'/>",
            "<a>\u{b}</a>",
            "<a>a]]>b</a>",
            "<a>&#27;</a>",
            "<a/>x",
            "<a x='1",
            "<!-- a -- b --><a/>",
            "<",
            "<a",
            "</a>",
            "<?",
            "<![CDATA[x]]>",
        ] {
            assert!(pretty(bad).is_none(), "{bad}");
        }
        assert!(pretty(&"<a>".repeat(5000)).is_none());
    }
}
