//! `iam-role`: credentials, and the region, of an EC2 instance, from the instance metadata service.

use crate::cache::{keys, optional_text};
use crate::{
    Context, Credentials, CredsError, FetchError, FetchReply, FetchRequest, Loaded, Moment, Provider, Refresh,
};
use oxaws_config::Config;
use oxaws_env::{Instant, World};
use oxaws_value::{Value, parse_json};
use std::time::Duration;

const METHOD: &str = "iam-role";
const TOKEN_PATH: &str = "latest/api/token";
const TOKEN_SECONDS: &str = "21600";
const ROLE_PATH: &str = "latest/meta-data/iam/security-credentials/";
const ZONE_PATH: &str = "latest/meta-data/placement/availability-zone/";
/// Credentials with less left than this are stretched.
const REFRESH_WINDOW: i64 = 15 * 60;

/// How the metadata service is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataService {
    base: String,
    timeout: Duration,
    attempts: i64,
    v1_disabled: bool,
    disabled: bool,
}

impl MetadataService {
    /// Reads the settings. The AWS CLI does so whenever a command starts, whatever credentials it will use: a fault here
    /// ends every command.
    ///
    /// # Errors
    /// When a setting is bad, and those of [`Config::profile`].
    pub fn resolve(config: &Config<'_>) -> Result<MetadataService, CredsError> {
        let timeout = config.integer("metadata_service_timeout")?.unwrap_or(1);
        let attempts = config.integer("metadata_service_num_attempts")?.unwrap_or(1);
        let endpoint = config.text("ec2_metadata_service_endpoint")?.filter(|e| !e.is_empty());
        let ipv6 = config.metadata_by_ipv6()?;
        let v1_disabled = config.boolean("ec2_metadata_v1_disabled")? == Some(true);
        let default = if ipv6 { "http://[fd00:ec2::254]/" } else { "http://169.254.169.254/" };
        let base = endpoint.unwrap_or_else(|| default.to_owned());
        if !is_url(&base) {
            return Err(CredsError::InvalidMetadataEndpoint { endpoint: base });
        }
        Ok(MetadataService {
            base,
            timeout: Duration::from_secs(u64::try_from(timeout).unwrap_or(1).clamp(1, 3600)),
            attempts,
            v1_disabled,
            disabled: config.boolean("ec2_metadata_disabled")? == Some(true),
        })
    }

