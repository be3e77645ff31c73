//! The start URL of IAM Identity Center: one of a company's own is followed to AWS's, which names the region.

use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, HttpError};
use oxaws_python::{python_os_error_bare, url};
use std::time::Duration;

/// Domains of AWS; what lies beneath them counts too.
const DOMAINS: [&str; 8] = [
    "app.aws",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "app.amazonwebservices.com.cn",
    "portal.amazonaws.eu",
    "api.amazonwebservices.eu",
    "awsapps.com",
    "awsapps.cn",
];
/// Hosts of AWS.
const HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];
/// Host names with the region after the instance's id: what stands between the id and the region, and what follows.
const REGION_PLACES: [(&str, &str); 6] = [
    ("portal.", ".app.aws"),
    ("", ".portal.amazonaws.com"),
    ("", ".portal.amazonaws.com.cn"),
    ("portal.", ".app.amazonwebservices.com.cn"),
    ("", ".portal.amazonaws.eu"),
    ("portal.", ".api.amazonwebservices.eu"),
];
const LIMIT: Duration = Duration::from_secs(10);

/// A start URL that is AWS's own, and its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The URL.
    pub url: String,
    /// The region.
    pub region: String,
}

/// Follows a start URL to AWS's own. `limit` is for connecting; `None` is ten seconds.
///
/// # Errors
/// When it leads nowhere, or the region can't be told.
pub fn resolve(
    cx: &Context,
    start_url: &str,
    region: Option<&str>,
    limit: Option<Duration>,
) -> Result<Resolved, Failure> {
    let fault = |message: String| Err(Failure::configuration(message));
    let start = Parts::of(start_url);
    if start.scheme != "https" {
        return fault("The sso_start_url must use the https scheme.".into());
    }
    if start.host.is_empty() {
        return fault(format!("Invalid sso_start_url: '{start_url}'"));
    }
    let region = region.filter(|r| !r.is_empty());
    if is_of_aws(&start.host) {
        return match region {
            Some(region) => Ok(Resolved { url: start_url.to_owned(), region: region.to_owned() }),
            None => {
                fault("Missing required configuration: sso_region. Please run 'aws configure sso' to set it.".into())
            }
        };
    }
    let found = Parts::of(&followed(cx, start_url, limit.unwrap_or(LIMIT))?);
    let url = found.normalized();
    if !is_of_aws(&found.host) {
        return fault(format!(
            "Could not resolve start URL '{start_url}' to an AWS-owned endpoint. Final URL: '{url}'"
        ));
    }
    if found.scheme != "https" {
        return fault(format!("Resolved URL must use https. Got: '{url}'"));
    }
    match region_of(&found.host).as_deref().or(region) {
        Some(region) => Ok(Resolved { url, region: region.to_owned() }),
        None => fault(format!(
            "Cannot determine region from start URL '{start_url}'. Please provide sso_region in your configuration."
        )),
    }
}

/// Whether a start URL has a host that isn't AWS's.
pub fn is_foreign(start_url: &str) -> bool {
    let parts = Parts::of(start_url);
    !parts.host.is_empty() && !is_of_aws(&parts.host)
}

fn is_of_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let beneath =
        |domain: &&'static str| host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    HOSTS.contains(&host) || DOMAINS.iter().any(beneath)
}

fn region_of(host: &str) -> Option<String> {
    let (_, rest) = host.trim_end_matches('.').split_once('.')?;
    REGION_PLACES.iter().find_map(|(before, after)| {
        let region = rest.strip_prefix(before)?.strip_suffix(after)?;
        let is_name = !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_name.then(|| region.to_owned())
    })
}

