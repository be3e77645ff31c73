//! `aws emr create-cluster`

use super::configured::Configured;
use super::steps::{Step, build};
use super::{
    applications, emrfs, groups, hbase, monitoring, put, refuse, s3_link, schemas, script_runner, steps, texts,
};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::list_option::ListOption;
use oxaws_cli::written::{number, reply};
use oxaws_cli::{Exit, Failure};
use oxaws_value::{Map, Value};

/// Bootstrap actions that a cluster may have.
const MAX_BOOTSTRAP_ACTIONS: usize = 16;
const ROLES_HINT: &str = " Either choose --use-default-roles or use both --service-role <roleName> and --ec2-attributes \
                          InstanceProfile=<profileName>.";

const fn list(name: &'static str, help: &'static str) -> Opt {
    Opt::value(name, help).taking(Nargs::OneOrMore)
}

/// The command.
pub static CREATE_CLUSTER: Command = Command {
    name: "create-cluster",
    options: &[
        Opt::value("release-label", "The EMR release, such as emr-7.0.0."),
        Opt::value("os-release-label", "The release of Amazon Linux."),
        Opt::value("ami-version", "The AMI version, in place of a release (2.x, 3.x)."),
        list("instance-groups", "The instance groups.").structure(&schemas::INSTANCE_GROUPS),
        Opt::value("instance-type", "The instances' type, in place of groups."),
        Opt::value("instance-count", "The number of instances, in place of groups."),
        Opt::flag("auto-terminate", "The cluster ends after its last step."),
        Opt::flag("no-auto-terminate", "It doesn't (the default)."),
        list("instance-fleets", "The instance fleets.").structure(&schemas::INSTANCE_FLEETS),
        Opt::value("name", "The cluster's name; Development Cluster unless given."),
        Opt::value("log-uri", "Where logs are put in S3."),
        Opt::value("log-encryption-kms-key-id", "The KMS key that logs are encrypted with."),
        Opt::value("service-role", "The role of the service."),
        Opt::value("auto-scaling-role", "The role of automatic scaling."),
        Opt::flag("use-default-roles", "Uses the roles that create-default-roles makes."),
        Opt::value("configurations", "Configurations of applications, as JSON."),
        Opt::value("ec2-attributes", "Attributes of the instances: KeyName=k,SubnetId=s,…")
            .structure(&schemas::EC2_ATTRIBUTES),
        Opt::flag("termination-protected", "The cluster can't be ended by accident."),
        Opt::flag("no-termination-protected", "It can (the default)."),
        Opt::flag("unhealthy-node-replacement", "Nodes that fail are replaced."),
        Opt::flag("no-unhealthy-node-replacement", "They aren't."),
        Opt::value("scale-down-behavior", "How instances are ended when the cluster shrinks."),
        Opt::flag("visible-to-all-users", "All users of the account see the cluster (the default)."),
        Opt::flag("no-visible-to-all-users", "Only its creator sees it."),
        Opt::flag("enable-debugging", "Sets debugging up; needs --log-uri."),
        Opt::flag("no-enable-debugging", "Doesn't (the default)."),
        list("tags", "Tags: words Key=Value."),
        list("bootstrap-actions", "Bootstrap actions.").structure(&schemas::BOOTSTRAP_ACTIONS),
        list("applications", "The applications: words Name=n.").structure(&schemas::APPLICATIONS),
        Opt::value("emrfs", "Settings of the file system on S3.").structure(&schemas::EMR_FS),
        list("steps", "The steps.").structure(&schemas::STEPS),
        Opt::value("additional-info", "More information, as JSON."),
        Opt::value("restore-from-hbase-backup", "A backup of HBase to restore: Dir=d,BackupVersion=v.")
            .structure(&schemas::HBASE_RESTORE_FROM_BACKUP),
        Opt::value("security-configuration", "The security configuration's name."),
        Opt::value("custom-ami-id", "An AMI of your own."),
        Opt::value("ebs-root-volume-size", "The root volume's size in GiB."),
        Opt::value("ebs-root-volume-iops", "The root volume's IOPS."),
        Opt::value("ebs-root-volume-throughput", "The root volume's throughput in MiB/s."),
        Opt::value("repo-upgrade-on-boot", "Which updates are made at the start: SECURITY or NONE."),
        Opt::value("kerberos-attributes", "Attributes of Kerberos.").structure(&schemas::KERBEROS_ATTRIBUTES),
        Opt::value("step-concurrency-level", "How many steps run at a time."),
        Opt::value("step-execution-role-arn", "The role that steps run with."),
        Opt::value("managed-scaling-policy", "The policy of managed scaling.")
            .structure(&schemas::MANAGED_SCALING_POLICY),
        list("placement-group-configs", "Where instances are placed.").structure(&schemas::PLACEMENT_GROUP_CONFIGS),
        Opt::value("auto-termination-policy", "When an idle cluster ends.")
            .structure(&schemas::AUTO_TERMINATION_POLICY),
        Opt::value("monitoring-configuration", "Where logs and metrics go.")
            .structure(&schemas::MONITORING_CONFIGURATION),
        Opt::flag("extended-support", "Takes extended support."),
        Opt::flag("no-extended-support", "Doesn't."),
        Opt::flag("session-enabled", "Enables sessions."),
        Opt::flag("no-session-enabled", "Doesn't."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Makes and starts a cluster.",
};

/// The structures given, read before anything else is looked at.
struct Given {
    groups: Option<Value>,
    fleets: Option<Value>,
    attributes: Option<Value>,
    tags: Vec<Value>,
    bootstrap_actions: Option<Value>,
    applications: Option<Value>,
    emrfs: Option<Value>,
    steps: Option<Value>,
    restore: Option<Value>,
    kerberos: Option<Value>,
    concurrency: Option<Value>,
    scaling: Option<Value>,
    placement: Option<Value>,
    termination: Option<Value>,
    monitoring: Option<Value>,
}

impl Given {
    fn read(call: &CommandCall) -> Result<Given, Failure> {
        let (cx, args) = (call.cx, &call.args);
        Ok(Given {
            groups: schemas::INSTANCE_GROUPS.option(cx, args, "instance-groups")?,
            fleets: schemas::INSTANCE_FLEETS.option(cx, args, "instance-fleets")?,
            attributes: schemas::EC2_ATTRIBUTES.option(cx, args, "ec2-attributes")?,
            tags: ListOption::of(cx, args, "tags")?.texts("tags")?.unwrap_or_default(),
            bootstrap_actions: schemas::BOOTSTRAP_ACTIONS.option(cx, args, "bootstrap-actions")?,
            applications: schemas::APPLICATIONS.option(cx, args, "applications")?,
            emrfs: schemas::EMR_FS.option(cx, args, "emrfs")?,
            steps: schemas::STEPS.option(cx, args, "steps")?,
            restore: schemas::HBASE_RESTORE_FROM_BACKUP.option(cx, args, "restore-from-hbase-backup")?,
            kerberos: schemas::KERBEROS_ATTRIBUTES.option(cx, args, "kerberos-attributes")?,
            concurrency: number::integer(args, "step_concurrency_level")?,
            scaling: schemas::MANAGED_SCALING_POLICY.option(cx, args, "managed-scaling-policy")?,
            placement: schemas::PLACEMENT_GROUP_CONFIGS.option(cx, args, "placement-group-configs")?,
            termination: schemas::AUTO_TERMINATION_POLICY.option(cx, args, "auto-termination-policy")?,
            monitoring: schemas::MONITORING_CONFIGURATION.option(cx, args, "monitoring-configuration")?,
        })
    }
}

struct Builder<'a> {
    call: &'a CommandCall<'a>,
    region: String,
    params: Map,
}

impl Builder<'_> {
    fn word(&self, option: &str) -> Option<&str> {
        self.call.args.word(&option.replace('-', "_"))
    }

    fn flag(&self, option: &str) -> bool {
        self.call.args.flag(&option.replace('-', "_")) == Some(true)
    }

    /// The truth of a pair of flags; without either it is false.
    fn pair(&self, yes: &str, no: &str) -> Result<bool, Failure> {
        match (self.flag(yes), self.flag(no)) {
            (true, true) => refuse(format!("cannot use both --{yes} and --{no} options together.")),
            (yes, _) => Ok(yes),
        }
    }

    fn put(&mut self, member: &'static str, value: Option<Value>) {
        put(&mut self.params, member, value);
    }

    fn put_word(&mut self, member: &'static str, option: &str) {
        let value = self.word(option).map(Value::from);
        self.put(member, value);
    }

    fn put_number(&mut self, member: &'static str, option: &str) -> Result<(), Failure> {
        let value = number::integer(&self.call.args, &option.replace('-', "_"))?;
        self.put(member, value);
        Ok(())
    }

    /// Appends to a list of the parameters.
    fn extend(&mut self, member: &'static str, values: Vec<Value>) {
        match self.params.get_mut(member) {
            Some(Value::List(list)) => list.extend(values),
            _ if values.is_empty() => {}
            _ => {
                self.params.insert(member, Value::List(values));
            }
        }
    }
}

