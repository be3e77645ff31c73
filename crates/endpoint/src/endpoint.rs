//! Where to send a request, and how to sign it.

/// What the rules answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and path; the operation's own path is joined to it.
    pub url: String,
    /// Headers that the request must carry.
    pub headers: Vec<Header>,
    /// Ways to sign, the preferred first; empty when the service's own way holds.
    pub auth_schemes: Vec<AuthScheme>,
    /// `S3Express` for directory buckets.
    pub backend: Option<String>,
    /// Features to name in the user agent.
    pub metric_values: Vec<String>,
}

/// A header with its values; the AWS CLI sends only the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// One way to sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthScheme {
    /// `sigv4`, `sigv4a`, `sigv4-s3express`, …
    pub name: String,
    /// The service to sign for, when not the model's.
    pub signing_name: Option<String>,
    /// The region to sign for, when not the client's.
    pub signing_region: Option<String>,
    /// The regions to sign for (SigV4A).
    pub signing_region_set: Option<Vec<String>>,
    /// Whether the canonical path is encoded once instead of twice, when said.
    pub disable_double_encoding: Option<bool>,
}

impl AuthScheme {
    /// The region as it goes into the signature: the region, else the region set joined by commas.
    pub fn region(&self) -> Option<String> {
        match (&self.signing_region, &self.signing_region_set) {
            (Some(region), _) => Some(region.clone()),
            (None, Some(set)) if !set.is_empty() => Some(set.join(",")),
            _ => None,
        }
    }

    /// The name as signature versions are called elsewhere: without `sig` (`v4`, `v4a`, `v4-s3express`).
    pub fn signature_version(&self) -> &str {
        self.name.strip_prefix("sig").unwrap_or(&self.name)
    }
}

/// The way to sign that was chosen from an endpoint's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<'a> {
    /// Don't sign.
    Unsigned,
    /// None of the list; the signature version that was asked for, with the service's own name and region.
    AsRequested,
    /// This one, under this signature version.
    Scheme(String, &'a AuthScheme),
}

/// Why none could be chosen; the text is the AWS CLI's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceError {
    /// Nothing in the list is known: their names.
    Unknown(String),
    /// Nothing in the list can be used when the user has preferences: their names.
    Unsupported(String),
}

impl std::fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ChoiceError::Unknown(names) => write!(f, "Unknown Signature Version: {names}."),
            ChoiceError::Unsupported(names) => write!(f, "Signature version(s) are not supported: {names}"),
        }
    }
}

impl std::error::Error for ChoiceError {}

/// Signature versions that can be made here.
const KNOWN: [&str; 15] = [
    "v2",
    "v4",
    "v4a",
    "v4-query",
    "v3",
    "v3https",
    "s3v4",
    "s3v4-query",
    "s3v4-presign-post",
    "s3v4a",
    "s3v4a-query",
    "v4-s3express",
    "v4-s3express-query",
    "v4-s3express-presign-post",
    "bearer",
];

/// Chooses from a list that isn't empty, as the AWS CLI does
/// (`EndpointRulesetResolver.auth_schemes_to_signing_ctx`).
///
/// `requested` is a signature version set for the client (`none` for unsigned), `preference` the user's
/// `auth_scheme_preference`, cut at its commas.
///
/// # Errors
/// [`ChoiceError`] when nothing in the list can be used.
pub fn choose_scheme<'a>(
    schemes: &'a [AuthScheme],
    requested: Option<&str>,
    preference: Option<&[&str]>,
) -> Result<Choice<'a>, ChoiceError> {
    if let Some(requested) = requested {
        if requested == "none" {
            return Ok(Choice::Unsigned);
        }
        let wanted = requested.split('-').next().unwrap_or(requested);
        let wanted = if wanted == "s3" { wanted } else { wanted.strip_prefix("s3").unwrap_or(wanted) };
        return Ok(match schemes.iter().find(|scheme| scheme.signature_version() == wanted) {
            Some(scheme) => Choice::Scheme(requested.to_owned(), scheme),
            None => Choice::AsRequested,
        });
    }
    if let Some(preference) = preference {
        let offered = |name: &&&str| schemes.iter().any(|scheme| scheme_name(scheme) == **name);
        let own = schemes.iter().map(scheme_name);
        let known = preference.iter().filter(offered).copied().chain(own).find_map(|name| match name {
            "sigv4" => Some("v4"),
            "sigv4a" => Some("v4a"),
            "httpBearerAuth" => Some("bearer"),
            "noAuth" => Some("none"),
            _ => None,
        });
        // Of schemes of one name the last counts.
        let chosen = known.and_then(|version| {
            let of_version = |scheme: &&AuthScheme| {
                let name = scheme.signature_version().rsplit('#').next().unwrap_or("");
                name.strip_prefix("sig").unwrap_or(name) == version
            };
            schemes.iter().rfind(of_version).map(|scheme| Choice::Scheme(version.to_owned(), scheme))
        });
        return chosen.ok_or_else(|| {
            let mut names: Vec<&str> = schemes.iter().map(scheme_name).collect();
            names.sort_unstable();
            ChoiceError::Unsupported(names.join(", "))
        });
    }
    match schemes.iter().find(|scheme| KNOWN.contains(&scheme.signature_version())) {
        Some(scheme) => Ok(Choice::Scheme(scheme.signature_version().to_owned(), scheme)),
        None => {
            let names: Vec<&str> = schemes.iter().map(AuthScheme::signature_version).collect();
            Err(ChoiceError::Unknown(names.join(", ")))
        }
    }
}

fn scheme_name(scheme: &AuthScheme) -> &str {
    scheme.name.rsplit('#').next().unwrap_or(&scheme.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(name: &str) -> AuthScheme {
        AuthScheme { name: name.to_owned(), ..AuthScheme::default() }
    }

    #[test]
    fn chooses() {
        let list = [scheme("sigv4a"), scheme("sigv4")];
        let chosen = |requested, preference: Option<&[&str]>| match choose_scheme(&list, requested, preference) {
            Ok(Choice::Scheme(version, scheme)) => format!("{version} {}", scheme.name),
            other => format!("{other:?}"),
        };
        assert_eq!(chosen(None, None), "v4a sigv4a");
        assert_eq!(chosen(Some("s3v4-query"), None), "s3v4-query sigv4");
        assert_eq!(chosen(Some("v2"), None), "Ok(AsRequested)");
        assert_eq!(chosen(Some("none"), None), "Ok(Unsigned)");
        assert_eq!(chosen(None, Some(&["httpBearerAuth", "sigv4"])), "v4 sigv4");
        assert_eq!(chosen(None, Some(&["foo"])), "v4a sigv4a");
    }

    #[test]
    fn says_what_it_does_not_know() {
        let list = [scheme("foo"), scheme("bar")];
        let text = |preference: Option<&[&str]>| choose_scheme(&list, None, preference).unwrap_err().to_string();
        assert_eq!(text(None), "Unknown Signature Version: foo, bar.");
        assert_eq!(text(Some(&["sigv4"])), "Signature version(s) are not supported: bar, foo");
    }

    #[test]
    fn joins_regions() {
        let mut scheme = scheme("sigv4a");
        scheme.signing_region_set = Some(vec!["*".into()]);
        assert_eq!(scheme.region().as_deref(), Some("*"));
    }
}
