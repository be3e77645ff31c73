//! Which proxy a request goes through: botocore's rules over Python's `urllib.request`.

use crate::error::HttpError;
use crate::url::{Scheme, Url, split_port};
use base64::Engine;
use oxaws_python::percent_decode;
use oxaws_value::secret::url_without_user_info;

/// Proxies by scheme, and the hosts that are reached without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http` URLs.
    pub http: Option<String>,
    /// For `https` URLs.
    pub https: Option<String>,
    /// Comma-separated host names or domains, or `*`.
    pub no_proxy: Option<String>,
}

impl Proxies {
    /// From the environment: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` in any case, the lower-case spelling first (an
    /// empty one takes the setting away). `HTTP_PROXY` is left out where `REQUEST_METHOD` says that this is a CGI
    /// script, whose clients can set it.
    pub fn from_vars<N: AsRef<str>, V: AsRef<str>>(vars: &[(N, V)]) -> Self {
        let mut out = Proxies::default();
        for (name, value) in vars {
            if let Some(slot) = out.slot(&name.as_ref().to_ascii_lowercase())
                && !value.as_ref().is_empty()
            {
                *slot = Some(value.as_ref().to_owned());
            }
        }
        if vars.iter().any(|(name, _)| name.as_ref() == "REQUEST_METHOD") {
            out.http = None;
        }
        for (name, value) in vars {
            let name = name.as_ref();
            if name.ends_with("_proxy")
                && let Some(slot) = out.slot(&name.to_ascii_lowercase())
            {
                *slot = Some(value.as_ref().to_owned()).filter(|v| !v.is_empty());
            }
        }
        out
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "http_proxy" => Some(&mut self.http),
            "https_proxy" => Some(&mut self.https),
            "no_proxy" => Some(&mut self.no_proxy),
            _ => None,
        }
    }

    /// The proxy a request to `url` goes through, with its scheme filled in.
    pub fn for_url(&self, url: &Url) -> Option<String> {
        let proxy = match url.scheme() {
            Scheme::Http => self.http.as_deref()?,
            Scheme::Https => self.https.as_deref()?,
        };
        if self.bypasses(url) {
            return None;
        }
        Some(if proxy.starts_with("http:") || proxy.starts_with("https:") {
            proxy.to_owned()
        } else if proxy.starts_with("//") {
            format!("http:{proxy}")
        } else {
            format!("http://{proxy}")
        })
    }

    /// Whether `no_proxy` names the URL's host: itself, or a domain it is in, with or without the port.
    fn bypasses(&self, url: &Url) -> bool {
        let Some(list) = self.no_proxy.as_deref() else { return false };
        if list == "*" {
            return true;
        }
        let after = url.as_str().split_once("://").map_or("", |(_, rest)| rest);
        let netloc = after[..after.find(['/', '?', '#']).unwrap_or(after.len())].to_lowercase();
        let host_only = match netloc.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => netloc.as_str(),
        };
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).any(|name| {
            let name = name.trim_start_matches('.').to_lowercase();
            [host_only, netloc.as_str()].into_iter().any(|host| {
                host == name || host.strip_suffix(name.as_str()).is_some_and(|before| before.ends_with('.'))
            })
        })
    }
}

/// A proxy's URL taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    /// The URL as given.
    pub(crate) text: String,
    /// Where it is.
    pub(crate) url: Url,
    /// The value of `Proxy-Authorization`.
    pub(crate) authorization: Option<String>,
}

impl Proxy {
    /// Takes a proxy's URL apart, for a request to a URL of the scheme `to`.
    ///
    /// # Errors
    /// With the AWS CLI's three texts: a URL that urllib3 can't parse, one without a host for a request that goes to the
    /// proxy itself, and one without a host that a tunnel would be asked of, which is a proxy that can't be reached.
    pub(crate) fn parse(text: &str, to: Scheme) -> Result<Self, HttpError> {
        let shown = || url_without_user_info(text).into_owned();
        if has_no_host(text) {
            return Err(match to {
                Scheme::Http => HttpError::Invalid { reason: "No host specified.".into() },
                Scheme::Https => HttpError::Proxy { proxy: shown(), reason: "no host".into() },
            });
        }
        // Brackets are looked at first, by Python's `urlsplit`.
        let url = Url::parse(text).map_err(|_| HttpError::Invalid {
            reason: if has_lone_bracket(text) {
                "Invalid IPv6 URL".into()
            } else {
                format!("Failed to parse: {}", shown())
            },
        })?;
        let authorization = user_info(text).and_then(|(user, password)| {
            let (user, password) = (percent_decode(user), percent_decode(password?));
            let both = [user.as_ref(), b":", password.as_ref()].concat();
            (!user.is_empty() && !password.is_empty())
                .then(|| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(both)))
        });
        Ok(Proxy { text: text.to_owned(), url, authorization })
    }

    pub(crate) fn failed(&self, reason: String) -> HttpError {
        HttpError::Proxy { proxy: url_without_user_info(&self.text).into_owned(), reason }
    }
}

/// The authority of a URL: what is between its `//` and its path.
fn authority(url: &str) -> Option<&str> {
    let after = url.split_once("://")?.1;
    Some(&after[..after.find(['/', '?', '#']).unwrap_or(after.len())])
}

