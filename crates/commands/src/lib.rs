//! The hand-written commands: one folder per family, one file per command.

mod base64_text;
pub mod codeartifact;
pub mod dsql;
pub mod ecr;
pub mod ecr_public;
pub mod eks;
mod formatted;
mod login_token;
mod number;
mod paths;
mod program;
pub mod rds;
mod reply;
mod temporary;
mod yaml_tree;

use oxaws_cli::registry::Placement;

/// Every command, with the command it stands under.
pub static COMMANDS: &[Placement] = &[
    Placement { under: &["codeartifact"], command: &codeartifact::LOGIN },
    Placement { under: &["dsql"], command: &dsql::GENERATE_DB_CONNECT_ADMIN_AUTH_TOKEN },
    Placement { under: &["dsql"], command: &dsql::GENERATE_DB_CONNECT_AUTH_TOKEN },
    Placement { under: &["ecr"], command: &ecr::GET_LOGIN_PASSWORD },
    Placement { under: &["ecr-public"], command: &ecr_public::GET_LOGIN_PASSWORD },
    Placement { under: &["eks"], command: &eks::GET_TOKEN },
    Placement { under: &["eks"], command: &eks::UPDATE_KUBECONFIG },
    Placement { under: &["rds"], command: &rds::GENERATE_DB_AUTH_TOKEN },
];
