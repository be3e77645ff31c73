//! `aws sso login` and `logout`, `aws configure sso` and `sso-session`.

use super::browser::{self, body, identity_center, parameter, redirect};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

const SESSION: &str = "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n\
                       [sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x.awsapps.com/start\n\
                       sso_registration_scopes = sso:account:access\n";
const LEGACY: &str = "[default]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
                      sso_account_id = 123456789012\nsso_role_name = R\n";
const SESSION_TOKEN: &str = ".aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
const LEGACY_TOKEN: &str = ".aws/sso/cache/3947de8b16688092197fa616c34e01335f21d256.json";

fn kept(aws: &Aws, file: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = aws.home().join(file);
    let mode = std::fs::metadata(&path).expect("a kept file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::read_to_string(path).expect("a kept file")
}

#[test]
fn a_login_with_a_browser() {
    let stub = Stub::start(identity_center).expect("a stub");
    let (aws, noted) = browser::with_browser(browser::aws(&stub));
    aws.config(SESSION).expect("a file");
    let mut child = aws.command(&["sso", "login"]).spawn().expect("a child");
    let url = browser::address(&noted, &mut child);
    assert!(
        url.starts_with(&format!("{}/authorize?response_type=code&client_id=CI&redirect_uri=", stub.url())),
        "{url}"
    );
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    assert_eq!(parameter(&url, "scopes"), "sso:account:access");
    // Something else that asks doesn't end the wait.
    assert!(redirect(&url, "nothing=here").starts_with("HTTP/1.1 200 OK"));
    let page = redirect(&url, &format!("code=THECODE&state={}", parameter(&url, "state")));
    assert!(page.contains("Go back to the terminal"), "{page}");
    let output = child.wait_with_output().expect("an end");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.starts_with("Attempting to open your default browser. If the browser does not open"), "{stdout}");
    assert!(stdout.contains("with the '--use-device-code' option.\n\n"), "{stdout}");
    assert!(stdout.ends_with("\n\nSuccessfully logged into Start URL: https://x.awsapps.com/start\n"), "{stdout}");
    let requests = stub.requests();
    let registration = body(&requests[0]);
    for part in [
        "\"clientName\": \"botocore-client-s\"",
        "\"clientType\": \"public\"",
        "\"redirectUris\": [\"http://127.0.0.1/oauth/callback\"]",
        "\"grantTypes\": [\"authorization_code\", \"refresh_token\"]",
        "\"issuerUrl\": \"https://x.awsapps.com/start\"",
        "\"scopes\": [\"sso:account:access\"]",
    ] {
        assert!(registration.contains(part), "{part} in {registration}");
    }
    let redeemed = body(&requests[1]);
    assert!(redeemed.contains("\"code\": \"THECODE\"") && redeemed.contains("\"codeVerifier\": \""), "{redeemed}");
    assert!(redeemed.contains(&parameter(&url, "redirect_uri")), "{redeemed}");
    assert_eq!(requests.len(), 2);
    let token = kept(&aws, SESSION_TOKEN);
    assert!(token.starts_with("{\"startUrl\": \"https://x.awsapps.com/start\", \"region\": \"us-east-1\", \"accessToken\": \"TOKEN\", \"expiresAt\": \""), "{token}");
    assert!(token.ends_with("Z\", \"clientId\": \"CI\", \"clientSecret\": \"CS\", \"registrationExpiresAt\": \"2099-01-01T00:00:00Z\", \"refreshToken\": \"RT\"}"), "{token}");
    // The token serves at once.
    let who = aws.run(&["sts", "get-caller-identity", "--query", "Account", "--output", "text"]).expect("run");
    assert_eq!((who.code, who.stdout.as_str()), (0, "123456789012\n"), "{}", who.stderr);
    // The registration serves again; the token is a new one.
    std::fs::remove_file(&noted).expect("removed");
    let mut child = aws.command(&["sso", "login"]).spawn().expect("a child");
    let url = browser::address(&noted, &mut child);
    redirect(&url, &format!("code=C2&state={}", parameter(&url, "state")));
    assert!(child.wait().expect("an end").success());
    let registered = stub.requests().iter().filter(|r| r.target == "/client/register").count();
    assert_eq!(registered, 1);
}

