//! What cp, mv, sync and rm have in common: checks in the CLI's order, then one transfer.

use super::filters::Filters;
use super::paths::{Paths, root};
use super::printer::{Mode, Printer};
use super::{request_options, same_path, signals, uri};
use oxaws_cli::plug::registry::CommandCall;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_failure::{Cause, Class};
use oxaws_transfer::{Action, Both, CaseConflict, Report, S3, Stop, Sync, Throttle, Transfer, TransferConfig};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `cp`
    Cp,
    /// `mv`
    Mv,
    /// `sync`
    Sync,
    /// `rm`
    Rm,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Cp => "cp",
            Kind::Mv => "mv",
            Kind::Sync => "sync",
            Kind::Rm => "rm",
        }
    }

    fn usage(self) -> &'static str {
        match self {
            Kind::Rm => "<S3Uri>",
            _ => "<LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>",
        }
    }
}

/// How long a stream may be silent before it is asked whether the command is to stop.
const STOP_NOTICED: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

const CASE_DOCUMENT: &str = "https://docs.aws.amazon.com/cli/latest/topic/s3-case-insensitivity.html";

/// A number as Python's `int()` reads it; kept as digits, for they go on as they are.
fn integer(call: &CommandCall, dest: &str) -> Result<Option<String>, Failure> {
    match call.args.word(dest) {
        None => Ok(None),
        Some(word) => oxaws_python::python_int_text(word)
            .map(Some)
            .ok_or_else(|| Failure::invalid(oxaws_cli::argv::globals::not_an_int(word))),
    }
}

/// Runs a command.
///
/// # Errors
/// Whatever ends it before files are looked at.
pub fn run(call: &CommandCall, kind: Kind) -> Result<Exit, Failure> {
    let session = call.cx.session;
    let flag = |dest: &str| call.args.flag(dest) == Some(true);
    // Words become values before anything is looked at.
    let frequency = integer(call, "progress_frequency")?;
    let page_size = integer(call, "page_size")?;
    let metadata = request_options::metadata(call.cx, &call.args)?;
    let command = call.command.name;
    let s3_client = |options: ClientOptions, connections| -> Result<S3<'_>, Failure> {
        S3::new(session, options, command, connections).map_err(Failure::from)
    };
    // Made once early: what is wrong with the set-up is told before what is wrong with the paths.
    s3_client(ClientOptions::default(), 1)?;
    let paths = Paths::new(kind.name(), kind.usage(), call.args.words("paths"))?;
    let recursive = flag("dir_op") || kind == Kind::Sync;
    if paths.is_stream && (kind != Kind::Cp || recursive) {
        return Err(Failure::validation("Streaming currently is only compatible with non-recursive cp commands"));
    }
    if paths.is_stream && flag("no_overwrite") && paths.dest == "-" {
        return Err(Failure::validation("--no-overwrite parameter is not supported for streaming downloads"));
    }
    check_paths(call, kind, &paths, recursive)?;
    request_options::check_customer_keys(call, paths.action == Action::Copy)?;
    let directory_bucket =
        |path: &str| -> Result<bool, Failure> { Ok(uri::is_s3(path) && uri::is_directory_bucket(uri::split(path)?.0)) };
    if kind == Kind::Sync && (directory_bucket(&paths.source)? || directory_bucket(&paths.dest)?) {
        return Err(Failure::validation("Cannot use sync command with a directory bucket."));
    }
    let section = session.config()?.s3_section()?;
    let config = TransferConfig::from_section(section).map_err(|e| Failure::setting(Cause::of(e)))?;
    let cwd = current_folder(call, &paths)?;
    let cwd = cwd.as_deref();
    let mut s3 = s3_client(ClientOptions::default(), config.concurrency)?;
    if let Some(rate) = config.bandwidth {
        s3.limit(Arc::new(Throttle::new(rate)));
    }
    let source_options = match call.args.word("source_region").filter(|_| paths.action == Action::Copy) {
        Some(region) => {
            ClientOptions { region: Some(region.to_owned()), configured_endpoint: true, ..ClientOptions::default() }
        }
        None => ClientOptions::default(),
    };
    let source_s3 = s3.beside(source_options)?;
    let filters = Filters::of(&call.args, &paths.source, &paths.dest, recursive, cwd);
    let includes = |path: &str| filters.as_ref().is_none_or(|f| f.includes(path));
    let conflict = case_conflict(call, kind, &paths, recursive)?;
    let mut options = request_options::read(call, metadata)?;
    options.no_overwrite = flag("no_overwrite") && kind != Kind::Sync;
    let (source, _) = root(&paths.source, recursive, cwd)?;
    let (dest, keeps_names) = root(&paths.dest, recursive, cwd)?;
    let printer = Printer::new(call.cx.ui, call.cx.policy, mode(call, paths.is_stream, frequency.as_deref()));
    let stop = Stop::new();
    let transfer = Transfer {
        s3: &s3,
        source_s3: &source_s3,
        action: paths.action,
        source,
        dest,
        recursive,
        keeps_names,
        is_move: kind == Kind::Mv,
        dry_run: flag("dryrun"),
        sync: strategy(call, kind, conflict),
        filter: filters.is_some().then_some(&includes),
        follow_links: call.args.flag("follow_symlinks") != Some(false),
        page_size,
        force_glacier: flag("force_glacier_transfer"),
        quiet_glacier: flag("ignore_glacier_warnings"),
        options,
        config,
        cwd,
        report: &printer,
        stop: &stop,
    };
    signals::watched(session.cancel(), &stop, &|| printer.tick(), || {
        if paths.source == "-" {
            let expected = match call.args.word("expected_size").map(expected_size).transpose() {
                Ok(expected) => expected,
                Err(text) => return printer.fatal(&text, Class::InvalidValue),
            };
            match call.cx.ui.raw_input() {
                Ok(input) => {
                    transfer.upload_stream(&mut Watched { file: File::from(input), stop: &stop }, expected);
                }
                Err(e) => printer.fatal(&e.to_string(), Class::InputFile),
            }
        } else if paths.dest == "-" {
            match call.cx.ui.raw_output() {
                Ok(output) => transfer.download_stream(&mut File::from(output)),
                Err(e) => printer.fatal(&e.to_string(), Class::OutputError),
            }
        } else {
            transfer.run();
        }
    });
    let exit = printer.finish()?;
    if printer.has_found_nothing() {
        call.cx.policy.nothing_matched();
        // What a comparison leaves over may be nothing because both sides are equal.
        if kind == Kind::Sync {
            call.cx.policy.nothing_to_do();
        }
    }
    Ok(exit)
}

