//! `aws codecommit credential-helper`: what git asks for user and password of a repository.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::git_password;

use std::collections::HashMap;

/// `aws codecommit credential-helper`
pub static CREDENTIAL_HELPER: Command = Command {
    name: "credential-helper",
    options: &[],
    subcommands: &[&GET, &STORE, &ERASE],
    run: None,
    help: "Gives git a user and a password for repositories of AWS CodeCommit, made from the credentials of the AWS CLI:\n\n  \
           git config --global credential.helper '!aws codecommit credential-helper $@'\n  git config --global \
           credential.UseHttpPath true",
};

static GET: Command = Command {
    name: "get",
    options: &[Opt::flag("ignore-host-check", "Answers for hosts too that aren't AWS CodeCommit's.")],
    subcommands: &[],
    run: Some(get),
    help: "Reads which repository git asks for from standard input, and prints user and password.",
};

static STORE: Command = Command {
    name: "store",
    options: &[],
    subcommands: &[],
    run: Some(nothing),
    help: "Does nothing: passwords are made when git asks for them.",
};

static ERASE: Command = Command {
    name: "erase",
    options: &[],
    subcommands: &[],
    run: Some(nothing),
    help: "Does nothing: no password is kept.",
};

fn nothing(_: &CommandCall) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}

fn get(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let asked = question(call)?;
    let part = |key: &str| asked.get(key).map(String::as_str).ok_or_else(|| reply::missing(key));
    let host = part("host")?;
    let ours = host.contains("amazon.com") || host.contains("amazonaws.com");
    if !ours && call.args.flag("ignore_host_check") != Some(true) {
        return Ok(Exit::Success);
    }
    part("protocol")?;
    let path = format!("/{}", part("path")?);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let region = match region_of(host) {
        Some(region) => Some(region.to_owned()),
        None => match cx.globals.region.clone() {
            Some(region) => Some(region),
            None => cx.session.config()?.region()?,
        },
    };
    let credentials = cx.session.credentials()?;
    let region = region.ok_or_else(|| Failure::bad_reply("sequence item 1: expected str instance, NoneType found"))?;
    let credentials =
        credentials.ok_or_else(|| Failure::bad_reply("'NoneType' object has no attribute 'secret_key'"))?;
    let now = i64::try_from(cx.world.now().nanos / 1_000_000_000).unwrap_or(i64::MAX);
    // The port is no part of what is signed.
    let signed_host = host.split(':').next().unwrap_or_default();
    let password = git_password(&credentials, &region, signed_host, path, now);
    let token = credentials.session_token.as_ref().map_or_else(String::new, |token| format!("%{token}"));
    cx.ui.text(&format!("username={}{token}\npassword={password}\n", credentials.access_key_id))?;
    Ok(Exit::Success)
}

/// What git asks: lines of a key and a value. The last line of a key counts.
fn question(call: &CommandCall) -> Result<HashMap<String, String>, Failure> {
    let cx = call.cx;
    let mut asked = HashMap::new();
    while let Some(line) = cx.world.read_line(&|| cx.session.cancel().is_cancelled())? {
        let line = oxaws_python::strip(&line);
        if line.is_empty() {
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| Failure::bad_reply("not enough values to unpack (expected 2, got 1)"))?;
        asked.insert(key.to_owned(), value.to_owned());
    }
    Ok(asked)
}

/// The region in the name of one of the service's hosts, or of an endpoint for it in a private network.
fn region_of(host: &str) -> Option<&str> {
    let service = match host.strip_prefix("vpce-") {
        // Anything may stand before the last part that makes it match.
        Some(endpoint) => endpoint.match_indices(".git-codecommit").map(|(at, _)| &endpoint[at + 1..]).last()?,
        None => host,
    };
    let rest = service.strip_prefix("git-codecommit")?;
    let rest = rest.strip_prefix("-fips").unwrap_or(rest).strip_prefix('.')?;
    let (region, rest) = rest.split_once('.')?;
    let rest = rest.strip_prefix("vpce.").unwrap_or(rest);
    (!region.is_empty() && rest.starts_with("amazonaws.com")).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_hosts() {
        for (host, region) in [
            ("git-codecommit.us-west-2.amazonaws.com", Some("us-west-2")),
            ("git-codecommit-fips.ca-central-1.amazonaws.com:443", Some("ca-central-1")),
            ("git-codecommit.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("vpce-0123-abc.git-codecommit.us-east-1.vpce.amazonaws.com", Some("us-east-1")),
            ("git-codecommit.us-east-1.vpce.amazonaws.com", Some("us-east-1")),
            ("code.amazon.com", None),
            ("x.git-codecommit.us-east-1.amazonaws.com", None),
            ("git-codecommit..amazonaws.com", None),
            ("git-codecommit.us-east-1.example.com", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }
}
