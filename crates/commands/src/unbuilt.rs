//! The hand-written commands of the AWS CLI that are still missing, by the command they belong under. A row goes when its
//! command is built; `crates/tweaks/inventory.txt` says what each of them does.

use oxaws_cli::plug::unbuilt::Unbuilt;

const fn row(under: &'static [&'static str], names: &'static [&'static str]) -> Unbuilt {
    Unbuilt { under, names }
}

/// The list.
pub static UNBUILT: &[Unbuilt] = &[
    row(&[], &["cli-dev", "update"]),
    row(
        &["agent-toolkit"],
        &[
            "add-skill",
            "check-skill-updates",
            "get-skill-file",
            "list-installed-skills",
            "remove-skill",
            "update-skill",
        ],
    ),
    row(&["cloudfront"], &["sign"]),
    row(&["configure"], &["agent-toolkit", "wizard"]),
    row(&["deploy"], &["install", "uninstall"]),
    row(&["dynamodb"], &["wizard"]),
    row(&["ec2-instance-connect"], &["open-tunnel", "ssh"]),
    row(&["ecs"], &["deploy", "monitor-express-gateway-service"]),
    row(&["emr"], &["create-default-roles", "get", "put", "socks", "ssh"]),
    row(&["events"], &["wizard"]),
    row(&["iam"], &["wizard"]),
    row(&["lambda"], &["wizard"]),
    row(&["lambda-web"], &["deploy"]),
    row(&["logs"], &["start-live-tail"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::COMMANDS;

    #[test]
    fn no_command_is_both_built_and_missing() {
        for row in UNBUILT {
            for name in row.names {
                let placed = COMMANDS.iter().filter(|p| p.under == row.under).any(|p| p.command.name == *name);
                let nested = row.under.split_last().is_some_and(|(parent, above)| {
                    COMMANDS
                        .iter()
                        .filter(|p| p.under == above && p.command.name == *parent)
                        .any(|p| p.command.subcommands.iter().any(|c| c.name == *name))
                });
                assert!(!placed && !nested, "{:?} {name}", row.under);
            }
        }
    }
}