fn exclusive(one: &str, other: &str, hint: &str) -> Result<(), Failure> {
    refuse(format!("You cannot specify both {one} and {other} options together.{hint}"))
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let given = Given::read(call)?;
    let mut b = Builder { call, region: super::region(call.cx)?, params: Map::new() };
    let configured = Configured::of(call, b.flag("enable-debugging") || b.flag("no-enable-debugging"))?;
    let default_roles = b.flag("use-default-roles");
    let service_role = match b.word("service-role").filter(|r| !r.is_empty()) {
        Some(role) => Some(role.to_owned()),
        None => configured.service_role.clone().filter(|_| !default_roles),
    };
    let log_uri = b.word("log-uri").map(str::to_owned).filter(|u| !u.is_empty()).or_else(|| configured.log_uri.clone());
    let mut attributes = configured.attributes(given.attributes.clone(), default_roles);
    let name = b.word("name").unwrap_or("Development Cluster").to_owned();
    b.params.insert("Name", name);

    let release = b.word("release-label").map(str::to_owned);
    let ami = b.word("ami-version").map(str::to_owned);
    match (&release, &ami) {
        (Some(_), Some(_)) => exclusive("--ami-version", "--release-label", "")?,
        (None, None) => return refuse("Either --ami-version or --release-label is required."),
        _ => {}
    }
    if default_roles && service_role.is_some() {
        exclusive("--use-default-roles", "--service-role", ROLES_HINT)?;
    }
    if default_roles && attributes.as_ref().is_some_and(|a| a.contains_key("InstanceProfile")) {
        exclusive("--use-default-roles", "--ec2-attributes InstanceProfile", ROLES_HINT)?;
    }
    if given.groups.is_some() && given.fleets.is_some() {
        exclusive("--instance-groups", "--instance-fleets", "")?;
    }
    let mut instances = match &given.fleets {
        Some(fleets) => reply::params([("InstanceFleets", groups::fleets(fleets))]),
        None => {
            let (kind, count) = (b.word("instance-type"), b.word("instance-count"));
            reply::params([("InstanceGroups", groups::of_cluster(given.groups.as_ref(), kind, count)?)])
        }
    };
    if let Some(release) = &release {
        b.params.insert("ReleaseLabel", release.as_str());
        if let Some(text) = b.word("configurations") {
            let Ok(configurations) = oxaws_value::parse_json(text) else {
                return refuse("invalid json argument for option --configurations");
            };
            b.params.insert("Configurations", configurations);
        }
    } else if let Some(ami) = &ami {
        check_ami(ami)?;
        b.params.insert("AmiVersion", ami.as_str());
    }
    b.put_word("AdditionalInfo", "additional-info");
    b.put("LogUri", log_uri.as_deref().map(Value::from));
    b.put_word("OSReleaseLabel", "os-release-label");
    b.put_word("LogEncryptionKmsKeyId", "log-encryption-kms-key-id");
    if default_roles {
        attributes.get_or_insert_default().insert("InstanceProfile", "EMR_EC2_DefaultRole");
        b.params.insert("ServiceRole", "EMR_DefaultRole");
    } else {
        b.put("ServiceRole", service_role.map(Value::from));
    }
    if given.groups.is_some() && b.word("auto-scaling-role").is_none() {
        let groups = instances.get("InstanceGroups").and_then(Value::as_list).unwrap_or_default();
        if groups.iter().any(|g| g.get("AutoScalingPolicy").is_some()) {
            return refuse(
                "Must specify --auto-scaling-role when configuring an AutoScaling policy for an instance group.",
            );
        }
    }
    b.put_word("AutoScalingRole", "auto-scaling-role");
    b.put_word("ScaleDownBehavior", "scale-down-behavior");
    set_truths(&mut b, &mut instances)?;
    let tags: Vec<Value> = given.tags.iter().filter_map(Value::as_str).map(tag).collect();
    b.params.insert("Tags", Value::List(tags));
    b.params.insert("Instances", Value::Map(instances));
    if let Some(attributes) = &attributes {
        set_attributes(&mut b.params, attributes)?;
    }
    set_software(&mut b, &given, release.as_deref(), ami.as_deref(), log_uri.as_deref(), &configured)?;
    set_rest(&mut b, &given)?;
    if let Some(configuration) = &given.monitoring {
        b.put("MonitoringConfiguration", Some(configuration.clone()));
        monitoring::check(configuration, log_uri.as_deref())?;
    }
    check_applications(&given)?;
    let reply = super::call(call.cx, "RunJobFlow", b.params)?;
    let shown = match reply.get("JobFlowId") {
        Some(id) => reply::params([
            ("ClusterId", id.clone()),
            ("ClusterArn", reply.get("ClusterArn").cloned().unwrap_or_default()),
        ]),
        None => Map::new(),
    };
    oxaws_cli::operation::display::print(call.cx, "run_job_flow", Value::Map(shown))?;
    Ok(Exit::Success)
}

