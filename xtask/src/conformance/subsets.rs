//! The parts a set of recorded cases is judged by.

use serde_json::Value;

/// A case as far as sorting it needs.
pub struct Case {
    /// `group/subgroup/name`.
    pub id: String,
    /// The value of `--output`, where given.
    pub output: Option<String>,
    /// The value of `--cli-error-format`, where given.
    pub error_format: Option<String>,
}

impl Case {
    /// Reads a case; `None` where it has no id.
    pub fn read(case: &Value) -> Option<Case> {
        let argv: Vec<&str> = case["argv"].as_array()?.iter().filter_map(Value::as_str).collect();
        let option = |name: &str| {
            let at = argv.iter().position(|a| *a == name)?;
            argv.get(at + 1).map(|v| (*v).to_owned())
        };
        let id = case["id"].as_str()?.to_owned();
        Some(Case { id, output: option("--output"), error_format: option("--cli-error-format") })
    }

    /// The part this case belongs to.
    pub fn subset(&self) -> String {
        let group = self.id.split('/').next().unwrap_or_default();
        if group != "ops" {
            return group.to_owned();
        }
        let json = self.output.as_deref().is_none_or(|o| o == "json");
        let kind = self.id.rsplit('/').next().unwrap_or_default();
        match kind {
            "min" | "full" => format!("ops-{kind}-{}", if json { "json" } else { "other" }),
            "err" if self.error_format.is_some() => "ops-err-other".to_owned(),
            _ => format!("ops-{kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subset(id: &str, argv: &[&str]) -> String {
        Case::read(&serde_json::json!({"id": id, "argv": argv})).unwrap().subset()
    }

    #[test]
    fn operations_are_judged_apart() {
        assert_eq!(subset("ops/sqs/list-queues/min", &["sqs", "list-queues"]), "ops-min-json");
        assert_eq!(subset("ops/sqs/list-queues/min", &["--output", "json"]), "ops-min-json");
        assert_eq!(subset("ops/sqs/list-queues/full", &["--output", "text"]), "ops-full-other");
        assert_eq!(subset("ops/sqs/list-queues/err", &[]), "ops-err");
        assert_eq!(subset("ops/sqs/list-queues/err", &["--cli-error-format", "json"]), "ops-err-other");
        assert_eq!(subset("ops/a/b/custom-1/custom", &[]), "ops-custom");
        assert_eq!(subset("rc/parse/nothing", &[]), "rc");
    }
}
