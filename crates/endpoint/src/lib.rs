//! Endpoints: where a request goes and what it is signed for.
//!
//! [`resolve`] interprets compiled rule sets (`endpoint-rule-set-1`); [`client_scope`] gives what the older
//! `endpoints.json` still decides; [`BuiltinSettings`] turns the client's settings into the rules' built-in parameters.
//! Nothing here does I/O or reads the environment, and no input makes it panic or run without end.

mod arn;
mod builtins;
mod bytes;
mod endpoint;
mod error;
mod host;
mod legacy;
mod params;
mod partitions;
pub mod pseudo_region;
mod rules;
mod url;
mod value;

pub use arn::Arn;
pub use builtins::{BuiltinSettings, S3Call, S3Settings, UnknownBuiltin, use_dual_stack};
pub use endpoint::{AuthScheme, Choice, ChoiceError, Endpoint, Header, choose_scheme};
pub use error::{ResolveError, RuleFailure};
pub use host::{is_valid_host_label, is_virtual_hostable_bucket};
pub use legacy::{
    ClientScope, LegacyEndpoint, LegacyError, Variant, client_scope, legacy_endpoint, legacy_scope,
    partition_for_region, partition_titles, service_regions,
};
pub use params::{ParamKind, ParamValue, Parameter, Parameters, Params, declared};
pub use partitions::{Partition, Partitions, Region};
pub use rules::resolve;
pub use url::{UrlError, bad_port, check_endpoint_url, is_s3_accelerate_url};
