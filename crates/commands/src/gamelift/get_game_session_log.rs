//! `aws gamelift get-game-session-log`

use crate::authorization::start_url::joined;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, Fetched, HttpError};
use oxaws_failure::Cause;
use oxaws_python::{python_os_error, python_os_error_bare};
use oxaws_value::Value;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};

/// The command.
pub static GET_GAME_SESSION_LOG: Command = Command {
    name: "get-game-session-log",
    options: &[
        Opt::value("game-session-id", "The game session.").required(),
        Opt::value("save-as", "The file that the archive is written to; one that is there is replaced.").required(),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Downloads the archive with the logs of a game session.",
};

const MAX_REDIRECTS: usize = 10;
const BLOCK: usize = 64 << 10;

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let (session, file) = (args.word("game_session_id").unwrap_or_default(), args.word("save_as").unwrap_or_default());
    let asked = reply::params([("GameSessionId", Value::from(session))]);
    let found = reply::call(cx, "gamelift", "GetGameSessionLogUrl", asked)?;
    let mut archive = open(cx, reply::text(&found, "PreSignedUrl")?)?;
    cx.ui.text(&format!("Downloading log archive for game session {session}...\r"))?;
    save(cx, &mut archive, file)?;
    cx.ui.line(&format!("Successfully downloaded log archive for game session {session} to {file}"))?;
    Ok(Exit::Success)
}

fn general(text: impl Into<Cause>) -> Failure {
    Failure::failed(text)
}

/// The reply for a URL, redirects followed; an error in the words of Python's `urllib`.
fn open(cx: &Context, url: &str) -> Result<Fetched, Failure> {
    let mut url = url.to_owned();
    for _ in 0..=MAX_REDIRECTS {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(general(format!("unknown url type: {}", oxaws_python::repr_str(&url))));
        };
        // Nothing but the web: Python would read local files too.
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(general(format!("<urlopen error unknown url type: {scheme}>")));
        }
        if rest.trim_start_matches("//").is_empty() || rest.starts_with("///") {
            return Err(general("<urlopen error no host given>"));
        }
        let reply = cx.session.fetch(&url).map_err(|e| match e {
            CallError::Interrupted => Failure::Interrupted,
            CallError::Http(HttpError::Cancelled) => Failure::Interrupted,
            CallError::Http(HttpError::Connect { source, .. }) => {
                general(format!("<urlopen error {}>", python_os_error_bare(&source)))
            }
            CallError::Http(HttpError::ConnectTimeout { .. }) => general("<urlopen error timed out>"),
            other => general(other.to_string()),
        })?;
        match (reply.status, &reply.location) {
            (200..=299, _) => return Ok(reply),
            (301 | 302 | 303 | 307 | 308, Some(location)) => url = joined(&url, location),
            (status, _) => return Err(general(format!("HTTP Error {status}: {}", reply.reason))),
        }
    }
    Err(general("The server returned too many redirects"))
}

fn save(cx: &Context, archive: &mut Fetched, file: &str) -> Result<(), Failure> {
    let failed = |e: std::io::Error| general(python_os_error(&e, file));
    let path = cx.world.current_dir()?.join(file);
    let mut out = File::create(&path).map_err(failed)?;
    let mut block = vec![0; BLOCK];
    loop {
        if cx.session.cancel().is_cancelled() {
            return Err(Failure::Interrupted);
        }
        match archive.body.read(&mut block) {
            Ok(0) => return out.flush().map_err(failed),
            Ok(n) => out.write_all(block.get(..n).unwrap_or_default()).map_err(failed)?,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(general(e.to_string())),
        }
    }
}
