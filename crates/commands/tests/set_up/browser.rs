//! A browser that does what a user would, and authorisation servers.

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Request, Stub};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An `aws` whose calls go to `stub`, without credentials in the environment.
pub fn aws(stub: &Stub) -> Aws {
    Aws::new()
        .expect("the executable")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .with("AWS_ENDPOINT_URL", stub.url())
        .with("AWS_MAX_ATTEMPTS", "1")
}

/// The same with a browser that notes the address it is to show.
pub fn with_browser(aws: Aws) -> (Aws, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let noted = aws.work().join("url");
    let script = format!("#!/bin/sh\nprintf %s \"$1\" > '{0}.part' && mv '{0}.part' '{0}'\n", noted.display());
    let program = aws.file("browser", script).expect("a file");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("a program");
    (aws.with("BROWSER", program), noted)
}

/// Waits for the address.
pub fn address(noted: &PathBuf, child: &mut Child) -> String {
    let start = Instant::now();
    loop {
        if let Ok(url) = std::fs::read_to_string(noted) {
            return url;
        }
        assert!(start.elapsed() < PATIENCE, "no browser was opened");
        if let Some(status) = child.try_wait().expect("a child") {
            let mut text = String::new();
            if let Some(stderr) = child.stderr.as_mut() {
                let _ = stderr.read_to_string(&mut text);
            }
            panic!("ended with {status}: {text}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A parameter of an address, decoded.
pub fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, q)| q);
    let raw = query.split('&').filter_map(|p| p.split_once('=')).find(|(k, _)| *k == name).map(|(_, v)| v);
    let mut out = Vec::new();
    let mut bytes = raw.unwrap_or_else(|| panic!("no {name} in {url}")).bytes();
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'%' => {
                let digits = [bytes.next().expect("a digit"), bytes.next().expect("a digit")];
                u8::from_str_radix(std::str::from_utf8(&digits).expect("ASCII"), 16).expect("hex")
            }
            other => other,
        });
    }
    String::from_utf8(out).expect("text")
}

/// The user says yes: the browser goes back to the command line with a code.
pub fn redirect(url: &str, query: &str) -> String {
    let address = parameter(url, "redirect_uri");
    let rest = address.strip_prefix("http://127.0.0.1:").expect("an address on loopback");
    let (port, path) = rest.split_once('/').expect("a path");
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse().expect("a port"))).expect("a listener");
    write!(stream, "GET /{path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("a page");
    page
}

/// Reads from a child until `text` stands at the end.
pub fn read_until(from: &mut impl Read, text: &str) -> String {
    let mut seen = Vec::new();
    let mut byte = [0u8];
    while !seen.ends_with(text.as_bytes()) {
        let n = from.read(&mut byte).expect("output");
        assert!(n > 0, "ended before {text:?}: {}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// The body of a request as text.
pub fn body(request: &Request) -> String {
    String::from_utf8_lossy(&request.body).into_owned()
}

/// Answers of IAM Identity Center and of STS, by path.
pub fn identity_center(request: &Request) -> Reply {
    let json = |text: &str| Reply::new(200, "application/json", text);
    let path = request.target.split('?').next().unwrap_or_default();
    match path {
        "/client/register" => {
            json(r#"{"clientId":"CI","clientSecret":"CS","clientIdIssuedAt":1,"clientSecretExpiresAt":4070908800}"#)
        }
        "/device_authorization" => json(
            r#"{"deviceCode":"DC","userCode":"ABCD-EFGH","verificationUri":"https://device.example/","verificationUriComplete":"https://device.example/?user_code=ABCD-EFGH","expiresIn":600,"interval":1}"#,
        ),
        "/token" => json(r#"{"accessToken":"TOKEN","tokenType":"Bearer","expiresIn":28800,"refreshToken":"RT"}"#),
        "/assignment/accounts" => {
            json(r#"{"accountList":[{"accountId":"123456789012","accountName":"Main","emailAddress":"a@x"}]}"#)
        }
        "/assignment/roles" => json(r#"{"roleList":[{"roleName":"Admin","accountId":"123456789012"}]}"#),
        "/federation/credentials" => json(
            r#"{"roleCredentials":{"accessKeyId":"SSOKEY","secretAccessKey":"SS","sessionToken":"ST","expiration":4070908800000}}"#,
        ),
        "/logout" => json("{}"),
        _ => caller_identity(),
    }
}

/// STS says who asks.
pub fn caller_identity() -> Reply {
    Reply::xml(
        "<R><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>U</UserId><Account>123456789012\
         </Account></GetCallerIdentityResult></R>",
    )
}

/// STS gives a role's credentials.
pub fn assumed_role(end: &str) -> Reply {
    Reply::xml(format!(
        "<R><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>{end}</Expiration></Credentials><AssumedRoleUser><Arn>\
         arn:aws:sts::123456789012:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>\
         </AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></R>"
    ))
}
