//! The option lists of a page: one description of an option, whatever it comes from.

use super::examples;
use super::page::Block;
use super::{html, shapes};
use crate::argv::argparse::Nargs;
use crate::plug::argtable::{Arg, ArgTable};
use crate::plug::common_args::{CLI_INPUT_JSON, CLI_INPUT_YAML};
use crate::plug::registry::Opt;
use oxaws_pack::ServiceDocs;

/// An option, or several that belong together.
pub(super) struct Shown {
    names: Vec<String>,
    positional: bool,
    required: bool,
    flag: bool,
    /// What stands for its value in the synopsis.
    value: &'static str,
    kind: &'static str,
    about: Vec<Block>,
    /// Syntax examples, which stand below the description.
    examples: Vec<Block>,
}

impl Shown {
    /// Its line in a synopsis.
    pub(super) fn synopsis(&self) -> String {
        if self.positional {
            return self.names.iter().map(|name| format!("<{name}>")).collect();
        }
        let names = self.names.join(" | ");
        let text = if self.flag || self.names.len() > 1 { names } else { format!("{names} {}", self.value) };
        if self.required { text } else { format!("[{text}]") }
    }

    /// Its entry in a list of options.
    pub(super) fn entry(self, out: &mut Vec<Block>) {
        let required = if self.required { " [required]" } else { "" };
        out.push(Block::text(format!("{} ({}){required}", self.names.join(" | "), self.kind)));
        if !self.about.is_empty() {
            out.push(Block::Indented(self.about));
        }
        out.extend(self.examples);
    }
}

/// The arguments of an operation.
pub(super) fn of_table(table: &ArgTable, docs: &ServiceDocs, bare_lists: &[&str]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for arg in table.iter().filter(|arg| !arg.hidden) {
        let is_flag = matches!(arg.nargs, Nargs::Flag(_));
        if matches!(arg.nargs, Nargs::Flag(false))
            && let Some(pair) = shown.last_mut()
            && pair.flag
            && arg.name.strip_prefix("no-").is_some_and(|name| pair.names == [format!("--{name}")])
        {
            pair.names.push(arg.cli_name());
            continue;
        }
        if arg.name == CLI_INPUT_YAML
            && let Some(pair) = shown.last_mut()
            && pair.names == [format!("--{CLI_INPUT_JSON}")]
        {
            pair.names.push(arg.cli_name());
            continue;
        }
        shown.push(Shown {
            names: vec![arg.cli_name()],
            positional: arg.positional,
            required: arg.required,
            flag: is_flag,
            value: "<value>",
            kind: match arg.member {
                Some(member) => shapes::type_name(member),
                None => kind_of(arg.nargs),
            },
            about: match arg.member {
                Some(member) if arg.help.is_empty() => shapes::describe(member, docs, true),
                _ => written(arg.help),
            },
            examples: syntax(arg, bare_lists),
        });
    }
    shown
}

fn syntax(arg: &Arg, bare_lists: &[&str]) -> Vec<Block> {
    let Some(member) = arg.member else { return Vec::new() };
    let mut blocks = Vec::new();
    if examples::is_bare_value(arg) {
        return blocks;
    }
    let mut put = |title: &str, code: Option<String>| {
        if let Some(code) = code.filter(|c| !c.is_empty()) {
            blocks.push(Block::text(title));
            blocks.push(Block::Code(code));
        }
    };
    put("Shorthand Syntax:", examples::shorthand(arg, bare_lists));
    match examples::words(member.shape()) {
        Some(words) => put("Syntax:", Some(words)),
        None => put("JSON Syntax:", examples::json(member.shape())),
    }
    blocks
}

/// The options of a hand-written command.
pub(super) fn of_command(options: &[Opt]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut dest = String::new();
    for opt in options {
        let spec = opt.spec();
        let flag = matches!(opt.nargs, Nargs::Flag(_));
        let same = flag && dest == spec.dest;
        dest = spec.dest;
        if same && let Some(pair) = shown.last_mut() {
            pair.names.push(spec.name);
            continue;
        }
        let mut about = written(opt.help);
        about.extend(opt.choices.iter().copied().map(Block::item));
        shown.push(Shown {
            names: vec![spec.name],
            positional: opt.positional,
            required: opt.required,
            flag,
            value: match opt.nargs {
                Nargs::ZeroOrMore | Nargs::OneOrMore | Nargs::Exactly(_) => "<value> [<value>...]",
                _ => "<value>",
            },
            kind: kind_of(opt.nargs),
            about,
            examples: Vec::new(),
        });
    }
    shown
}

fn kind_of(nargs: Nargs) -> &'static str {
    match nargs {
        Nargs::Flag(_) => "boolean",
        Nargs::ZeroOrMore | Nargs::OneOrMore | Nargs::Exactly(_) => "list",
        Nargs::One | Nargs::Optional | Nargs::Version => "string",
    }
}

/// A text of this program: HTML, or paragraphs with empty lines between them, where lines that begin with blanks stay
/// as they are.
pub(super) fn written(text: &str) -> Vec<Block> {
    if text.contains("</") {
        return html::blocks(text);
    }
    let paragraphs = text.trim_matches('\n').split("\n\n").filter(|p| !p.trim().is_empty());
    paragraphs
        .map(|paragraph| match paragraph.starts_with(' ') {
            true => Block::Code(paragraph.to_owned()),
            false => Block::text(paragraph.split_whitespace().collect::<Vec<_>>().join(" ")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synopses() {
        static OPTIONS: [Opt; 5] = [
            Opt::positional("path", Nargs::One, "p"),
            Opt::switch("follow-symlinks", "follow", true, "f"),
            Opt::switch("no-follow-symlinks", "follow", false, ""),
            Opt::value("grants", "g").taking(Nargs::OneOrMore),
            Opt::value("name", "n").required(),
        ];
        let lines: Vec<String> = of_command(&OPTIONS).iter().map(Shown::synopsis).collect();
        assert_eq!(
            lines,
            [
                "<path>",
                "[--follow-symlinks | --no-follow-symlinks]",
                "[--grants <value> [<value>...]]",
                "--name <value>"
            ]
        );
    }

    #[test]
    fn texts_of_this_program() {
        assert_eq!(
            written("one\ntwo\n\n  code\n\n<three>"),
            [Block::text("one two"), Block::Code("  code".into()), Block::text("<three>")]
        );
        assert_eq!(written("<p>a</p>"), [Block::text("a")]);
    }
}
