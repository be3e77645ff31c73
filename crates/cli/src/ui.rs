//! The terminal: the only place that writes to standard output and standard error.

use crate::error::Failure;
use crate::pager::Pager;
use oxaws_env::{Stream, World};
use std::io::{self, BufWriter, Write};

/// Bytes gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// The terminal.
pub struct Ui<'a> {
    world: &'a dyn World,
    debug: bool,
}

impl std::fmt::Debug for Ui<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ui")
    }
}

impl<'a> Ui<'a> {
    /// The terminal of `world`.
    pub fn new(world: &'a dyn World, debug: bool) -> Self {
        Ui { world, debug }
    }

    /// A line on standard output.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    }

    /// Text on standard output, as it is.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn text(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// Standard input as it is, unbuffered (a stream that is uploaded).
    ///
    /// # Errors
    /// When there is none.
    pub fn raw_input(&self) -> io::Result<std::os::fd::OwnedFd> {
        std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()
    }

    /// Standard output as it is, unbuffered (a stream that is downloaded).
    ///
    /// # Errors
    /// When there is none.
    pub fn raw_output(&self) -> io::Result<std::os::fd::OwnedFd> {
        std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()
    }

    /// A line on standard error, as it is. Nothing can be done when that fails.
    pub fn warn_plain(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Text on standard error, as it is.
    pub fn warn_text(&self, text: &str) {
        let _ = write!(io::stderr(), "{text}");
    }

    /// A line on standard error when `--debug` was given.
    pub fn debug(&self, text: impl FnOnce() -> String) {
        if self.debug {
            let _ = writeln!(io::stderr(), "{}", text());
        }
    }

    /// A failure's message.
    pub fn report(&self, failure: &Failure, format: &str, colour: &str) {
        let colour = colour == "on" || colour == "auto" && self.world.is_terminal(Stream::Stdout);
        // Where even this can't be written there is no one to tell.
        let _ = failure.report(format, colour, &mut io::stdout(), &mut io::stderr());
        let _ = io::stdout().flush();
    }

    /// Columns for tables: the terminal's, or 80.
    pub fn width(&self) -> usize {
        self.world.terminal_width().map_or(80, usize::from)
    }

    /// Whether standard output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.world.is_terminal(Stream::Stdout)
    }

    /// Runs `write` with the stream for an operation's output: the pager where standard output is a terminal and one is
    /// set, else standard output through a buffer.
    ///
    /// # Errors
    /// Those of `write`; a pager that can't be started; output that can't be written.
    pub fn output(
        &self,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if let Some(command) = pager.filter(|p| !p.is_empty())
            && self.is_terminal()
        {
            let mut pager = Pager::new(command, self.world);
            let written = write(&mut pager);
            let failed = pager.finish();
            return match (failed, written) {
                (Some(why), _) => Err(Failure::Pager(why)),
                // The reader of a pager may leave when they have seen enough.
                (None, Err(Failure::ClosedPipe)) => Ok(()),
                (None, result) => result,
            };
        }
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        let written = write(&mut out);
        let flushed = out.flush().map_err(Failure::from);
        // What was buffered before an error is shown too; the error decides.
        written.and(flushed)
    }
}

/// Makes a bug in the program say so in one line, and ask for a report.
pub fn announce_bugs() {
    std::panic::set_hook(Box::new(|bug| {
        let place = bug.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let _ = writeln!(
            io::stderr(),
            "\naws: [ERROR]: a bug in oxaws{place}: please report it with the command that shows it"
        );
    }));
}
