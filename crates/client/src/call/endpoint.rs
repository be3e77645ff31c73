//! Where a call goes: the parameters of the endpoint rules, filled from settings, model and input.

use crate::error::CallError;
use crate::session::Session;
use crate::session::client::ServiceClient;
use crate::state::CallState;
use oxaws_config::client::{AccountIdMode, AddressingStyle};
use oxaws_endpoint::{BuiltinSettings, Endpoint, ParamValue, Params, ResolveError, RuleFailure, S3Call, S3Settings};
use oxaws_failure::Cause;
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

/// The endpoint of a call.
///
/// # Errors
/// When the rules refuse the settings or the input, in the CLI's words.
pub fn resolve(
    session: &Session,
    client: &ServiceClient,
    operation: Operation,
    state: &CallState,
) -> Result<Endpoint, CallError> {
    let params = &state.params;
    let rules = client.service.rules();
    if rules.is_empty() {
        // A model that a user added may have none: the service's hosts are called as they were before there were rules.
        return Ok(Endpoint { url: client.base_url.clone(), ..Endpoint::default() });
    }
    let region = crate::services::region(state);
    let given = rule_params(session, client, operation, params, region)?;
    oxaws_endpoint::resolve(rules, client.service.pack().partitions(), &given).map_err(|e| match e {
        ResolveError::Rule(text) => {
            let bucket = params.get("Bucket").and_then(Value::as_str);
            match RuleFailure::new(client.service.directory(), &text, bucket) {
                failure @ RuleFailure::ParamValidation(_) => CallError::Validation(failure.to_string()),
                other => CallError::invalid(Cause::of(other)),
            }
        }
        other => CallError::invalid(Cause::of(other)),
    })
}

fn rule_params<'a>(
    session: &Session,
    client: &'a ServiceClient,
    operation: Operation,
    params: &Map,
    region: Option<String>,
) -> Result<Params<'a>, CallError> {
    let rules = client.service.rules();
    let directory = client.service.directory();
    let s3_call = S3Call {
        operation: (directory == "s3").then_some(operation.name()),
        bucket: params.get("Bucket").and_then(Value::as_str),
    };
    let mode = if client.signed { client.settings.account_id_mode } else { AccountIdMode::Disabled };
    let mut given = Params::new();
    for parameter in oxaws_endpoint::declared(rules) {
        if let Some(value) = context_value(operation, parameter.name, params)? {
            given.set(parameter.name, value);
            continue;
        }
        let Some(builtin) = parameter.builtin else {
            if let Some(value) = crate::services::client_context(client, parameter.name) {
                given.set(parameter.name, value);
            }
            continue;
        };
        if builtin == "AWS::Region"
            && let Some(region) = &region
        {
            given.set(parameter.name, region.clone());
            continue;
        }
        if builtin == "AWS::Auth::AccountId" {
            if mode != AccountIdMode::Disabled
                && let Some(id) = client.credentials(session)?.and_then(|c| c.account_id.clone())
            {
                given.set(parameter.name, id);
            }
            continue;
        }
        let value = settings(client, mode).value(builtin, s3_call).map_err(|e| CallError::bug(Cause::of(e)))?;
        if let Some(value) = value {
            given.set(parameter.name, value);
        }
    }
    Ok(given)
}

fn settings(client: &ServiceClient, mode: AccountIdMode) -> BuiltinSettings<'_> {
    BuiltinSettings {
        region: client.rules_region.as_deref(),
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
        account_id_endpoint_mode: Some(match mode {
            AccountIdMode::Preferred => "preferred",
            AccountIdMode::Disabled => "disabled",
            AccountIdMode::Required => "required",
        }),
    }
}

/// What the model says the parameter's value is: a constant of the operation, an expression over the input, or a member.
fn context_value(operation: Operation, name: &str, params: &Map) -> Result<Option<ParamValue<'static>>, CallError> {
    if let Some(constant) = operation.static_context_params().find(|p| p.name == name) {
        let value = oxaws_value::parse_json(constant.value).map_err(|e| CallError::bug(Cause::of(e)))?;
        return Ok(param_value(&value));
    }
    if let Some(expression) = operation.operation_context_params().find(|p| p.name == name) {
        let compiled = oxaws_jmespath::compile(expression.value).map_err(|e| CallError::bug(Cause::of(e)))?;
        // An input of another form than the model's is for validation to complain about.
        let found = compiled.search(&Value::Map(params.clone())).unwrap_or_default();
        return Ok(param_value(&found));
    }
    let member = operation.input().into_iter().flat_map(|i| i.members()).find(|m| m.context_param() == Some(name));
    match member.and_then(|m| params.get(m.name())) {
        None => Ok(None),
        // A value of another type is given as text of the wrong type, which the rules complain about.
        Some(value) => match param_value(value) {
            Some(value) => Ok(Some(value)),
            None if value.is_null() => Ok(None),
            None => Err(CallError::invalid(match unhashable(value) {
                Some(class) => format!("unhashable type: '{class}'"),
                None => format!("Value ({name}) is the wrong type. Must be <class 'str'>."),
            })),
        },
    }
}

/// The Python class that keeps a value from being looked up among the endpoints already known, which comes before any
/// check. Lists are looked up as tuples.
fn unhashable(value: &Value) -> Option<&'static str> {
    match value {
        Value::Map(_) => Some("dict"),
        Value::List(items) => items.iter().find_map(|item| match item {
            Value::List(_) => Some("list"),
            Value::Map(_) => Some("dict"),
            _ => None,
        }),
        _ => None,
    }
}

fn param_value(value: &Value) -> Option<ParamValue<'static>> {
    match value {
        Value::String(text) => Some(text.clone().into()),
        Value::Bool(truth) => Some((*truth).into()),
        Value::List(items) => {
            let texts: Vec<String> = items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect();
            (texts.len() == items.len()).then(|| texts.into())
        }
        _ => None,
    }
}
