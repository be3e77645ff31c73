//! Everything that can end a command badly, and what it says: the only file in which a library's error becomes a
//! user's.

use crate::exit::Exit;
use crate::globals::{ERROR_FORMATS, USAGE};
use oxaws_client::{CallError, ServiceFailure};
use oxaws_config::ConfigError;
use oxaws_output::{Format, OutputError, TableOptions};
use oxaws_value::secret::Secrets;
use oxaws_value::{Map, Value};
use std::io::Write;

/// How many simple items a list or map may have to be shown on one line.
const MAX_INLINE_ITEMS: usize = 5;

/// Everything that can end a command badly.
#[derive(Debug)]
pub enum Failure {
    /// Syntax, an unknown parameter, an incorrect value. 252.
    ParamValidation(String),
    /// Options that an operation doesn't have. 252, with the usage first.
    UnknownOptions(Vec<String>),
    /// The configuration can't be used. 253.
    Configuration(String),
    /// No region. 253.
    NoRegion,
    /// No credentials. 253.
    NoCredentials,
    /// The pager can't be started: why. 253.
    Pager(String),
    /// SIGINT. 130.
    Interrupted,
    /// The service answered with an error. 254.
    Service(Box<ServiceFailure>),
    /// Anything else: the whole text. 255.
    General(String),
    /// Standard output has no reader any more.
    ClosedPipe,
    /// The message is written already.
    Written(Exit),
}

impl Failure {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Failure::ParamValidation(_) | Failure::UnknownOptions(_) => Exit::Usage,
            Failure::Configuration(_) | Failure::NoRegion | Failure::NoCredentials | Failure::Pager(_) => {
                Exit::Configuration
            }
            Failure::Interrupted => Exit::Interrupted,
            Failure::Service(_) => Exit::Service,
            Failure::General(_) => Exit::General,
            Failure::ClosedPipe => Exit::ClosedPipe,
            Failure::Written(exit) => *exit,
        }
    }

    /// A parse error with the usage text under it.
    pub fn usage(error: &crate::argparse::ParseError) -> Failure {
        Failure::ParamValidation(format!("{}\n\nusage: {USAGE}", error.0))
    }

    /// The same, with a message that repeats no secret.
    pub fn without(self, secrets: &Secrets) -> Failure {
        self.map_text(|text| secrets.hide(text))
    }

    /// The same, with the texts of its own changed. What a service answered, and what is written already, stays.
    pub(crate) fn map_text(self, change: impl Fn(&str) -> String) -> Failure {
        match self {
            Failure::ParamValidation(text) => Failure::ParamValidation(change(&text)),
            Failure::UnknownOptions(words) => Failure::UnknownOptions(words.iter().map(|word| change(word)).collect()),
            Failure::Configuration(text) => Failure::Configuration(change(&text)),
            Failure::Pager(text) => Failure::Pager(change(&text)),
            Failure::General(text) => Failure::General(change(&text)),
            Failure::NoRegion
            | Failure::NoCredentials
            | Failure::Interrupted
            | Failure::Service(_)
            | Failure::ClosedPipe
            | Failure::Written(_) => self,
        }
    }

    /// The message without a code in front.
    pub fn message(&self) -> String {
        match self {
            Failure::ParamValidation(m) | Failure::Configuration(m) | Failure::General(m) => m.clone(),
            Failure::UnknownOptions(words) => format!("Unknown options: {}", words.join(", ")),
            Failure::NoRegion => {
                "You must specify a region. You can also configure your region by running \"aws configure\".".into()
            }
            Failure::NoCredentials => {
                "Unable to locate credentials. You can configure credentials by running \"aws login\".".into()
            }
            Failure::Pager(why) => format!(
                "Unable to redirect output to pager. Received the following error when opening pager:\n{why}\n\nLearn \
                 more about configuring the output pager by running \"aws help config-vars\"."
            ),
            Failure::Service(failure) => failure.to_string(),
            Failure::Interrupted | Failure::ClosedPipe | Failure::Written(_) => String::new(),
        }
    }

    /// The code of the kinds that have one.
    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Failure::ParamValidation(_) => "ParamValidation",
            Failure::Configuration(_) => "Configuration",
            Failure::NoRegion => "NoRegion",
            Failure::NoCredentials => "NoCredentials",
            Failure::Pager(_) => "Pager",
            Failure::UnknownOptions(_)
            | Failure::Interrupted
            | Failure::Service(_)
            | Failure::General(_)
            | Failure::ClosedPipe
            | Failure::Written(_) => return None,
        })
    }

    /// Writes what a user is told. `format` is the error format, already resolved; `visible` is how a table treats
    /// control characters.
    pub fn report(
        &self,
        format: &str,
        colour: bool,
        visible: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> std::io::Result<()> {
        let table = TableOptions { width: 80, colour, visible };
        match self {
            Failure::Written(_) | Failure::ClosedPipe => Ok(()),
            // The CLI writes the line end to standard output.
            Failure::Interrupted => out.write_all(b"\n"),
            Failure::UnknownOptions(_) => {
                write!(err, "\nusage: {USAGE}\n")?;
                write_error(err, &self.message())
            }
            Failure::General(message) => write_error(err, message),
            // An answer without an error in it has nothing to structure.
            Failure::Service(failure) if failure.details().is_empty() => write_error(err, &failure.to_string()),
            Failure::Service(failure) => {
                report_structured(&failure.details(), &failure.to_string(), &failure.to_string(), format, &table, err)
            }
            Failure::ParamValidation(_)
            | Failure::Configuration(_)
            | Failure::NoRegion
            | Failure::NoCredentials
            | Failure::Pager(_) => {
                let (code, message) = (self.code().unwrap_or("Unknown"), self.message());
                let details: Map =
                    [("Code", Value::from(code)), ("Message", Value::from(message.as_str()))].into_iter().collect();
                let full = format!("An error occurred ({code}): {message}");
                report_structured(&details, &full, &message, format, &table, err)
            }
        }
    }
}

