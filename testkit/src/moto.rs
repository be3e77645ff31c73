//! `moto_server`, the most complete stand-in for the AWS APIs, as a child process.

use std::env;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

/// The variable that names the folder moto was installed into (`pip install --target`).
pub const FOLDER: &str = "OXAWS_MOTO";

/// Ends with its standard input: whatever becomes of the test process, no server is left behind.
const PROGRAM: &str = "\
import os, sys, threading
def end_with_parent():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
";

/// A running moto server, ended when dropped or when this process ends.
#[derive(Debug)]
pub struct Moto {
    url: String,
    child: Child,
    _stdin: Option<ChildStdin>,
}

impl Moto {
    /// Starts a server on a port of its own and waits until it listens.
    ///
    /// # Errors
    /// When moto isn't installed in the folder named by `OXAWS_MOTO`, or doesn't start.
    pub fn start() -> io::Result<Self> {
        let folder = env::var_os(FOLDER).map(PathBuf::from);
        let folder = folder.ok_or_else(|| io::Error::other(format!("{FOLDER} is not set: run `cargo xtask test`")))?;
        let mut child = Command::new("python3")
            .args(["-u", "-c", PROGRAM])
            .env("PYTHONPATH", folder)
            .env("MOTO_ALLOW_NONEXISTENT_REGION", "false")
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let mut said = String::new();
        let url = loop {
            let Some(line) = lines.next().transpose()? else {
                let _ = child.wait();
                return Err(io::Error::other(format!("moto_server ended:\n{said}")));
            };
            if let Some((_, url)) = line.split_once("Running on ") {
                break url.trim().to_owned();
            }
            said.push_str(&line);
            said.push('\n');
        };
        // The server logs each request; an unread pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        Ok(Moto { url, child, _stdin: stdin })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