/// An AMI version: at most one digit, a point, anything.
fn check_ami(ami: &str) -> Result<(), Failure> {
    let rest = ami.strip_prefix(|c: char| c.is_ascii_digit()).unwrap_or(ami);
    if rest.starts_with('.') {
        return Ok(());
    }
    refuse(format!(
        "The supplied AMI version \"{ami}\" is invalid. Please see AMI Versions Supported in Amazon EMR in Amazon Elastic \
         MapReduce Developer Guide: \
         http://docs.aws.amazon.com/ElasticMapReduce/latest/DeveloperGuide/ami-versions-supported.html"
    ))
}

fn set_truths(b: &mut Builder, instances: &mut Map) -> Result<(), Failure> {
    let neither = !b.flag("auto-terminate") && !b.flag("no-auto-terminate");
    let keep = neither || b.pair("no-auto-terminate", "auto-terminate")?;
    instances.insert("KeepJobFlowAliveWhenNoSteps", keep);
    instances.insert("TerminationProtected", b.pair("termination-protected", "no-termination-protected")?);
    let replacement = ("unhealthy-node-replacement", "no-unhealthy-node-replacement");
    if b.flag(replacement.0) || b.flag(replacement.1) {
        instances.insert("UnhealthyNodeReplacement", b.pair(replacement.0, replacement.1)?);
    }
    let neither = !b.flag("visible-to-all-users") && !b.flag("no-visible-to-all-users");
    let visible = neither || b.pair("visible-to-all-users", "no-visible-to-all-users")?;
    b.params.insert("VisibleToAllUsers", visible);
    Ok(())
}

