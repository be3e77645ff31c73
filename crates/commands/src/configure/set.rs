//! `aws configure set`: writes one value to the files.

use super::subsection::{self, Subsection};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt, Secrecy};
use oxaws_cli::written::profile_file;
use oxaws_cli::{Exit, Failure};
use oxaws_config::edit::{Change, section_header, set_target};

pub(super) static SET: Command = Command {
    name: "set",
    options: &[
        Opt::positional("varname", Nargs::One, "The name of the value."),
        Opt::positional("value", Nargs::One, "The value.").secrecy(Secrecy::After(names_a_secret)),
        subsection::SSO_SESSION,
        subsection::SERVICES,
    ],
    subcommands: &[],
    run: Some(run),
    help: "Writes a value to the config file, or to the credentials file where it is a secret.",
};

/// Whether the value of a setting is a secret: keys, tokens, passwords, and whatever else a profile may have of that
/// kind (`aws_secret_access_key`, `profile.NAME.aws_session_token`, `sso_access_token`). A command that makes
/// credentials may hold some in its arguments.
fn names_a_secret(setting: &str) -> bool {
    const OPEN: [&str; 3] = ["web_identity_token_file", "credential_source", "aws_access_key_id"];
    const PARTS: [&str; 6] = ["secret", "token", "passw", "passphrase", "credential", "private_key"];
    let name = setting.rsplit('.').next().unwrap_or(setting).to_ascii_lowercase();
    !OPEN.contains(&name.as_str()) && PARTS.iter().any(|part| name.contains(part))
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let word = |dest| call.args.word(dest).unwrap_or_default();
    let (name, value) = (word("varname"), word("value"));
    let config = cx.session.config_unchecked();
    if let Some(subsection) = subsection::given(&call.args)? {
        let (key, change) = of_subsection(&subsection, name, value)?;
        let header = section_header(subsection.kind, &subsection.name);
        profile_file::update(cx, &config.config_file(), &header, &[(key, change)], false)?;
        return Ok(Exit::Success);
    }
    let target = set_target(name, value, config.profile_name().as_deref())?;
    let file = if target.in_credentials_file { config.credentials_file() } else { config.config_file() };
    let warn = target.in_credentials_file;
    profile_file::update(cx, &file, &target.section, &[(target.key, target.change)], warn)?;
    Ok(Exit::Success)
}

fn of_subsection(subsection: &Subsection, name: &str, value: &str) -> Result<(String, Change), Failure> {
    let first = subsection.name.chars().next();
    if !first.is_some_and(|c| c.is_alphanumeric() || "_-/.%@:+".contains(c)) {
        return Err(Failure::validation(format!("aws: [ERROR]: Invalid value for --{}.", subsection.kind)));
    }
    let parts: Vec<&str> = name.split('.').collect();
    match parts[..] {
        [key] => Ok((key.to_owned(), value.into())),
        [key, sub] => Ok((key.to_owned(), Change::Nested(vec![(sub.to_owned(), value.to_owned())]))),
        _ => Err(Failure::validation(
            "Found more than two parts in the property to set. Deep nesting of properties is not supported.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_sections() {
        let subsection = |name: &str| Subsection { kind: "services", name: name.into() };
        let of = |section: &str, name| of_subsection(&subsection(section), name, "v");
        assert_eq!(of("s", "a").unwrap(), ("a".into(), "v".into()));
        assert_eq!(of("s", "a.b").unwrap(), ("a".into(), Change::Nested(vec![("b".into(), "v".into())])));
        assert!(of("s", "a.b.c").unwrap_err().message().starts_with("Found more than two parts"));
        for bad in ["", "!x", " x"] {
            assert_eq!(of(bad, "a").unwrap_err().message(), "aws: [ERROR]: Invalid value for --services.");
        }
    }
}