/// One error message as every one is written.
pub fn write_error(err: &mut dyn Write, message: &str) -> std::io::Result<()> {
    let message = message.trim_matches(|c: char| c.is_whitespace());
    if message.is_empty() {
        return writeln!(err, "\naws: [ERROR]:");
    }
    writeln!(err, "\naws: [ERROR]: {message}")
}

fn report_structured(
    details: &Map,
    full: &str,
    bare: &str,
    format: &str,
    table: &TableOptions,
    err: &mut dyn Write,
) -> std::io::Result<()> {
    let format = format.to_ascii_lowercase();
    match format.as_str() {
        "legacy" => write_error(err, bare),
        "json" | "yaml" | "text" | "table" if ERROR_FORMATS.contains(&format.as_str()) => {
            let known = Format::from_name(&format).unwrap_or(Format::Json);
            match oxaws_output::write(err, known, "error", &Value::Map(details.clone()), table) {
                Ok(()) => Ok(()),
                Err(OutputError::Io(e)) => Err(e),
                Err(_) => write_error(err, bare),
            }
        }
        _ => {
            write_error(err, full)?;
            report_details(details, err)
        }
    }
}

/// The modelled members of an error, one a line.
fn report_details(details: &Map, err: &mut dyn Write) -> std::io::Result<()> {
    let more: Vec<_> =
        details.iter().filter(|(k, _)| !k.eq_ignore_ascii_case("code") && !k.eq_ignore_ascii_case("message")).collect();
    if more.is_empty() {
        return Ok(());
    }
    writeln!(err, "\nAdditional error details:")?;
    let simple = |v: &Value| !matches!(v, Value::List(_) | Value::Map(_) | Value::Bytes(_));
    let text = |v: &Value| oxaws_value::repr::str(v, Default::default());
    let mut complex = false;
    for (key, value) in more {
        match value {
            Value::List(items) if items.len() < MAX_INLINE_ITEMS && items.iter().all(simple) => {
                let items: Vec<String> = items.iter().map(text).collect();
                writeln!(err, "{key}: [{}]", items.join(", "))?;
            }
            Value::Map(map) if map.len() < MAX_INLINE_ITEMS && map.values().all(simple) => {
                let items: Vec<String> = map.iter().map(|(k, v)| format!("{k}: {}", text(v))).collect();
                writeln!(err, "{key}: {{{}}}", items.join(", "))?;
            }
            v if simple(v) => writeln!(err, "{key}: {}", text(v))?,
            _ => {
                complex = true;
                writeln!(err, "{key}: <complex value>")?;
            }
        }
    }
    if complex {
        writeln!(err, "Use \"--cli-error-format json\" or another error format to see the full details.")?;
    }
    Ok(())
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        match error {
            CallError::Validation(message) => Failure::ParamValidation(message),
            CallError::NoRegion => Failure::NoRegion,
            CallError::NoCredentials => Failure::NoCredentials,
            CallError::Config(e) => e.into(),
            CallError::Service(failure) => Failure::Service(failure),
            CallError::Interrupted => Failure::Interrupted,
            CallError::Configuration(message) => Failure::Configuration(message),
            other @ (CallError::Credentials(_)
            | CallError::Http(_)
            | CallError::Parse(_)
            | CallError::Waiter { .. }
            | CallError::Io(_)
            | CallError::Other(_)) => Failure::General(other.to_string()),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        if error.is_configuration() {
            Failure::Configuration(error.to_string())
        } else {
            Failure::General(error.to_string())
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Failure {
        match error {
            OutputError::Io(e) => e.into(),
            other => Failure::General(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    /// An error while writing output.
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::General(oxaws_python::python_os_error_bare(&error)),
        }
    }
}
