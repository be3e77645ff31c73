//! What is peculiar to a service when it is called, whoever calls it: one file per topic, listed here by hand.
//!
//! The stages of a call, in their order, with botocore's event in brackets: [`before_build`] (`before-parameter-build`),
//! [`path`] and [`drops_host_prefix`] (while the request is put together), [`before_call`] (`before-call`),
//! [`before_attempt`] (`request-created`), [`before_parse`] (`before-parse`), [`after_failure`] (`needs-retry`),
//! [`after_call`] and [`final_error`] (`after-call`).

mod aliases;
mod crc32;
mod discovery;
mod documents;
mod encoding_type;
mod express;
pub mod form;
mod glacier;
mod hosts;
mod presigned_copy;
mod region_redirect;
mod route53;
pub mod s3_input;
mod s3_reply;
mod s3_request;
mod s3control;
mod user_data;
mod xml;

use crate::error::{CallError, ServiceFailure};
use crate::session::client::ServiceClient;
use crate::state::CallState;
use crate::types::outgoing::Outgoing;
use crate::types::reply::Answer;
use crate::types::signing::Auth;
use oxaws_creds::Credentials;
use oxaws_http::Headers;
use oxaws_model::Operation;
use oxaws_value::Map;
use std::sync::Arc;

/// Changes the parameters before they are checked.
///
/// # Errors
/// When they can't be right.
pub fn before_build(state: &mut CallState) -> Result<(), CallError> {
    aliases::rename(state)?;
    let (service, operation) = state.names();
    match (service, operation) {
        ("s3", _) => {
            s3_input::prepare(&mut state.params, operation)?;
            if encoding_type::applies(operation) {
                state.decode_keys = encoding_type::ask(&mut state.params);
            }
        }
        ("s3control", _) => s3control::account_of_arns(state)?,
        ("ec2", "RunInstances") | ("autoscaling", "CreateLaunchConfiguration") => user_data::encode(&mut state.params),
        ("glacier", _) => glacier::default_account(&mut state.params),
        ("route53", _) => route53::cut_ids(state.operation, &mut state.params),
        _ => {}
    }
    discovery::check(state)
}

/// The path as it goes on the wire: without the bucket, which S3's endpoint rules add.
pub fn path(state: &CallState, path: &str) -> String {
    if state.client.service.directory() == "s3" {
        s3_request::path_without_bucket(state.operation, path)
    } else {
        path.to_owned()
    }
}

/// Whether the modelled host prefix is left out, because the endpoint rules add it.
pub fn drops_host_prefix(operation: Operation) -> bool {
    operation.service().directory() == "s3control" && s3control::rules_add_account(operation)
}

/// The region that replaces the client's for the endpoint: that of a bucket which was found elsewhere.
pub fn region(state: &CallState) -> Option<String> {
    if state.client.service.directory() != "s3" {
        return None;
    }
    state.client.memory.region_of(state.bucket()?)
}

/// The value of an endpoint parameter that only the client's settings give.
pub fn client_context(client: &ServiceClient, parameter: &str) -> Option<bool> {
    match (client.service.directory(), parameter) {
        ("s3", "DisableS3ExpressSessionAuth") => client.settings.disable_express_session_auth.then_some(true),
        _ => None,
    }
}

/// How an operation is signed whatever model and endpoint say.
pub fn signer(operation: Operation) -> Option<Auth> {
    match (operation.service().directory(), operation.name()) {
        ("cognito-identity", "GetId" | "GetOpenIdToken" | "UnlinkIdentity" | "GetCredentialsForIdentity")
        | ("sts", "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity") => Some(Auth::None),
        // The model says V2; the service has long asked for V4.
        ("importexport", _) => Some(Auth::V4),
        _ => None,
    }
}

