//! Opening a browser.

use oxaws_env::{World, var};
use std::process::{Command, Stdio};

/// Programs that show a page where there is a desktop, best first.
const ON_A_DESKTOP: [&str; 10] = [
    "xdg-open",
    "gvfs-open",
    "x-www-browser",
    "firefox",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "opera",
    "open",
];

/// Tries to open a page; nothing tells whether the user sees it. BROWSER names the user's own programs, parted by colons,
/// with `%s` where the address goes.
pub(super) fn open(world: &dyn World, url: &str) {
    for program in world.var(var::BROWSER).unwrap_or_default().split(':').filter(|p| !p.is_empty()) {
        if let Ok(words) = oxaws_config::words::split(program)
            && start(&with_address(words, url))
        {
            return;
        }
    }
    if world.var(var::DISPLAY).is_some() || world.var(var::WAYLAND_DISPLAY).is_some() || cfg!(target_os = "macos") {
        ON_A_DESKTOP.iter().any(|program| start(&[(*program).to_owned(), url.to_owned()]));
    }
}

fn with_address(mut words: Vec<String>, url: &str) -> Vec<String> {
    if words.last().is_some_and(|w| w == "&") {
        words.pop();
    }
    if !words.iter().any(|w| w.contains("%s")) {
        words.push("%s".to_owned());
    }
    words.into_iter().map(|w| w.replace("%s", url)).collect()
}

/// Starts a program that goes on by itself; what it says is not for this terminal.
fn start(words: &[String]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_address_goes() {
        let words = |text: &str| with_address(oxaws_config::words::split(text).unwrap(), "u");
        assert_eq!(words("lynx"), ["lynx", "u"]);
        assert_eq!(words("b --new '%s' &"), ["b", "--new", "u"]);
        assert!(!start(&["no-such-browser-here".into()]) && !start(&[]));
    }
}
