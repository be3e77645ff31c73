//! Help pages: what they consist of and where they are shown.
//!
//! The sections are those of the AWS CLI's pages, the layout is that of its manual pages; the text is made here, so no
//! other program is needed.

mod examples;
mod global_options;
mod html;
mod options;
mod page;
mod shapes;
mod topics;

use crate::argv::argparse::{Nargs, ParseError, Spec, invalid_choice, parse_known};
use crate::argv::globals;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operation::bind::bare_lists;
use crate::plug::argtable::ArgTable;
use crate::plug::context::Context;
use crate::plug::registry::{Command, Registry};
use crate::plug::services::Services;
use crate::tree::alias::Aliases;
use crate::tree::{Tree, WAIT, is_command, service_command_names};
use options::Shown;
use oxaws_env::var;
use oxaws_model::names::cli_name;
use oxaws_model::{Matcher, Operation, Service, Waiter};
use page::{Block, Page};
use std::borrow::Cow;
use topics::TOPICS;

/// The program that shows manual pages.
const MANPAGER: &str = "MANPAGER";
/// Where none is set.
const DEFAULT_PAGER: &str = "less -R";
/// Where the AWS CLI's pages stand on the web (`cli_help_output = url`).
const REFERENCE: &str = "https://awscli.amazonaws.com/v2/documentation/api";
/// What a user may type for `help`.
const DASHED: [&str; 2] = ["--help", "-h"];

/// `--help` and `-h` as the word `help` behind the command they stand with. An alias gets them as they are.
pub(crate) fn replace_dashes<'a>(
    args: &'a [String],
    services: &Services,
    registry: &'static Registry,
    aliases: &Aliases,
) -> Cow<'a, [String]> {
    let before_separator = args.iter().take_while(|a| *a != "--");
    if !before_separator.into_iter().any(|a| DASHED.contains(&a.as_str())) {
        return Cow::Borrowed(args);
    }
    command_of(args, services, registry, aliases).map_or(Cow::Borrowed(args), |mut path| {
        path.push("help".into());
        Cow::Owned(path)
    })
}

/// The path of the command that a line names, options left out; `None` where the line is wrong or an alias comes into
/// it.
fn command_of(
    args: &[String],
    services: &Services,
    registry: &'static Registry,
    aliases: &Aliases,
) -> Option<Vec<String>> {
    let mut specs = globals::specs();
    specs.push(Spec { nargs: Nargs::Optional, ..Spec::option("command") });
    let parsed = parse_known(&specs, args).ok().filter(|p| !p.version)?;
    let Some(top) = parsed.word("command") else { return Some(Vec::new()) };
    if !is_command(services, registry, top) || aliases.has_top_level(top) {
        return None;
    }
    let tree = Tree { services, registry };
    let mut path = vec![top.to_owned()];
    let mut node = tree.top(top);
    let words = parsed.extras.iter().filter(|w| !DASHED.contains(&w.as_str())).take_while(|w| !w.starts_with('-'));
    for word in words {
        let above: Vec<&str> = path.iter().map(String::as_str).collect();
        if aliases.names_below(&above).contains(word) {
            return None;
        }
        node = node.and_then(|node| tree.child(node, &above, word));
        if node.is_none() {
            break;
        }
        path.push(word.clone());
    }
    Some(path)
}

