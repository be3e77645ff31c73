//! `aws configure get`: one value of the files.

use super::subsection::{self, Subsection};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Exit, Failure};
use oxaws_config::edit::is_predefined;
use oxaws_config::{Config, ConfigError, Profile, Setting};
use oxaws_failure::Class;

pub(super) static GET: Command = Command {
    name: "get",
    options: &[
        Opt::positional("varname", Nargs::One, "The name of the value."),
        subsection::SSO_SESSION,
        subsection::SERVICES,
    ],
    subcommands: &[],
    run: Some(run),
    help: "Prints a value of the config file or the credentials file.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let name = call.args.word("varname").unwrap_or_default();
    let config = cx.session.config_unchecked();
    let found = match subsection::given(&call.args)? {
        Some(subsection) => in_subsection(config, &subsection, name)?,
        None if !name.contains('.') => cx.session.config()?.profile()?.get(name).cloned(),
        None => dotted(config, name)?,
    };
    let class = match found {
        Some(Setting::Text(text)) => {
            cx.ui.line(&text)?;
            return Ok(Exit::Success);
        }
        Some(Setting::Nested(_)) => {
            cx.ui.warn_text(&format!("varname ({name}) must reference a value, not a section or sub-section."));
            Class::InvalidValue
        }
        None => Class::NothingMatched,
    };
    Err(Failure::Written { exit: Exit::TransferFailed, class })
}

fn in_subsection(config: &Config, subsection: &Subsection, name: &str) -> Result<Option<Setting>, Failure> {
    let files = config.files()?;
    let section = match subsection.kind {
        "services" => files.services(&subsection.name),
        _ => files.sso_session(&subsection.name),
    };
    let Some(section) = section else {
        return Err(Failure::nothing_matched(format!(
            "The config sub-section ({}) could not be found",
            subsection.name
        )));
    };
    let parts: Vec<&str> = name.split('.').collect();
    Ok(match parts[..] {
        [key] => section.get(key).cloned(),
        [key, sub] => below(section.get(key), sub),
        _ => None,
    })
}

/// `SECTION.x`, `profile.P.x`, `default.x`, `P.x`, or `x.sub` of the current profile; each may go one level deeper.
fn dotted(config: &Config, name: &str) -> Result<Option<Setting>, Failure> {
    let files = config.files()?;
    let parts: Vec<&str> = name.split('.').collect();
    let of = |profile: &str| files.profile(profile).unwrap_or_default();
    if let [section, key] = parts[..]
        && is_predefined(section)
    {
        let own: Option<Profile> = files.other(section);
        return Ok(own.and_then(|s| s.get(key).cloned()).or_else(|| of(section).get(key).cloned()));
    }
    let (profile, rest) = match parts[..] {
        ["profile", profile, ref rest @ ..] if !rest.is_empty() => (profile.to_owned(), rest),
        ["profile", ..] => return Err(ConfigError::TooFewParts.into()),
        [first, ref rest @ ..] if first == "default" || files.profile_exists(first) => (first.to_owned(), rest),
        _ => (config.profile_name().unwrap_or_else(|| "default".to_owned()), &parts[..]),
    };
    let [key, ref deeper @ ..] = *rest else { return Err(ConfigError::TooFewParts.into()) };
    let profile = of(&profile);
    let value = profile.get(key);
    Ok(match deeper {
        [sub] => below(value, sub),
        // Still deeper there is nothing, and what stands at the top is shown in its place.
        _ => value.cloned(),
    })
}

fn below(value: Option<&Setting>, sub: &str) -> Option<Setting> {
    match value {
        Some(Setting::Nested(nested)) => nested.get(sub).map(|text| Setting::Text(text.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    const FILE: &str = "[default]\nregion = a\ns3 =\n  k = 9\n[profile p]\nregion = b\n[plugins]\nx = y\n\
                        [services v]\ns3 =\n  e = u\n";

    fn get(name: &str) -> Result<Option<String>, String> {
        let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", FILE);
        let config = Config::load(&world, None);
        let shown = |s: Setting| match s {
            Setting::Text(text) => text,
            Setting::Nested(_) => "{}".into(),
        };
        dotted(&config, name).map(|s| s.map(shown)).map_err(|f| f.message())
    }

    #[test]
    fn dotted_names() {
        for (name, want) in [
            ("profile.p.region", Some("b")),
            ("p.region", Some("b")),
            ("default.s3.k", Some("9")),
            ("s3.k", Some("9")),
            ("s3.none", None),
            ("region.x", None),
            ("default.s3.k.more", Some("{}")),
            ("plugins.x", Some("y")),
            ("profile.none.region", None),
            ("q.region", None),
        ] {
            assert_eq!(get(name), Ok(want.map(str::to_owned)), "{name}");
        }
        assert_eq!(get("profile.p"), Err("list index out of range".into()));
    }

    #[test]
    fn other_sections() {
        let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", FILE);
        let config = Config::load(&world, None);
        let subsection = |name: &str| Subsection { kind: "services", name: name.into() };
        let get = |section: &str, name| in_subsection(&config, &subsection(section), name);
        assert_eq!(get("v", "s3.e").unwrap(), Some(Setting::Text("u".into())));
        assert!(matches!(get("v", "s3").unwrap(), Some(Setting::Nested(_))));
        assert_eq!(get("v", "a.b.c").unwrap(), None);
        assert_eq!(get("w", "x").unwrap_err().message(), "The config sub-section (w) could not be found");
    }
}
