//! Questions on a terminal, which `script` makes.

use super::browser::{assumed_role, body, caller_identity, read_until};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::Stub;
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// A command on a terminal of its own; `None` where there is no `script`.
fn on_terminal(aws: &Aws, line: &str) -> Option<Child> {
    let plain = aws.command(&[]);
    let program = plain.get_program().to_str().expect("a path");
    let mut script = Command::new("script");
    script.args(["-qefc", &format!("env --default-signal=INT {program} {line}"), "/dev/null"]);
    script.env_clear().current_dir(aws.work());
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            script.env(name, value);
        }
    }
    script.env("TERM", "xterm");
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    script.spawn().ok()
}

#[test]
fn configure_on_a_terminal() {
    let aws = Aws::new().expect("the executable").without("AWS_DEFAULT_REGION");
    let Some(mut child) = on_terminal(&aws, "configure --profile p") else { return };
    let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
    let tip = read_until(&mut screen, "AWS Access Key ID [None]: ");
    assert!(tip.contains("Tip: You can deliver temporary credentials"), "{tip}");
    for (typed, next) in [
        ("ASIAKEY\n", "AWS Secret Access Key [None]: "),
        ("SK\n", "AWS Session Token [None]: "),
        ("TOK\n", "Default region name [None]: "),
        ("eu-west-1\n", "Default output format [None]: "),
    ] {
        keys.write_all(typed.as_bytes()).expect("typed");
        read_until(&mut screen, next);
    }
    keys.write_all(b"\n").expect("typed");
    assert!(child.wait().expect("an end").success());
    let read = |name| std::fs::read_to_string(aws.home().join(name)).expect("a file");
    assert_eq!(
        read(".aws/credentials"),
        "[p]\naws_access_key_id = ASIAKEY\naws_secret_access_key = SK\naws_session_token = TOK\n"
    );
    assert_eq!(read(".aws/config"), "[profile p]\nregion = eu-west-1\n");
    // The second time it knows all that; a key of the lasting kind takes the token away.
    let Some(mut child) = on_terminal(&aws, "configure --profile p") else { return };
    let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
    read_until(&mut screen, "AWS Access Key ID [****************AKEY]: ");
    keys.write_all(b"AKIANEW\n").expect("typed");
    read_until(&mut screen, "AWS Secret Access Key [****************SK]: ");
    keys.write_all(b"\n").expect("typed");
    read_until(&mut screen, "Default region name [eu-west-1]: ");
    keys.write_all(b"\n\n").expect("typed");
    assert!(child.wait().expect("an end").success());
    assert_eq!(read(".aws/credentials"), "[p]\naws_access_key_id = AKIANEW\naws_secret_access_key = SK\n");
}

#[test]
fn an_mfa_code_is_asked_for_and_not_shown() {
    let stub = Stub::start(|request| match body(request).contains("AssumeRole") {
        true => assumed_role("2099-01-01T00:00:00Z"),
        false => caller_identity(),
    })
    .expect("a stub");
    let aws = super::browser::aws(&stub);
    aws.config(
        "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = x\nmfa_serial = arn:aws:iam::1:mfa/u\n\
         [profile x]\naws_access_key_id = XK\naws_secret_access_key = XS\n",
    )
    .expect("a file");
    let Some(mut child) = on_terminal(&aws, "sts get-caller-identity --profile p --query Account") else { return };
    let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
    read_until(&mut screen, "Enter MFA code for arn:aws:iam::1:mfa/u: ");
    keys.write_all(b"12x\x7f3456\n").expect("typed");
    let rest = read_until(&mut screen, "\"123456789012\"\r\n");
    assert!(!rest.contains("3456\r"), "{rest}");
    assert!(child.wait().expect("an end").success());
    assert!(body(&stub.requests()[0]).contains("TokenCode=123456"));
    // Kept credentials need no code.
    let who = aws.run(&["sts", "get-caller-identity", "--profile", "p"]).expect("run");
    assert_eq!(who.code, 0, "{}", who.stderr);
}

#[test]
fn interrupting_the_question_interrupts() {
    let aws = Aws::new().expect("the executable").without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    aws.config(
        "[default]\nrole_arn = r\nsource_profile = x\nmfa_serial = m\n[profile x]\naws_access_key_id = XK\n\
         aws_secret_access_key = XS\n",
    )
    .expect("a file");
    let Some(mut child) = on_terminal(&aws, "sts get-caller-identity") else { return };
    let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
    read_until(&mut screen, "Enter MFA code for m: ");
    keys.write_all(b"\x03").expect("typed");
    assert_eq!(child.wait().expect("an end").code(), Some(130));
}

#[test]
fn a_session_is_configured_on_a_terminal() {
    let aws = Aws::new().expect("the executable");
    let Some(mut child) = on_terminal(&aws, "configure sso-session") else { return };
    let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
    for (question, typed) in [
        ("SSO session name: ", "\n"),
        ("A value is required\r\nSSO session name: ", "my sess\n"),
        ("SSO start URL [None]: ", "nonsense\n"),
        ("Not a valid Start URL\r\nSSO start URL [None]: ", "https://x.awsapps.com/start\n"),
        ("SSO region [None]: ", "us-east-1\n"),
        ("SSO registration scopes [sso:account:access]: ", "a, b\n"),
    ] {
        read_until(&mut screen, question);
        keys.write_all(typed.as_bytes()).expect("typed");
    }
    read_until(&mut screen, "aws sso login --sso-session my sess\r\n");
    assert!(child.wait().expect("an end").success());
    assert_eq!(
        std::fs::read_to_string(aws.home().join(".aws/config")).expect("a file"),
        "[sso-session 'my sess']\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
         sso_registration_scopes = a, b\n"
    );
}

#[test]
fn interrupting_a_plain_question_interrupts() {
    let aws = Aws::new().expect("the executable");
    for line in ["configure", "configure sso-session"] {
        let Some(mut child) = on_terminal(&aws, line) else { return };
        let (mut keys, mut screen) = (child.stdin.take().expect("keys"), child.stdout.take().expect("a screen"));
        read_until(&mut screen, "]: ".trim_start_matches(if line == "configure" { "" } else { "]" }));
        keys.write_all(b"\x03").expect("typed");
        assert_eq!(child.wait().expect("an end").code(), Some(130), "{line}");
    }
    assert!(!aws.home().join(".aws").exists());
}