/// `aws help [topic]`
pub(crate) fn top(cx: &Context, words: &[String]) -> Result<Exit, Failure> {
    let specs = [Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") }];
    let parsed = parse_known(&specs, words)?;
    match parsed.word("subcommand") {
        None => {}
        // Help for help is help.
        Some("help") if words.len() == 1 => {}
        Some("topics") => return show(cx, &topics::list(), "topic/index.html"),
        Some(name) => {
            let Some(topic) = TOPICS.iter().find(|t| t.name == name) else {
                let names = TOPICS.iter().map(|t| t.name).chain(["topics"]);
                let text = invalid_choice(name, names);
                return Err(Failure::from(ParseError::Syntax(format!("argument subcommand: {text}"))));
            };
            return show(cx, &topic.page(), &format!("topic/{name}.html"));
        }
    }
    let services = cx.services.names();
    let mut names: Vec<&str> = services.iter().map(String::as_str).collect();
    names.extend(cx.registry.commands_under(&[]).map(|c| c.name).filter(|n| *n != "cli-dev"));
    names.sort_unstable();
    names.dedup();
    let page = Page::new("aws")
        .with("DESCRIPTION", options::written("One program for all AWS services."))
        .with(
            "SYNOPSIS",
            vec![
                Block::Code("aws [options] <command> <subcommand> [parameters]".into()),
                Block::text(
                    "Run aws COMMAND help to read about a command, aws help topics for what concerns several. A synopsis \
                     shows what a command takes; what stands in square brackets may be left out.",
                ),
            ],
        )
        .with("GLOBAL OPTIONS", global_options::blocks())
        .with("AVAILABLE SERVICES", names.into_iter().map(Block::item).collect())
        .with("SEE ALSO", vec![Block::item("aws help topics")]);
    show(cx, &page, "reference/index.html")
}

/// `aws SERVICE help`
pub(crate) fn service(cx: &Context, service: Service, command: &str, _words: &[String]) -> Result<Exit, Failure> {
    let docs = cx.services.docs(service)?;
    let mut names = service_command_names(cx.registry, service, command);
    names.sort_unstable();
    names.dedup();
    let page = Page::new(command)
        .with("DESCRIPTION", html::blocks(docs.service()))
        .with("AVAILABLE COMMANDS", names.into_iter().map(Block::item).collect());
    show(cx, &page, &format!("reference/{command}/index.html"))
}

/// `aws SERVICE OPERATION help`, and `aws SERVICE wait CONDITION help`.
pub(crate) fn operation(
    cx: &Context,
    operation: Operation,
    service: &str,
    name: &str,
    table: &ArgTable,
) -> Result<Exit, Failure> {
    let (page, url) = operation_page(cx.services, operation, service, name, table)?;
    show(cx, &page, &url)
}

fn operation_page(
    services: &Services,
    operation: Operation,
    service: &str,
    name: &str,
    table: &ArgTable,
) -> Result<(Page, String), Failure> {
    let model = operation.service();
    let docs = services.docs(model)?;
    let waiter = model.waiters().find(|w| service == WAIT && w.cli_name() == name);
    let mut description = match waiter {
        Some(waiter) => vec![Block::text(condition(waiter))],
        None => html::blocks(docs.operation(operation)),
    };
    if !model.uid().is_empty() && waiter.is_none() {
        description.push(Block::text(format!(
            "See also: AWS API Documentation <https://docs.aws.amazon.com/goto/WebAPI/{}/{}>",
            model.uid(),
            operation.name()
        )));
    }
    if let Some(paginator) = operation.paginator().filter(|_| waiter.is_none()) {
        let keys: Vec<&str> = paginator.result_keys().collect();
        description.push(Block::text(format!(
            "{name} gets its result in pages, with as many calls as it takes; --no-paginate makes one call. With \
             --output text, --query sees each page by itself and must take its data from: {}",
            keys.join(", ")
        )));
    }
    let bare = bare_lists(service, name);
    let shown = options::of_table(table, &docs, &bare);
    let output = match operation.output().filter(|o| o.members().len() > 0 && waiter.is_none()) {
        Some(output) => shapes::members(output, &docs),
        None => vec![Block::text("None")],
    };
    let page = with_options(Page::new(name).with("DESCRIPTION", description), name, shown).with("OUTPUT", output);
    let url = match waiter {
        Some(_) => format!("reference/{}/wait/{name}.html", model.cli_name()),
        None => format!("reference/{service}/{name}.html"),
    };
    Ok((page, url))
}

fn with_options(page: Page, name: &str, shown: Vec<Shown>) -> Page {
    let mut lines = vec![name.to_owned()];
    lines.extend(shown.iter().map(Shown::synopsis));
    lines.extend(global_options::synopsis());
    let mut entries = Vec::new();
    if shown.is_empty() {
        entries.push(Block::text("None"));
    }
    for option in shown {
        option.entry(&mut entries);
    }
    page.with("SYNOPSIS", vec![Block::Code(lines.join("\n"))])
        .with("OPTIONS", entries)
        .with("GLOBAL OPTIONS", global_options::blocks())
}

/// What a waiter waits for.
fn condition(waiter: Waiter) -> String {
    let success = waiter.acceptors().find(|a| a.state == oxaws_model::AcceptorState::Success);
    let until = match success {
        None => String::new(),
        Some(rule) => match rule.matcher {
            Matcher::Path => format!(" until the JMESPath expression {} gives {}", rule.argument, rule.expected),
            Matcher::PathAll => {
                format!(" until everything that the JMESPath expression {} gives is {}", rule.argument, rule.expected)
            }
            Matcher::PathAny => {
                format!(" until anything that the JMESPath expression {} gives is {}", rule.argument, rule.expected)
            }
            Matcher::Status => format!(" until the HTTP status is {}", rule.expected),
            Matcher::Error if rule.expected == "false" => " until there is no error".to_owned(),
            Matcher::Error if rule.expected == "true" => " until there is an error".to_owned(),
            Matcher::Error => format!(" until the service answers with the error {}", rule.expected.trim_matches('"')),
        },
    };
    format!(
        "Calls {} every {} seconds{until}. Ends with the exit code 255 after {} calls that didn't show it.",
        cli_name(waiter.operation()),
        waiter.delay(),
        waiter.max_attempts()
    )
}

/// The help of a hand-written command.
pub(crate) fn command(cx: &Context, command: &'static Command, path: &[&str]) -> Result<Exit, Failure> {
    let page = Page::new(command.name).with("DESCRIPTION", options::written(command.help));
    let mut below: Vec<&str> = command.subcommands.iter().map(|c| c.name).collect();
    below.extend(cx.registry.commands_under(path).map(|c| c.name));
    below.sort_unstable();
    let mut page = with_options(page, command.name, options::of_command(command.options));
    let mut url = format!("reference/{}.html", path.join("/"));
    if !below.is_empty() {
        page = page.with("AVAILABLE COMMANDS", below.into_iter().map(Block::item).collect());
        url = format!("reference/{}/index.html", path.join("/"));
    }
    show(cx, &page, &url)
}

/// `aws SERVICE wait help`
pub(crate) fn waiters(cx: &Context, service: Service, command: &str) -> Result<Exit, Failure> {
    let mut names: Vec<&str> = service.waiters().map(|w| w.cli_name()).collect();
    names.sort_unstable();
    let about = "Waits until something is so. Each command below asks the service again and again.";
    let page = Page::new(WAIT)
        .with("DESCRIPTION", options::written(about))
        .with("AVAILABLE COMMANDS", names.into_iter().map(Block::item).collect());
    show(cx, &page, &format!("reference/{command}/wait/index.html"))
}

/// Shows a page: in a pager on a terminal, else as it is. `url` is where the AWS CLI's own page stands.
fn show(cx: &Context, page: &Page, url: &str) -> Result<Exit, Failure> {
    // Help works without a profile, so whatever is wrong with it is no matter here.
    let form = cx.session.config_unchecked().text("cli_help_output").ok().flatten();
    let terminal = cx.ui.is_terminal();
    let text = match form.as_deref() {
        Some("url") => format!("{REFERENCE}/{url}\n"),
        _ => page.render(terminal),
    };
    if !terminal || cx.globals.no_pager {
        cx.ui.painted(&text)?;
        return Ok(Exit::Success);
    }
    let set = |name: &str| cx.world.var(name).filter(|v| !v.is_empty());
    let pager = set(MANPAGER).or_else(|| set(var::PAGER)).unwrap_or_else(|| DEFAULT_PAGER.into());
    match cx.ui.painted_output(Some(&pager), |out| Ok(out.write_all(text.as_bytes())?)) {
        // Better a page without a pager than none.
        Err(Failure::Pager(_)) => cx.ui.painted(&text)?,
        other => other?,
    }
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    static EMPTY: Registry =
        Registry { commands: &[], unbuilt: &[], removals: &[], renames: &[], arg_renames: &[], tweaks: &[] };

    fn replaced(line: &str) -> String {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        replace_dashes(&args, &Services::new(&Fixed::new(), oxaws_pack::facts()), &EMPTY, &Aliases::default()).join(" ")
    }

    #[test]
    fn dashes_become_the_word() {
        for (line, want) in [
            ("--help", "help"),
            ("-h", "help"),
            ("--region x --help", "help"),
            ("sqs --help", "sqs help"),
            ("sqs send-message --help", "sqs send-message help"),
            ("sqs send-message --queue-url q -h --output text", "sqs send-message help"),
            ("sqs --help send-message", "sqs send-message help"),
            ("ec2 wait vpc-exists --help", "ec2 wait vpc-exists help"),
            ("sqs nosuch --help", "sqs help"),
        ] {
            assert_eq!(replaced(line), want, "{line}");
        }
        // Whatever is wrong anyway, or means something else, stays.
        for line in ["nosuch --help", "sqs list-queues", "--region --help", "--version -h", "s3api x -- --help"] {
            assert_eq!(replaced(line), line);
        }
    }

    #[test]
    fn pages_of_operations() {
        let service = oxaws_pack::facts().service("ec2").unwrap();
        let operation = service.operation("describe-instances").unwrap();
        let table = ArgTable::of(operation, "ec2", "describe-instances", &EMPTY);
        let world = Fixed::new();
        let services = Services::new(&world, oxaws_pack::facts());
        let (page, url) = operation_page(&services, operation, "ec2", "describe-instances", &table).expect("a page");
        let text = page.render(false);
        assert_eq!(url, "reference/ec2/describe-instances.html");
        for part in [
            "\nSYNOPSIS\n          describe-instances\n          [--instance-ids <value>]\n",
            "\n          [--dry-run | --no-dry-run]\n",
            "\n          [--cli-input-json | --cli-input-yaml]\n",
            "\nOPTIONS\n       --instance-ids (list)\n",
            "\n       Shorthand Syntax:\n\n          Name=string,Values=string,string ...\n",
            "\nGLOBAL OPTIONS\n       --debug (boolean)\n",
            "\nOUTPUT\n       NextToken -> (string)\n",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }

    #[test]
    fn conditions() {
        let service = oxaws_pack::facts().service("iam").unwrap();
        let waiter = service.waiters().find(|w| w.cli_name() == "user-exists").unwrap();
        assert_eq!(
            condition(waiter),
            "Calls get-user every 1 seconds until the HTTP status is 200. Ends with the exit code 255 after 20 calls \
             that didn't show it."
        );
    }
}
