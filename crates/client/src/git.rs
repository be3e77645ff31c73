//! The password that AWS CodeCommit takes from git: a signature of the method `GIT` on a repository's URL, in a form of
//! its own. The canonical request has no payload, and the timestamp that is signed has no zone.

use oxaws_creds::Credentials;
use oxaws_sign::{AmzDate, hmac_sha256, sha256_hex, signing_key};

const SERVICE: &str = "codecommit";

/// The password for the repository at `path` of `host`, for the second `now` and a few minutes after it.
pub fn git_password(credentials: &Credentials, region: &str, host: &str, path: &str, now: i64) -> String {
    let date = AmzDate::from_secs(now);
    let stamp = date.stamp().trim_end_matches('Z');
    let request = format!("GIT\n{path}\n\nhost:{host}\n\nhost\n");
    let scope = format!("{}/{region}/{SERVICE}/aws4_request", date.date());
    let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", sha256_hex(request.as_bytes()));
    let key = signing_key(&credentials.secret_access_key, date.date(), region, SERVICE);
    let signature: String = hmac_sha256(&key, text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    format!("{stamp}Z{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded: commands/codecommit/credential-helper/get
    #[test]
    fn recorded_password() {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
            account_id: None,
            expiration: None,
            method: "env",
        };
        // 2026-12-01T01:48:03Z
        let password = git_password(
            &credentials,
            "us-west-2",
            "git-codecommit.us-west-2.amazonaws.com",
            "/v1/repos/r",
            1_796_089_683,
        );
        assert_eq!(password, "20261201T014803Z2f3f21598ca46db38b29c57a53151e139b3daaef6630b3e79ef0da7a36990a3d");
    }
}
