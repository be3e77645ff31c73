//! A help page: blocks of text, and how they look on a terminal.

/// Columns of a page: what `man` gives by default.
const WIDTH: usize = 78;
/// Where the text of a section begins.
const MARGIN: usize = 7;
/// Columns that a nested block stands further in.
const STEP: usize = 3;
/// The narrowest a text gets, however deeply it is nested.
const NARROWEST: usize = 30;

/// One piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Text that flows. `\n` in it is a line break.
    Text(String),
    /// Lines that stay as they are.
    Code(String),
    /// An entry of a list.
    Item(Vec<Block>),
    /// Blocks that stand further in.
    Indented(Vec<Block>),
}

impl Block {
    /// Text that flows.
    pub(super) fn text(text: impl Into<String>) -> Block {
        Block::Text(text.into())
    }

    /// A list entry of one text.
    pub(super) fn item(text: impl Into<String>) -> Block {
        Block::Item(vec![Block::text(text)])
    }
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    title: String,
    sections: Vec<(&'static str, Vec<Block>)>,
}

impl Page {
    /// A page about `name`, with its first section.
    pub(super) fn new(name: &str) -> Page {
        Page { title: format!("{}()", name.to_uppercase()), sections: Vec::new() }
            .with("NAME", vec![Block::text(format!("{name} -"))])
    }

    /// With one more section.
    pub(super) fn with(mut self, title: &'static str, blocks: Vec<Block>) -> Page {
        self.sections.push((title, blocks));
        self
    }

    /// The page's text. `bold` writes section titles for a pager that knows colours.
    pub(super) fn render(&self, bold: bool) -> String {
        let mut out = String::new();
        let gap = WIDTH.saturating_sub(2 * self.title.chars().count()).max(1);
        out.push_str(&format!("{0}{1:gap$}{0}\n\n\n", self.title, ""));
        for (title, blocks) in &self.sections {
            match bold {
                true => out.push_str(&format!("\n\x1b[1m{title}\x1b[0m\n")),
                false => out.push_str(&format!("\n{title}\n")),
            }
            let mut lines = Lines { out: &mut out, first: true };
            lines.blocks(blocks, MARGIN);
        }
        out.push_str(&format!("\n{:>WIDTH$}\n", self.title));
        out
    }
}

struct Lines<'a> {
    out: &'a mut String,
    /// No blank line before the first block of a section or of a list entry.
    first: bool,
}

impl Lines<'_> {
    fn blocks(&mut self, blocks: &[Block], indent: usize) {
        for block in blocks {
            match block {
                Block::Text(text) => {
                    self.gap();
                    self.text(text, indent, indent);
                }
                Block::Code(code) => {
                    self.gap();
                    for line in code.lines() {
                        self.line(indent + STEP, line);
                    }
                }
                Block::Item(inner) => {
                    self.gap();
                    let start = self.out.len();
                    self.first = true;
                    self.blocks(inner, indent + 2);
                    mark_item(self.out, start, indent);
                }
                // Belongs to the line before it.
                Block::Indented(inner) => {
                    self.first = true;
                    self.blocks(inner, indent + STEP);
                }
            }
        }
    }

    fn gap(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push('\n');
        }
    }

    fn text(&mut self, text: &str, indent: usize, next: usize) {
        let room = WIDTH.saturating_sub(indent).max(NARROWEST);
        for paragraph in text.split('\n') {
            let mut line = String::new();
            let mut used = 0;
            for word in paragraph.split(' ').filter(|w| !w.is_empty()) {
                let width = word.chars().count();
                if used > 0 && used + 1 + width > room {
                    self.line(next, &line);
                    line.clear();
                    used = 0;
                }
                if used > 0 {
                    line.push(' ');
                    used += 1;
                }
                line.push_str(word);
                used += width;
            }
            self.line(next, &line);
        }
    }

    fn line(&mut self, indent: usize, line: &str) {
        if !line.trim().is_empty() {
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.out.push_str(line);
        }
        self.out.push('\n');
    }
}

/// Puts the mark of a list entry before the first line that was written since `start`.
fn mark_item(out: &mut String, start: usize, indent: usize) {
    match out.get(start + indent..start + indent + 1) {
        Some(" ") => out.replace_range(start + indent..start + indent + 1, "o"),
        // An entry without text.
        _ => {
            out.truncate(start);
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str("o\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let long = "word ".repeat(20);
        let page = Page::new("send-message").with(
            "DESCRIPTION",
            vec![
                Block::text(long),
                Block::Item(vec![Block::text("a"), Block::text("b")]),
                Block::Indented(vec![Block::text("in\nnext")]),
                Block::Code("x  y\n\n  z".into()),
                Block::Item(vec![]),
            ],
        );
        let text = page.render(false);
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("SEND-MESSAGE() ") && first.ends_with(" SEND-MESSAGE()") && first.len() == 78);
        let body = &text[text.find("\nNAME").unwrap()..];
        let word14 = "word ".repeat(14);
        assert_eq!(
            body,
            format!(
                "\nNAME\n       send-message -\n\nDESCRIPTION\n       {}\n       word word word word word word\n\n       o a\n\n         \
                 b\n          in\n          next\n\n          x  y\n\n            z\n\n       o\n\n{:>78}\n",
                word14.trim_end(),
                "SEND-MESSAGE()"
            )
        );
        assert!(page.render(true).contains("\n\x1b[1mNAME\x1b[0m\n"));
    }

    #[test]
    fn lines_never_run_over_unless_a_word_does() {
        let text = Page::new("x").with("DESCRIPTION", vec![Block::text("ab ".repeat(500))]).render(false);
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH));
    }
}
