//! Everything that can end a command badly, by class, with its cause.
//!
//! [`Failure::class`] is decided by the variant, never by a text. The AWS CLI's exit code ([`Failure::exit`]) and message
//! follow from the variant too.

use crate::exit::Exit;
use oxaws_client::{CallError, ServiceFailure};
use oxaws_config::ConfigError;
use oxaws_failure::{Cause, Class};
use oxaws_output::OutputError;
use oxaws_python::{python_os_error, python_os_error_bare};
use oxaws_value::secret::Secrets;
use std::error::Error;
use std::io;
use std::path::Path;

/// Everything that can end a command badly. Where two variants have one class, they differ in how the AWS CLI shows them
/// and in its exit code.
#[derive(Debug)]
pub enum Failure {
    /// A command, option or argument is unknown or missing, or a choice isn't one. 252.
    Usage(Cause),
    /// Options that an operation doesn't have. 252, with the usage first.
    UnknownOptions(Vec<String>),
    /// A value that is refused before anything is sent. 252.
    Validation(Cause),
    /// A value that the AWS CLI stumbles over. 255, in Python's words where it has no others.
    Invalid(Cause),
    /// A file that an argument names with `file://` or `fileb://` can't be read. 252.
    ParamFile(Cause),
    /// A file that is a command's input is missing or can't be used. 255.
    InputFile(Cause),
    /// The configuration can't be used. 253.
    Configuration(Cause),
    /// A setting has a value that can't be used, where the AWS CLI has no code for it. 255.
    Setting(Cause),
    /// A profile or section that is named doesn't exist. 253.
    NoProfile(Cause),
    /// The pager can't be started: why. 253.
    Pager(Cause),
    /// No region. 253.
    NoRegion,
    /// No credentials. 253.
    NoCredentials,
    /// What a credentials command was asked for can't be had. 253, with the code of a configuration failure.
    Credentials(Cause),
    /// A login session has expired. 255.
    Expired(Cause),
    /// The service answered with an error. 254.
    Service(Box<ServiceFailure>),
    /// A call failed for another reason. 255.
    Call(Box<CallError>),
    /// A failure in the words of the command that met it. 255, whatever it was.
    Framed(String, Box<Failure>),
    /// An answer lacks what the command needs. 255.
    BadReply(Cause),
    /// Something that is waited for came to an end that isn't the wanted one. 255.
    WaitFailed(Cause),
    /// Something that is waited for took too long. 255.
    WaitTimeout(Cause),
    /// What was named or asked for isn't there. 255.
    NothingMatched(Cause),
    /// Nothing was to be done, and the user called that a failure. 255.
    NoChange(Cause),
    /// A checksum, digest or signature doesn't match. 255.
    Verification(Cause),
    /// A local file or folder can't be read or written. 255.
    File(Cause),
    /// A program that the command needs isn't there. 255.
    MissingProgram(Cause),
    /// A program that the command needs failed. 255.
    ProgramFailed(Cause),
    /// A question had to be asked, and nobody answers. 255.
    NoTerminal(Cause),
    /// Standard output can't be written. 255.
    Output(Cause),
    /// Standard output has no reader any more.
    ClosedPipe,
    /// The command can't be carried out as things are with the service. 255.
    Failed(Cause),
    /// The program or its models contradict themselves. 255.
    Bug(Cause),
    /// SIGINT. 130.
    Interrupted,
    /// The message is written already.
    Written {
        /// How the AWS CLI ends.
        exit: Exit,
        /// What kind of failure it was.
        class: Class,
    },
}

/// How the AWS CLI shows a failure.
pub(crate) enum Shown<'a> {
    /// Not at all.
    Nothing,
    /// As the end of a line on standard output.
    LineEnd,
    /// The usage, then the message.
    BehindUsage,
    /// The message.
    Plain,
    /// The service's error.
    Service(&'a ServiceFailure),
    /// A code of the AWS CLI's own, then the message.
    Coded(&'static str),
}

/// Constructors that take a text, or an error with its text.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $variant:ident;)*) => {
        impl Failure {
            $($(#[$doc])*
            pub fn $name(cause: impl Into<Cause>) -> Failure {
                Failure::$variant(cause.into())
            })*
        }
    };
}

