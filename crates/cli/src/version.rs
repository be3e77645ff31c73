//! `--version`.

use oxaws_env::{AWS_CLI_VERSION, World, var};
use std::path::Path;

/// How the program came here, in the words of the AWS CLI's installers.
const SOURCE: &str = "exe";
/// Where a Linux distribution says what it is.
const OS_RELEASE: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// The line of `--version`: `aws-cli/2.x.y oxaws/0.1.0 Linux/6.1.0 exe/x86_64.debian.12`.
pub(crate) fn text(world: &dyn World) -> String {
    let called_by = match world.var(var::AWS_EXECUTION_ENV).filter(|v| !v.is_empty()) {
        Some(name) => format!(" exec-env/{name}"),
        None => String::new(),
    };
    let distribution = if cfg!(target_os = "linux") { format!(".{}", distribution(world)) } else { String::new() };
    format!(
        "aws-cli/{AWS_CLI_VERSION} oxaws/{} {}/{}{called_by} {SOURCE}/{}{distribution}",
        env!("CARGO_PKG_VERSION"),
        system(),
        kernel(world),
        std::env::consts::ARCH,
    )
}

/// The system as `uname -s` calls it.
fn system() -> &'static str {
    match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        "freebsd" => "FreeBSD",
        other => other,
    }
}

fn kernel(world: &dyn World) -> String {
    let release = world.read(Path::new("/proc/sys/kernel/osrelease")).unwrap_or_default();
    match String::from_utf8_lossy(&release).trim() {
        "" => "unknown".into(),
        release => release.to_owned(),
    }
}

/// The distribution's id and major version: `debian.12`.
fn distribution(world: &dyn World) -> String {
    let Some(text) = OS_RELEASE.iter().find_map(|path| world.read(Path::new(path)).ok()) else {
        return "unknown".into();
    };
    let text = String::from_utf8_lossy(&text);
    let value = |key: &str| {
        let line = text.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
        line.map(|v| v.trim_matches(['"', '\'']).to_lowercase().replace(' ', "_")).unwrap_or_default()
    };
    let version = value("VERSION_ID");
    format!("{}.{}", value("ID"), version.split('.').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn says_who_it_is() {
        let world = Fixed::new()
            .with_file("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n")
            .with_file("/etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12.1\"\nID=debian\nID_LIKE=x\n")
            .with_var("AWS_EXECUTION_ENV", "CloudShell");
        let ours = env!("CARGO_PKG_VERSION");
        assert_eq!(
            text(&world),
            format!(
                "aws-cli/{AWS_CLI_VERSION} oxaws/{ours} Linux/6.1.0-13-amd64 exec-env/CloudShell exe/x86_64.debian.12"
            )
        );
        let bare = text(&Fixed::new());
        assert_eq!(bare, format!("aws-cli/{AWS_CLI_VERSION} oxaws/{ours} Linux/unknown exe/x86_64.unknown"));
    }
}
