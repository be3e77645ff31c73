//! `aws login` and `logout`.

use super::browser::{self, body, caller_identity, parameter, read_until, redirect};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Request, Stub};
use std::io::Write;
use std::process::Stdio;

const USER: &str = "arn:aws:sts::123456789012:assumed-role/Admin/me";
/// `{"sub": "arn:aws:sts::123456789012:assumed-role/Admin/me"}`
const ID_TOKEN: &str = "e30.eyJzdWIiOiAiYXJuOmF3czpzdHM6OjEyMzQ1Njc4OTAxMjphc3N1bWVkLXJvbGUvQWRtaW4vbWUifQ.s";

/// Sign-in, and STS.
fn sign_in(request: &Request) -> Reply {
    if request.target != "/v1/token" {
        return caller_identity();
    }
    let key = if body(request).contains("refresh_token") { "ASIANEW" } else { "ASIALOGIN" };
    Reply::new(
        200,
        "application/json",
        format!(
            r#"{{"accessToken":{{"accessKeyId":"{key}","secretAccessKey":"s","sessionToken":"t"}},"tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"RT","idToken":"{ID_TOKEN}"}}"#
        ),
    )
}

fn kept(aws: &Aws) -> (std::path::PathBuf, String) {
    let folder = aws.home().join(".aws/login/cache");
    let mut files = std::fs::read_dir(folder).expect("a folder").flatten();
    let file = files.next().expect("a kept session").path();
    assert!(files.next().is_none());
    let text = std::fs::read_to_string(&file).expect("a kept session");
    (file, text)
}

#[test]
fn with_a_browser_on_this_device() {
    let stub = Stub::start(sign_in).expect("a stub");
    let (aws, noted) = browser::with_browser(browser::aws(&stub));
    let mut child = aws.command(&["login", "--profile", "new"]).spawn().expect("a child");
    let url = browser::address(&noted, &mut child);
    assert!(url.starts_with(&format!("{}/v1/authorize?response_type=code&client_id=arn%3Aaws%3Asignin", stub.url())));
    assert_eq!(parameter(&url, "client_id"), "arn:aws:signin:::devtools/same-device");
    assert_eq!(parameter(&url, "code_challenge_method"), "SHA-256");
    assert_eq!(parameter(&url, "scope"), "openid");
    redirect(&url, &format!("code=THECODE&state={}", parameter(&url, "state")));
    let output = child.wait_with_output().expect("an end");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("run this command again with the '--remote' option.\n"), "{stdout}");
    let end = format!(
        "\nUpdated profile new to use {USER} credentials.\nUse \"--profile new\" to use the new credentials, such as \"aws \
         sts get-caller-identity --profile new\"\n"
    );
    assert!(stdout.ends_with(&end), "{stdout}");
    let redeemed = &stub.requests()[0];
    assert_eq!(redeemed.header("dpop").map(|p| p.split('.').count()), Some(3));
    assert!(redeemed.header("authorization").is_none());
    let sent = body(redeemed);
    for part in ["\"grantType\": \"authorization_code\"", "\"code\": \"THECODE\"", "\"codeVerifier\": \""] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    let config = std::fs::read_to_string(aws.home().join(".aws/config")).expect("a file");
    assert_eq!(config, format!("[profile new]\nlogin_session = {USER}\n"));
    let (file, token) = kept(&aws);
    assert!(token.starts_with("{\"accessToken\": {\"accessKeyId\": \"ASIALOGIN\", \"secretAccessKey\": \"s\", \"sessionToken\": \"t\", \"accountId\": \"123456789012\", \"expiresAt\": \""), "{token}");
    assert!(token.contains("\"dpopKey\": \"-----BEGIN EC PRIVATE KEY-----\\n"), "{token}");
    // With 15 minutes left they are refreshed, with a proof of the same key.
    let past = token.replacen("\"expiresAt\": \"20", "\"expiresAt\": \"19", 1);
    std::fs::write(&file, past).expect("written");
    let who = aws.run(&["sts", "get-caller-identity", "--profile", "new", "--query", "Account"]).expect("run");
    assert_eq!((who.code, who.stdout.as_str()), (0, "\"123456789012\"\n"), "{}", who.stderr);
    let requests = stub.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[1].header("dpop").is_some() && body(&requests[1]).contains("\"refreshToken\": \"RT\""));
    assert!(requests[2].header("authorization").is_some_and(|a| a.contains("ASIANEW/")));
    assert!(kept(&aws).1.contains("ASIANEW"));
    let out = aws.run(&["logout", "--profile", "new"]).expect("run");
    assert!(out.stdout.starts_with("Removed cached login credentials for profile 'new'. Note, any local"), "{out:?}");
    assert!(!file.exists());
}