constructors! {
    /// See [`Failure::Usage`].
    usage => Usage;
    /// See [`Failure::Validation`].
    validation => Validation;
    /// See [`Failure::Invalid`].
    invalid => Invalid;
    /// See [`Failure::ParamFile`].
    param_file => ParamFile;
    /// See [`Failure::InputFile`].
    input_file => InputFile;
    /// See [`Failure::Configuration`].
    configuration => Configuration;
    /// See [`Failure::Setting`].
    setting => Setting;
    /// See [`Failure::NoProfile`].
    no_profile => NoProfile;
    /// See [`Failure::Credentials`].
    credentials => Credentials;
    /// See [`Failure::Expired`].
    expired => Expired;
    /// See [`Failure::BadReply`].
    bad_reply => BadReply;
    /// See [`Failure::WaitFailed`].
    wait_failed => WaitFailed;
    /// See [`Failure::WaitTimeout`].
    wait_timeout => WaitTimeout;
    /// See [`Failure::NothingMatched`].
    nothing_matched => NothingMatched;
    /// See [`Failure::NoChange`].
    no_change => NoChange;
    /// See [`Failure::Verification`].
    verification => Verification;
    /// See [`Failure::MissingProgram`].
    missing_program => MissingProgram;
    /// See [`Failure::ProgramFailed`].
    program_failed => ProgramFailed;
    /// See [`Failure::NoTerminal`].
    no_terminal => NoTerminal;
    /// See [`Failure::Failed`].
    failed => Failed;
    /// See [`Failure::Bug`].
    bug => Bug;
}

impl Failure {
    /// A file or folder that can't be read or written, in the words of Python's `OSError`.
    pub fn file(error: io::Error, path: impl AsRef<Path>) -> Failure {
        Failure::File(Cause::worded(python_os_error(&error, &path.as_ref().to_string_lossy()), error))
    }

    /// The same where the AWS CLI doesn't name the file.
    pub fn file_bare(error: io::Error) -> Failure {
        Failure::File(Cause::worded(python_os_error_bare(&error), error))
    }

    /// A file that is a command's input and can't be read, in the words of Python's `OSError`.
    pub fn unreadable(error: io::Error, path: impl AsRef<Path>) -> Failure {
        Failure::InputFile(Cause::worded(python_os_error(&error, &path.as_ref().to_string_lossy()), error))
    }

    /// A stream of a reply that broke off.
    pub fn reading(error: io::Error) -> Failure {
        match error.downcast::<CallError>() {
            Ok(error) => Failure::Call(Box::new(error)),
            Err(error) => Failure::BadReply(Cause::of(error)),
        }
    }