/// A stream that is uploaded. A program that writes to a pipe may take its time: a stop must not wait for it.
struct Watched<'a> {
    file: File,
    stop: &'a Stop,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.stop.is_stopping() {
                return Err(ErrorKind::Interrupted.into());
            }
            let mut wanted = [PollFd::new(&self.file, PollFlags::IN)];
            // What can't be waited for is read: the system says what is wrong with it.
            match poll(&mut wanted, Some(&STOP_NOTICED)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                _ => return self.file.read(buffer),
            }
        }
    }
}

/// The current folder. Where it was deleted there is none, and a command with a relative path ends here, in the words of
/// Python's `os.getcwd`. Absolute paths and streams don't need it (the AWS CLI fails for some of these too).
fn current_folder(call: &CommandCall, paths: &Paths) -> Result<Option<PathBuf>, Failure> {
    let is_relative = |path: &String| !uri::is_s3(path) && path != "-" && !path.starts_with('/');
    match call.cx.world.current_dir() {
        Ok(folder) => Ok(Some(folder)),
        Err(e) if [&paths.source, &paths.dest].into_iter().any(is_relative) => Err(Failure::file_bare(e)),
        Err(_) => Ok(None),
    }
}

fn expected_size(word: &str) -> Result<u64, String> {
    let digits = oxaws_python::python_int_text(word).ok_or_else(|| oxaws_cli::argv::globals::not_an_int(word))?;
    Ok(digits.parse().unwrap_or(if digits.starts_with('-') { 0 } else { u64::MAX }))
}