/// Whether a URL names no host, or only a port.
fn has_no_host(url: &str) -> bool {
    let Some(authority) = authority(url) else { return false };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    split_port(host).is_some_and(|(host, port)| host.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

fn has_lone_bracket(url: &str) -> bool {
    authority(url).is_some_and(|a| a.contains('[') != a.contains(']'))
}

/// The user and password in a URL.
fn user_info(url: &str) -> Option<(&str, Option<&str>)> {
    let (info, host) = authority(url)?.rsplit_once('@')?;
    split_port(host)?;
    Some(match info.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (info, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::from_vars(pairs)
    }

    #[test]
    fn lower_case_variables_win() {
        let both = vars(&[("http_proxy", "low:1"), ("HTTP_PROXY", "up:2"), ("Https_Proxy", "x")]);
        assert_eq!((both.http.as_deref(), both.https.as_deref()), (Some("low:1"), Some("x")));
        assert_eq!(vars(&[("http_proxy", ""), ("HTTP_PROXY", "up")]).http, None);
        assert_eq!(vars(&[("HTTP_PROXY", "up"), ("REQUEST_METHOD", "GET")]).http, None);
        assert_eq!(vars(&[("http_proxy", "low"), ("REQUEST_METHOD", "GET")]).http.as_deref(), Some("low"));
        assert_eq!(vars(&[("ALL_PROXY", "x")]), Proxies::default());
    }

    #[test]
    fn schemes_are_filled_in() {
        let url = Url::parse("http://h/").unwrap();
        let of = |proxy: &str| Proxies { http: Some(proxy.into()), ..Default::default() }.for_url(&url);
        assert_eq!(of("p:1").as_deref(), Some("http://p:1"));
        assert_eq!(of("//p:1").as_deref(), Some("http://p:1"));
        assert_eq!(of("https://p:1").as_deref(), Some("https://p:1"));
        assert_eq!(Proxies::default().for_url(&url), None);
    }

    #[test]
    fn hosts_are_bypassed_as_in_python() {
        let through = |list: &str, url: &str| {
            let proxies = Proxies { http: Some("p".into()), no_proxy: Some(list.into()), ..Default::default() };
            proxies.for_url(&Url::parse(url).unwrap()).is_some()
        };
        assert!(!through("*", "http://a/"));
        assert!(through("*,b", "http://a/"));
        assert!(!through("x, .Amazonaws.com ", "http://s3.amazonaws.com/"));
        assert!(!through("amazonaws.com", "http://amazonaws.com:81/"));
        assert!(!through("amazonaws.com:81", "http://s3.amazonaws.com:81/"));
        assert!(through("amazonaws.com:82", "http://s3.amazonaws.com:81/"));
        assert!(through("azonaws.com", "http://s3.amazonaws.com/"));
        assert!(!through("127.0.0.1", "http://127.0.0.1:1/"));
        assert!(through("127.0.0.0/8", "http://127.0.0.1:1/"));
        assert!(!through("[::1]", "http://[::1]:80/"));
    }

    #[test]
    fn credentials_are_decoded_and_masked() {
        let proxy = Proxy::parse("http://us%40er:p%3Aw@h:3128", Scheme::Https).unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic dXNAZXI6cDp3"));
        assert_eq!(
            proxy.failed(String::new()).to_string(),
            "Failed to connect to proxy URL: \"http://***:***@h:3128\""
        );
        assert_eq!(Proxy::parse("http://user@h", Scheme::Https).unwrap().authorization, None);
    }

    #[test]
    fn urls_that_cant_be_parsed_have_the_clis_texts() {
        for (text, to, want) in [
            ("http://u:p/ss@h:1", Scheme::Https, "Failed to parse: http://***:***@h:1"),
            ("http://u:p#ss@h:1", Scheme::Http, "Failed to parse: http://***:***@h:1"),
            ("http://u:p@h:99999", Scheme::Http, "Failed to parse: http://***:***@h:99999"),
            ("http://127.0.0.1:http", Scheme::Https, "Failed to parse: http://127.0.0.1:http"),
            ("http://127.0.0.1:-1", Scheme::Http, "Failed to parse: http://127.0.0.1:-1"),
            ("http://\u{fc}.invalid:1", Scheme::Https, "Failed to parse: http://\u{fc}.invalid:1"),
            ("http://[::1", Scheme::Https, "Invalid IPv6 URL"),
            ("http://", Scheme::Http, "No host specified."),
            ("http://u:p@", Scheme::Http, "No host specified."),
            ("http:///x", Scheme::Http, "No host specified."),
            ("http://:8080", Scheme::Http, "No host specified."),
        ] {
            let wanted = format!("An HTTP Client raised an unhandled exception: {want}");
            assert_eq!(Proxy::parse(text, to).unwrap_err().to_string(), wanted);
        }
        for (text, want) in [("http://", "http://"), ("http://u:p@", "http://***:***@"), ("http:///x", "http:///x")] {
            let wanted = format!("Failed to connect to proxy URL: \"{want}\"");
            assert_eq!(Proxy::parse(text, Scheme::Https).unwrap_err().to_string(), wanted);
        }
    }
}
