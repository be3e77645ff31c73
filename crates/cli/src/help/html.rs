//! The models' documentation, which is HTML of a sort, as blocks of text.

use super::page::Block;

/// How deep lists and notes may stand within each other; what is deeper joins its surroundings.
const MAX_DEPTH: usize = 24;

/// The blocks of a documentation text.
pub(super) fn blocks(html: &str) -> Vec<Block> {
    let mut reader =
        Reader { stack: vec![Frame::new(Kind::Root)], text: String::new(), link: Vec::new(), code: 0, lists: 0 };
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        reader.characters(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (c, len) = entity(rest);
            reader.push(&c);
            rest = &rest[len..];
            continue;
        }
        let tag_like = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match rest.find('>').filter(|_| tag_like) {
            Some(end) => {
                reader.tag(&rest[1..end]);
                rest = &rest[end + 1..];
            }
            None => {
                reader.push("<");
                rest = &rest[1..];
            }
        }
    }
    reader.characters(rest);
    reader.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Item,
    Indented,
}

struct Frame {
    kind: Kind,
    tag: String,
    /// How many lists it stands in.
    lists: usize,
    blocks: Vec<Block>,
}

impl Frame {
    fn new(kind: Kind) -> Frame {
        Frame { kind, tag: String::new(), lists: 0, blocks: Vec::new() }
    }
}

struct Reader {
    stack: Vec<Frame>,
    text: String,
    link: Vec<String>,
    /// `<pre>` elements that are open: blanks and lines count there.
    code: usize,
    /// Lists that are open.
    lists: usize,
}

impl Reader {
    fn characters(&mut self, text: &str) {
        if self.code > 0 {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                    self.text.push(' ');
                }
            } else {
                self.text.push(c);
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn tag(&mut self, tag: &str) {
        let (closing, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag.trim_end_matches('/')),
        };
        let name = tag.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "ul" | "ol" | "dl" => self.list(closing),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "div" | "table" | "tr" | "tbody" | "thead" | "section"
            | "fullname" => self.end_text(),
            "br" => {
                self.trim_end();
                self.text.push('\n');
            }
            "td" | "th" => self.characters(" "),
            "pre" => {
                self.end_text();
                self.code = if closing { self.code.saturating_sub(1) } else { self.code + 1 };
            }
            "li" | "dd" => self.nest(&name, Kind::Item, closing, None),
            "dt" => self.end_text(),
            "note" => self.nest(&name, Kind::Indented, closing, Some("Note:")),
            "important" => self.nest(&name, Kind::Indented, closing, Some("Warning:")),
            "blockquote" => self.nest(&name, Kind::Indented, closing, None),
            "a" if closing => {
                if let Some(target) = self.link.pop().filter(|t| t.contains("://")) {
                    self.trim_end();
                    self.text.push_str(&format!(" <{target}>"));
                }
            }
            "a" => self.link.push(attribute(tag, "href").unwrap_or_default().to_owned()),
            _ => {}
        }
    }

    fn nest(&mut self, name: &str, kind: Kind, closing: bool, title: Option<&str>) {
        self.end_text();
        // A missing end tag is made up for at the next entry.
        let open = self.stack.last().is_some_and(|f| f.tag == name && (kind != Kind::Item || f.lists == self.lists));
        if open && (closing || kind == Kind::Item) {
            self.close();
        }
        if closing || self.stack.len() > MAX_DEPTH {
            return;
        }
        if let (Some(title), Some(frame)) = (title, self.stack.last_mut()) {
            frame.blocks.push(Block::text(title));
        }
        self.stack.push(Frame { tag: name.to_owned(), lists: self.lists, ..Frame::new(kind) });
    }

    fn list(&mut self, closing: bool) {
        self.end_text();
        if !closing {
            self.lists += 1;
            return;
        }
        if self.stack.last().is_some_and(|f| f.kind == Kind::Item && f.lists == self.lists) {
            self.close();
        }
        self.lists = self.lists.saturating_sub(1);
    }

    fn close(&mut self) {
        let Some(frame) = self.stack.pop().filter(|_| !self.stack.is_empty()) else { return };
        let block = match frame.kind {
            Kind::Item => Block::Item(frame.blocks),
            _ => Block::Indented(frame.blocks),
        };
        if let Some(parent) = self.stack.last_mut() {
            parent.blocks.push(block);
        }
    }

    fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let block = if self.code > 0 {
            if text.trim().is_empty() {
                return;
            }
            Block::Code(text.trim_matches('\n').to_owned())
        } else {
            let text = text.trim();
            if text.is_empty() {
                return;
            }
            Block::text(text)
        };
        if let Some(frame) = self.stack.last_mut() {
            frame.blocks.push(block);
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_text();
        while self.stack.len() > 1 {
            self.close();
        }
        self.stack.pop().map(|f| f.blocks).unwrap_or_default()
    }
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!("{name}="))?;
    let value = &tag[at + name.len() + 1..];
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split_whitespace().next(),
    }
}

/// The character that an entity at the start of `text` stands for, and the entity's length.
fn entity(text: &str) -> (String, usize) {
    let unknown = ("&".to_owned(), 1);
    let Some(end) = text.find(';').filter(|end| *end < 12) else { return unknown };
    let name = &text[1..end];
    let c = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "mdash" => '—',
        "ndash" => '–',
        "rarr" => '→',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let code = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => n.parse().ok(),
            });
            match code.and_then(char::from_u32) {
                Some(c) => c,
                None => return unknown,
            }
        }
    };
    (c.to_string(), end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paragraphs_lists_and_notes() {
        assert_eq!(
            blocks(
                "<p>One  <code>x</code>\n y.</p> <ul> <li> <p>a</p> <p>b</p> </li> <li>c</li> </ul><note><p>n</p></note>"
            ),
            vec![
                Block::text("One x y."),
                Block::Item(vec![Block::text("a"), Block::text("b")]),
                Block::item("c"),
                Block::text("Note:"),
                Block::Indented(vec![Block::text("n")]),
            ]
        );
    }

    #[test]
    fn links_entities_and_line_breaks() {
        assert_eq!(
            blocks("see <a href=\"https://x.example/a\">the guide</a>. A &lt; B &amp;c &nosuch; d<br/>e < 3"),
            vec![Block::text("see the guide <https://x.example/a>. A < B &c &nosuch; d\ne < 3")]
        );
        assert_eq!(blocks("<a>nothing</a> <a href='#x'>here</a>"), vec![Block::text("nothing here")]);
        assert_eq!(blocks("<pre>a\n  b</pre>"), vec![Block::Code("a\n  b".into())]);
    }

    #[test]
    fn missing_end_tags() {
        assert_eq!(blocks("<ul><li>a<li>b</ul>c"), vec![Block::item("a"), Block::item("b"), Block::text("c")]);
        assert_eq!(
            blocks("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
            vec![Block::Item(vec![Block::text("a"), Block::item("b")]), Block::item("c")]
        );
    }

    proptest! {
        #[test]
        fn anything_becomes_blocks(html in r#"(<(/)?(p|ul|li|note|pre|a href="x"|br)>|&#?[a-z0-9]{0,4};?|[a-z <>&"\n]){0,40}"#) {
            super::super::page::Page::new("x").with("DESCRIPTION", blocks(&html)).render(false);
        }
    }
}
