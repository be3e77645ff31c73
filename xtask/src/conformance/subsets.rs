//! The parts a set of recorded cases is judged by.

use super::case::Case;

/// The part a case belongs to: its group, and for operations also what the case tries.
pub fn part(case: &Case) -> String {
    let group = case.id.split('/').next().unwrap_or_default();
    if group != "ops" {
        return group.to_owned();
    }
    let option = |name: &str| {
        let at = case.argv.iter().position(|arg| arg == name)?;
        case.argv.get(at + 1).map(String::as_str)
    };
    let json = option("--output").is_none_or(|output| output == "json");
    match case.id.rsplit('/').next().unwrap_or_default() {
        kind @ ("min" | "full") => format!("ops-{kind}-{}", if json { "json" } else { "other" }),
        "err" if option("--cli-error-format").is_some() => "ops-err-other".to_owned(),
        kind => format!("ops-{kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part_of(id: &str, argv: &[&str]) -> String {
        let argv: Vec<String> = argv.iter().map(|arg| format!("\"{arg}\"")).collect();
        part(&Case::parse(&format!(r#"{{"id": "{id}", "argv": [{}]}}"#, argv.join(","))).unwrap())
    }

    #[test]
    fn operations_are_judged_apart() {
        assert_eq!(part_of("ops/sqs/list-queues/min", &["sqs", "list-queues"]), "ops-min-json");
        assert_eq!(part_of("ops/sqs/list-queues/min", &["--output", "json"]), "ops-min-json");
        assert_eq!(part_of("ops/sqs/list-queues/full", &["--output", "text"]), "ops-full-other");
        assert_eq!(part_of("ops/sqs/list-queues/err", &[]), "ops-err");
        assert_eq!(part_of("ops/sqs/list-queues/err", &["--cli-error-format", "json"]), "ops-err-other");
        assert_eq!(part_of("ops/a/b/custom-1/custom", &[]), "ops-custom");
        assert_eq!(part_of("rc/parse/nothing", &[]), "rc");
    }
}
