//! The pager of operation output, started when the first byte is written.

use oxaws_env::{World, var};
use oxaws_python::shlex;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

pub(crate) struct Pager<'a> {
    command: &'a str,
    world: &'a dyn World,
    child: Option<Child>,
    failed: Option<String>,
}

impl<'a> Pager<'a> {
    pub(crate) fn new(command: &'a str, world: &'a dyn World) -> Self {
        Pager { command, world, child: None, failed: None }
    }

    fn start(&mut self) -> io::Result<&mut Child> {
        if self.child.is_none() {
            let words = shlex::split(self.command).map_err(|e| io::Error::other(e.to_string()))?;
            let (program, args) = words.split_first().ok_or_else(|| io::Error::other("no program"))?;
            let mut command = Command::new(program);
            command.args(args).stdin(Stdio::piped());
            if self.world.var(var::LESS).is_none() {
                command.env(var::LESS, "FRX");
            }
            match command.spawn() {
                Ok(child) => self.child = Some(child),
                Err(e) => {
                    self.failed = Some(oxaws_python::python_os_error(&e, program));
                    return Err(e);
                }
            }
        }
        self.child.as_mut().ok_or_else(|| io::Error::other("no pager"))
    }

    /// Waits for the pager; says why it couldn't be started.
    pub(crate) fn finish(mut self) -> Option<String> {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let _ = child.wait();
        }
        self.failed
    }
}

impl Write for Pager<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.start()?.stdin {
            Some(stdin) => stdin.write(bytes),
            None => Ok(bytes.len()),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match self.child.as_mut().and_then(|c| c.stdin.as_mut()) {
            Some(stdin) => stdin.flush(),
            None => Ok(()),
        }
    }
}