/// Changes the request before its checksum is computed.
///
/// # Errors
/// When the body can't be read, or a URL inside it can't be signed.
pub fn before_call(
    state: &mut CallState,
    outgoing: &mut Outgoing,
    signing: &crate::types::signing::Signing,
) -> Result<(), CallError> {
    if state.operation.endpoint_operation() {
        outgoing.set_header("x-amz-api-version", state.client.service.api_version());
    }
    match state.names() {
        ("s3", operation) => {
            s3_request::expect_continue(state, outgoing);
            if matches!(operation, "DeleteObjects" | "PutBucketLifecycleConfiguration") {
                s3_request::escape_line_ends(outgoing);
            }
        }
        ("glacier", operation) => glacier::headers(operation, state.client.service.api_version(), outgoing)?,
        ("apigateway", _) if outgoing.header("Accept").is_none() => outgoing.set_header("Accept", "application/json"),
        ("ec2", "CopySnapshot") => presigned_copy::ec2(state, outgoing, signing)?,
        (
            "rds",
            "CopyDBClusterSnapshot"
            | "CreateDBCluster"
            | "CopyDBSnapshot"
            | "CreateDBInstanceReadReplica"
            | "StartDBInstanceAutomatedBackupsReplication",
        )
        | ("neptune" | "docdb", "CopyDBClusterSnapshot" | "CreateDBCluster") => {
            presigned_copy::rds(state, outgoing, signing)?;
        }
        _ => {}
    }
    Ok(())
}

/// Changes the request of each attempt, before it is signed.
///
/// # Errors
/// When the service's endpoint must be discovered and can't be.
pub fn before_attempt(state: &CallState, outgoing: &mut Outgoing) -> Result<(), CallError> {
    match state.names() {
        ("machinelearning", "Predict") => hosts::predict(outgoing),
        ("cloudsearchdomain", "Search") => hosts::query_as_form(outgoing),
        _ => {}
    }
    discovery::aim(state, outgoing)
}

/// The session's credentials of an S3 Express bucket.
///
/// # Errors
/// When the session can't be made.
pub fn express_credentials(state: &CallState) -> Result<Arc<Credentials>, CallError> {
    express::credentials(state)
}

/// Takes headers out of a reply that would hinder reading it, and gives what is shown in their place.
pub fn before_parse(state: &CallState, headers: &mut Vec<(String, String)>) -> Option<(&'static str, String)> {
    if state.client.service.directory() == "s3" { s3_reply::expires(state, headers) } else { None }
}

/// Whether a success is an error in disguise.
pub fn is_error_in_disguise(state: &CallState, status: u16, body: &[u8]) -> bool {
    state.client.service.directory() == "s3" && s3_reply::is_error_in_disguise(state, status, body)
}

/// Whether a reply in memory is damaged, by a checksum that only this service sends.
///
/// # Errors
/// When it is.
pub fn check_reply(state: &CallState, headers: &Headers, body: &[u8]) -> Result<(), CallError> {
    match state.client.service.directory() {
        "dynamodb" => crc32::check(headers, body),
        _ => Ok(()),
    }
}

/// What comes after an error answer, besides the ordinary retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detour {
    /// Nothing.
    None,
    /// At once again, to the endpoint that is now to be resolved anew.
    Elsewhere,
    /// At once again.
    Again,
}

/// Whether an error says that the call's bucket is in another region; the client then remembers that.
///
/// # Errors
/// When the region isn't one, or asking for it fails.
pub fn is_elsewhere(state: &mut CallState, failure: &ServiceFailure) -> Result<bool, CallError> {
    Ok(state.client.service.directory() == "s3" && region_redirect::found(state, failure)?)
}

/// Whether an error says where to go instead.
///
/// # Errors
/// When asking for the place fails.
pub fn after_failure(state: &mut CallState, failure: &ServiceFailure, attempt: u32) -> Result<Detour, CallError> {
    if is_elsewhere(state, failure)? {
        return Ok(Detour::Elsewhere);
    }
    Ok(if discovery::forget(state, failure, attempt) { Detour::Again } else { Detour::None })
}

/// Changes the parsed reply.
///
/// # Errors
/// When it isn't what it must be.
pub fn after_call(state: &CallState, value: &mut Map, body: &[u8]) -> Result<(), CallError> {
    match state.names() {
        ("s3", "GetBucketLocation") => s3_reply::bucket_location(state, value, body)?,
        ("s3", operation) if state.decode_keys => encoding_type::decode(operation, value),
        ("iam", _) => documents::decode_policies(state.operation.output(), value),
        ("cloudformation", "GetTemplate") => documents::template_body(value),
        ("dynamodb", _) => documents::last_key(value),
        ("ec2", "GetConsoleOutput") => documents::console_output(value),
        _ => {}
    }
    Ok(())
}

/// The error as it is shown.
pub fn final_error(state: &CallState, failure: Box<ServiceFailure>, answer: &Answer) -> CallError {
    if state.client.service.directory() == "s3" {
        s3_reply::final_error(state, failure, answer)
    } else {
        CallError::Service(failure)
    }
}
