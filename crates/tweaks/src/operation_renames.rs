//! Operations whose command has another name than the rule gives.

use oxaws_cli::plug::registry::OperationRename;

/// All of them. An operation that stands twice is two commands.
pub(crate) const RENAMES: &[OperationRename] = &[
    gone("agent-toolkit", "get-skill", "get-skill-metadata"),
    gone("agent-toolkit", "list-skills", "list-available-skills"),
    kept("cloudwatch", "get-o-tel-enrichment", "get-otel-enrichment"),
    kept("cloudwatch", "start-o-tel-enrichment", "start-otel-enrichment"),
    kept("cloudwatch", "stop-o-tel-enrichment", "stop-otel-enrichment"),
    gone("rds", "modify-option-group", "add-option-to-option-group"),
    gone("rds", "modify-option-group", "remove-option-from-option-group"),
    kept("signin", "create-o-auth2-token", "create-oauth2-token"),
    gone("signin", "create-o-auth2-token-with-iam", "create-oauth2-token-with-iam"),
    gone("signin", "introspect-o-auth2-token-with-iam", "introspect-oauth2-token-with-iam"),
    gone("signin", "revoke-o-auth2-token-with-iam", "revoke-oauth2-token-with-iam"),
];

/// The old name is gone.
const fn gone(service: &'static str, from: &'static str, to: &'static str) -> OperationRename {
    OperationRename { service, from, to, keep: false }
}

/// The old name still works.
const fn kept(service: &'static str, from: &'static str, to: &'static str) -> OperationRename {
    OperationRename { service, from, to, keep: true }
}
