//! Many processes that share what is kept.

use super::browser::{self, assumed_role, body, caller_identity, identity_center};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::Stub;
use std::process::Child;

const PROCESSES: usize = 50;

fn fifty(aws: &Aws) {
    let children: Vec<Child> = (0..PROCESSES)
        .map(|_| aws.command(&["sts", "get-caller-identity", "--query", "Account"]).spawn().expect("a child"))
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "\"123456789012\"\n");
    }
}

fn in_cache(aws: &Aws) -> Vec<String> {
    let folder = std::fs::read_dir(aws.home().join(".aws/cli/cache")).expect("a folder");
    folder.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn fifty_processes_assume_a_role_once() {
    let stub = Stub::start(|request| match body(request).contains("Action=AssumeRole") {
        true => {
            std::thread::sleep(std::time::Duration::from_millis(300));
            assumed_role("2099-01-01T00:00:00Z")
        }
        false => caller_identity(),
    })
    .expect("a stub");
    let aws = browser::aws(&stub);
    aws.config(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nrole_session_name = me\nsource_profile = x\n[profile x]\n\
         aws_access_key_id = XK\naws_secret_access_key = XS\n",
    )
    .expect("a file");
    // What is kept is past: all of them find that out at the same time.
    let name = "e031715e3909eb6f8c769322c915f0e2b37c291e.json";
    let past = "{\"Credentials\": {\"AccessKeyId\": \"OLD\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", \
                \"Expiration\": \"2001-01-01T00:00:00Z\"}}";
    let folder = aws.home().join(".aws/cli/cache");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), past).expect("a file");
    fifty(&aws);
    let assumed = stub.requests().iter().filter(|r| body(r).contains("Action=AssumeRole")).count();
    assert_eq!(assumed, 1);
    assert_eq!(stub.requests().len(), PROCESSES + 1);
    assert_eq!(in_cache(&aws), [name]);
    let kept = std::fs::read_to_string(folder.join(name)).expect("a file");
    for part in [
        "\"AccountId\": \"123456789012\"}, \"AssumedRoleUser\": {\"AssumedRoleId\": ",
        "}, \"ResponseMetadata\": {\"RequestId\": \"1\", \"HTTPStatusCode\": 200, \"HTTPHeaders\": {",
        "\"content-type\": \"text/xml\"",
    ] {
        assert!(kept.contains(part), "{part}: {kept}");
    }
    assert!(kept.ends_with("}, \"RetryAttempts\": 0}}"), "{kept}");
}

#[test]
fn fifty_processes_refresh_a_token_once() {
    let stub = Stub::start(identity_center).expect("a stub");
    let aws = browser::aws(&stub);
    aws.config(
        "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n[sso-session s]\nsso_region = \
         us-east-1\nsso_start_url = https://x.awsapps.com/start\n",
    )
    .expect("a file");
    let folder = aws.home().join(".aws/sso/cache");
    std::fs::create_dir_all(&folder).expect("a folder");
    let token = "{\"startUrl\": \"https://x.awsapps.com/start\", \"region\": \"us-east-1\", \"accessToken\": \"OLD\", \
                 \"expiresAt\": \"2001-01-01T00:00:00Z\", \"clientId\": \"CI\", \"clientSecret\": \"CS\", \
                 \"registrationExpiresAt\": \"2099-01-01T00:00:00Z\", \"refreshToken\": \"RT\"}";
    std::fs::write(folder.join("a0f1490a20d0211c997b44bc357e1972deab8ae3.json"), token).expect("a file");
    fifty(&aws);
    let count = |target: &str| stub.requests().iter().filter(|r| r.target.starts_with(target)).count();
    assert_eq!((count("/token"), count("/federation/credentials")), (1, 1));
    assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 1);
    assert_eq!(in_cache(&aws).len(), 1);
}

#[test]
fn twenty_processes_change_the_same_files() {
    let stub = Stub::start(|_| caller_identity()).expect("a stub");
    for is_there in [false, true] {
        let aws = browser::aws(&stub);
        let folder = aws.home().join(".aws");
        if is_there {
            aws.config("[default]\noutput = json\n# a comment\n[profile x]\nregion = y\n").expect("a file");
        } else {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let children: Vec<Child> = (0..20)
            .map(|i| {
                let words = match i % 4 {
                    0 => vec![format!("key{i}"), format!("v{i}")],
                    1 => vec![format!("s3.key{i}"), format!("v{i}")],
                    2 => vec![format!("profile.p{i}.key{i}"), format!("v{i}")],
                    _ => vec!["aws_access_key_id".into(), format!("v{i}"), "--profile".into(), format!("q{i}")],
                };
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                aws.command(&[&["configure", "set"], &words[..]].concat()).spawn().expect("a child")
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().expect("an end");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
        let (config, credentials) = (read("config"), read("credentials"));
        for i in 0..20 {
            let line = if i % 4 == 3 { format!("aws_access_key_id = v{i}\n") } else { format!("key{i} = v{i}\n") };
            let text = if i % 4 == 3 { &credentials } else { &config };
            assert_eq!(text.matches(&line).count(), 1, "{line}{text}");
        }
        let mut names: Vec<_> =
            std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.file_name()).collect();
        names.sort();
        assert_eq!(names, ["config", "credentials"]);
    }
}
