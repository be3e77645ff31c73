//! Endpoint URLs from the environment and the files.
//!
//! In order: `AWS_ENDPOINT_URL_<ID>`, `AWS_ENDPOINT_URL`, the service's block in the `[services]` section that the
//! profile names, the profile's `endpoint_url`. Empty values are passed over. `<ID>` is the service's id, which for some
//! services differs from the command's name.

use crate::{Config, ConfigError, Setting};
use oxaws_env::var;

/// Commands whose service has another id than their name.
#[rustfmt::skip]
static IDS: &[(&str, &str)] = &[
    ("apigateway", "api_gateway"),
    ("application-autoscaling", "application_auto_scaling"),
    ("appmesh", "app_mesh"),
    ("autoscaling", "auto_scaling"),
    ("autoscaling-plans", "auto_scaling_plans"),
    ("ce", "cost_explorer"),
    ("cloudhsmv2", "cloudhsm_v2"),
    ("cloudsearchdomain", "cloudsearch_domain"),
    ("cognito-idp", "cognito_identity_provider"),
    ("config", "config_service"),
    ("cur", "cost_and_usage_report_service"),
    ("datapipeline", "data_pipeline"),
    ("devicefarm", "device_farm"),
    ("directconnect", "direct_connect"),
    ("discovery", "application_discovery_service"),
    ("dms", "database_migration_service"),
    ("ds", "directory_service"),
    ("ds-data", "directory_service_data"),
    ("dynamodbstreams", "dynamodb_streams"),
    ("elasticbeanstalk", "elastic_beanstalk"),
    ("elb", "elastic_load_balancing"),
    ("elbv2", "elastic_load_balancing_v2"),
    ("es", "elasticsearch_service"),
    ("events", "eventbridge"),
    ("globalaccelerator", "global_accelerator"),
    ("iot-data", "iot_data_plane"),
    ("iot-jobs-data", "iot_jobs_data_plane"),
    ("iotwireless", "iot_wireless"),
    ("kinesisanalytics", "kinesis_analytics"),
    ("kinesisanalyticsv2", "kinesis_analytics_v2"),
    ("kinesisvideo", "kinesis_video"),
    ("lex-models", "lex_model_building_service"),
    ("lex-runtime", "lex_runtime_service"),
    ("lexv2-models", "lex_models_v2"),
    ("lexv2-runtime", "lex_runtime_v2"),
    ("logs", "cloudwatch_logs"),
    ("machinelearning", "machine_learning"),
    ("marketplace-entitlement", "marketplace_entitlement_service"),
    ("marketplacecommerceanalytics", "marketplace_commerce_analytics"),
    ("meteringmarketplace", "marketplace_metering"),
    ("mgh", "migration_hub"),
    ("resourcegroupstaggingapi", "resource_groups_tagging_api"),
    ("route53", "route_53"),
    ("route53domains", "route_53_domains"),
    ("runtime.sagemaker", "sagemaker_runtime"),
    ("s3control", "s3_control"),
    ("sdb", "simpledb"),
    ("secretsmanager", "secrets_manager"),
    ("serverlessrepo", "serverlessapplicationrepository"),
    ("servicecatalog", "service_catalog"),
    ("servicecatalog-appregistry", "service_catalog_appregistry"),
    ("stepfunctions", "sfn"),
    ("storagegateway", "storage_gateway"),
];

/// A service's id as files spell it: lower case with `_` (`elastic_beanstalk`), from its model's folder name.
pub fn service_key(service: &str) -> String {
    match IDS.binary_search_by_key(&service, |(name, _)| name) {
        Ok(at) => IDS[at].1.to_owned(),
        Err(_) => service.replace('-', "_").to_lowercase(),
    }
}

/// The endpoint URL configured for a service; `None` also where configured URLs are to be ignored.
///
/// # Errors
/// [`ConfigError::MissingServices`] when the search gets to a `[services]` section that isn't there,
/// [`ConfigError::NotASection`] when the service's entry in it is plain text, and those of [`Config::profile`].
pub fn configured(config: &Config<'_>, service: &str) -> Result<Option<String>, ConfigError> {
    if config.boolean("ignore_configured_endpoint_urls")? == Some(true) {
        return Ok(None);
    }
    let key = service_key(service);
    let own = format!("{}{}", var::AWS_ENDPOINT_URL_PREFIX, key.to_uppercase());
    let world = config.world();
    for name in [own.as_str(), var::AWS_ENDPOINT_URL] {
        if let Some(url) = world.var(name).filter(|u| !u.is_empty()) {
            return Ok(Some(url));
        }
    }
    if let Some(name) = config.scoped("services")? {
        let section = config.files()?.services(name).filter(|s| !s.is_empty());
        let section = section.ok_or_else(|| ConfigError::MissingServices { name: name.to_owned() })?;
        let url = match section.get(&key) {
            None => None,
            Some(Setting::Nested(nested)) => nested.get("endpoint_url"),
            Some(Setting::Text(_)) => return Err(ConfigError::NotASection),
        };
        if let Some(url) = url.filter(|u| !u.is_empty()) {
            return Ok(Some(url.to_owned()));
        }
    }
    Ok(config.scoped("endpoint_url")?.filter(|u| !u.is_empty()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn the_table_is_sorted() {
        assert!(IDS.is_sorted());
        assert_eq!(service_key("logs"), "cloudwatch_logs");
        assert_eq!(service_key("bedrock-runtime"), "bedrock_runtime");
    }

    #[test]
    fn the_order() {
        let config = "[default]\nservices = s\nendpoint_url = http://profile\n[services s]\n\
                      cloudwatch_logs =\n  endpoint_url = http://section\nsts = x\n[profile bad]\nservices = none\n";
        let mut w = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", config);
        let url = |w: &Fixed, s: &str| Config::load(w, None).endpoint_url(s).unwrap();
        assert_eq!(url(&w, "logs").as_deref(), Some("http://section"));
        assert_eq!(url(&w, "ec2").as_deref(), Some("http://profile"));
        assert_eq!(Config::load(&w, None).endpoint_url("sts"), Err(ConfigError::NotASection));
        assert_eq!(
            Config::load(&w, Some("bad")).endpoint_url("ec2").unwrap_err().to_string(),
            "The profile is configured to use the services section but the \"none\" services configuration does not \
             exist."
        );
        w = w.with_var("AWS_ENDPOINT_URL", "http://all");
        assert_eq!(url(&w, "logs").as_deref(), Some("http://all"));
        w = w.with_var("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://own").with_var("AWS_ENDPOINT_URL_EC2", "");
        assert_eq!(url(&w, "logs").as_deref(), Some("http://own"));
        assert_eq!(url(&w, "ec2").as_deref(), Some("http://all"));
        w = w.with_var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
        assert_eq!(url(&w, "logs"), None);
    }
}
