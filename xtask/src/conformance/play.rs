//! Plays one case: runs the command in a fresh place against a stub server and returns what it did.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::canonical::{self, ACCESS_KEY, SECRET_KEY};
use super::case::{Case, Dimension, SignalPlan};
use super::files::{self, Folder};
use super::fold::Place;
use super::json::Json;
use super::stub::{Observer, Socket, Stub};

/// The environment of every case, on top of `HOME` and `PATH`.
const BASE_ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
    ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_PAGER", ""),
    ("AWS_ENDPOINT_URL", "{ENDPOINT}"),
    ("AWS_MAX_ATTEMPTS", "1"),
    ("LANG", "C.UTF-8"),
    ("TZ", "UTC"),
    ("COLUMNS", "80"),
];

/// A command that takes longer is ended.
const TIMEOUT: Duration = Duration::from_secs(60);
/// A signal comes this long after the request that it waits for, so that the command is waiting for the answer.
const SIGNAL_DELAY: Duration = Duration::from_millis(50);
/// What fits into a pipe without anybody reading.
const PIPE_SIZE: usize = 60_000;

/// What a command did, by dimension.
pub type Seen = BTreeMap<Dimension, Json>;

/// The executables that cases run.
pub struct Programs {
    aws: PathBuf,
    /// Links with other names, for cases that run another program than `aws`.
    links: Folder,
    lock: Mutex<()>,
}

impl Programs {
    /// Cases run this executable.
    ///
    /// # Errors
    /// When it isn't there.
    pub fn new(aws: &Path) -> io::Result<Programs> {
        Ok(Programs {
            aws: std::path::absolute(aws.metadata().map(|_| aws)?)?,
            links: Folder::new()?,
            lock: Mutex::new(()),
        })
    }

    /// The file of that name beside `aws`, or a link of that name to `aws`.
    fn named(&self, name: &str) -> io::Result<PathBuf> {
        let beside = self.aws.with_file_name(name);
        let link = self.links.path().join(name);
        let _one_at_a_time = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if beside.exists() {
            return Ok(beside);
        }
        if link.symlink_metadata().is_err() {
            symlink(&self.aws, &link)?;
        }
        Ok(link)
    }
}

/// The command while it runs; what may send it a signal shares it.
type Running = Arc<Mutex<Option<Child>>>;

/// Plays a case.
///
/// # Errors
/// When it can't be prepared.
pub fn play(programs: &Programs, case: &Case) -> Result<Seen, String> {
    let problem = |error: io::Error| error.to_string();
    let folder = Folder::new().map_err(problem)?;
    let socket = Socket::bind().map_err(problem)?;
    let place = Place { port: socket.port().map_err(problem)?, root: folder.path().to_string_lossy().into_owned() };
    let running: Running = Arc::default();
    let stub = Stub::start(socket, place.clone(), &case.responses, case.proxied, observer(case, &running))?;
    files::create(&case.files, &place).map_err(problem)?;
    let ended = run(programs, case, &place, &running).map_err(problem)?;

    let mut requests: Vec<Json> = stub.requests().iter().map(canonical::request).collect();
    let mut stdout = ended.stdout;
    if case.presigned
        && let Ok(text) = std::str::from_utf8(&stdout)
    {
        stdout = canonical::presigned::fold(text).into_bytes();
    }
    requests = match place.scrub_json(&Json::List(requests)) {
        Json::List(requests) => requests,
        other => vec![other],
    };
    let mut seen = Seen::from([
        (Dimension::Rc, ended.status.map_or_else(|| Json::text("timeout"), |status| Json::int(code(status)))),
        (Dimension::Stdout, place.clean(&stdout)),
        (Dimension::Stderr, place.clean(&ended.stderr)),
        (Dimension::Requests, Json::List(requests)),
    ]);
    if !case.check_files.is_empty() {
        let noted = files::note(&case.check_files, &place, case.check_mtime);
        // The names are the case's own and aren't folded.
        let folded = noted.entries().iter().map(|(name, note)| (name.clone(), place.scrub_json(note)));
        seen.insert(Dimension::Files, Json::Map(folded.collect()));
    }
    Ok(seen)
}

/// The exit code, or the number of the signal that ended the process, with a minus.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or_default())
}

/// Sends the case's signal with the request it waits for.
fn observer(case: &Case, running: &Running) -> Observer {
    let Some(plan) = case.signal.clone() else { return Box::new(|_| ()) };
    let running = Arc::clone(running);
    Box::new(move |count| {
        if count == plan.after_requests {
            thread::sleep(SIGNAL_DELAY);
            send(&plan, &running);
        }
    })
}

/// Sends a signal, where the command still runs: its process number may belong to another process after that.
fn send(plan: &SignalPlan, running: &Running) {
    let number = match plan.name.as_str() {
        "HUP" => Signal::HUP,
        "INT" => Signal::INT,
        "QUIT" => Signal::QUIT,
        "KILL" => Signal::KILL,
        "USR1" => Signal::USR1,
        "USR2" => Signal::USR2,
        "PIPE" => Signal::PIPE,
        "ALRM" => Signal::ALARM,
        _ => Signal::TERM,
    };
    if let Some(child) = running.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
        && let Ok(None) = child.try_wait()
    {
        // It may end right now; then nothing is left to signal.
        let _sent = kill_process(Pid::from_child(child), number);
    }
}