fn tag(word: &str) -> Value {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    Value::Map(reply::params([("Key", Value::from(key)), ("Value", Value::from(value))]))
}

fn set_attributes(params: &mut Map, attributes: &Map) -> Result<(), Failure> {
    let has = |key| attributes.contains_key(key);
    if has("SubnetId") && has("SubnetIds") {
        exclusive("SubnetId", "SubnetIds", "")?;
    }
    if has("AvailabilityZone") && has("AvailabilityZones") {
        exclusive("AvailabilityZone", "AvailabilityZones", "")?;
    }
    if (has("SubnetId") || has("SubnetIds")) && (has("AvailabilityZone") || has("AvailabilityZones")) {
        return refuse(
            "You may not specify both a SubnetId and an AvailabilityZone (placement) because ec2SubnetId implies a placement.",
        );
    }
    put(params, "JobFlowRole", attributes.get("InstanceProfile").cloned());
    let Some(instances) = params.get_mut("Instances").and_then(Value::as_map_mut) else { return Ok(()) };
    for (key, member) in [
        ("KeyName", "Ec2KeyName"),
        ("SubnetId", "Ec2SubnetId"),
        ("SubnetIds", "Ec2SubnetIds"),
        ("EmrManagedMasterSecurityGroup", "EmrManagedMasterSecurityGroup"),
        ("EmrManagedSlaveSecurityGroup", "EmrManagedSlaveSecurityGroup"),
        ("ServiceAccessSecurityGroup", "ServiceAccessSecurityGroup"),
        ("AdditionalMasterSecurityGroups", "AdditionalMasterSecurityGroups"),
        ("AdditionalSlaveSecurityGroups", "AdditionalSlaveSecurityGroups"),
    ] {
        put(instances, member, attributes.get(key).cloned());
    }
    for key in ["AvailabilityZone", "AvailabilityZones"] {
        if let Some(zone) = attributes.get(key) {
            let mut placement = Map::new();
            put(&mut placement, key, Some(zone.clone()));
            instances.insert("Placement", Value::Map(placement));
        }
    }
    Ok(())
}

