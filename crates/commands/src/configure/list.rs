//! `aws configure list` and `list-profiles`: what is configured, and where.

use super::masked;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_config::{Resolved, Source, Variable, variables};
use oxaws_python::repr_list;

pub(super) static LIST: Command = Command {
    name: "list",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Shows profile, keys and region, and where each comes from.",
};

pub(super) static LIST_PROFILES: Command = Command {
    name: "list-profiles",
    options: &[],
    subcommands: &[],
    run: Some(list_profiles),
    help: "Shows the names of all profiles.",
};

/// A row of the table.
struct Row {
    value: String,
    kind: String,
    location: String,
}

impl Row {
    fn not_set() -> Row {
        Row { value: "<not set>".into(), kind: "None".into(), location: "None".into() }
    }
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let head = Row { value: "VALUE".into(), kind: "TYPE".into(), location: "LOCATION".into() };
    show(cx, "NAME", &head)?;
    show(cx, "profile", &profile(cx)?)?;
    // Each row is shown before the next one is looked for: what fails leaves the rows above it.
    match cx.session.find_credentials()? {
        None => {
            show(cx, "access_key", &Row::not_set())?;
            show(cx, "secret_key", &Row::not_set())?;
        }
        Some(found) => {
            let Some(keys) = cx.session.credentials()? else { return Err(Failure::NoCredentials) };
            let row =
                |secret: &str| Row { value: masked(secret), kind: found.method().into(), location: String::new() };
            show(cx, "access_key", &row(&keys.access_key_id))?;
            show(cx, "secret_key", &row(&keys.secret_access_key))?;
        }
    }
    show(cx, "region", &region(cx)?)?;
    Ok(Exit::Success)
}

fn show(cx: &Context, name: &str, row: &Row) -> Result<(), Failure> {
    cx.ui.line(&format!("{name:<10} : {:<24} : {:<16} : {}", row.value, row.kind, row.location))
}

fn profile(cx: &Context) -> Result<Row, Failure> {
    Ok(match cx.session.config_unchecked().profile_source() {
        Some(Resolved { value, source: Source::Flag }) => {
            Row { value, kind: "manual".into(), location: "--profile".into() }
        }
        Some(found) => of_environment("profile", found),
        None => Row::not_set(),
    })
}

fn region(cx: &Context) -> Result<Row, Failure> {
    let config = cx.session.config()?;
    // What `--region` says is no configuration.
    let Some(variable) = variables::find("region") else { return Ok(Row::not_set()) };
    if let Some(found) = in_environment(cx, variable) {
        return Ok(of_environment("region", found));
    }
    if let Some(region) = config.profile()?.text("region") {
        return Ok(Row { value: region.into(), kind: "config-file".into(), location: config.config_file() });
    }
    match cx.session.region()?.filter(|r| !r.is_empty()) {
        Some(region) => Ok(Row { value: region, kind: "imds".into(), location: String::new() }),
        None => Ok(Row::not_set()),
    }
}

fn in_environment(cx: &Context, variable: &Variable) -> Option<Resolved> {
    variable.env_names().find_map(|name| Some(Resolved { value: cx.world.var(name)?, source: Source::Env(name) }))
}

/// The location is the list of all variables that are looked at.
fn of_environment(name: &str, found: Resolved) -> Row {
    let names: Vec<&str> = variables::find(name).into_iter().flat_map(Variable::env_names).collect();
    Row { value: found.value, kind: "env".into(), location: repr_list(&names) }
}

fn list_profiles(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let mut out = String::new();
    for name in cx.session.config_unchecked().files()?.profile_names() {
        out.push_str(&name);
        out.push('\n');
    }
    cx.ui.text(&out)?;
    Ok(Exit::Success)
}
