//! `aws eks`

mod get_token;
mod kubeconfig;
mod update_kubeconfig;

pub use get_token::GET_TOKEN;
pub use update_kubeconfig::UPDATE_KUBECONFIG;

use crate::shared::temporary;
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{ClientOptions, Signer};
use oxaws_value::Value;

/// The credentials of a role, as who signs.
fn assume(cx: &Context, role: &str, session_name: &str) -> Result<Signer, Failure> {
    let params = reply::params([("RoleArn", Value::from(role)), ("RoleSessionName", Value::from(session_name))]);
    let options = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
    let reply = reply::call_with(cx, "sts", "AssumeRole", params, &options)?;
    temporary::signer(reply::structure(&reply, "Credentials")?)
}