/// Where a URL redirects to, one step; itself where it doesn't.
fn followed(cx: &Context, url: &str, limit: Duration) -> Result<String, Failure> {
    let fault = |why: String| Failure::configuration(format!("Failed to resolve start URL: {why}"));
    let ask = |method: &str| {
        cx.session.probe(method, url, Some(limit)).map_err(|e| match e {
            CallError::Interrupted => Failure::Interrupted,
            CallError::Http(HttpError::Connect { source, .. }) => fault(python_os_error_bare(&source)),
            CallError::Http(HttpError::ConnectTimeout { .. } | HttpError::ReadTimeout { .. }) => {
                fault("timed out".into())
            }
            other => fault(other.to_string()),
        })
    };
    let mut found = ask("HEAD")?;
    if matches!(found.status, 405 | 501) {
        found = ask("GET")?;
    }
    match found.status {
        200..=299 => Ok(url.to_owned()),
        301 | 302 | 303 | 307 | 308 => match found.location {
            Some(location) => Ok(joined(url, &location)),
            None => Err(Failure::configuration("Redirect response missing Location header.")),
        },
        status => Err(fault(format!("HTTP {status}"))),
    }
}

/// Where a redirect from `base` to `location` leads.
pub fn joined(base: &str, location: &str) -> String {
    let parts = Parts::of(base);
    let origin = format!("{}://{}", parts.scheme, parts.authority);
    let path = parts.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{}:{location}", parts.scheme)
    } else if location.starts_with('/') {
        format!("{origin}{location}")
    } else {
        format!("{origin}{path}/{location}")
    }
}

/// The parts of a URL that matter here; host and scheme in lower case.
#[derive(Debug)]
struct Parts {
    scheme: String,
    authority: String,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Parts {
    fn of(url: &str) -> Parts {
        let url = url::split(url);
        let (host, port) = url.host_and_port();
        Parts {
            scheme: url.scheme.to_ascii_lowercase(),
            authority: url.authority.to_owned(),
            host: host.unwrap_or_default().to_ascii_lowercase(),
            port: port.and_then(|p| p.parse().ok()),
            path: url.path.to_owned(),
        }
    }

    /// Without query, default port and final slashes.
    fn normalized(&self) -> String {
        let default = if self.scheme == "https" { 443 } else { 80 };
        let port = self.port.filter(|p| *p != default).map(|p| format!(":{p}")).unwrap_or_default();
        format!("{}://{}{port}{}", self.scheme, self.host, self.path.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_aws() {
        for host in
            ["x.awsapps.com", "awsapps.com", "identitycenter.amazonaws.com", "ssoins-1.portal.eu-west-1.app.aws."]
        {
            assert!(is_of_aws(host), "{host}");
        }
        for host in ["notawsapps.com", "x.awsapps.com.evil.example", "login.example.com", ""] {
            assert!(!is_of_aws(host), "{host}");
        }
        assert!(is_foreign("https://login.example.com/x") && !is_foreign("https://X.AWSAPPS.com/start"));
        assert!(!is_foreign("nonsense"));
    }

    #[test]
    fn regions_in_hosts() {
        for (host, region) in [
            ("ssoins-1.portal.eu-west-1.app.aws", Some("eu-west-1")),
            ("ssoins-1.us-east-2.portal.amazonaws.com", Some("us-east-2")),
            ("i.cn-north-1.portal.amazonaws.com.cn", Some("cn-north-1")),
            ("i.portal.cn-north-1.app.amazonwebservices.com.cn", Some("cn-north-1")),
            ("i.portal.eusc-de-east-1.api.amazonwebservices.eu", Some("eusc-de-east-1")),
            ("x.awsapps.com", None),
            ("a.b.portal.us-east-1.app.aws", None),
        ] {
            assert_eq!(region_of(host).as_deref(), region, "{host}");
        }
    }

    #[test]
    fn urls() {
        let join = |location| joined("https://a.example:8443/x/y?q", location);
        assert_eq!(join("https://b/z"), "https://b/z");
        assert_eq!(join("//b/z"), "https://b/z");
        assert_eq!(join("/z"), "https://a.example:8443/z");
        assert_eq!(join("z"), "https://a.example:8443/x/z");
        assert_eq!(Parts::of("HTTPS://X.example:443/start//?a#b").normalized(), "https://x.example/start");
        assert_eq!(Parts::of("https://u@[::1]:99/").port, Some(99));
    }
}