/// Debugging, applications, bootstrap actions and steps.
fn set_software(
    b: &mut Builder,
    given: &Given,
    release: Option<&str>,
    ami: Option<&str>,
    log_uri: Option<&str>,
    configured: &Configured,
) -> Result<(), Failure> {
    let region = b.region.clone();
    let debugging = match configured.enable_debugging {
        Some(configured) => configured,
        None => b.pair("enable-debugging", "no-enable-debugging")?,
    };
    if debugging && log_uri.is_none() {
        return refuse(
            "LogUri not specified. You must specify a logUri if you enable debugging when creating a cluster.",
        );
    }
    let has_release = release.is_some_and(|r| !r.is_empty());
    if debugging {
        let step = if has_release {
            Step { jar: "command-runner.jar".into(), args: texts(["state-pusher-script"]), ..Step::default() }
        } else {
            let args = texts([&s3_link("/libs/state-pusher/0.1/fetch", &region)]);
            Step { jar: script_runner(&region), args, ..Step::default() }
        };
        b.extend("Steps", vec![build("Setup Hadoop Debugging", "TERMINATE_CLUSTER", step)]);
    }
    if let Some(list) = &given.applications {
        if release.is_none() {
            let installed = applications::install(list, &region, ami.unwrap_or_default())?;
            b.extend("NewSupportedProducts", installed.products);
            b.extend("BootstrapActions", installed.actions);
            b.extend("Steps", installed.steps);
        } else {
            b.params.insert("Applications", list.clone());
        }
    }
    if let Some(backup) = &given.restore {
        let text = |key| backup.get(key).and_then(Value::as_str);
        b.extend("Steps", vec![hbase::restore_step(text("Dir").unwrap_or_default(), text("BackupVersion"))]);
    }
    if let Some(actions) = &given.bootstrap_actions {
        let actions = actions.as_list().unwrap_or_default();
        let there = b.params.get("BootstrapActions").and_then(Value::as_list).map_or(0, <[Value]>::len);
        if there + actions.len() > MAX_BOOTSTRAP_ACTIONS {
            return refuse("maximum number of bootstrap actions for a cluster exceeded.");
        }
        b.extend("BootstrapActions", actions.iter().map(bootstrap_action).collect());
    }
    if let Some(Value::Map(settings)) = &given.emrfs {
        if has_release {
            let configurations = b.params.get("Configurations").and_then(Value::as_list).unwrap_or_default();
            let is_emrfs = |c: &Value| c.get("Classification").and_then(Value::as_str) == Some("emrfs-site");
            if configurations.iter().any(is_emrfs) {
                return refuse("EMRFS should be configured either using --configuration or --emrfs but not both");
            }
            b.extend("Configurations", vec![emrfs::configuration(settings)?]);
        } else {
            b.extend("BootstrapActions", emrfs::bootstrap_actions(settings, &region)?);
        }
    }
    if let Some(list) = &given.steps {
        b.extend("Steps", steps::of_list(list, &region, release.filter(|_| has_release))?);
    }
    Ok(())
}

