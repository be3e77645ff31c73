//! Command names of services, where they aren't the model's directory name.

/// {directory, command names; the first is the one that is shown}.
const RENAMES: [(&str, &[&str]); 5] = [
    ("s3", &["s3api"]),
    ("codedeploy", &["deploy"]),
    ("config", &["configservice"]),
    ("eventbridgev2", &["eventsv2"]),
    ("agenttoolkit", &["agent-toolkit"]),
];

/// Directories that are no command: `sms-voice` has the service id of `pinpoint-sms-voice`.
const EXCLUDED: [&str; 1] = ["sms-voice"];

/// The names of the commands of the service in the directory `name`; the first is the shown one.
pub fn command_names(name: &str) -> Vec<&str> {
    match RENAMES.iter().find(|(directory, _)| *directory == name) {
        Some((_, names)) => names.to_vec(),
        None => vec![name],
    }
}

/// Whether the directory `name` holds a service that the CLI doesn't have.
pub fn is_excluded(name: &str) -> bool {
    EXCLUDED.contains(&name)
}