    fn send(
        &self,
        context: &Context<'_>,
        method: &'static str,
        path: &str,
        header: Option<(&'static str, String)>,
    ) -> Result<FetchReply, FetchError> {
        let slash = if self.base.ends_with('/') { "" } else { "/" };
        let url = format!("{}{slash}{path}", self.base);
        let mut headers: Vec<_> = header.into_iter().collect();
        headers.push(("User-Agent", context.user_agent.to_owned()));
        let request = FetchRequest { method, url: &url, headers, timeout: self.timeout, proxies: true };
        context.fetcher.fetch(&request)
    }

    /// A token for version 2; `None` where the service knows none.
    fn token(&self, context: &Context<'_>) -> Result<Option<String>, Failed> {
        if self.disabled {
            return Err(Failed::Unanswered);
        }
        for _ in 0..self.attempts {
            let header = ("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS.to_owned());
            match self.send(context, "PUT", TOKEN_PATH, Some(header)) {
                Ok(reply) => match reply.status {
                    200 => return Ok(Some(reply.text())),
                    403..=405 => return Ok(None),
                    400 => return Err(Failed::Unanswered),
                    _ => {}
                },
                // A token's answer that gets lost on a long way must not cost more time.
                Err(FetchError::ReadTimeout(_)) => return Ok(None),
                Err(FetchError::Connection(_)) => {}
                Err(FetchError::Unsendable(why)) => return Err(Failed::With(CredsError::python(why))),
            }
        }
        Ok(None)
    }

    fn get(
        &self,
        context: &Context<'_>,
        path: &str,
        token: Option<&str>,
        good: impl Fn(&str) -> bool,
    ) -> Result<String, Failed> {
        let token = token.filter(|t| !t.is_empty());
        if token.is_none() && self.v1_disabled {
            let message = "Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled".into();
            return Err(Failed::With(CredsError::Metadata { message }));
        }
        for _ in 0..self.attempts {
            let header = token.map(|t| ("x-aws-ec2-metadata-token", t.to_owned()));
            match self.send(context, "GET", path, header) {
                Ok(reply) if reply.status == 200 && !reply.body.is_empty() && good(&reply.text()) => {
                    return Ok(reply.text());
                }
                Ok(_) | Err(FetchError::ReadTimeout(_) | FetchError::Connection(_)) => {}
                Err(FetchError::Unsendable(why)) => return Err(Failed::With(CredsError::python(why))),
            }
        }
        Err(Failed::Unanswered)
    }

    fn credentials(&self, context: &Context<'_>) -> Result<Option<Credentials>, CredsError> {
        let ask = || {
            let token = self.token(context)?;
            let role = self.get(context, ROLE_PATH, token.as_deref(), |_| true)?;
            let is_json = |t: &str| parse_json(t).is_ok();
            let reply = self.get(context, &format!("{ROLE_PATH}{role}"), token.as_deref(), is_json)?;
            parse_json(&reply).map_err(|_| Failed::Unanswered)
        };
        let reply = match ask() {
            Ok(reply) => reply,
            Err(Failed::Unanswered) => return Ok(None),
            Err(Failed::With(error)) => return Err(error),
        };
        // The service answers 200 also when it has only an explanation to give.
        if ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"].iter().any(|k| reply.get(k).is_none()) {
            return Ok(None);
        }
        let end = match reply.get("Expiration").and_then(Value::as_str) {
            Some(end) => stretched(end, context.world)?,
            None => return Ok(None),
        };
        let (access_key_id, secret_access_key) = keys(&reply, "AccessKeyId", "SecretAccessKey")?;
        Ok(Some(Credentials {
            access_key_id,
            secret_access_key,
            session_token: reply.get("Token").and_then(optional_text),
            account_id: None,
            expiration: Some(end),
            method: METHOD,
        }))
    }
}

enum Failed {
    /// No useful answer: as if there were no service.
    Unanswered,
    With(CredsError),
}

/// An end that is near or past is put off: while the service has trouble, its old credentials go on working.
fn stretched(end: &str, world: &dyn World) -> Result<Moment, CredsError> {
    let moment = Moment::parse(end)?;
    // Only this exact form is stretched.
    if moment.zulu() != end {
        return Ok(moment);
    }
    let mut random = [0u8; 2];
    world.random(&mut random);
    let window = REFRESH_WINDOW + 120 + i64::from(u16::from_le_bytes(random)) % 481;
    let now = world.now();
    Ok(match moment.seconds_from(now) <= window as f64 {
        true => Moment::utc(Instant::from_secs(now.secs() + window)),
        false => moment,
    })
}

/// Whether a text is a URL as the AWS CLI wants endpoints to be: a host of letters, digits and hyphens, or an IPv6
/// address, after a scheme.
pub fn is_url(url: &str) -> bool {
    if url.contains(['\t', '\r', '\n']) {
        return false;
    }
    let Some((_, rest)) = url.split_once("//") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(v6) = authority.strip_prefix('[') {
        let address = v6.split(']').next().unwrap_or_default();
        return address.split('%').next().is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let host = authority.split(':').next().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.len() <= 255 && host.split('.').all(label)
}

/// Credentials of the instance's role. No answer means no credentials, without an error.
#[derive(Debug, Clone)]
pub(crate) struct Imds {
    pub(crate) service: MetadataService,
}

impl Provider for Imds {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let found = self.service.credentials(context)?;
        Ok(found.map(|credentials| Loaded::refreshable(credentials, self.clone())))
    }
}

impl Refresh for Imds {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        self.service.credentials(context)?.ok_or(CredsError::IncompleteRefresh { provider: METHOD })
    }
}

