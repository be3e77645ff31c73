//! Lines and secrets that a user types.

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::os::fd::AsFd;

/// What Ctrl-C types where the terminal makes no signal of it.
const CTRL_C: u8 = 3;
/// What Ctrl-D types.
const CTRL_D: u8 = 4;

/// A line without its end; `None` where the input has ended.
pub(crate) fn line(from: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if from.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    // A carriage return stays, as in Python's standard input on this system.
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Waits until a terminal has a line. Reading goes on when a signal was handled; waiting doesn't, so that Ctrl-C ends a
/// question at once. A signal that came just before the wait ends it after a slice.
pub(crate) fn await_line(stopped: &dyn Fn() -> bool) -> io::Result<()> {
    const SLICE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    let stdin = io::stdin();
    while stdin.is_terminal() {
        if stopped() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if rustix::event::poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&SLICE))? > 0 {
            break;
        }
    }
    Ok(())
}

pub(crate) fn ask(prompt: &str) -> io::Result<Option<String>> {
    if let Ok(terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") {
        return on_terminal(prompt, &terminal, &terminal);
    }
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let input = File::from(stdin.as_fd().try_clone_to_owned()?);
        return on_terminal(prompt, &input, &io::stderr());
    }
    let mut err = io::stderr();
    write!(err, "Warning: Password input may be echoed.\n{prompt}")?;
    err.flush()?;
    line(&mut stdin.lock())
}

/// Echo and signals are off while the secret is typed: a signal must not leave the terminal without echo.
fn on_terminal(prompt: &str, mut input: &File, mut output: impl Write) -> io::Result<Option<String>> {
    let before = termios::tcgetattr(input)?;
    let mut silent = before.clone();
    silent.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    silent.special_codes[SpecialCodeIndex::VMIN] = 1;
    silent.special_codes[SpecialCodeIndex::VTIME] = 0;
    let erase = before.special_codes[SpecialCodeIndex::VERASE];
    termios::tcsetattr(input, OptionalActions::Flush, &silent)?;
    let mut ask = || {
        output.write_all(prompt.as_bytes())?;
        output.flush()?;
        let typed = keys(&mut input, erase);
        output.write_all(b"\n")?;
        output.flush()?;
        typed
    };
    let typed = ask();
    termios::tcsetattr(input, OptionalActions::Flush, &before)?;
    typed
}

/// The keys up to the line's end, with those taken back that were erased.
fn keys(input: &mut impl Read, erase: u8) -> io::Result<Option<String>> {
    let mut typed = Vec::new();
    let mut key = [0u8];
    loop {
        if input.read(&mut key)? == 0 {
            break;
        }
        match key[0] {
            b'\n' | b'\r' => return Ok(Some(String::from_utf8_lossy(&typed).into_owned())),
            CTRL_C => return Err(io::ErrorKind::Interrupted.into()),
            CTRL_D => break,
            byte if byte == erase || byte == 8 || byte == 127 => {
                // A letter may be several bytes long.
                while typed.pop().is_some_and(|b: u8| b & 0xc0 == 0x80) {}
            }
            byte => typed.push(byte),
        }
    }
    Ok(Some(String::from_utf8_lossy(&typed).into_owned()).filter(|t| !t.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut input: &[u8] = b"a\r\n\nb";
        let mut next = || line(&mut input).unwrap();
        assert_eq!((next(), next(), next(), next()), (Some("a\r".into()), Some(String::new()), Some("b".into()), None));
    }

    #[test]
    fn typed_keys() {
        let typed = |mut bytes: &[u8]| keys(&mut bytes, 127);
        assert_eq!(typed(b"12x\x7f3\n").unwrap().as_deref(), Some("123"));
        assert_eq!(typed("a\u{e9}\u{7f}b\r".as_bytes()).unwrap().as_deref(), Some("ab"));
        assert_eq!(typed(b"\x04").unwrap(), None);
        assert_eq!(typed(b"").unwrap(), None);
        assert_eq!(typed(b"1\x03").unwrap_err().kind(), io::ErrorKind::Interrupted);
    }
}