/// The CLI's `_validate_path_args`.
fn check_paths(call: &CommandCall, kind: Kind, paths: &Paths, recursive: bool) -> Result<(), Failure> {
    if kind == Kind::Mv && paths.action == Action::Copy {
        same_path::check(call, &paths.source, &paths.dest)?;
    }
    let only_for = |option: &str, actions: &[Action], kinds: &str| -> Result<(), Failure> {
        let dest = option.replace('-', "_");
        if call.args.word(&dest).is_some_and(|w| !w.is_empty()) && !actions.contains(&paths.action) {
            return Err(Failure::validation(format!(
                "Expected {option} parameter to be used with one of following path formats: {kinds}. Instead, received \
                 {}.",
                paths.kinds()
            )));
        }
        Ok(())
    };
    only_for("checksum-algorithm", &[Action::Upload, Action::Copy], "<LocalPath> <S3Uri>, <S3Uri> <S3Uri>")?;
    only_for("checksum-mode", &[Action::Download], "<S3Uri> <LocalPath>")?;
    // The paths are looked at as they were given, as `os.path.exists` does: in a current folder that may not be searched
    // from above, `.` can be seen although its absolute path can't.
    let closed =
        |path: &str| oxaws_env::start::stream_of(Path::new(path)).is_some_and(|stream| call.cx.world.is_closed(stream));
    match paths.action {
        Action::Download if closed(&paths.dest) => {
            return Err(Failure::invalid(oxaws_python::python_os_error(
                &std::io::Error::from_raw_os_error(2),
                &paths.dest,
            )));
        }
        Action::Upload
            if !paths.is_stream
                && (closed(&paths.source) || paths.source.is_empty() || !Path::new(&paths.source).exists()) =>
        {
            return Err(Failure::input_file(format!("The user-provided path {} does not exist.", paths.source)));
        }
        Action::Download if recursive => {
            let folder = Path::new(&paths.dest);
            if !folder.exists() {
                oxaws_transfer::create_folders(folder).map_err(|(e, part)| Failure::file(e, &part))?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What to do with names that differ only by case, where that is looked at.
fn case_conflict(call: &CommandCall, kind: Kind, paths: &Paths, recursive: bool) -> Result<CaseConflict, Failure> {
    let word = call.args.word("case_conflict").unwrap_or("ignore");
    if paths.action != Action::Download || !recursive {
        return Ok(CaseConflict::Ignore);
    }
    let conflict = match word {
        "skip" => CaseConflict::Skip,
        "warn" => CaseConflict::Warn,
        "error" => CaseConflict::Error,
        _ => return Ok(CaseConflict::Ignore),
    };
    if kind == Kind::Sync || !uri::is_directory_bucket(uri::split(&paths.source)?.0) {
        return Ok(conflict);
    }
    // Directory buckets list in no order.
    if conflict != CaseConflict::Warn {
        return Err(Failure::validation(format!(
            "`{word}` is not a valid value for `--case-conflict` when operating on S3 Express directory buckets. Valid \
             values: `warn`, `ignore`."
        )));
    }
    call.cx.ui.warn_plain(&format!(
        "warning: Recursive copies/moves from an S3 Express directory bucket to a case-insensitive local filesystem may \
         result in undefined behavior if there are S3 object key names that differ only by case. To disable this \
         warning, set the `--case-conflict` parameter to `ignore`. For more information, see {CASE_DOCUMENT}."
    ));
    Ok(CaseConflict::Ignore)
}

/// How source and destination are compared; `None` where they aren't.
fn strategy(call: &CommandCall, kind: Kind, case_conflict: CaseConflict) -> Option<Sync> {
    let flag = |dest: &str| call.args.flag(dest) == Some(true);
    if kind != Kind::Sync {
        let both = Both::Always;
        return (case_conflict != CaseConflict::Ignore).then_some(Sync { both, delete: false, case_conflict });
    }
    // The last in the CLI's list counts.
    let both = if flag("no_overwrite") {
        Both::Never
    } else if flag("exact_timestamps") {
        Both::ExactTime
    } else if flag("size_only") {
        Both::SizeOnly
    } else {
        Both::SizeAndTime
    };
    Some(Sync { both, delete: flag("delete"), case_conflict })
}

fn mode(call: &CommandCall, is_stream: bool, frequency: Option<&str>) -> Mode {
    let flag = |dest: &str| call.args.flag(dest) == Some(true);
    if flag("quiet") {
        Mode::Quiet
    } else if flag("only_show_errors") || is_stream {
        Mode::Errors
    } else if call.args.flag("progress") == Some(false) || call.command.name == "rm" {
        Mode::NoProgress
    } else {
        let frequency = frequency.and_then(|f| f.parse().ok()).unwrap_or(0.0);
        Mode::Progress { frequency, one_line: !flag("progress_multiline") }
    }
}
