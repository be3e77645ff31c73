//! Operations of the models that are no commands: deprecated ones, those that stream events, those whose place a
//! hand-written command takes.

use oxaws_cli::plug::registry::Removal;

/// The operations of each service that are no commands.
pub(crate) const REMOVALS: &[Removal] = &[
    Removal {
        service: "agent-toolkit",
        operations: &["get-latest-skill-version", "get-skill-file", "get-skill-file-checksum"],
    },
    Removal {
        service: "bedrock-agent-runtime",
        operations: &[
            "agentic-retrieve-stream",
            "invoke-agent",
            "invoke-flow",
            "invoke-inline-agent",
            "optimize-prompt",
            "retrieve-and-generate-stream",
        ],
    },
    Removal {
        service: "bedrock-agentcore",
        operations: &["invoke-agent-runtime-command", "invoke-code-interpreter", "invoke-harness"],
    },
    Removal {
        service: "bedrock-runtime",
        operations: &["converse-stream", "invoke-model-with-bidirectional-stream", "invoke-model-with-response-stream"],
    },
    Removal { service: "connecthealth", operations: &["start-medical-scribe-listening-session"] },
    Removal { service: "devops-agent", operations: &["send-message"] },
    Removal { service: "ec2", operations: &["import-instance", "import-volume"] },
    Removal {
        service: "emr",
        operations: &[
            "add-instance-groups",
            "add-job-flow-steps",
            "describe-cluster",
            "describe-job-flows",
            "list-bootstrap-actions",
            "list-instance-groups",
            "run-job-flow",
            "set-keep-job-flow-alive-when-no-steps",
            "set-termination-protection",
            "set-unhealthy-node-replacement",
            "set-visible-to-all-users",
            "terminate-job-flows",
        ],
    },
    Removal { service: "iotsitewise", operations: &["invoke-assistant"] },
    Removal { service: "kinesis", operations: &["subscribe-to-shard"] },
    Removal { service: "lambda", operations: &["invoke-with-response-stream"] },
    Removal { service: "lexv2-runtime", operations: &["start-conversation"] },
    Removal { service: "logs", operations: &["get-log-object", "start-live-tail"] },
    Removal { service: "polly", operations: &["start-speech-synthesis-stream"] },
    Removal { service: "qbusiness", operations: &["chat"] },
    Removal { service: "sagemaker-runtime", operations: &["invoke-endpoint-with-response-stream"] },
    Removal {
        service: "ses",
        operations: &["delete-verified-email-address", "list-verified-email-addresses", "verify-email-address"],
    },
    Removal { service: "sso", operations: &["logout"] },
];
