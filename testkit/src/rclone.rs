//! `rclone serve s3`, an S3 server by other people, as a child process.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, thread};

use crate::aws::{ACCESS_KEY, SECRET_KEY};

/// The variable that names the folder rclone was installed into (`pip install --target`).
pub const FOLDER: &str = "OXAWS_RCLONE";

/// Ends the server with standard input: whatever becomes of the test process, none is left behind.
const PROGRAM: &str = r#"exec 3<&0; "$@" </dev/null & server=$!; cat <&3 >/dev/null; kill $server; wait"#;

/// A running server, ended when dropped or when this process ends.
#[derive(Debug)]
pub struct Rclone {
    url: String,
    child: Child,
}

impl Rclone {
    /// Serves the folder `root`, a bucket per sub-folder, to whoever signs with [`ACCESS_KEY`].
    ///
    /// # Errors
    /// When rclone isn't installed in the folder named by `OXAWS_RCLONE`, or doesn't start.
    pub fn start(root: &Path) -> io::Result<Rclone> {
        let folder = env::var_os(FOLDER).map(PathBuf::from);
        let folder = folder.ok_or_else(|| io::Error::other(format!("{FOLDER} is not set: run `cargo xtask test`")))?;
        let mut child = Command::new("sh")
            .args(["-c", PROGRAM, "sh"])
            .arg(folder.join("bin/rclone"))
            .args(["serve", "s3", "--config", "/dev/null", "--addr", "127.0.0.1:0", "--auth-key"])
            .arg(format!("{ACCESS_KEY},{SECRET_KEY}"))
            .arg(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let mut said = String::new();
        let url = loop {
            let Some(line) = lines.next().transpose()? else {
                let _ = child.kill();
                let _ = child.wait();
                return Err(io::Error::other(format!("rclone ended:\n{said}")));
            };
            if let Some(url) = line.split_once("server on [").and_then(|(_, rest)| rest.split_once("/]")) {
                break url.0.to_owned();
            }
            said.push_str(&line);
            said.push('\n');
        };
        // An unread pipe would stop a server that has something to say.
        thread::spawn(move || lines.for_each(drop));
        Ok(Rclone { url, child })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Rclone {
    fn drop(&mut self) {
        drop(self.child.stdin.take()); // the shell ends the server
        let _ = self.child.wait();
    }
}
