//! Steps of a cluster.

use super::{put, refuse, s3_link, script_runner, texts};
use oxaws_cli::Failure;
use oxaws_cli::written::reply;
use oxaws_value::{Map, Value};

/// What a step runs, beside its name.
#[derive(Debug, Default)]
pub struct Step {
    /// The JAR file.
    pub jar: String,
    /// Its arguments.
    pub args: Vec<Value>,
    /// Its main class.
    pub main_class: Option<Value>,
    /// Properties for its main function.
    pub properties: Option<Value>,
    /// Where its log goes.
    pub log_uri: Option<Value>,
    /// The key that the log is encrypted with.
    pub key: Option<Value>,
}

/// A step as the service takes it.
pub fn build(name: &str, on_failure: &str, step: Step) -> Value {
    let mut out = Map::new();
    put(&mut out, "Name", Some(Value::from(name)));
    put(&mut out, "ActionOnFailure", Some(Value::from(on_failure)));
    let mut jar = reply::params([("Jar", Value::from(step.jar))]);
    put(&mut jar, "Args", Some(Value::List(step.args)));
    put(&mut jar, "MainClass", step.main_class);
    put(&mut jar, "Properties", step.properties);
    out.insert("HadoopJarStep", Value::Map(jar));
    let mut s3 = Map::new();
    put(&mut s3, "LogUri", step.log_uri);
    put(&mut s3, "EncryptionKeyArn", step.key);
    if !s3.is_empty() {
        let monitoring = reply::params([("S3MonitoringConfiguration", Value::Map(s3))]);
        out.insert("StepMonitoringConfiguration", Value::Map(monitoring));
    }
    Value::Map(out)
}

/// The steps that `--steps` describes.
///
/// # Errors
/// For a type that isn't known, or what a type needs and hasn't got.
pub fn of_list(steps: &Value, region: &str, release: Option<&str>) -> Result<Vec<Value>, Failure> {
    let step = |given: &Value| one(given.as_map().unwrap_or(&Map::new()), region, release.is_some());
    steps.as_list().unwrap_or_default().iter().map(step).collect()
}

fn one(given: &Map, region: &str, release: bool) -> Result<Value, Failure> {
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let kind = text("Type").unwrap_or("custom_jar").to_lowercase();
    let args = given.get("Args").and_then(Value::as_list).unwrap_or_default();
    let needs_args = |config: &str, may_be_blank: bool| -> Result<(), Failure> {
        if args.is_empty() {
            return refuse(format!("The following required parameters are missing for {config}: Args."));
        }
        let blank = args.len() == 1 && args[0].as_str().is_some_and(|a| a.trim().is_empty());
        if blank && !may_be_blank { refuse("The parameter Args cannot be an empty list.") } else { Ok(()) }
    };
    let runner = || if release { "command-runner.jar".to_owned() } else { script_runner(region) };
    let script = |tool: &str| -> Vec<Value> {
        if release {
            return texts([&format!("{tool}-script"), &format!("--run-{tool}-script"), "--args"]);
        }
        let path = s3_link(&format!("/libs/{tool}/{tool}-script"), region);
        texts([&path, &format!("--run-{tool}-script"), &format!("--{tool}-versions"), "latest", "--args"])
    };
    let (name, jar, mut words) = match kind.as_str() {
        "custom_jar" => {
            let Some(jar) = text("Jar").filter(|j| !j.is_empty()) else {
                return refuse("The following required parameters are missing for CustomJARStepConfig: Jar.");
            };
            ("Custom JAR", jar.to_owned(), Vec::new())
        }
        "streaming" => {
            needs_args("StreamingStepConfig", false)?;
            if release {
                ("Streaming program", "command-runner.jar".to_owned(), texts(["hadoop-streaming"]))
            } else {
                ("Streaming program", "/home/hadoop/contrib/streaming/hadoop-streaming.jar".to_owned(), Vec::new())
            }
        }
        "hive" => {
            needs_args("HiveStepConfig", false)?;
            ("Hive program", runner(), script("hive"))
        }
        "pig" => {
            needs_args("PigStepConfig", false)?;
            ("Pig program", runner(), script("pig"))
        }
        "impala" if !release => {
            needs_args("ImpalaStepConfig", true)?;
            let path = s3_link("/libs/impala/setup-impala", region);
            ("Impala program", script_runner(region), texts([&path, "--run-impala-script"]))
        }
        "spark" => {
            needs_args("SparkStepConfig", true)?;
            let program = if release { "spark-submit" } else { "/home/hadoop/spark/bin/spark-submit" };
            ("Spark application", runner(), texts([program]))
        }
        other => return refuse(format!("The step type {other} is not supported.")),
    };
    words.extend(args.iter().cloned());
    let custom = kind == "custom_jar";
    let step = Step {
        jar,
        args: words,
        main_class: given.get("MainClass").filter(|_| custom).cloned(),
        properties: text("Properties").filter(|_| custom).map(properties),
        log_uri: given.get("LogUri").cloned(),
        key: given.get("EncryptionKeyArn").cloned(),
    };
    let name = text("Name").unwrap_or(name);
    Ok(build(name, text("ActionOnFailure").unwrap_or("CONTINUE"), step))
}

/// Properties `k1=v1,k2`.
fn properties(text: &str) -> Value {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Value::Map(reply::params([("Key", Value::from(key)), ("Value", Value::from(value))]))
    };
    Value::List(text.split(',').map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    fn built(json: &str, release: Option<&str>) -> Result<String, String> {
        let steps = of_list(&parse_json(json).unwrap(), "r", release).map_err(|f| f.message())?;
        Ok(to_json(&Value::List(steps), JsonStyle::COMPACT))
    }

    #[test]
    fn steps_of_every_type() {
        assert_eq!(
            built(r#"[{"Jar": "j", "Properties": "a=b,c", "LogUri": "l"}]"#, Some("emr-5")).unwrap(),
            r#"[{"Name":"Custom JAR","ActionOnFailure":"CONTINUE","HadoopJarStep":{"Jar":"j","Properties":[{"Key":"a","Value":"b"},{"Key":"c","Value":""}]},"StepMonitoringConfiguration":{"S3MonitoringConfiguration":{"LogUri":"l"}}}]"#
        );
        assert!(
            built(r#"[{"Type": "Hive", "Args": ["-f", "x"]}]"#, Some("emr-5"))
                .unwrap()
                .contains(r#""Args":["hive-script","--run-hive-script","--args","-f","x"]"#)
        );
        assert!(
            built(r#"[{"Type": "PIG", "Args": ["x"]}]"#, None)
                .unwrap()
                .contains(r#""Args":["s3://r.elasticmapreduce/libs/pig/pig-script","--run-pig-script","--pig-versions","latest","--args","x"]"#)
        );
    }

    #[test]
    fn what_is_missing() {
        let error = |json, release| built(json, release).unwrap_err();
        assert_eq!(
            error(r#"[{"Type": "HIVE"}]"#, None),
            "The following required parameters are missing for HiveStepConfig: Args."
        );
        assert_eq!(error(r#"[{"Type": "HIVE", "Args": [" "]}]"#, None), "The parameter Args cannot be an empty list.");
        assert_eq!(
            error(r#"[{"Type": "IMPALA", "Args": ["x"]}]"#, Some("e")),
            "The step type impala is not supported."
        );
        assert!(error("[{}]", None).contains("CustomJARStepConfig: Jar."));
    }
}
