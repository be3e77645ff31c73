//! A list on the terminal from which one item is chosen.

use rustix::termios::{self, LocalModes, OptionalActions};
use std::io::{self, IsTerminal, Read, Write};

/// Items that are shown at a time.
const HEIGHT: usize = 10;

/// What a key means.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Up,
    Down,
    Enter,
    Other,
}

pub(crate) fn choose(items: &[String]) -> io::Result<Option<usize>> {
    let mut stdin = io::stdin().lock();
    let mut stdout = io::stdout().lock();
    if !stdin.is_terminal() {
        return run(items, &mut stdin, &mut stdout, false);
    }
    let before = termios::tcgetattr(&stdin)?;
    let mut raw = before.clone();
    raw.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    termios::tcsetattr(&stdin, OptionalActions::Now, &raw)?;
    let chosen = run(items, &mut stdin, &mut stdout, true);
    termios::tcsetattr(&stdin, OptionalActions::Now, &before)?;
    chosen
}

fn run(items: &[String], keys: &mut impl Read, out: &mut impl Write, show: bool) -> io::Result<Option<usize>> {
    if items.is_empty() {
        return Ok(None);
    }
    let mut at = 0;
    let mut first = 0;
    loop {
        if show {
            draw(items, first, at, out)?;
        }
        let key = read_key(keys);
        if show {
            // Whatever comes next is written over the list.
            write!(out, "\r\x1b[J")?;
            out.flush()?;
        }
        match key? {
            None => return Ok(None),
            Some(Key::Enter) => return Ok(Some(at)),
            Some(Key::Up) => at = at.checked_sub(1).unwrap_or(items.len() - 1),
            Some(Key::Down) => at = (at + 1) % items.len(),
            Some(Key::Other) => {}
        }
        first = first.clamp(at.saturating_sub(HEIGHT - 1), at);
    }
}

/// Draws the list and leaves the cursor on its first line.
fn draw(items: &[String], first: usize, at: usize, out: &mut impl Write) -> io::Result<()> {
    let shown = items.iter().enumerate().skip(first).take(HEIGHT);
    let lines: Vec<String> = shown
        .map(|(i, item)| {
            // A terminal must not be driven by what a service calls its things.
            let text: String = item.chars().filter(|c| !c.is_control()).collect();
            if i == at { format!("\x1b[7m> {text}\x1b[0m") } else { format!("  {text}") }
        })
        .collect();
    write!(out, "\r\x1b[J{}", lines.join("\r\n"))?;
    if lines.len() > 1 {
        write!(out, "\x1b[{}A", lines.len() - 1)?;
    }
    out.flush()
}

fn read_key(keys: &mut impl Read) -> io::Result<Option<Key>> {
    let mut byte = [0u8];
    let mut next = || -> io::Result<Option<u8>> { Ok((keys.read(&mut byte)? > 0).then_some(byte[0])) };
    let Some(first) = next()? else { return Ok(None) };
    Ok(Some(match first {
        3 => return Err(io::ErrorKind::Interrupted.into()),
        4 => return Ok(None),
        b'\r' | b'\n' => Key::Enter,
        // Emacs' keys, as the AWS CLI has them too.
        16 => Key::Up,
        14 => Key::Down,
        0x1b => match (next()?, next()?) {
            (Some(b'[' | b'O'), Some(b'A')) => Key::Up,
            (Some(b'[' | b'O'), Some(b'B')) => Key::Down,
            _ => Key::Other,
        },
        _ => Key::Other,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(mut keys: &[u8], count: usize) -> io::Result<Option<usize>> {
        let items: Vec<String> = (0..count).map(|i| format!("item {i}")).collect();
        let mut out = Vec::new();
        let chosen = run(&items, &mut keys, &mut out, true);
        assert!(out.is_empty() || out.ends_with(b"\x1b[J"));
        chosen
    }

    #[test]
    fn keys_move_and_choose() {
        assert_eq!(chosen(b"\r", 3).unwrap(), Some(0));
        assert_eq!(chosen(b"\x1b[B\x1b[B\n", 3).unwrap(), Some(2));
        assert_eq!(chosen(b"\x1b[A\x1b[A\r", 3).unwrap(), Some(1));
        assert_eq!(chosen(&[b"\x1bOB".repeat(25), b"x\r".to_vec()].concat(), 20).unwrap(), Some(5));
        assert_eq!(chosen(b"\x1b[B", 3).unwrap(), None);
        assert_eq!(chosen(b"\r", 0).unwrap(), None);
        assert_eq!(chosen(b"\x03", 3).unwrap_err().kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn long_lists_scroll() {
        let items: Vec<String> = (0..30).map(|i| format!("item {i}")).collect();
        let mut out = Vec::new();
        draw(&items, 5, 14, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("> item 14") && !text.contains("item 4\r") && !text.contains("item 15"), "{text:?}");
        assert!(text.ends_with("\x1b[9A"));
    }
}
