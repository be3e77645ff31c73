//! Lines about transfers, and what they add up to.

use super::size::human_readable;
use oxaws_cli::policy::{Policy, Transfers};
use oxaws_cli::term::ui::Ui;
use oxaws_cli::{Exit, Failure};
use oxaws_env::Stream;
use oxaws_failure::Class;
use oxaws_transfer::{Report, Subject, TransferError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a progress line that overwrites itself is renewed, at most.
const REDRAW: Duration = Duration::from_millis(100);
/// Bytes of lines that may wait to be written where standard output is no terminal.
const BUFFER: usize = 16 * 1024;
/// How long they may wait.
const FLUSH: Duration = Duration::from_millis(100);

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// None.
    Quiet,
    /// Errors and warnings.
    Errors,
    /// All but progress.
    NoProgress,
    /// All.
    Progress {
        /// The least time between two progress lines, in seconds.
        frequency: f64,
        /// Each overwrites the one before.
        one_line: bool,
    },
}

#[derive(Default)]
struct State {
    files_expected: u64,
    files_done: u64,
    files_skipped: u64,
    files_failed: u64,
    files_warned: u64,
    /// What a dry run would transfer.
    files_shown: u64,
    errors: u64,
    files_final: Option<u64>,
    bytes_expected: u64,
    bytes_moved: i64,
    bytes_failed: u64,
    started: Option<Instant>,
    /// Columns of the progress line on the screen.
    shown: usize,
    progress_at: Option<Instant>,
    buffer: String,
    flushed: Option<Instant>,
    /// After a fatal error nothing more is told.
    ended: bool,
    failure: Option<Failure>,
    /// What the failures have in common: [`Class::TransferFailed`] where they are of several classes.
    class: Option<Class>,
}

impl State {
    fn count_class(&mut self, class: Class) {
        self.class = Some(match self.class {
            None => class,
            Some(before) if before == class => class,
            Some(_) => Class::TransferFailed,
        });
    }
}

/// Prints lines.
pub struct Printer<'a> {
    ui: &'a Ui<'a>,
    policy: &'a Policy,
    mode: Mode,
    terminal: bool,
    state: Mutex<State>,
}

impl<'a> Printer<'a> {
    /// A printer to the terminal.
    pub fn new(ui: &'a Ui<'a>, policy: &'a Policy, mode: Mode) -> Self {
        Printer { ui, policy, mode, terminal: ui.is_terminal(), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the command ends.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn finish(&self) -> Result<Exit, Failure> {
        let mut state = self.lock();
        self.flush(&mut state);
        if let Some(book) = self.policy.book() {
            book.transferred(Transfers {
                succeeded: state.files_done - state.files_failed,
                failed: state.files_failed,
                skipped: state.files_skipped + state.files_warned,
                bytes: state.bytes_moved.max(0).cast_unsigned(),
            });
        }
        if state.files_failed + state.errors > 0 {
            let class = state.class.unwrap_or(Class::TransferFailed);
            // The AWS CLI's page of return codes gives 1 to transfers that fail. What keeps all of them from being begun
            // is no transfer's failure: a plan that fails, missing credentials, Ctrl-C.
            let begun = state.files_done > 0 || !state.ended;
            if begun && class.row().strict != Exit::Configuration.code() && class != Class::Interrupted {
                self.policy.on_page(Exit::TransferFailed);
            }
            return Err(Failure::Written { exit: Exit::TransferFailed, class });
        }
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        Ok(if state.files_warned > 0 { Exit::FilesSkipped } else { Exit::Success })
    }

    /// Whether there was nothing to transfer.
    pub fn has_found_nothing(&self) -> bool {
        let state = self.lock();
        state.files_expected + state.files_warned + state.files_shown == 0
    }

    fn flush(&self, state: &mut State) {
        if state.buffer.is_empty() {
            return;
        }
        // Without standard output the lines have no reader, as in the AWS CLI: what is transferred isn't on them.
        if !self.ui.is_closed()
            && let Err(failure) = self.ui.painted(&state.buffer)
        {
            state.failure.get_or_insert(failure);
        }
        state.buffer.clear();
        state.flushed = Some(Instant::now());
    }

    fn flush_if_due(&self, state: &mut State) {
        let due = self.terminal || state.buffer.len() >= BUFFER || state.flushed.is_none_or(|at| at.elapsed() >= FLUSH);
        if due {
            self.flush(state);
        }
    }

    /// A line over the progress line.
    fn line(&self, state: &mut State, parts: &[&str]) {
        let start = state.buffer.len();
        for part in parts {
            state.buffer.push_str(part);
        }
        if state.shown > 0 {
            pad(&mut state.buffer, start, state.shown);
        }
        state.buffer.push('\n');
    }

    fn error_line(&self, state: &mut State, text: &str) {
        self.flush(state);
        let mut line = text.to_owned();
        pad(&mut line, 0, state.shown);
        self.ui.warn_plain(&line);
    }

    fn redisplay(&self, state: &mut State, fresh_line: bool) {
        if fresh_line {
            state.shown = 0;
        }
        if has_remaining(state) {
            self.progress_line(state);
        } else {
            self.clear(state, '\r');
        }
    }

    fn clear(&self, state: &mut State, end: char) {
        if state.shown > 0 && !has_remaining(state) {
            let start = state.buffer.len();
            pad(&mut state.buffer, start, state.shown);
            state.buffer.push(end);
        }
    }

    fn progress_line(&self, state: &mut State) {
        let Mode::Progress { frequency, one_line } = self.mode else { return };
        let now = Instant::now();
        let least = if frequency > 0.0 {
            Duration::try_from_secs_f64(frequency).unwrap_or(Duration::MAX)
        } else if one_line {
            REDRAW
        } else {
            Duration::ZERO
        };
        if state.progress_at.is_some_and(|at| now.duration_since(at) < least) {
            return;
        }
        state.progress_at = Some(now);
        let about = if is_final(state) { "" } else { "~" };
        let left = state.files_expected.saturating_sub(state.files_done + state.files_skipped);
        let mut text = if state.bytes_expected > 0 {
            let seconds = state.started.map_or(0.0, |s| now.duration_since(s).as_secs_f64());
            let moved = state.bytes_moved.max(0) as f64;
            let speed = if seconds > 0.0 { moved / seconds } else { 0.0 };
            format!(
                "Completed {}/{about}{} ({}/s) with {about}{left} file(s) remaining",
                human_readable(moved + state.bytes_failed as f64),
                human_readable(state.bytes_expected as f64),
                human_readable(speed),
            )
        } else {
            format!("Completed {} file(s) with {about}{left} file(s) remaining", state.files_done)
        };
        if !is_final(state) {
            text.push_str(" (calculating...)");
        }
        pad(&mut text, 0, state.shown);
        if one_line {
            state.shown = text.chars().count();
        }
        state.buffer.push_str(&text);
        state.buffer.push(if one_line { '\r' } else { '\n' });
    }
}

/// Blanks up to `width` columns of what begins at `start`.
fn pad(text: &mut String, start: usize, width: usize) {
    let used = text[start..].chars().count();
    text.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
}

fn is_final(state: &State) -> bool {
    state.files_final == Some(state.files_expected)
}

fn has_remaining(state: &State) -> bool {
    !is_final(state) || state.files_done + state.files_skipped != state.files_expected
}

impl Report for Printer<'_> {
    fn warning(&self, text: &str) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        state.files_warned += 1;
        if self.mode == Mode::Quiet {
            return;
        }
        self.error_line(&mut state, text);
        self.redisplay(&mut state, true);
        self.flush_if_due(&mut state);
    }

