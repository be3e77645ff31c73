//! `aws configure mfa-login`: temporary credentials for an MFA code, kept in a profile.

use super::{ACCESS_KEY, SECRET_KEY, SESSION_TOKEN};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::{profile_file, prompt, reply};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, ClientOptions, Credentials, Signer};
use oxaws_failure::Class;
use oxaws_python::{Timestamp, python_int_text};
use oxaws_value::{Map, Value};
use std::sync::Arc;

pub(super) static MFA_LOGIN: Command = Command {
    name: "mfa-login",
    options: &[
        Opt::value("update-profile", "The profile to write the credentials to; else a name is proposed."),
        Opt::value("duration-seconds", "How long the credentials are good for: 900 to 129600, 43200 by default."),
        Opt::value("serial-number", "The MFA device's serial number or ARN; else the profile's mfa_serial."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Gets temporary credentials for a code of an MFA device and writes them to a profile.",
};

const DEFAULT_SECONDS: i64 = 43_200;
const SERIAL_QUESTION: &str = "MFA serial number or ARN";
const CODE_QUESTION: &str = "MFA token code";

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let seconds = match call.args.word("duration_seconds") {
        None => Value::Int(DEFAULT_SECONDS),
        Some(word) => {
            let digits =
                python_int_text(word).ok_or_else(|| Failure::invalid(oxaws_cli::argv::globals::not_an_int(word)))?;
            digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int)
        }
    };
    let typed_serial = call.args.word("serial_number").filter(|s| !s.is_empty());
    let mut keys_were_typed = false;
    let (serial, code, signer) = if cx.session.find_credentials()?.is_some() {
        let configured = cx.session.config()?.profile()?.text("mfa_serial").filter(|s| !s.is_empty());
        let serial = match typed_serial.or(configured) {
            Some(serial) => serial.to_owned(),
            None => prompt::line(cx, &format!("{SERIAL_QUESTION}: "))?,
        };
        if serial.is_empty() {
            return Err(refused(cx, "MFA serial number or MFA device ARN is required", Class::InvalidValue));
        }
        let code = prompt::line(cx, &format!("{CODE_QUESTION}: "))?;
        if code.is_empty() {
            return Err(refused(cx, "MFA token code is required", Class::InvalidValue));
        }
        (serial, code, Signer::Session)
    } else {
        keys_were_typed = true;
        ask_everything(cx, typed_serial)?
    };
    let profile = match call.args.word("update_profile").filter(|p| !p.is_empty()) {
        Some(profile) => profile.to_owned(),
        None => {
            let proposed = proposed_profile(&serial);
            let answer = prompt::line(cx, &format!("Profile to update [{proposed}]: "))?;
            if answer.is_empty() { proposed } else { answer }
        }
    };
    let mut params = Map::new();
    params.insert("DurationSeconds", seconds);
    params.insert("SerialNumber", serial);
    params.insert("TokenCode", code);
    let options = ClientOptions { signer, configured_endpoint: true, ..ClientOptions::default() };
    let found = match reply::call_with(cx, "sts", "GetSessionToken", params, &options) {
        Ok(found) => found,
        Err(CallError::Service(failure)) => {
            return Err(refused(cx, &format!("An error occurred: {failure}"), failure.class()));
        }
        Err(error) => return Err(error.into()),
    };
    let found = reply::structure(&found, "Credentials")?;
    let end = reply::text(found, "Expiration")?;
    // The AWS CLI calls with keys that were typed in through a plain client, which reads a date where its own keeps text.
    let end = if keys_were_typed { as_utc(cx, end) } else { end.to_owned() };
    store(cx, found, &profile, &end)
}

/// Without credentials of any kind, they are asked for too.
fn ask_everything(cx: &Context, serial: Option<&str>) -> Result<(String, String, Signer), Failure> {
    cx.ui.line("Please provide your AWS credentials:")?;
    let mut answers = Vec::new();
    for question in ["AWS Access Key ID", "AWS Secret Access Key", SERIAL_QUESTION, CODE_QUESTION] {
        let answer = match serial.filter(|_| question == SERIAL_QUESTION) {
            Some(serial) => serial.to_owned(),
            None => prompt::line(cx, &format!("{question}: "))?,
        };
        if answer.is_empty() || answer == "None" {
            return Err(refused(cx, &format!("{question} is required"), Class::InvalidValue));
        }
        answers.push(answer);
    }
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let credentials = Credentials {
        access_key_id: next(),
        secret_access_key: next(),
        session_token: None,
        account_id: None,
        expiration: None,
        method: "explicit",
    };
    Ok((next(), next(), Signer::With(Arc::new(credentials))))
}

/// A name made of account and device, or of the serial number.
fn proposed_profile(serial: &str) -> String {
    let parts: Vec<&str> = serial.split(':').collect();
    match parts[..] {
        ["arn", "aws", "iam", "", account, device, ..] => {
            format!("{account}-{}", device.rsplit('/').next().unwrap_or_default())
        }
        _ => format!("session-{serial}"),
    }
}

/// A timestamp as `YYYY-MM-DD HH:MM:SS UTC`: its own hours, whatever its offset; text that is no timestamp stays as it is.
fn as_utc(cx: &Context, text: &str) -> String {
    cx.session.with_clock(|clock| match Timestamp::parse(text, &clock) {
        Ok(time) => {
            let c = time.local();
            format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", c.year, c.month, c.day, c.hour, c.minute, c.second)
        }
        Err(_) => text.to_owned(),
    })
}

fn store(cx: &Context, found: &Map, profile: &str, end: &str) -> Result<Exit, Failure> {
    let change = |key: &str, member: &str| Ok::<_, Failure>((key.to_owned(), reply::text(found, member)?.into()));
    let changes = [
        change(ACCESS_KEY, "AccessKeyId")?,
        change(SECRET_KEY, "SecretAccessKey")?,
        change(SESSION_TOKEN, "SessionToken")?,
    ];
    let file = cx.session.config_unchecked().credentials_file();
    profile_file::update(cx, &file, profile, &changes, true)?;
    cx.ui.text(&format!(
        "Temporary credentials written to profile '{profile}'\nCredentials will expire at {end}\nTo use these \
         credentials, specify --profile {profile} when running AWS CLI commands\n"
    ))?;
    Ok(Exit::Success)
}

fn refused(cx: &Context, why: &str, class: Class) -> Failure {
    cx.ui.warn_plain(&format!("\naws: [ERROR]: {}", why.trim()));
    Failure::Written { exit: Exit::TransferFailed, class }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposed_profiles() {
        assert_eq!(proposed_profile("arn:aws:iam::123456789012:mfa/path/dev"), "123456789012-dev");
        assert_eq!(proposed_profile("GAHT12345678"), "session-GAHT12345678");
        assert_eq!(proposed_profile("arn:aws:iam::1"), "session-arn:aws:iam::1");
    }
}
