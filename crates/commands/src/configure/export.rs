//! `aws configure export-credentials`: the credentials for other programs.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, Credentials};
use oxaws_failure::Cause;
use oxaws_value::{JsonStyle, Map, Value, to_json};

pub(super) static EXPORT_CREDENTIALS: Command = Command {
    name: "export-credentials",
    options: &[Opt::value("format", "The form of the output: `process` (the default) is that of credential_process.")
        .one_of(&["process", "env", "env-no-export", "powershell", "windows-cmd", "fish"])],
    subcommands: &[],
    run: Some(run),
    help: "Prints the credentials, in a form that other programs and shells read.",
};

/// Holds the profiles of the programs above this one, so that a loop of credential processes is noticed.
const CHAIN_VARIABLE: &str = "_AWS_CLI_PROFILE_CHAIN";
const MAX_CHAIN: usize = 4;

const PROCESS_JSON: JsonStyle = JsonStyle { indent: Some(2), ascii: true, spaced: true };

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    join_chain(cx)?;
    let unable = |e: CallError| match e {
        CallError::Interrupted => Failure::Interrupted,
        other => {
            let text = format!("Unable to retrieve credentials: {}", other.to_string().trim());
            Failure::Credentials(Cause::worded(text, other))
        }
    };
    let none = || Failure::credentials("Unable to retrieve credentials: no credentials found");
    cx.session.find_credentials().map_err(unable)?.ok_or_else(none)?;
    let credentials = cx.session.credentials()?.ok_or_else(none)?;
    cx.ui.text(&formatted(&credentials, call.args.word("format").unwrap_or("process")))?;
    Ok(Exit::Success)
}

fn join_chain(cx: &Context) -> Result<(), Failure> {
    let profile = cx.session.config_unchecked().profile_name().unwrap_or_else(|| "default".to_owned());
    let mut seen = read_csv(&cx.world.var(CHAIN_VARIABLE).unwrap_or_default());
    if seen.len() >= MAX_CHAIN {
        return Err(Failure::credentials(format!(
            "Maximum recursive credential process resolution reached ({MAX_CHAIN}).\nProfiles seen: {}",
            seen.join(" -> ")
        )));
    }
    let met = seen.contains(&profile);
    seen.push(profile);
    if met {
        return Err(Failure::credentials(format!(
            "Credential process resolution detected an infinite loop, profile cycle: {}",
            seen.join(" -> ")
        )));
    }
    cx.session.set_process_variable(CHAIN_VARIABLE, &write_csv(&seen));
    Ok(())
}

/// The values of one line of CSV.
fn read_csv(line: &str) -> Vec<String> {
    if line.is_empty() {
        return Vec::new();
    }
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    let mut at_start = true;
    while let Some(c) = chars.next() {
        let value = values.last_mut();
        match (c, quoted, value) {
            ('"', true, Some(value)) => match chars.peek() {
                Some('"') => {
                    chars.next();
                    value.push('"');
                }
                _ => quoted = false,
            },
            ('"', false, _) if at_start => quoted = true,
            (',', false, _) => {
                values.push(String::new());
                at_start = true;
                continue;
            }
            (c, _, Some(value)) => value.push(c),
            (_, _, None) => {}
        }
        at_start = false;
    }
    values
}

fn write_csv(values: &[String]) -> String {
    let value = |v: &String| match v.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", v.replace('"', "\"\"")),
        false => v.clone(),
    };
    values.iter().map(value).collect::<Vec<_>>().join(",")
}

fn formatted(credentials: &Credentials, format: &str) -> String {
    let token = credentials.session_token.as_deref();
    let expiration = credentials.expiration.as_ref().map(|e| e.isoformat());
    let (key, secret) = (credentials.access_key_id.as_str(), credentials.secret_access_key.as_str());
    if format == "process" {
        let mut members = Map::new();
        members.insert("Version", 1);
        members.insert("AccessKeyId", key);
        members.insert("SecretAccessKey", secret);
        if let Some(token) = token {
            members.insert("SessionToken", token);
        }
        if let Some(expiration) = expiration {
            members.insert("Expiration", expiration);
        }
        return to_json(&Value::Map(members), PROCESS_JSON) + "\n";
    }
    let variables = [
        (oxaws_env::var::AWS_ACCESS_KEY_ID, Some(key)),
        (oxaws_env::var::AWS_SECRET_ACCESS_KEY, Some(secret)),
        (oxaws_env::var::AWS_SESSION_TOKEN, token),
        (oxaws_env::var::AWS_CREDENTIAL_EXPIRATION, expiration.as_deref()),
    ];
    let line = |(name, value): (&str, &str)| match format {
        "env" => format!("export {name}={value}\n"),
        "powershell" => format!("$Env:{name}=\"{value}\"\n"),
        "windows-cmd" => format!("set {name}={value}\n"),
        "fish" => format!("set -gx {name} \"{value}\"\n"),
        _ => format!("{name}={value}\n"),
    };
    variables.into_iter().filter_map(|(name, value)| Some((name, value?))).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format() {
        let credentials = Credentials {
            access_key_id: "A".into(),
            secret_access_key: "S".into(),
            session_token: Some("T".into()),
            account_id: None,
            expiration: oxaws_creds::Moment::parse("2099-01-01T00:00:00Z").ok(),
            method: "test",
        };
        let fixed = Credentials { session_token: None, expiration: None, ..credentials.clone() };
        for (format, want) in [
            ("env", "export AWS_ACCESS_KEY_ID=A\nexport AWS_SECRET_ACCESS_KEY=S\n"),
            ("env-no-export", "AWS_ACCESS_KEY_ID=A\nAWS_SECRET_ACCESS_KEY=S\n"),
            ("powershell", "$Env:AWS_ACCESS_KEY_ID=\"A\"\n$Env:AWS_SECRET_ACCESS_KEY=\"S\"\n"),
            ("windows-cmd", "set AWS_ACCESS_KEY_ID=A\nset AWS_SECRET_ACCESS_KEY=S\n"),
            ("fish", "set -gx AWS_ACCESS_KEY_ID \"A\"\nset -gx AWS_SECRET_ACCESS_KEY \"S\"\n"),
            ("process", "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"A\",\n  \"SecretAccessKey\": \"S\"\n}\n"),
        ] {
            assert_eq!(formatted(&fixed, format), want);
        }
        let all = formatted(&credentials, "env-no-export");
        assert!(all.ends_with("AWS_SESSION_TOKEN=T\nAWS_CREDENTIAL_EXPIRATION=2099-01-01T00:00:00+00:00\n"), "{all}");
        let json = formatted(&credentials, "process");
        let end = "  \"SessionToken\": \"T\",\n  \"Expiration\": \"2099-01-01T00:00:00+00:00\"\n}\n";
        assert!(json.ends_with(end), "{json}");
    }

    #[test]
    fn chains_of_profiles() {
        for names in [vec!["a", "b c"], vec!["x,y", "q\"r"], vec!["a", ""]] {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            assert_eq!(read_csv(&write_csv(&names)), names);
        }
        assert!(read_csv("").is_empty());
        assert_eq!(write_csv(&["a,b".into()]), "\"a,b\"");
    }
}