    fn notice(&self, text: &str) {
        let mut state = self.lock();
        self.flush(&mut state);
        self.ui.warn_plain(text.trim_end_matches('\n'));
    }

    fn dry_run(&self, subject: Subject<'_>) {
        let mut state = self.lock();
        state.files_shown += 1;
        if self.mode == Mode::Quiet {
            return;
        }
        let to = if subject.dest.is_some() { " to " } else { "" };
        let [source, dest] =
            [subject.source, subject.dest.unwrap_or_default()].map(|name| self.ui.visible_name(Stream::Stdout, name));
        self.line(&mut state, &["(dryrun) ", subject.word, ": ", &source, to, &dest]);
        self.flush_if_due(&mut state);
    }

    fn queued(&self, size: Option<u64>) {
        let mut state = self.lock();
        state.started.get_or_insert_with(Instant::now);
        state.bytes_expected += size.unwrap_or(0);
        state.files_expected += 1;
    }

    fn progress(&self, bytes: i64) {
        let mut state = self.lock();
        state.bytes_moved += bytes;
        if state.ended || bytes < 0 {
            return;
        }
        self.progress_line(&mut state);
        self.flush_if_due(&mut state);
    }

    fn success(&self, subject: Subject<'_>) {
        let mut state = self.lock();
        state.files_done += 1;
        if state.ended || matches!(self.mode, Mode::Quiet | Mode::Errors) {
            return;
        }
        let to = if subject.dest.is_some() { " to " } else { "" };
        let [source, dest] =
            [subject.source, subject.dest.unwrap_or_default()].map(|name| self.ui.visible_name(Stream::Stdout, name));
        self.line(&mut state, &[subject.word, ": ", &source, to, &dest]);
        self.redisplay(&mut state, true);
        self.flush_if_due(&mut state);
    }

    fn failure(&self, subject: Subject<'_>, error: &TransferError, bytes_left: u64) {
        let mut state = self.lock();
        state.count_class(error.class());
        if let Some(book) = self.policy.book() {
            book.transfer_failed(subject.source, subject.dest, error.class(), &error.to_string());
        }
        state.files_done += 1;
        state.files_failed += 1;
        state.bytes_failed += bytes_left;
        if state.ended || self.mode == Mode::Quiet {
            return;
        }
        let to = if subject.dest.is_some() { " to " } else { "" };
        let [source, dest] =
            [subject.source, subject.dest.unwrap_or_default()].map(|name| self.ui.visible_name(Stream::Stderr, name));
        let text = format!("{} failed: {source}{to}{dest} {error}", subject.word);
        self.error_line(&mut state, &text);
        self.redisplay(&mut state, true);
        self.flush_if_due(&mut state);
    }

    fn skipped(&self) {
        let mut state = self.lock();
        state.files_skipped += 1;
        self.redisplay(&mut state, false);
        self.flush_if_due(&mut state);
    }

    fn planned(&self, transfers: u64) {
        let mut state = self.lock();
        state.files_final = Some(transfers);
        self.clear(&mut state, '\n');
        self.flush_if_due(&mut state);
    }

    fn fatal(&self, text: &str, class: Class) {
        let mut state = self.lock();
        state.count_class(class);
        state.errors += 1;
        if let Some(book) = self.policy.book() {
            book.said(text);
        }
        if !state.ended && self.mode != Mode::Quiet {
            self.error_line(&mut state, &format!("fatal error: {text}"));
        }
        state.ended = true;
    }

    fn interrupted(&self) {
        let mut state = self.lock();
        state.class = Some(Class::Interrupted);
        state.errors += 1;
        if !state.ended && self.mode != Mode::Quiet {
            self.error_line(&mut state, "cancelled: ctrl-c received");
        }
        state.ended = true;
    }

    fn tick(&self) {
        let mut state = self.lock();
        self.flush_if_due(&mut state);
    }
}
