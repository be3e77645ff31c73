//! `container-role`: credentials of a container, from the address in its environment.

use crate::cache::{keys, kind, member, moment, optional_text};
use crate::{Context, Credentials, CredsError, FetchError, FetchRequest, Loaded, Provider, Refresh};
use oxaws_env::var;
use oxaws_python::url::split;
use oxaws_value::{Value, parse_json};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

/// Asks the address that AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI names. Where one of
/// them is set, a failure ends the search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container;

const METHOD: &str = "container-role";
const HOST: &str = "169.254.170.2";
/// Hosts that may be asked without TLS, besides loopback addresses.
const HOSTS: [&str; 4] = [HOST, "169.254.170.23", "fd00:ec2::23", "localhost"];
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

impl Provider for Container {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let world = context.world;
        let url = match world.var(var::AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) {
            Some(path) => format!("http://{HOST}{path}"),
            None => match world.var(var::AWS_CONTAINER_CREDENTIALS_FULL_URI) {
                Some(url) => url,
                None => return Ok(None),
            },
        };
        let ask = Ask { url, authorization: authorization(context)? };
        let credentials = ask.fetch(context)?;
        Ok(Some(Loaded::refreshable(credentials, ask)))
    }
}

/// The token to show: that of the file before that of the variable.
fn authorization(context: &Context<'_>) -> Result<Option<String>, CredsError> {
    let world = context.world;
    let token = match world.var(var::AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) {
        Some(path) => {
            let contents = world.read(Path::new(&path)).map_err(|e| CredsError::io(e, Path::new(&path)))?;
            Some(String::from_utf8_lossy(&contents).into_owned())
        }
        None => world.var(var::AWS_CONTAINER_AUTHORIZATION_TOKEN),
    };
    match token {
        Some(token) if token.contains(['\r', '\n']) => Err(CredsError::InvalidAuthToken),
        token => Ok(token),
    }
}

struct Ask {
    url: String,
    authorization: Option<String>,
}

impl Refresh for Ask {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        check_host(&self.url)?;
        let mut attempt = 1;
        let reply = loop {
            match self.ask(context) {
                Ok(reply) => break reply,
                Err(Failed::Finally(error)) => return Err(error),
                Err(Failed::Once(why)) if attempt >= ATTEMPTS => {
                    let message = CredsError::Metadata { message: why }.to_string();
                    return Err(CredsError::Retrieval { provider: METHOD.into(), message });
                }
                Err(Failed::Once(_)) => context.world.sleep(PAUSE),
            }
            attempt += 1;
        };
        if reply.as_map().is_none() {
            return Err(CredsError::python(format!("'{}' object is not subscriptable", kind(&reply))));
        }
        let (access_key_id, secret_access_key) = keys(&reply, "AccessKeyId", "SecretAccessKey")?;
        Ok(Credentials {
            access_key_id,
            secret_access_key,
            session_token: optional_text(member(&reply, "Token")?),
            expiration: Some(moment(member(&reply, "Expiration")?)?),
            account_id: reply.get("AccountId").and_then(optional_text),
            method: METHOD,
        })
    }
}

enum Failed {
    Once(String),
    Finally(CredsError),
}

impl Ask {
    fn ask(&self, context: &Context<'_>) -> Result<Value, Failed> {
        let mut headers = vec![("Accept", "application/json".to_owned())];
        headers.extend(self.authorization.iter().map(|a| ("Authorization", a.clone())));
        let request = FetchRequest { method: "GET", url: &self.url, headers, timeout: TIMEOUT, proxies: false };
        let reply = match context.fetcher.fetch(&request) {
            Ok(reply) => reply,
            Err(FetchError::ReadTimeout(why) | FetchError::Connection(why)) => {
                return Err(Failed::Once(format!(
                    "Received error when attempting to retrieve container metadata: {why}"
                )));
            }
            Err(FetchError::Unsendable(why)) => return Err(Failed::Finally(CredsError::python(why))),
        };
        let body = reply.text();
        if reply.status != 200 {
            let status = reply.status;
            return Err(Failed::Once(format!("Received non 200 response {status} from container metadata: {body}")));
        }
        parse_json(&body)
            .map_err(|_| Failed::Once("Unable to parse JSON returned from container metadata services".to_owned()))
    }
}

