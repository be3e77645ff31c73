//! The hand-written commands: one folder per family, one file per command.

mod authorization;
pub mod cloudformation;
pub mod cloudtrail;
pub mod codeartifact;
pub mod codecommit;
pub mod codedeploy;
pub mod configservice;
pub mod configure;
pub mod datapipeline;
pub mod ddb;
pub mod dlm;
pub mod dsql;
pub mod ecr;
pub mod ecr_public;
pub mod eks;
pub mod emr;
pub mod emr_containers;
pub mod explain;
pub mod gamelift;
pub mod history;
pub mod lightsail;
pub mod login;
pub mod logs;
pub mod rds;
pub mod s3;
pub mod servicecatalog;
mod shared;
mod ssm;
pub mod sso;
mod unbuilt;

use oxaws_cli::plug::registry::{Placement, Tweak};

/// Every command, with the command it stands under.
pub static COMMANDS: &[Placement] = &[
    Placement { under: &[], command: &configure::CONFIGURE },
    Placement { under: &[], command: &history::HISTORY },
    Placement { under: &[], command: &login::LOGIN },
    Placement { under: &[], command: &login::LOGOUT },
    Placement { under: &["sso"], command: &sso::LOGIN },
    Placement { under: &["sso"], command: &sso::LOGOUT },
    Placement { under: &["cloudformation"], command: &cloudformation::DEPLOY },
    Placement { under: &["cloudformation"], command: &cloudformation::PACKAGE },
    Placement { under: &["codeartifact"], command: &codeartifact::LOGIN },
    Placement { under: &["configservice"], command: &configservice::GET_STATUS },
    Placement { under: &["configservice"], command: &configservice::SUBSCRIBE },
    Placement { under: &["datapipeline"], command: &datapipeline::CREATE_DEFAULT_ROLES },
    Placement { under: &["datapipeline"], command: &datapipeline::LIST_RUNS },
    Placement { under: &["dlm"], command: &dlm::CREATE_DEFAULT_ROLE },
    Placement { under: &["dsql"], command: &dsql::GENERATE_DB_CONNECT_ADMIN_AUTH_TOKEN },
    Placement { under: &["dsql"], command: &dsql::GENERATE_DB_CONNECT_AUTH_TOKEN },
    Placement { under: &["ecr"], command: &ecr::GET_LOGIN_PASSWORD },
    Placement { under: &["ecr-public"], command: &ecr_public::GET_LOGIN_PASSWORD },
    Placement { under: &["eks"], command: &eks::GET_TOKEN },
    Placement { under: &["eks"], command: &eks::UPDATE_KUBECONFIG },
    Placement { under: &["rds"], command: &rds::GENERATE_DB_AUTH_TOKEN },
    Placement { under: &[], command: &s3::S3 },
    Placement { under: &[], command: &explain::EXPLAIN },
    Placement { under: &["codecommit"], command: &codecommit::CREDENTIAL_HELPER },
    Placement { under: &["gamelift"], command: &gamelift::GET_GAME_SESSION_LOG },
    Placement { under: &["gamelift"], command: &gamelift::UPLOAD_BUILD },
    Placement { under: &["lightsail"], command: &lightsail::PUSH_CONTAINER_IMAGE },
    Placement { under: &["logs"], command: &logs::TAIL },
    Placement { under: &["servicecatalog"], command: &servicecatalog::GENERATE },
    Placement { under: &[], command: &ddb::DDB },
    Placement { under: &["deploy"], command: &codedeploy::DEREGISTER },
    Placement { under: &["deploy"], command: &codedeploy::PUSH },
    Placement { under: &["deploy"], command: &codedeploy::REGISTER },
    Placement { under: &["emr"], command: &emr::ADD_INSTANCE_GROUPS },
    Placement { under: &["emr"], command: &emr::ADD_STEPS },
    Placement { under: &["emr"], command: &emr::CREATE_CLUSTER },
    Placement { under: &["emr"], command: &emr::CREATE_HBASE_BACKUP },
    Placement { under: &["emr"], command: &emr::DESCRIBE_CLUSTER },
    Placement { under: &["emr"], command: &emr::DISABLE_HBASE_BACKUPS },
    Placement { under: &["emr"], command: &emr::INSTALL_APPLICATIONS },
    Placement { under: &["emr"], command: &emr::MODIFY_CLUSTER_ATTRIBUTES },
    Placement { under: &["emr"], command: &emr::RESTORE_FROM_HBASE_BACKUP },
    Placement { under: &["emr"], command: &emr::SCHEDULE_HBASE_BACKUP },
    Placement { under: &["emr"], command: &emr::TERMINATE_CLUSTERS },
    Placement { under: &["emr-containers"], command: &emr_containers::CREATE_ROLE_ASSOCIATIONS },
    Placement { under: &["emr-containers"], command: &emr_containers::DELETE_ROLE_ASSOCIATIONS },
    Placement { under: &["emr-containers"], command: &emr_containers::UPDATE_ROLE_TRUST_POLICY },
    Placement { under: &["cloudtrail"], command: &cloudtrail::VALIDATE_LOGS },
    Placement { under: &["cloudtrail"], command: &cloudtrail::VERIFY_QUERY_RESULTS },
];

/// What takes the place of generated operations.
pub static TWEAKS: &[Tweak] = ssm::TWEAKS;

pub use unbuilt::UNBUILT;
