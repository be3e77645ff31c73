//! Exit codes: the only place where their numbers stand.

use oxaws_failure::Class;
use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Success,
    /// `s3`: one or more transfers failed; some hand-written commands.
    TransferFailed,
    /// `s3`: files were skipped, all else transferred.
    FilesSkipped,
    /// SIGINT.
    Interrupted,
    /// Syntax, unknown parameter or incorrect value.
    Usage,
    /// Configuration or credentials missing or invalid.
    Configuration,
    /// The service answered with an error.
    Service,
    /// Anything else.
    General,
    /// Standard output was closed by its reader (as a shell shows SIGPIPE).
    ClosedPipe,
    /// A child's own code (aliases), as a byte.
    Child(u8),
    /// The number of a class of failures ([`crate::policy`]).
    Class(Class),
}

impl Exit {
    /// The number a shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::TransferFailed => 1,
            Exit::FilesSkipped => 2,
            Exit::Interrupted => 130,
            Exit::Usage => 252,
            Exit::Configuration => 253,
            Exit::Service => 254,
            Exit::General => 255,
            Exit::ClosedPipe => 141,
            Exit::Child(code) => code,
            Exit::Class(class) => class.number(),
        }
    }

    /// What the AWS CLI's documented page of return codes makes of a class.
    pub(crate) fn strict(class: Class) -> Exit {
        match class.row().strict {
            0 => Exit::Success,
            1 => Exit::TransferFailed,
            2 => Exit::FilesSkipped,
            252 => Exit::Usage,
            253 => Exit::Configuration,
            254 => Exit::Service,
            255 => Exit::General,
            // The classes of signals have the page's number.
            _ => Exit::Class(class),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