#[test]
fn a_login_that_is_refused() {
    let stub = Stub::start(identity_center).expect("a stub");
    for (query, message) in [
        ("error=access_denied", "Error loading authorization code: Failed to retrieve an authorization code."),
        ("code=c&state=another", "Error loading authorization code: State parameter does not match expected value."),
    ] {
        let (aws, noted) = browser::with_browser(browser::aws(&stub));
        aws.config(SESSION).expect("a file");
        let mut child = aws.command(&["sso", "login"]).spawn().expect("a child");
        redirect(&browser::address(&noted, &mut child), query);
        let output = child.wait_with_output().expect("an end");
        assert_eq!(output.status.code(), Some(255));
        assert_eq!(String::from_utf8_lossy(&output.stderr), format!("\naws: [ERROR]: {message}\n"));
        assert!(!aws.home().join(SESSION_TOKEN).exists());
    }
}

#[test]
fn a_login_with_a_device_code() {
    let tries = AtomicUsize::new(0);
    let stub = Stub::start(move |request| match request.target.as_str() {
        // Not yet, twice; then it is done.
        "/token" if tries.fetch_add(1, Ordering::SeqCst) < 2 => {
            Reply::new(400, "application/json", r#"{"error":"authorization_pending"}"#)
                .with_header("x-amzn-ErrorType", "AuthorizationPendingException")
        }
        _ => identity_center(request),
    })
    .expect("a stub");
    let aws = browser::aws(&stub);
    aws.config(LEGACY).expect("a file");
    let done = aws.run(&["sso", "login", "--no-browser"]).expect("run");
    assert_eq!(done.stderr, "");
    assert_eq!(
        done.stdout,
        "Browser will not be automatically opened.\nPlease visit the following URL:\n\nhttps://device.example/\n\nThen \
         enter the code:\n\nABCD-EFGH\n\nAlternatively, you may visit the following URL which will autofill the code upon \
         loading:\nhttps://device.example/?user_code=ABCD-EFGH\nSuccessfully logged into Start URL: \
         https://x.awsapps.com/start\n"
    );
    let targets: Vec<String> = stub.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(targets, ["/client/register", "/device_authorization", "/token", "/token", "/token"]);
    assert!(kept(&aws, LEGACY_TOKEN).contains("\"accessToken\": \"TOKEN\""));
    // And away with it.
    let out = aws.run(&["sso", "logout"]).expect("run");
    assert_eq!((out.code, out.stdout.as_str(), out.stderr.as_str()), (0, "", ""));
    assert!(!aws.home().join(LEGACY_TOKEN).exists());
    assert_eq!(stub.requests().last().map(|r| r.target.clone()).as_deref(), Some("/logout"));
}

#[test]
fn a_profile_is_configured() {
    let stub = Stub::start(identity_center).expect("a stub");
    let aws = browser::aws(&stub);
    let answers = "s\nhttps://x.awsapps.com/start\nus-east-1\n\neu-west-1\ntext\n\n";
    let mut child = aws
        .command(&["configure", "sso", "--use-device-code", "--no-browser"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a child");
    child.stdin.take().expect("a pipe").write_all(answers.as_bytes()).expect("sent");
    let output = child.wait_with_output().expect("an end");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "Warning: Input is not a terminal (fd=0).\n");
    for part in [
        "SSO session name (Recommended): s\nSSO start URL [None]: https://x.awsapps.com/start\nSSO region [None]: \
         us-east-1\nSSO registration scopes [sso:account:access]: \n",
        "The only AWS account available to you is: 123456789012\nUsing the account ID 123456789012\nThe only role \
         available to you is: Admin\nUsing the role name \"Admin\"\n",
        "Default client Region [None]: eu-west-1\nCLI default output format (json if not specified) [None]: text\nProfile \
         name [Admin-123456789012]: \n",
        "To use this profile, specify the profile name using --profile, as shown:\n\naws sts get-caller-identity --profile \
         Admin-123456789012\n",
    ] {
        assert!(stdout.contains(part), "{part:?} in {stdout}");
    }
    assert_eq!(
        std::fs::read_to_string(aws.home().join(".aws/config")).expect("a file"),
        "[profile Admin-123456789012]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Admin\nregion = \
         eu-west-1\noutput = text\n[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n"
    );
    let who = ["sts", "get-caller-identity", "--profile", "Admin-123456789012", "--query", "Account"];
    let who = aws.run(&who).expect("run");
    assert_eq!((who.code, who.stdout.as_str()), (0, "123456789012\n"), "{}", who.stderr);
}
