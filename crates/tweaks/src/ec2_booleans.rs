//! `ec2`: an argument that is a structure with nothing but a boolean `Value` can be a flag: `--x`, `--no-x`, and still
//! `--x Value=false` and JSON.

use crate::arguments::{flag, tweak};
use oxaws_cli::argv::argparse::{Given, Nargs};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::{Operation, ShapeKind};

pub(crate) const TWEAKS: &[Tweak] =
    &[tweak("ec2", "*", Hook::Arguments(arguments)), tweak("ec2", "*", Hook::Parsed(unfold))];

fn is_boolean_structure(arg: &Arg) -> bool {
    arg.member.map(|m| m.shape()).is_some_and(|shape| {
        let mut members = shape.members();
        shape.kind() == ShapeKind::Structure
            && members.len() == 1
            && members.next().is_some_and(|m| m.name() == "Value" && m.shape().kind() == ShapeKind::Boolean)
    })
}

fn arguments(table: &mut ArgTable, _: Operation) {
    let names: Vec<String> = table.iter().filter(|a| is_boolean_structure(a)).map(|a| a.name.clone()).collect();
    for name in names {
        if let Some(arg) = table.get_mut(&name) {
            arg.nargs = Nargs::Optional;
            arg.required = false;
        }
        table.insert(flag(&format!("no-{name}"), true, ""));
    }
}

/// Turns what the flags say into the structure.
fn unfold(call: &mut OperationCall) -> Result<(), Failure> {
    let positives: Vec<Arg> = call.table.iter().filter(|a| is_boolean_structure(a)).cloned().collect();
    for arg in positives {
        let (dest, negation) = (arg.dest(), format!("no_{}", arg.dest()));
        let negated = call.parsed.flag(&negation) == Some(true);
        let truth = match (call.parsed.get(&dest), negated) {
            (Some(_), true) => {
                return Err(Failure::validation(format!(
                    "Cannot specify both the \"--{name}\" option and the \"--no-{name}\" option.",
                    name = arg.name
                )));
            }
            (None, true) => false,
            (Some(Given::Flag(_)), false) => true,
            _ => continue,
        };
        call.parsed.set(&dest, Given::Word(format!("{{\"Value\": {truth}}}")));
    }
    Ok(())
}
