//! Backups of HBase on clusters of AMI versions.

use super::steps::{Step, build};
use super::{CLUSTER_ID, call_and_print, cluster_id, only_for_ami_versions, refuse, texts};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

const JAR: &str = "/home/hadoop/lib/hbase.jar";
const MAIN: &str = "emr.hbase.backup.Main";
const SCHEDULE: &str = "Modify Backup Schedule";
const DIR: Opt = Opt::value("dir", "The backup's folder in S3.").required();
const BACKUP_CONSISTENT: Opt = Opt::flag("consistent", "Pauses writing while the backup is made.");

/// `aws emr create-hbase-backup`
pub static CREATE_HBASE_BACKUP: Command = Command {
    name: "create-hbase-backup",
    options: &[CLUSTER_ID, DIR, BACKUP_CONSISTENT],
    subcommands: &[],
    run: Some(create),
    help: "Makes a backup of HBase in S3.",
};

/// `aws emr schedule-hbase-backup`
pub static SCHEDULE_HBASE_BACKUP: Command = Command {
    name: "schedule-hbase-backup",
    options: &[
        CLUSTER_ID,
        Opt::value("type", "full or incremental.").required(),
        DIR,
        Opt::value("interval", "The time between backups.").required(),
        Opt::value("unit", "Its unit: minutes, hours or days.").required(),
        Opt::value("start-time", "When the first backup is made; now unless given."),
        BACKUP_CONSISTENT,
    ],
    subcommands: &[],
    run: Some(schedule),
    help: "Makes backups of HBase again and again.",
};

/// `aws emr restore-from-hbase-backup`
pub static RESTORE_FROM_HBASE_BACKUP: Command = Command {
    name: "restore-from-hbase-backup",
    options: &[CLUSTER_ID, DIR, Opt::value("backup-version", "The backup; the newest unless given.")],
    subcommands: &[],
    run: Some(restore),
    help: "Restores HBase from a backup.",
};

/// `aws emr disable-hbase-backups`
pub static DISABLE_HBASE_BACKUPS: Command = Command {
    name: "disable-hbase-backups",
    options: &[
        CLUSTER_ID,
        Opt::flag("full", "Ends full backups."),
        Opt::flag("incremental", "Ends incremental backups."),
    ],
    subcommands: &[],
    run: Some(disable),
    help: "Ends scheduled backups of HBase.",
};

/// The step that restores HBase from a backup.
pub fn restore_step(dir: &str, version: Option<&str>) -> Value {
    let mut args = texts([MAIN, "--restore", "--backup-dir", dir]);
    if let Some(version) = version {
        args.extend(texts(["--backup-version", version]));
    }
    build("Restore HBase", "CANCEL_AND_WAIT", Step { jar: JAR.into(), args, ..Step::default() })
}

fn add(call: &CommandCall, step: Value) -> Result<Exit, Failure> {
    let params = reply::params([("JobFlowId", cluster_id(call)), ("Steps", Value::List(vec![step]))]);
    call_and_print(call.cx, "AddJobFlowSteps", params)
}

fn dir<'a>(call: &'a CommandCall) -> &'a str {
    call.args.word("dir").unwrap_or_default()
}

fn create(call: &CommandCall) -> Result<Exit, Failure> {
    only_for_ami_versions(call)?;
    let mut args = texts([MAIN, "--backup", "--backup-dir", dir(call)]);
    if call.args.flag("consistent") == Some(true) {
        args.extend(texts(["--consistent"]));
    }
    add(call, build("Backup HBase", "CANCEL_AND_WAIT", Step { jar: JAR.into(), args, ..Step::default() }))
}

fn schedule(call: &CommandCall) -> Result<Exit, Failure> {
    only_for_ami_versions(call)?;
    let word = |dest| call.args.word(dest).unwrap_or_default();
    let kind = word("type").to_lowercase();
    if !matches!(kind.as_str(), "full" | "incremental") {
        return refuse("invalid type. type should be either full or incremental.");
    }
    let unit = word("unit").to_lowercase();
    if !matches!(unit.as_str(), "minutes" | "hours" | "days") {
        return refuse("invalid unit. unit should be one of the following values: minutes, hours or days.");
    }
    let mut args = texts([MAIN, "--set-scheduled-backup", "true", "--backup-dir", dir(call)]);
    if call.args.flag("consistent") == Some(true) {
        args.extend(texts(["--consistent"]));
    }
    args.extend(texts([
        &format!("--{kind}-backup-time-interval"),
        word("interval"),
        &format!("--{kind}-backup-time-unit"),
        &unit,
        "--start-time",
        call.args.word("start_time").unwrap_or("now"),
    ]));
    add(call, build(SCHEDULE, "CANCEL_AND_WAIT", Step { jar: JAR.into(), args, ..Step::default() }))
}

fn restore(call: &CommandCall) -> Result<Exit, Failure> {
    only_for_ami_versions(call)?;
    add(call, restore_step(dir(call), call.args.word("backup_version")))
}

fn disable(call: &CommandCall) -> Result<Exit, Failure> {
    only_for_ami_versions(call)?;
    let flag = |dest| call.args.flag(dest) == Some(true);
    if !flag("full") && !flag("incremental") {
        return refuse("Should specify at least one of --full and --incremental.");
    }
    let mut args = texts([MAIN, "--set-scheduled-backup", "false"]);
    if flag("full") {
        args.extend(texts(["--disable-full-backups"]));
    }
    if flag("incremental") {
        args.extend(texts(["--disable-incremental-backups"]));
    }
    add(call, build(SCHEDULE, "CANCEL_AND_WAIT", Step { jar: JAR.into(), args, ..Step::default() }))
}
