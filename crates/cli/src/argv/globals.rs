//! The options that stand before, between or after a command's own: as typed, without touching a file.

use crate::argv::argparse::{Nargs, ParseError, Parsed, Spec, WordType, parse_checked, parse_known};
use crate::failure::Failure;
use oxaws_failure::Cause;
use oxaws_jmespath::Expression;

const TIMEOUT_SECONDS: i64 = 60;

/// The values of `--output`.
pub const OUTPUTS: [&str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];
/// The values of `--cli-error-format`.
pub const ERROR_FORMATS: [&str; 6] = ["legacy", "json", "yaml", "text", "table", "enhanced"];

/// Global options, as typed and checked for their form.
#[derive(Debug, Clone)]
pub struct Globals {
    /// `--debug`
    pub debug: bool,
    /// `--endpoint-url`
    pub endpoint_url: Option<String>,
    /// Not `--no-verify-ssl`.
    pub verify_ssl: bool,
    /// Not `--no-paginate`.
    pub paginate: bool,
    /// `--output`
    pub output: Option<String>,
    /// `--query`, compiled.
    pub query: Option<Expression>,
    /// `--profile`; the empty text counts as not given.
    pub profile: Option<String>,
    /// `--region`; the empty text counts as not given for the configuration, but is sent to the endpoint rules.
    pub region: Option<String>,
    /// `--color`: on, off or auto.
    pub color: String,
    /// Not `--no-sign-request`.
    pub sign_request: bool,
    /// `--ca-bundle`
    pub ca_bundle: Option<String>,
    /// `--cli-read-timeout` in seconds; `None` is no limit.
    pub read_timeout: Option<i64>,
    /// `--cli-connect-timeout` in seconds; `None` is no limit.
    pub connect_timeout: Option<i64>,
    /// `--cli-binary-format`
    pub binary_format: Option<String>,
    /// `--no-cli-pager`
    pub no_pager: bool,
    /// `--cli-error-format`
    pub error_format: Option<String>,
}

/// What the first parse leaves: global options still as words, the command, and the words for it.
#[derive(Debug)]
pub struct FirstParse {
    /// The options.
    pub options: Parsed,
    /// The command's name.
    pub command: String,
    /// What is left for the command.
    pub rest: Vec<String>,
}

/// The global options, for parsing and for help, in the CLI's order.
pub fn specs() -> Vec<Spec> {
    let flag = |name: &str, truth: bool, dest: &str| Spec {
        nargs: Nargs::Flag(truth),
        dest: dest.to_owned(),
        ..Spec::option(name)
    };
    let choice = |name: &str, choices: &[&str]| Spec {
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
        ..Spec::option(name)
    };
    let dest = |name: &str, dest: &str| Spec { dest: dest.to_owned(), ..Spec::option(name) };
    vec![
        flag("--debug", true, "debug"),
        Spec::option("--endpoint-url"),
        flag("--no-verify-ssl", false, "verify_ssl"),
        flag("--no-paginate", false, "paginate"),
        choice("--output", &OUTPUTS),
        Spec::option("--query"),
        Spec::option("--profile"),
        Spec::option("--region"),
        Spec { nargs: Nargs::Version, word_type: WordType::Text, ..Spec::option("--version") },
        choice("--color", &["on", "off", "auto"]),
        flag("--no-sign-request", false, "sign_request"),
        Spec::option("--ca-bundle"),
        dest("--cli-read-timeout", "read_timeout"),
        dest("--cli-connect-timeout", "connect_timeout"),
        choice("--cli-binary-format", &["base64", "raw-in-base64-out"]),
        flag("--no-cli-pager", true, "no_cli_pager"),
        flag("--cli-auto-prompt", true, "cli_auto_prompt"),
        flag("--no-cli-auto-prompt", true, "no_cli_auto_prompt"),
        choice("--cli-error-format", &ERROR_FORMATS),
    ]
}