    /// A failure in the words of the command that met it.
    pub fn framed(text: impl Into<String>, failure: impl Into<Failure>) -> Failure {
        Failure::Framed(text.into(), Box::new(failure.into()))
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            Failure::Usage(_) | Failure::UnknownOptions(_) => Class::Usage,
            Failure::Validation(_) | Failure::Invalid(_) => Class::InvalidValue,
            Failure::ParamFile(_) | Failure::InputFile(_) => Class::InputFile,
            Failure::Configuration(_) | Failure::Setting(_) | Failure::Pager(_) => Class::Configuration,
            Failure::NoProfile(_) => Class::NoProfile,
            Failure::NoRegion => Class::NoRegion,
            Failure::NoCredentials => Class::NoCredentials,
            Failure::Credentials(_) => Class::CredentialsFailed,
            Failure::Expired(_) => Class::CredentialsExpired,
            Failure::Service(failure) => failure.class(),
            Failure::Call(error) => error.class(),
            Failure::Framed(_, failure) => failure.class(),
            Failure::BadReply(_) => Class::BadReply,
            Failure::WaitFailed(_) => Class::WaitFailed,
            Failure::WaitTimeout(_) => Class::WaitTimeout,
            Failure::NothingMatched(_) => Class::NothingMatched,
            Failure::NoChange(_) => Class::NoChange,
            Failure::Verification(_) => Class::VerificationFailed,
            Failure::File(_) => Class::FileError,
            Failure::MissingProgram(_) => Class::MissingProgram,
            Failure::ProgramFailed(_) => Class::ProgramFailed,
            Failure::NoTerminal(_) => Class::NoTerminal,
            Failure::Output(_) | Failure::ClosedPipe => Class::OutputError,
            Failure::Failed(_) => Class::Failed,
            Failure::Bug(_) => Class::Bug,
            Failure::Interrupted => Class::Interrupted,
            Failure::Written { class, .. } => *class,
        }
    }

    /// How the AWS CLI shows it and what it ends with: the two go together.
    fn as_in_the_aws_cli(&self) -> (Shown<'_>, Exit) {
        match self {
            Failure::Usage(_) | Failure::Validation(_) | Failure::ParamFile(_) => {
                (Shown::Coded("ParamValidation"), Exit::Usage)
            }
            Failure::UnknownOptions(_) => (Shown::BehindUsage, Exit::Usage),
            Failure::Configuration(_) | Failure::NoProfile(_) | Failure::Credentials(_) => {
                (Shown::Coded("Configuration"), Exit::Configuration)
            }
            Failure::NoRegion => (Shown::Coded("NoRegion"), Exit::Configuration),
            Failure::NoCredentials => (Shown::Coded("NoCredentials"), Exit::Configuration),
            Failure::Pager(_) => (Shown::Coded("Pager"), Exit::Configuration),
            Failure::Service(failure) => (Shown::Service(failure), Exit::Service),
            Failure::Interrupted => (Shown::LineEnd, Exit::Interrupted),
            Failure::ClosedPipe => (Shown::Nothing, Exit::ClosedPipe),
            Failure::Written { exit, .. } => (Shown::Nothing, *exit),
            Failure::Invalid(_)
            | Failure::InputFile(_)
            | Failure::Setting(_)
            | Failure::Expired(_)
            | Failure::Call(_)
            | Failure::Framed(..)
            | Failure::BadReply(_)
            | Failure::WaitFailed(_)
            | Failure::WaitTimeout(_)
            | Failure::NothingMatched(_)
            | Failure::NoChange(_)
            | Failure::Verification(_)
            | Failure::File(_)
            | Failure::MissingProgram(_)
            | Failure::ProgramFailed(_)
            | Failure::NoTerminal(_)
            | Failure::Output(_)
            | Failure::Failed(_)
            | Failure::Bug(_) => (Shown::Plain, Exit::General),
        }
    }

    /// The AWS CLI's exit code.
    pub fn exit(&self) -> Exit {
        self.as_in_the_aws_cli().1
    }

    /// How the AWS CLI shows it.
    pub(crate) fn shown(&self) -> Shown<'_> {
        self.as_in_the_aws_cli().0
    }

    fn cause(&self) -> Option<&Cause> {
        match self {
            Failure::Usage(cause)
            | Failure::Validation(cause)
            | Failure::Invalid(cause)
            | Failure::ParamFile(cause)
            | Failure::InputFile(cause)
            | Failure::Configuration(cause)
            | Failure::Setting(cause)
            | Failure::NoProfile(cause)
            | Failure::Pager(cause)
            | Failure::Credentials(cause)
            | Failure::Expired(cause)
            | Failure::BadReply(cause)
            | Failure::WaitFailed(cause)
            | Failure::WaitTimeout(cause)
            | Failure::NothingMatched(cause)
            | Failure::NoChange(cause)
            | Failure::Verification(cause)
            | Failure::File(cause)
            | Failure::MissingProgram(cause)
            | Failure::ProgramFailed(cause)
            | Failure::NoTerminal(cause)
            | Failure::Output(cause)
            | Failure::Failed(cause)
            | Failure::Bug(cause) => Some(cause),
            Failure::UnknownOptions(_)
            | Failure::NoRegion
            | Failure::NoCredentials
            | Failure::Service(_)
            | Failure::Call(_)
            | Failure::Framed(..)
            | Failure::ClosedPipe
            | Failure::Interrupted
            | Failure::Written { .. } => None,
        }
    }

    fn cause_mut(&mut self) -> Option<&mut Cause> {
        match self {
            Failure::Usage(cause)
            | Failure::Validation(cause)
            | Failure::Invalid(cause)
            | Failure::ParamFile(cause)
            | Failure::InputFile(cause)
            | Failure::Configuration(cause)
            | Failure::Setting(cause)
            | Failure::NoProfile(cause)
            | Failure::Pager(cause)
            | Failure::Credentials(cause)
            | Failure::Expired(cause)
            | Failure::BadReply(cause)
            | Failure::WaitFailed(cause)
            | Failure::WaitTimeout(cause)
            | Failure::NothingMatched(cause)
            | Failure::NoChange(cause)
            | Failure::Verification(cause)
            | Failure::File(cause)
            | Failure::MissingProgram(cause)
            | Failure::ProgramFailed(cause)
            | Failure::NoTerminal(cause)
            | Failure::Output(cause)
            | Failure::Failed(cause)
            | Failure::Bug(cause) => Some(cause),
            _ => None,
        }
    }

    /// The same, with a message that repeats no secret.
    pub fn without(self, secrets: &Secrets) -> Failure {
        self.map_text(|text| secrets.hide(text))
    }

    /// The same, with the texts of its own changed. What a service answered, and what is written already, stays.
    pub(crate) fn map_text(mut self, change: impl Fn(&str) -> String) -> Failure {
        if let Some(cause) = self.cause_mut() {
            cause.reword(&change);
            return self;
        }
        match self {
            Failure::UnknownOptions(words) => Failure::UnknownOptions(words.iter().map(|word| change(word)).collect()),
            Failure::Framed(text, failure) => Failure::Framed(change(&text), failure),
            // Its text is made from its parts, which stay as they are.
            Failure::Call(error) => Failure::Framed(change(&error.to_string()), Box::new(Failure::Call(error))),
            other => other,
        }
    }

    /// The message without a code in front.
    pub fn message(&self) -> String {
        match self {
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
            Failure::Call(error) => error.to_string(),
            Failure::Framed(text, _) => text.clone(),
            other => other.cause().map(|cause| cause.text().to_owned()).unwrap_or_default(),
        }
    }

    /// The error behind it.
    pub fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Failure::Service(failure) => Some(&failure.error),
            Failure::Call(error) => Some(error.as_ref()),
            Failure::Framed(_, failure) => failure.source(),
            other => other.cause().and_then(Error::source),
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        match error {
            CallError::Validation(message) => Failure::Validation(message.into()),
            CallError::NoRegion => Failure::NoRegion,
            CallError::NoCredentials => Failure::NoCredentials,
            CallError::Config(error) => error.into(),
            CallError::Service(failure) => Failure::Service(failure),
            CallError::Interrupted => Failure::Interrupted,
            other @ (CallError::Invalid(_)
            | CallError::Setting(_)
            | CallError::Credentials(_)
            | CallError::Http(_)
            | CallError::Streaming(_)
            | CallError::Parse(_)
            | CallError::BadReply(_)
            | CallError::Verification(_)
            | CallError::Waiter(_)
            | CallError::File(_)
            | CallError::Bug(_)) => Failure::Call(Box::new(other)),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        if error.is_configuration() {
            Failure::Configuration(Cause::of(error))
        } else {
            Failure::Call(Box::new(CallError::Config(error)))
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Failure {
        match error {
            OutputError::Io(e) => e.into(),
            // What was asked for can't be written in this form.
            other => Failure::Invalid(Cause::of(other)),
        }
    }
}

impl From<io::Error> for Failure {
    /// An error while writing output.
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Output(Cause::worded(python_os_error_bare(&error), error)),
        }
    }
}