/// TLS, a loopback address or one of the known hosts: credentials are asked nowhere else.
fn check_host(url: &str) -> Result<(), CredsError> {
    let url = split(url);
    if url.scheme.eq_ignore_ascii_case("https") {
        return Ok(());
    }
    let host = url.host().unwrap_or_default().to_lowercase();
    let loopback = host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback());
    if loopback || HOSTS.contains(&host.as_str()) {
        return Ok(());
    }
    Err(CredsError::UnsupportedHost { host: if host.is_empty() { "None".into() } else { host } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    const GOOD: &str =
        r#"{"AccessKeyId":"CK","SecretAccessKey":"CS","Token":"CT","Expiration":"2099-01-01T00:00:00Z"}"#;

    fn key(stage: &Stage) -> Result<Option<String>, String> {
        stage.run(|c| match Container.load(c) {
            Ok(found) => Ok(found.map(|l| l.credentials(c).unwrap().access_key_id)),
            Err(e) => Err(e.to_string()),
        })
    }
    fn full(url: &str) -> Stage {
        Stage::new().var("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    }

    #[test]
    fn addresses_and_tokens() {
        assert_eq!(key(&Stage::new()), Ok(None));
        let stage = full("http://127.0.0.1:8/c?x=1").answer(200, GOOD);
        assert_eq!(key(&stage), Ok(Some("CK".into())));
        assert_eq!(stage.requests(), ["GET http://127.0.0.1:8/c?x=1 Accept: application/json"]);
        let stage = full("https://x")
            .var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2")
            .var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "no")
            .var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/t")
            .file("/t", "yes")
            .answer(200, GOOD);
        assert_eq!(key(&stage), Ok(Some("CK".into())));
        assert_eq!(stage.requests(), ["GET http://169.254.170.2/v2 Accept: application/json Authorization: yes"]);
    }

    #[test]
    fn what_goes_wrong() {
        let url = "http://localhost/c";
        assert_eq!(key(&full(url).answer(200, r#"{"AccessKeyId":"CK"}"#)), Err("'SecretAccessKey'".into()));
        assert_eq!(
            key(&full(url).var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\nb")),
            Err("Auth token value is not a legal header value".into())
        );
        let stage = full(url);
        assert_eq!(
            key(&stage),
            Err("Error when retrieving credentials from container-role: Error retrieving metadata: Received error when \
                 attempting to retrieve container metadata: Could not connect to the endpoint URL: \
                 \"http://localhost/c\""
                .into())
        );
        assert_eq!(stage.requests().len(), 3);
        let stage = full(url).answer(500, "x").answer(200, "{").answer(403, "no");
        assert_eq!(
            key(&stage),
            Err("Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 \
                 response 403 from container metadata: no"
                .into())
        );
    }

    #[test]
    fn hosts() {
        for good in [
            "https://any.where",
            "http://127.1.2.3",
            "http://[::1]:80/x",
            "http://u:p@LOCALHOST:1/",
            "http://[fd00:ec2::23]",
        ] {
            assert!(check_host(good).is_ok(), "{good}");
        }
        for (bad, host) in [
            ("http://10.0.0.1/x", "10.0.0.1"),
            ("nonsense", "None"),
            ("http://127.0.0.1.evil", "127.0.0.1.evil"),
            ("http://localhost@evil", "evil"),
        ] {
            let want = format!(
                "Unsupported host '{host}'.  Can only retrieve metadata from a loopback address or one of these hosts: \
                 169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost"
            );
            assert_eq!(check_host(bad).unwrap_err().to_string(), want);
        }
    }
}
