//! Applications on clusters of AMI versions: steps and bootstrap actions that install them.

use super::steps::{Step, build};
use super::{put, refuse, s3_link, script_runner, texts};
use oxaws_cli::Failure;
use oxaws_cli::written::reply;
use oxaws_value::{Map, Value};

/// What installs applications.
#[derive(Debug, Default)]
pub struct Installed {
    /// Products that the service knows itself.
    pub products: Vec<Value>,
    /// Bootstrap actions.
    pub actions: Vec<Value>,
    /// Steps.
    pub steps: Vec<Value>,
}

/// A bootstrap action as the service takes it.
pub fn bootstrap_action(name: &str, path: String, args: Vec<Value>) -> Value {
    let mut script = Map::new();
    put(&mut script, "Args", Some(Value::List(args)));
    script.insert("Path", path);
    Value::Map(reply::params([("Name", Value::from(name)), ("ScriptBootstrapAction", Value::Map(script))]))
}

/// What installs the given applications.
///
/// # Errors
/// When the AMI version is too old for one.
pub fn install(applications: &Value, region: &str, ami_version: &str) -> Result<Installed, Failure> {
    let mut out = Installed::default();
    for application in applications.as_list().unwrap_or_default() {
        let name = application.get("Name").and_then(Value::as_str).unwrap_or_default();
        let args = application.get("Args").and_then(Value::as_list);
        match name.to_lowercase().as_str() {
            "hive" => {
                out.steps.push(script(region, "hive", "Install Hive", "TERMINATE_CLUSTER", &["--install-hive"], true));
                let site =
                    args.unwrap_or_default().iter().filter_map(Value::as_str).find(|a| a.contains("--hive-site"));
                if let Some(site) = site {
                    out.steps.push(hive_site(region, site));
                }
            }
            "pig" => {
                out.steps.push(script(region, "pig", "Install Pig", "TERMINATE_CLUSTER", &["--install-pig"], true));
            }
            "ganglia" => {
                let path = s3_link("/bootstrap-actions/install-ganglia", region);
                out.actions.push(bootstrap_action("Install Ganglia", path, Vec::new()));
            }
            "hbase" => {
                let path = s3_link("/bootstrap-actions/setup-hbase", region);
                out.actions.push(bootstrap_action("Install HBase", path, Vec::new()));
                let jar = match ami_version {
                    new if new >= "3.0" => "/home/hadoop/lib/hbase.jar",
                    older if older >= "2.1" => "/home/hadoop/lib/hbase-0.92.0.jar",
                    old => return refuse(format!("AMI version {old} is not compatible with HBase.")),
                };
                let args = texts(["emr.hbase.backup.Main", "--start-master"]);
                let step = Step { jar: jar.into(), args, ..Step::default() };
                out.steps.push(build("Start HBase", "TERMINATE_CLUSTER", step));
            }
            "impala" => {
                let mut words = texts(["--base-path", &s3_link("", region), "--impala-version", "latest"]);
                if let Some(args) = args {
                    let joined: Vec<&str> = args.iter().filter_map(Value::as_str).collect();
                    words.extend(texts(["--impala-conf", &joined.join(",")]));
                }
                let path = s3_link("/libs/impala/setup-impala", region);
                out.actions.push(bootstrap_action("Install Impala", path, words));
            }
            other => out.products.push(Value::Map(reply::params([
                ("Name", Value::from(other)),
                ("Args", Value::List(args.unwrap_or_default().to_vec())),
            ]))),
        }
    }
    Ok(out)
}

fn script(region: &str, tool: &str, name: &str, on_failure: &str, what: &[&str], versions: bool) -> Value {
    let mut args = texts([&s3_link(&format!("/libs/{tool}/{tool}-script"), region)]);
    args.extend(what.iter().map(|w| Value::from(*w)));
    args.extend(texts(["--base-path", &s3_link(&format!("/libs/{tool}"), region)]));
    if versions {
        args.extend(texts([&format!("--{tool}-versions"), "latest"]));
    }
    build(name, on_failure, Step { jar: script_runner(region), args, ..Step::default() })
}

fn hive_site(region: &str, site: &str) -> Value {
    // The base path is always that of us-east-1, as in the AWS CLI.
    let args = texts([
        &s3_link("/libs/hive/hive-script", region),
        "--base-path",
        &s3_link("/libs/hive", "us-east-1"),
        "--install-hive-site",
        site,
        "--hive-versions",
        "latest",
    ]);
    let step = Step { jar: script_runner(region), args, ..Step::default() };
    build("Install Hive Site Configuration", "CANCEL_AND_WAIT", step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installation() {
        let given = oxaws_value::parse_json(
            r#"[{"Name": "Hive", "Args": ["--hive-site=s3://x"]}, {"Name": "HBase"}, {"Name": "MapR"}, {"Name": "Ganglia"}]"#,
        )
        .unwrap();
        let all = install(&given, "r", "3.1").unwrap();
        assert_eq!((all.steps.len(), all.actions.len(), all.products.len()), (3, 2, 1));
        assert!(install(&given, "r", "2.0").is_err());
    }
}
