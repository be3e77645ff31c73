//! The terminal: the only place that writes to standard output and standard error.
//!
//! What goes to a terminal, rather than to a pipe or a file, has its control characters spelled out (`\x1b`): they come
//! from keys, names and messages that others wrote. Whoever adds colours or moves the cursor takes care of them before
//! ([`Ui::visible`]) and writes with a method called `painted`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::encoding::{self, Encoder, Pieces};
use crate::term::pager::Pager;
use crate::term::report::write_error;
use crate::term::visible::{Escaping, Visible};
use oxaws_env::{Instant, Stream, World};
use oxaws_output::Format;
use oxaws_python::Timestamp;
use oxaws_value::visible::{visible, visible_name};
use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

/// Bytes gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// The terminal.
pub struct Ui<'a> {
    world: &'a dyn World,
    debug: bool,
    /// Whether something encoded was written to standard output and to standard error.
    begun: [AtomicBool; 2],
    /// Whether standard output and standard error are terminals.
    terminals: OnceLock<[bool; 2]>,
}

impl std::fmt::Debug for Ui<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ui")
    }
}

impl<'a> Ui<'a> {
    /// The terminal of `world`.
    pub fn new(world: &'a dyn World, debug: bool) -> Self {
        Ui { world, debug, begun: Default::default(), terminals: OnceLock::new() }
    }

    /// A line on standard output.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{text}\n"))
    }

    /// Text on standard output.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn text(&self, text: &str) -> Result<(), Failure> {
        self.painted(&self.visible(Stream::Stdout, text))
    }

    /// Text on standard output that may drive the terminal: what is in it from elsewhere is [`Ui::visible`] already.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn painted(&self, text: &str) -> Result<(), Failure> {
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

    /// A line on standard error. Nothing can be done when that fails.
    pub fn warn_plain(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", self.visible(Stream::Stderr, text));
    }

    /// Text on standard error.
    pub fn warn_text(&self, text: &str) {
        self.warn_painted(&self.visible(Stream::Stderr, text));
    }

    /// Text on standard error that may drive the terminal, as [`Ui::painted`] is on standard output.
    pub fn warn_painted(&self, text: &str) {
        let _ = write!(io::stderr(), "{text}");
    }

    /// The text as `stream` may show it: where that is a terminal, control characters are spelled out.
    pub fn visible<'t>(&self, stream: Stream, text: &'t str) -> Cow<'t, str> {
        if self.drives(stream) { visible(text) } else { Cow::Borrowed(text) }
    }

    /// The same for a name in a line, whose line ends and tabs are spelled out too.
    pub fn visible_name<'t>(&self, stream: Stream, name: &'t str) -> Cow<'t, str> {
        if self.drives(stream) { visible_name(name) } else { Cow::Borrowed(name) }
    }

    /// Whether control characters written to `stream` would drive a terminal.
    fn drives(&self, stream: Stream) -> bool {
        let [out, err] =
            self.terminals.get_or_init(|| [Stream::Stdout, Stream::Stderr].map(|s| self.world.is_terminal(s)));
        match stream {
            Stream::Stdout => *out,
            Stream::Stderr => *err,
            Stream::Stdin => false,
        }
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
        let drives = self.drives(Stream::Stderr);
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let report = |format: &str, out: &mut dyn Write, err: &mut dyn Write| {
            // A table is made visible before its borders are coloured.
            match Escaping::of(Format::from_name(&format.to_ascii_lowercase())) {
                escaping @ (Escaping::Text | Escaping::Json) if drives => {
                    failure.report(format, colour, drives, out, &mut Visible::new(err, escaping))
                }
                _ => failure.report(format, colour, drives, out, err),
            }
        };
        let exit = failure.exit();
        let Some(codec) = encoding::asked_for(self.world) else {
            // Where even this can't be written there is no one to tell.
            let _ = report(format, &mut out, &mut err);
            let _ = out.flush();
            return exit;
        };
        let mut write = |format: &str, pieces: Pieces| {
            let mut encoder = Encoder::new(&mut err, codec, pieces, &self.begun[1]);
            report(format, &mut out, &mut encoder).and_then(|()| encoder.flush())
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
        self.formatted_as(format, Escaping::of(Some(format)), pager, write)
    }

    /// As [`Ui::formatted`] for text with colours, as [`Ui::painted`].
    ///
    /// # Errors
    /// As [`Ui::formatted`].
    pub fn painted_formatted(
        &self,
        format: Format,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.formatted_as(format, Escaping::Done, pager, write)
    }

    fn formatted_as(
        &self,
        format: Format,
        escaping: Escaping,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(codec) = encoding::asked_for(self.world) else { return self.output_as(escaping, pager, write) };
        // What is encoded is no longer for this to read: characters are spelled out before.
        let spelled = if self.drives(Stream::Stdout) { escaping } else { Escaping::Done };
        self.output_as(Escaping::Done, pager, |out| {
            let mut encoder = Encoder::new(out, codec, Pieces::of(format), &self.begun[0]);
            let written = match spelled {
                Escaping::Done => write(&mut encoder),
                spelled => write(&mut Visible::new(&mut encoder, spelled)),
            };
            written.and(encoder.flush().map_err(Failure::from))
        })
    }

    /// Columns for tables: the terminal's, or 80.
    pub fn width(&self) -> usize {
        self.world.terminal_width().map_or(80, usize::from)
    }

    /// Whether standard output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.drives(Stream::Stdout)
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
        self.output_as(Escaping::Text, pager, write)
    }

    /// As [`Ui::output`] for what a formatter writes.
    ///
    /// # Errors
    /// As [`Ui::output`].
    pub fn output_in(
        &self,
        format: Format,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.output_as(Escaping::of(Some(format)), pager, write)
    }

    /// As [`Ui::output`] for text with colours, as [`Ui::painted`].
    ///
    /// # Errors
    /// As [`Ui::output`].
    pub fn painted_output(
        &self,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.output_as(Escaping::Done, pager, write)
    }

    fn output_as(
        &self,
        escaping: Escaping,
        pager: Option<&str>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // Pagers pass control characters on to the terminal: `less` is started with `-R`.
        let spelled = if self.drives(Stream::Stdout) { escaping } else { Escaping::Done };
        let write = |out: &mut dyn Write| match spelled {
            Escaping::Done => write(out),
            spelled => write(&mut Visible::new(out, spelled)),
        };
        if let Some(command) = pager.filter(|p| !p.is_empty())
            && self.is_terminal()
        {
            let mut pager = Pager::new(command, self.world);
            let written = write(&mut pager);
            let failed = pager.finish();
            return match (failed, written) {
                (Some(why), _) => Err(Failure::Pager(why.into())),
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
fn plain_error(failure: &Failure, codec: oxaws_python::codec::Codec) -> String {
    let mut text = Vec::new();
    let _ = failure.report("legacy", false, false, &mut io::sink(), &mut text);
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
    let text = if io::stderr().is_terminal() { visible(text) } else { Cow::Borrowed(text) };
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