fn bootstrap_action(given: &Value) -> Value {
    let mut script = Map::new();
    put(&mut script, "Path", given.get("Path").cloned());
    put(&mut script, "Args", given.get("Args").cloned());
    let name = given.get("Name").cloned().unwrap_or_else(|| Value::from("Bootstrap action"));
    let mut out = reply::params([("Name", name)]);
    put(&mut out, "ScriptBootstrapAction", Some(Value::Map(script)));
    Value::Map(out)
}

fn set_rest(b: &mut Builder, given: &Given) -> Result<(), Failure> {
    b.put_word("SecurityConfiguration", "security-configuration");
    b.put_word("CustomAmiId", "custom-ami-id");
    b.put_number("EbsRootVolumeSize", "ebs-root-volume-size")?;
    b.put_number("EbsRootVolumeIops", "ebs-root-volume-iops")?;
    b.put_number("EbsRootVolumeThroughput", "ebs-root-volume-throughput")?;
    b.put_word("RepoUpgradeOnBoot", "repo-upgrade-on-boot");
    b.put("KerberosAttributes", given.kerberos.clone());
    if let Some(level) = &given.concurrency {
        b.params.insert("StepConcurrencyLevel", level.clone());
    }
    b.put_word("StepExecutionRoleArn", "step-execution-role-arn");
    for (member, yes, no) in [
        ("ExtendedSupport", "extended-support", "no-extended-support"),
        ("SessionEnabled", "session-enabled", "no-session-enabled"),
    ] {
        if b.flag(yes) || b.flag(no) {
            let truth = b.pair(yes, no)?;
            b.params.insert(member, truth);
        }
    }
    b.put("ManagedScalingPolicy", given.scaling.clone());
    b.put("PlacementGroupConfigs", given.placement.clone());
    b.put("AutoTerminationPolicy", given.termination.clone());
    Ok(())
}

/// Steps of Hive, Pig and Impala, and backups of HBase, need the application.
fn check_applications(given: &Given) -> Result<(), Failure> {
    let name_of = |a: &Value| a.get("Name").and_then(Value::as_str).map(str::to_lowercase);
    let listed: Vec<String> =
        given.applications.as_ref().and_then(Value::as_list).unwrap_or_default().iter().filter_map(name_of).collect();
    let mut missing: Vec<String> = Vec::new();
    for step in given.steps.as_ref().and_then(Value::as_list).unwrap_or_default() {
        let kind = step.get("Type").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        if matches!(kind.as_str(), "hive" | "pig" | "impala") && !listed.contains(&kind) {
            missing.push(title(&kind));
        }
    }
    if given.restore.is_some() && !listed.iter().any(|a| a == "hbase") {
        missing.push("Hbase".into());
    }
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    refuse(format!(
        "Some of the steps require the following applications to be installed: {}. Please install the applications using \
         --applications.",
        missing.join(", ")
    ))
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