/// What the AWS CLI looks for before anything else, with its own usage text: `--profile` and `--debug`; and that two
/// options about prompting aren't both there.
///
/// # Errors
/// When one of them is misused.
pub fn check_early(args: &[String]) -> Result<(), Failure> {
    let specs = [Spec::option("--profile"), Spec { nargs: Nargs::Flag(true), ..Spec::option("--debug") }];
    parse_known(&specs, args)
        .map_err(|e| Failure::usage(format!("{e}\n\nusage: aws [--profile PROFILE] [--debug]\n")))?;
    let has = |option: &str| args.iter().any(|a| a == option);
    if has("--cli-auto-prompt") && has("--no-cli-auto-prompt") {
        return Err(Failure::usage(
            "Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.",
        ));
    }
    Ok(())
}

/// Takes the global options and the command out of the arguments.
///
/// # Errors
/// As argparse; that the command exists is the caller's to check.
pub fn first_parse(args: &[String]) -> Result<Option<FirstParse>, ParseError> {
    first_parse_checked(args, &|_| None)
}

/// As [`first_parse`], with what is wrong with the command's name, if anything.
///
/// # Errors
/// As argparse.
pub fn first_parse_checked(
    args: &[String],
    unknown: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<FirstParse>, ParseError> {
    let mut specs = specs();
    specs.push(Spec { required: true, ..Spec::option("command") });
    let check = |dest: &str, word: &str| if dest == "command" { unknown(word) } else { None };
    let mut parsed = parse_checked(&specs, args, &check)?;
    if parsed.version {
        return Ok(None);
    }
    let rest = std::mem::take(&mut parsed.extras);
    let command = parsed.word("command").unwrap_or_default().to_owned();
    Ok(Some(FirstParse { options: parsed, command, rest }))
}

impl Globals {
    /// Checks the forms of the values: `--query` compiles, `--endpoint-url` has a scheme, time limits are numbers.
    ///
    /// # Errors
    /// With the CLI's messages: 252 for the first two, 255 for the numbers.
    pub fn from_parsed(parsed: &Parsed) -> Result<Globals, Failure> {
        let word = |dest: &str| parsed.word(dest).map(str::to_owned);
        let query = match parsed.word("query") {
            None => None,
            Some(text) => Some(oxaws_jmespath::compile(text).map_err(|e| {
                Failure::Validation(Cause::of(e).reworded(|e| format!("Bad value for --query {text}: {e}")))
            })?),
        };
        let endpoint_url = word("endpoint_url");
        if let Some(url) = &endpoint_url
            && !has_scheme(url)
        {
            return Err(Failure::validation(format!(
                "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form http://<hostname>/ or \
                 https://<hostname>/"
            )));
        }
        Ok(Globals {
            debug: parsed.flag("debug").unwrap_or(false),
            endpoint_url,
            verify_ssl: parsed.flag("verify_ssl").unwrap_or(true),
            paginate: parsed.flag("paginate").unwrap_or(true),
            output: word("output"),
            query,
            profile: word("profile").filter(|p| !p.is_empty()),
            region: word("region"),
            color: word("color").unwrap_or_else(|| "auto".into()),
            sign_request: parsed.flag("sign_request").unwrap_or(true),
            ca_bundle: word("ca_bundle"),
            read_timeout: timeout(parsed.word("read_timeout"))?,
            connect_timeout: timeout(parsed.word("connect_timeout"))?,
            binary_format: word("cli_binary_format"),
            no_pager: parsed.flag("no_cli_pager").unwrap_or(false),
            error_format: word("cli_error_format"),
        })
    }
}

fn timeout(word: Option<&str>) -> Result<Option<i64>, Failure> {
    let seconds = match word {
        None => TIMEOUT_SECONDS,
        Some(word) => oxaws_python::python_int_text(word)
            .map(|digits| digits.parse().unwrap_or(i64::MAX))
            .ok_or_else(|| Failure::invalid(not_an_int(word)))?,
    };
    Ok(Some(seconds).filter(|s| *s != 0))
}

/// Python's words for text that `int()` doesn't take.
pub fn not_an_int(word: &str) -> String {
    format!("invalid literal for int() with base 10: {}", oxaws_python::repr_str(word))
}

/// Whether Python's `urlparse` finds a scheme: letters, digits, `+-.` after a letter, then `:`.
fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}