#[test]
fn with_a_browser_on_another_device() {
    let stub = Stub::start(sign_in).expect("a stub");
    let aws = browser::aws(&stub);
    let mut child = aws.command(&["login", "--remote"]).stdin(Stdio::piped()).spawn().expect("a child");
    let mut stdout = child.stdout.take().expect("a pipe");
    let text = read_until(&mut stdout, "\nEnter the authorization code displayed in your browser: ");
    assert!(
        text.starts_with("Browser will not be automatically opened.\nPlease visit the following URL:\n\n"),
        "{text}"
    );
    let url = text.lines().find(|l| l.starts_with("http")).expect("an address");
    assert_eq!(parameter(url, "redirect_uri"), format!("{}/v1/sessions/confirmation", stub.url()));
    assert_eq!(parameter(url, "client_id"), "arn:aws:signin:::devtools/cross-device");
    use base64::Engine;
    let code = format!("code=TYPED&state={}", parameter(url, "state"));
    let code = base64::engine::general_purpose::STANDARD.encode(code);
    child.stdin.take().expect("a pipe").write_all(format!("{code}\n").as_bytes()).expect("sent");
    assert!(child.wait().expect("an end").success());
    assert_eq!(
        read_until(&mut stdout, "credentials.\n"),
        format!("\nUpdated profile default to use {USER} credentials.\n")
    );
    assert!(body(&stub.requests()[0]).contains("\"code\": \"TYPED\""));
    let out = aws.run(&["logout", "--all"]).expect("run");
    assert!(out.stdout.starts_with("Removed 1 cached login credential. Note, any local"), "{out:?}");
    let out = aws.run(&["logout", "--all"]).expect("run");
    assert_eq!(out.stdout, "No cached login session tokens found.\n");
}

#[test]
fn another_session_in_the_profile() {
    let stub = Stub::start(sign_in).expect("a stub");
    for (answers, kept_session) in [("x\nn\n", "arn:other"), ("y\n", USER)] {
        let (aws, noted) = browser::with_browser(browser::aws(&stub));
        aws.config("[default]\nlogin_session = arn:other\n").expect("a file");
        let mut child = aws.command(&["login"]).stdin(Stdio::piped()).spawn().expect("a child");
        child.stdin.take().expect("a pipe").write_all(answers.as_bytes()).expect("sent");
        let url = browser::address(&noted, &mut child);
        redirect(&url, &format!("code=c&state={}", parameter(&url, "state")));
        let output = child.wait_with_output().expect("an end");
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let question = format!(
            "\nProfile default is already configured to use session arn:other. Do you want to overwrite it to use {USER} \
             instead? (y/n): "
        );
        assert!(stdout.contains(&question), "{stdout}");
        let config = std::fs::read_to_string(aws.home().join(".aws/config")).expect("a file");
        assert_eq!(config, format!("[default]\nlogin_session = {kept_session}\n"));
    }
}

#[test]
fn what_is_refused() {
    let stub = Stub::start(|_| {
        Reply::new(403, "application/json", r#"{"error":"AUTHCODE_EXPIRED","message":"no"}"#)
            .with_header("x-amzn-ErrorType", "AccessDeniedException")
    })
    .expect("a stub");
    let (aws, noted) = browser::with_browser(browser::aws(&stub));
    let mut child = aws.command(&["login"]).spawn().expect("a child");
    let url = browser::address(&noted, &mut child);
    redirect(&url, &format!("code=c&state={}", parameter(&url, "state")));
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "\naws: [ERROR]: Error loading or redeeming a login authorization code: Unable to complete the login process due \
         to an expired authorization code. Please reauthenticate using 'aws login'.\n"
    );
    aws.config("[default]\naws_access_key_id = A\n").expect("a file");
    let refused = aws.run(&["login"]).expect("run");
    assert_eq!(refused.code, 253);
    assert!(refused.stderr.contains("Profile 'default' is already configured with Access Key credentials.\n\nYou may"));
}
