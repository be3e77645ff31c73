//! XML bodies with one element a line, as Python's `minidom` writes them.
//!
//! The AWS CLI parses a body, writes it without line breaks of its own, joins the stripped lines, and parses and writes
//! that once more with indentation (`awscli.customizations.history.show: DetailedFormatter`). This does the same four
//! steps; a body that isn't well-formed is shown as it is.

use oxaws_client::is_well_formed_xml;
use oxaws_python::split_lines;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;
use quick_xml::reader::Reader;

/// How deep elements may be nested.
const MAX_DEPTH: usize = 500;
const INDENT: &str = "    ";
const DECLARATION: &str = "<?xml version=\"1.0\" ?>";

enum Node {
    Text(String),
    /// A CDATA section, which is written as one again.
    Verbatim(String),
    Comment(String),
    /// A processing instruction: its target and its data.
    Instruction(String, String),
    Element(Element),
}

struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node>,
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
fn parse(text: &str) -> Option<Vec<Node>> {
    if !is_well_formed_xml(text) {
        return None;
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut top = Vec::new();
    loop {
        let node = match reader.read_event().ok()? {
            Event::Start(_) if open.len() >= MAX_DEPTH => return None,
            Event::Start(tag) => {
                let attribute = |a: Attribute<'_>| Some((a.key.into_inner().to_owned(), attribute_value(&a.value)?));
                let attributes = tag.attributes().map(|a| attribute(a.ok()?)).collect::<Option<_>>()?;
                open.push(Element { name: tag.name().into_inner().to_owned(), attributes, nodes: Vec::new() });
                continue;
            }
            Event::End(_) => Node::Element(open.pop()?),
            Event::Text(_) if open.is_empty() => continue,
            Event::Text(text) => Node::Text(text.to_string()),
            Event::GeneralRef(name) => Node::Text(character(&name)?.to_string()),
            Event::CData(text) => Node::Verbatim(text.to_string()),
            Event::Comment(text) => Node::Comment(text.to_string()),
            Event::PI(whole) => {
                let (target, data) = whole.split_once(is_space).unwrap_or((&whole, ""));
                Node::Instruction(target.to_owned(), data.trim_start_matches(is_space).to_owned())
            }
            Event::Decl(_) => continue,
            Event::Eof => return Some(top),
            Event::Empty(_) | Event::DocType(_) => return None,
        };
        let nodes = open.last_mut().map_or(&mut top, |element| &mut element.nodes);
        match (nodes.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(more)) => before.push_str(&more),
            (_, node) => nodes.push(node),
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The value of an attribute: a blank that isn't a character reference counts as a space.
fn attribute_value(written: &str) -> Option<String> {
    let spaces = |text: &str| text.replace(is_space, " ");
    let mut pieces = written.split('&');
    let mut out = spaces(pieces.next()?);
    for piece in pieces {
        let (name, after) = piece.split_once(';')?;
        out.push(character(name)?);
        out.push_str(&spaces(after));
    }
    Some(out)
}

/// The character of a reference.
fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    match (name, name.strip_prefix('#')) {
        (_, Some(digits)) => digits.strip_prefix('x').map_or_else(|| number(digits, 10), |hex| number(hex, 16)),
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        ("amp", _) => Some('&'),
        ("quot", _) => Some('"'),
        ("apos", _) => Some('\''),
        _ => None,
    }
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
