//! `emr list-clusters`: groups of states by name.

use crate::arguments::{flag, tweak, words};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[tweak("emr", "list-clusters", Hook::Arguments(arguments))];

const ACTIVE: [&str; 5] = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"];

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(words("cluster-states", "Only clusters in these states.").to(states));
    table.insert(flag("active", true, "Only clusters that are at work or about to be.").to(|p, _| group(p, &ACTIVE)));
    let terminated = flag("terminated", true, "Only clusters that ended well.");
    table.insert(terminated.to(|p, _| group(p, &["TERMINATED"])));
    let failed = flag("failed", true, "Only clusters that ended with errors.");
    table.insert(failed.to(|p, _| group(p, &["TERMINATED_WITH_ERRORS"])));
}

fn group(params: &mut Map, names: &[&str]) -> Result<(), Failure> {
    states(params, Value::List(names.iter().map(|n| Value::from(*n)).collect()))
}

fn states(params: &mut Map, value: Value) -> Result<(), Failure> {
    if params.get("ClusterStates").is_some_and(Value::is_truthy) {
        return Err(Failure::validation(
            "You can specify only one of the cluster state filters: --cluster-states, --active, --terminated, --failed.",
        ));
    }
    params.insert("ClusterStates", value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_group() {
        let mut params = Map::new();
        group(&mut params, &ACTIVE).unwrap();
        assert_eq!(group(&mut params, &["TERMINATED"]).unwrap_err().exit().code(), 252);
        assert_eq!(params.get("ClusterStates").and_then(Value::as_list).map(<[Value]>::len), Some(5));
    }
}
