//! The terminal: the only place that writes to standard output and standard error.

use crate::encoding::{self, Encoder, Pieces};
use crate::error::{Failure, write_error};
use crate::exit::Exit;
use crate::pager::Pager;
use oxaws_env::{Instant, Stream, World};
use oxaws_output::Format;
use oxaws_value::Timestamp;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::AtomicBool;

/// Bytes gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// The terminal.
pub struct Ui<'a> {
    world: &'a dyn World,
    debug: bool,
    /// Whether something encoded was written to standard output and to standard error.
    begun: [AtomicBool; 2],
}

impl std::fmt::Debug for Ui<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ui")
    }
}

impl<'a> Ui<'a> {
    /// The terminal of `world`.
    pub fn new(world: &'a dyn World, debug: bool) -> Self {
        Ui { world, debug, begun: Default::default() }
    }

    /// A line on standard output.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{text}\n"))
    }

    /// Text on standard output, as it is.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn text(&self, text: &str) -> Result<(), Failure> {
        Ok(self.stdout()?.write_all(text.as_bytes())?)
    }

    /// Standard output, where it is open.
    fn stdout(&self) -> io::Result<Stdout> {
        if self.is_closed() {
            return Err(io::Error::other("standard output is closed"));
        }
        Ok(Stdout(io::stdout().lock()))
    }

    /// Whether standard output was closed when the program started.
    pub fn is_closed(&self) -> bool {
        self.world.is_closed(Stream::Stdout)
    }

    /// Standard input as it is, unbuffered (a stream that is uploaded).
    ///
    /// # Errors
    /// When there is none.
    pub fn raw_input(&self) -> io::Result<std::os::fd::OwnedFd> {
        if self.world.is_closed(Stream::Stdin) {
            return Err(io::Error::other("stdin is required for this operation, but is not available."));
        }
        std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()
    }

    /// Standard output as it is, unbuffered (a stream that is downloaded).
    ///
    /// # Errors
    /// When there is none.
    pub fn raw_output(&self) -> io::Result<std::os::fd::OwnedFd> {
        self.stdout()?;
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
        self.log("awscli", text);
    }

    /// A line of the log when `--debug` was given. `logger` says who speaks.
    pub(crate) fn log(&self, logger: &str, text: impl FnOnce() -> String) {
        if self.debug {
            let now = self.world.now();
            log_line(now, self.world.local_offset(now), logger, &text());
        }
    }

    /// Whether `--debug` was given.
    pub(crate) fn logs(&self) -> bool {
        self.debug
    }

    /// A failure's message. The exit code is the failure's, unless the message can't be encoded.
    pub fn report(&self, failure: &Failure, format: &str, colour: &str) -> Exit {
        let colour = colour == "on" || colour == "auto" && self.world.is_terminal(Stream::Stdout);
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let exit = failure.exit();
        let Some(codec) = encoding::asked_for(self.world) else {
            // Where even this can't be written there is no one to tell.
            let _ = failure.report(format, colour, &mut out, &mut err);
            let _ = out.flush();
            return exit;
        };
        let mut write = |format: &str, pieces: Pieces| {
            let mut encoder = Encoder::new(&mut err, codec, pieces, &self.begun[1]);
            failure.report(format, colour, &mut out, &mut encoder).and_then(|()| encoder.flush())
        };
        let pieces = Format::from_name(&format.to_ascii_lowercase()).map_or(Pieces::Lines, Pieces::of);
        if write(format, pieces).is_ok() {
            return exit;
        }
        // The AWS CLI tries the plain form then, and at last says what is wrong with that.
        match if format == "legacy" { Ok(()) } else { write("legacy", Pieces::Lines) } {
            Ok(()) if format != "legacy" => exit,
            _ => {
                let error = plain_error(failure, codec);
                let mut encoder = Encoder::new(&mut err, codec, Pieces::Whole, &self.begun[1]);
                let _ = write_error(&mut encoder, &error).and_then(|()| encoder.flush());
                Exit::General
            }
        }
    }

    /// As [`Ui::output`], for what a formatter writes: in the encoding that is asked for.
    ///
    /// # Errors
    /// As [`Ui::output`], and for characters that the encoding hasn't (255).
    pub fn formatted(
        &self,
        format: Format,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(codec) = encoding::asked_for(self.world) else { return self.output(pager, write) };
        self.output(pager, |out| {
            let mut encoder = Encoder::new(out, codec, Pieces::of(format), &self.begun[0]);
            let written = write(&mut encoder);
            written.and(encoder.flush().map_err(Failure::from))
        })
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
        let mut out = BufWriter::with_capacity(BUFFER, self.stdout()?);
        let written = write(&mut out);
        let flushed = out.flush().map_err(Failure::from);
        // What was buffered before an error is shown too; the error decides.
        written.and(flushed)
    }
}

/// Standard output, unbuffered. The standard library's own takes every byte where the descriptor can't be written to
/// (EBADF): the output of a command whose standard output is open for reading only would be lost without a word.
struct Stdout(io::StdoutLock<'static>);

impl Write for Stdout {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.0, data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What can't be encoded of a failure's message in its plain form, in Python's words.
fn plain_error(failure: &Failure, codec: oxaws_input::codec::Codec) -> String {
    let mut text = Vec::new();
    let _ = failure.report("legacy", false, &mut io::sink(), &mut text);
    let text = String::from_utf8_lossy(&text);
    match codec.encode(text.trim_start_matches('\n'), &mut Vec::new()) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    }
}

/// A line of the log, in the form of Python's: time, thread, who speaks, level, text. `offset` is the local time zone's.
pub(crate) fn log_line(at: Instant, offset: i32, logger: &str, text: &str) {
    let millis = at.nanos.rem_euclid(1_000_000_000) / 1_000_000;
    let c = Timestamp::from_unix(at.secs().saturating_add(offset.into())).utc();
    let thread = std::thread::current();
    let thread = match thread.name() {
        Some("main") => "MainThread",
        other => other.unwrap_or("Thread"),
    };
    let _ = writeln!(
        io::stderr(),
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02},{millis:03} - {thread} - {logger} - DEBUG - {text}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second
    );
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