/// How a command ended.
struct Ended {
    /// `None` where it had to be ended.
    status: Option<ExitStatus>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

fn run(programs: &Programs, case: &Case, place: &Place, running: &Running) -> io::Result<Ended> {
    let program = match &case.program {
        Some(name) => programs.named(name)?,
        None => programs.aws.clone(),
    };
    let mut command = prepared(&program, case);
    command.args(case.argv.iter().map(|arg| place.expand(arg)));
    command.current_dir(place.work()).env_clear().envs(environment(case, place));
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    match &case.stdout_to {
        Some(path) => command.stdout(OpenOptions::new().write(true).create(true).truncate(true).open(path)?),
        None => command.stdout(Stdio::piped()),
    };
    let deadline = Instant::now() + TIMEOUT;
    let (stdin, stdout, stderr) = {
        // Held until the child is known: a request that a signal waits for can be here first.
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        let child = running.insert(spawn(&mut command)?);
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    };
    let stdout = if case.close_stdout { None } else { stdout };
    if let Some(plan) = case.signal.clone()
        && let Some(after) = plan.after
    {
        let running = Arc::clone(running);
        thread::spawn(move || {
            thread::sleep(after);
            send(&plan, &running);
        });
    }
    let (stdout, stderr) = (stdout.map(read_all), stderr.map(read_all));
    if let Some(mut stdin) = stdin {
        let data = case.stdin.clone();
        // A command that doesn't read its input breaks the pipe, which is no mistake of the case.
        if data.len() <= PIPE_SIZE {
            let _written = stdin.write_all(&data);
        } else {
            thread::spawn(move || stdin.write_all(&data));
        }
    }
    let (mut out, mut err) = (Output::new(stdout), Output::new(stderr));
    let finished = out.wait(deadline) && err.wait(deadline);
    let status = if finished { wait(running, deadline)? } else { None };
    if status.is_none() {
        if let Some(child) = running.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            child.kill()?;
            child.wait()?;
        }
        // A grandchild may hold the pipes open; what came so far is lost then.
        let grace = Instant::now() + Duration::from_secs(2);
        let _complete = out.wait(grace) && err.wait(grace);
    }
    Ok(Ended { status, stdout: out.data, stderr: err.data })
}

/// A shell that closes descriptors and takes away the current folder, where the case asks for it, and then becomes the
/// program: between fork and exec, no safe code of ours can run.
fn prepared(program: &Path, case: &Case) -> Command {
    if case.close_fds.is_empty() && !case.cwd_removed {
        return Command::new(program);
    }
    let leave = if case.cwd_removed { "mkdir gone && cd gone && rmdir ../gone && " } else { "" };
    let closed: String = case.close_fds.iter().map(|fd| format!(" {fd}>&-")).collect();
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(format!("{leave}unset PWD OLDPWD; exec \"$0\" \"$@\"{closed}")).arg(program);
    command
}

fn environment(case: &Case, place: &Place) -> BTreeMap<String, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut variables = BTreeMap::from([
        ("PATH".to_owned(), format!("{}/bin:{path}", place.home())),
        ("HOME".to_owned(), place.home()),
    ]);
    variables.extend(BASE_ENVIRONMENT.iter().map(|(name, value)| ((*name).to_owned(), place.expand(value))));
    for (name, value) in &case.env {
        match value {
            Some(value) => variables.insert(name.clone(), place.expand(value)),
            None => variables.remove(name),
        };
    }
    variables
}

/// Starts a command. A program that was written just now can still be busy, while another thread's child
/// still holds its descriptor between fork and exec.
fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut tries = 0;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries < 50 => {
                tries += 1;
                thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// Waits for the process, whose outputs have ended already.
fn wait(running: &Running, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(50);
    while Instant::now() < deadline {
        let ended = match running.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(child) => child.try_wait()?,
            None => None,
        };
        if ended.is_some() {
            return Ok(ended);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
    Ok(None)
}

/// Reads to the end in a thread of its own.
fn read_all(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut data = Vec::new();
        let _read = stream.read_to_end(&mut data);
        // Nobody waits for it any more where the command took too long.
        let _sent = sender.send(data);
    });
    receiver
}

/// One of the command's outputs.
struct Output {
    reader: Option<Receiver<Vec<u8>>>,
    data: Vec<u8>,
}

impl Output {
    fn new(reader: Option<Receiver<Vec<u8>>>) -> Output {
        Output { reader, data: Vec::new() }
    }

    /// Waits for its end; says whether it came in time.
    fn wait(&mut self, deadline: Instant) -> bool {
        let Some(reader) = &self.reader else { return true };
        let Ok(data) = reader.recv_timeout(deadline.saturating_duration_since(Instant::now())) else { return false };
        (self.data, self.reader) = (data, None);
        true
    }
}

/// Gives the commands the usual handling of signals. A shell starts background jobs with interrupts ignored, and that
/// would be handed down; a handler of ours is not.
pub fn restore_signals() {
    const NUMBERS: [i32; 4] = [1, 2, 3, 15];
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let ignored = u64::from_str_radix(mask.trim(), 16).unwrap_or(0);
    for number in NUMBERS.into_iter().filter(|number| ignored >> (number - 1) & 1 == 1) {
        // Where that fails, cases with signals fail too, which shows it.
        let _registered = signal_hook::flag::register(number, Arc::default());
    }
}
