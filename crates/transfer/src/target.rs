//! Where requests for a bucket go and how they are signed: the endpoint rules, asked once for a bucket and operation.

use crate::operation::Op;
use oxaws_client::{Auth, CallError, ServiceClient, Session};
use oxaws_config::client::AddressingStyle;
use oxaws_endpoint::{BuiltinSettings, Choice, ParamValue, Params, ResolveError, RuleFailure, S3Call, S3Settings};
use oxaws_model::Operation;
use std::sync::{Arc, Mutex, PoisonError};

/// Where an operation on a bucket goes.
#[derive(Debug)]
pub(crate) struct Target {
    /// `http` or `https`, host and the path before the key, without a `/` at its end.
    pub(crate) base: String,
    /// Where the path begins in `base`.
    pub(crate) path_at: usize,
    pub(crate) https: bool,
    /// Headers that the rules ask for.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) auth: Auth,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// A bucket with its targets.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    /// The region it was found in, where the server said so.
    pub(crate) region: Option<String>,
    targets: [Mutex<Option<Arc<Target>>>; Op::COUNT],
    pub(crate) invalid: bool,
}

impl Bucket {
    pub(crate) fn new(name: &str, region: Option<String>) -> Self {
        Bucket {
            name: name.to_owned(),
            region,
            targets: Default::default(),
            invalid: !crate::validate::is_bucket_name(name),
        }
    }

    pub(crate) fn is_arn(&self) -> bool {
        self.name.starts_with("arn:")
    }

    pub(crate) fn target(&self, client: &ServiceClient, session: &Session, op: Op) -> Result<Arc<Target>, CallError> {
        let mut held = self.targets[op as usize].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = &*held {
            return Ok(target.clone());
        }
        let target = Arc::new(resolve(client, session, op, self)?);
        *held = Some(target.clone());
        Ok(target)
    }
}

/// The model's view of an operation.
pub(crate) fn model(client: &ServiceClient, op: Op) -> Result<Operation, CallError> {
    client
        .service
        .operation_named(op.name())
        .ok_or_else(|| CallError::Other(format!("the model has no operation {}", op.name())))
}

fn resolve(client: &ServiceClient, session: &Session, op: Op, bucket: &Bucket) -> Result<Target, CallError> {
    let operation = model(client, op)?;
    let rules = client.service.rules();
    let settings = settings(client, bucket.region.as_deref());
    let call = S3Call { operation: Some(op.name()), bucket: Some(&bucket.name) };
    let mut given = Params::new();
    for parameter in oxaws_endpoint::declared(rules) {
        if let Some(constant) = operation.static_context_params().find(|p| p.name == parameter.name) {
            match constant.value {
                "true" => given.set(parameter.name, true),
                "false" => given.set(parameter.name, false),
                text => given.set(parameter.name, text.trim_matches('"').to_owned()),
            }
        } else if parameter.name == "Bucket" {
            given.set("Bucket", bucket.name.clone());
        } else if let Some(builtin) = parameter.builtin {
            let value: Option<ParamValue> =
                settings.value(builtin, call).map_err(|e| CallError::Other(e.to_string()))?;
            if let Some(value) = value {
                given.set(parameter.name, value);
            }
        }
    }
    let endpoint = oxaws_endpoint::resolve(rules, client.service.pack().partitions(), &given).map_err(|e| match e {
        ResolveError::Rule(text) => match RuleFailure::new("s3", &text, Some(&bucket.name)) {
            failure @ RuleFailure::ParamValidation(_) => CallError::Validation(failure.to_string()),
            other => CallError::Other(other.to_string()),
        },
        other => CallError::Other(other.to_string()),
    })?;
    let mut auth = client.auth;
    let mut region = client.signing_region.clone().unwrap_or_default();
    let mut service = client.signing_name.clone();
    if !endpoint.auth_schemes.is_empty() && auth != Auth::None {
        let preference = client.settings.auth_scheme_preference.as_ref();
        let preference: Option<Vec<&str>> = preference.map(|p| p.iter().map(String::as_str).collect());
        let choice = oxaws_endpoint::choose_scheme(&endpoint.auth_schemes, None, preference.as_deref())
            .map_err(|e| CallError::Other(e.to_string()))?;
        if let Choice::Scheme(version, scheme) = choice {
            auth = match version.as_str() {
                "v4a" | "s3v4a" => Auth::V4a,
                "v4-s3express" => Auth::V4S3Express,
                "none" => Auth::None,
                _ => Auth::V4,
            };
            if let Some(name) = &scheme.signing_name {
                service = name.clone();
            }
            if let Some(given) = scheme.region() {
                region = given;
            }
        }
    }
    if auth == Auth::V4a
        && let Some(set) = client.settings.sigv4a_signing_region_set.as_ref().filter(|s| !s.is_empty())
    {
        region = set.clone();
    }
    if !client.signed || !session.options().sign_request {
        auth = Auth::None;
    }
    let base = endpoint.url.trim_end_matches('/').to_owned();
    let host_at =
        base.find("://").map(|at| at + 3).ok_or_else(|| CallError::Other(format!("Invalid endpoint: {base}")))?;
    let path_at = base[host_at..].find('/').map_or(base.len(), |at| host_at + at);
    let headers =
        endpoint.headers.into_iter().filter_map(|h| h.values.into_iter().next().map(|v| (h.name, v))).collect();
    Ok(Target { https: base.starts_with("https://"), base, path_at, headers, auth, region, service })
}

fn settings<'a>(client: &'a ServiceClient, region: Option<&'a str>) -> BuiltinSettings<'a> {
    BuiltinSettings {
        region: region.or(client.rules_region.as_deref()),
        endpoint_url: client.endpoint_url.as_deref(),
        use_fips: client.use_fips,
        use_dual_stack: client.use_dual_stack,
        s3: S3Settings {
            use_accelerate: client.settings.s3.use_accelerate_endpoint,
            addressing_style: client.settings.s3.addressing_style.map(|s| match s {
                AddressingStyle::Auto => "auto",
                AddressingStyle::Virtual => "virtual",
                AddressingStyle::Path => "path",
            }),
            use_arn_region: client.settings.s3.use_arn_region,
            disable_multi_region_access_points: client.settings.s3.disable_multiregion_access_points,
            disable_express_session_auth: Some(client.settings.disable_express_session_auth),
        },
        account_id: None,
        account_id_endpoint_mode: None,
    }
}