/// The region of the instance; `None` where no metadata service answers. It is the last place the AWS CLI looks for a
/// region.
///
/// # Errors
/// When the service's settings are bad.
pub fn region(context: &Context<'_>) -> Result<Option<String>, CredsError> {
    let service = MetadataService::resolve(context.config)?;
    let ask = || {
        let token = service.token(context)?;
        service.get(context, ZONE_PATH, token.as_deref(), |_| true)
    };
    match ask() {
        // The zone is the region and a letter.
        Ok(mut zone) => {
            zone.pop();
            Ok(Some(zone))
        }
        Err(Failed::Unanswered) => Ok(None),
        Err(Failed::With(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    const GOOD: &str = r#"{"Code":"Success","AccessKeyId":"IK","SecretAccessKey":"IS","Token":"IT","Expiration":"2099-01-01T00:00:00Z"}"#;

    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        stage.run(|c| {
            let service = MetadataService::resolve(c.config).map_err(|e| e.to_string())?;
            let loaded = Imds { service }.load(c).map_err(|e| e.to_string())?;
            loaded.map(|l| l.credentials(c).map_err(|e| e.to_string())).transpose()
        })
    }

    #[test]
    fn with_a_token() {
        let stage = Stage::new().answer(200, "TOK").answer(200, "role").answer(200, GOOD);
        let c = found(&stage).unwrap().unwrap();
        assert_eq!((c.access_key_id.as_str(), c.method), ("IK", "iam-role"));
        assert_eq!(
            stage.requests(),
            [
                "PUT http://169.254.169.254/latest/api/token x-aws-ec2-metadata-token-ttl-seconds: 21600 User-Agent: ua",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/ x-aws-ec2-metadata-token: TOK \
             User-Agent: ua",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role x-aws-ec2-metadata-token: TOK \
             User-Agent: ua",
            ]
        );
    }

    #[test]
    fn without_a_token() {
        let stage = Stage::new().answer(404, "").answer(200, "role").answer(200, GOOD);
        assert!(found(&stage).unwrap().is_some());
        let stage = Stage::new().var("AWS_EC2_METADATA_V1_DISABLED", "true").answer(403, "");
        assert_eq!(
            found(&stage),
            Err("Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled"
                .into())
        );
    }

    #[test]
    fn nothing_useful() {
        assert_eq!(found(&Stage::new()), Ok(None));
        assert_eq!(found(&Stage::new().answer(400, "")), Ok(None));
        assert_eq!(found(&Stage::new().answer(200, "T").answer(404, "")), Ok(None));
        assert_eq!(found(&Stage::new().answer(200, "T").answer(200, "r").answer(200, "<html>")), Ok(None));
        let no = r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#;
        assert_eq!(found(&Stage::new().answer(200, "T").answer(200, "r").answer(200, no)), Ok(None));
        let stage = Stage::new().var("AWS_EC2_METADATA_DISABLED", "TRUE");
        assert_eq!(found(&stage), Ok(None));
        assert!(stage.requests().is_empty());
    }

    #[test]
    fn more_attempts() {
        let stage = Stage::new()
            .config("[default]\nmetadata_service_num_attempts = 2\n")
            .answer(500, "")
            .answer(200, "T")
            .answer(200, "")
            .answer(200, "r")
            .answer(200, GOOD);
        assert!(found(&stage).unwrap().is_some());
        assert_eq!(stage.requests().len(), 5);
    }

    #[test]
    fn old_credentials_are_stretched() {
        let old = GOOD.replace("2099", "1960");
        let stage = Stage::new().answer(200, "T").answer(200, "r").answer(200, &old);
        let end = found(&stage).unwrap().unwrap().expiration.unwrap().at.secs();
        assert!((REFRESH_WINDOW + 120..=REFRESH_WINDOW + 600).contains(&end), "{end}");
    }

    #[test]
    fn settings() {
        let base =
            |stage: Stage| stage.run(|c| MetadataService::resolve(c.config).map(|s| s.base).map_err(|e| e.to_string()));
        let endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        assert_eq!(base(Stage::new()).as_deref(), Ok("http://169.254.169.254/"));
        assert_eq!(base(Stage::new().var("AWS_IMDS_USE_IPV6", "true")).as_deref(), Ok("http://[fd00:ec2::254]/"));
        assert_eq!(base(Stage::new().var(endpoint, "http://127.0.0.1:1")).as_deref(), Ok("http://127.0.0.1:1"));
        assert_eq!(base(Stage::new().var(endpoint, "http://[::1]:1/x")).as_deref(), Ok("http://[::1]:1/x"));
        for bad in ["nonsense", "http://", "http://a_b", "http://[x]", "http://a\nb"] {
            let want = format!("Invalid endpoint EC2 Instance Metadata endpoint: {bad}");
            assert_eq!(base(Stage::new().var(endpoint, bad)), Err(want));
        }
        assert_eq!(
            base(Stage::new().var("AWS_METADATA_SERVICE_TIMEOUT", "x")),
            Err("invalid literal for int() with base 10: 'x'".into())
        );
    }

    #[test]
    fn the_region() {
        let stage = Stage::new().answer(200, "T").answer(200, "eu-west-1b");
        assert_eq!(stage.run(|c| region(c).unwrap()).as_deref(), Some("eu-west-1"));
        assert_eq!(Stage::new().run(|c| region(c).unwrap()), None);
    }
}
