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

/// Whether an address may be handed to a program. It can come from a server's reply: as an argument it must not look
/// like an option or a file, nor make a desktop start something other than a browser. Signing in without TLS is refused
/// too. `ours` is an address that this program built itself: it may lead to a server on this machine, a local stand-in
/// that the user configured as the endpoint.
pub(super) fn may_open(url: &str, ours: bool) -> bool {
    let is_local = |rest: &str| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest[..end].rsplit_once(':').map_or(&rest[..end], |(host, _)| host);
        matches!(host, "127.0.0.1" | "localhost" | "[::1]")
    };
    let scheme = url.starts_with("https://") || ours && url.strip_prefix("http://").is_some_and(is_local);
    scheme && url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>'))
}

/// Tries to open a page; nothing tells whether the user sees it. BROWSER names the user's own programs, parted by colons,
/// with `%s` where the address goes.
pub(super) fn open(world: &dyn World, url: &str) {
    for program in world.var(var::BROWSER).unwrap_or_default().split(':').filter(|p| !p.is_empty()) {
        if let Ok(words) = oxaws_python::shlex::split(program)
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
    fn addresses_that_are_opened() {
        for good in
            ["https://device.sso/?user_code=AB-CD", "http://127.0.0.1:8080/authorize?a=b&c=%20", "http://localhost/"]
        {
            assert!(may_open(good, true), "{good}");
            assert_eq!(may_open(good, false), good.starts_with("https:"), "{good}");
        }
        for bad in [
            "",
            "-https://a",
            "--version",
            "http://device.example/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "HTTPS://a",
            " https://a",
            "https://a b",
            "https://a/\x1b]0;x\x07",
            "https://a/\u{202e}",
            "https://a/`id`",
        ] {
            assert!(!may_open(bad, true) && !may_open(bad, false), "{bad:?}");
        }
    }

    #[test]
    fn where_the_address_goes() {
        let words = |text: &str| with_address(oxaws_python::shlex::split(text).unwrap(), "u");
        assert_eq!(words("lynx"), ["lynx", "u"]);
        assert_eq!(words("b --new '%s' &"), ["b", "--new", "u"]);
        assert!(!start(&["no-such-browser-here".into()]) && !start(&[]));
    }
}
