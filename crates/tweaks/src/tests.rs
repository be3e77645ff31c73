//! The tables against the models, the inventory against the files, and customisations as a command line drives them.

use super::{ARG_RENAMES, LISTS, REMOVALS, RENAMES, TWEAKS};
use oxaws_cli::argv::globals::{Globals, first_parse};
use oxaws_cli::operation::{Prepared, prepare};
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::common_args::{CLI_INPUT_JSON, CLI_INPUT_YAML, OUTFILE, SKELETON};
use oxaws_cli::plug::context::Context;
use oxaws_cli::plug::registry::{Hook, Registry};
use oxaws_cli::plug::services::Services;
use oxaws_cli::policy::Policy;
use oxaws_cli::term::ui::Ui;
use oxaws_cli::watch::secrets::Line;
use oxaws_client::{Session, SessionOptions};
use oxaws_env::Fixed;
use oxaws_model::names::cli_name;
use oxaws_model::{Operation, Service};
use oxaws_value::{JsonStyle, Value, to_json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

static REGISTRY: Registry = Registry {
    commands: &[],
    unbuilt: &[],
    removals: REMOVALS,
    renames: RENAMES,
    arg_renames: ARG_RENAMES,
    tweaks: &[TWEAKS],
};

const OPERATIONS: &str = include_str!("../tests/operations.txt");
const NO_COMMANDS: &str = include_str!("../tests/no_commands.txt");
const INVENTORY: &str = include_str!("../inventory.txt");

/// Operations whose place a hand-written command takes that reads the operation's own arguments.
const TAKEN_OVER: [(&str, &str); 2] = [("ecs", "ExecuteCommand"), ("ssm", "StartSession")];

/// The rows of a list.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}

fn service(name: &str) -> Service {
    oxaws_pack::facts().service(name).unwrap_or_else(|| panic!("no service {name}"))
}

/// The operation that a command stands for.
fn operation(service_name: &str, command: &str) -> Operation {
    let from = RENAMES.iter().find(|r| r.service == service_name && r.to == command).map_or(command, |r| r.from);
    service(service_name).operation(from).unwrap_or_else(|| panic!("no operation {service_name} {command}"))
}

fn table(service_name: &str, command: &str) -> ArgTable {
    ArgTable::of(operation(service_name, command), service_name, command, &REGISTRY)
}

/// Names of options without `--no-…`, without what every operation has.
fn own_names(table: &ArgTable, operation: Operation) -> BTreeSet<String> {
    let common = [CLI_INPUT_JSON, CLI_INPUT_YAML, SKELETON, "starting-token", "page-size", "max-items"];
    let streams = operation.has_streaming_output();
    table
        .iter()
        .map(|a| a.name.clone())
        .filter(|n| !(n.starts_with("no-") || common.contains(&n.as_str()) || streams && n == OUTFILE))
        .collect()
}

fn model_names(operation: Operation) -> BTreeSet<String> {
    let members = operation.input().into_iter().flat_map(|i| i.members());
    let shadowed = ["page-size", "max-items", "starting-token"];
    members.map(|m| cli_name(m.name())).filter(|n| !n.starts_with("no-") && !shadowed.contains(&n.as_str())).collect()
}

#[test]
fn every_difference_is_there() {
    for line in lines(OPERATIONS) {
        let mut words = line.split(' ');
        let (service_name, command) = (words.next().unwrap(), words.next().unwrap());
        let operation = operation(service_name, command);
        let table = table(service_name, command);
        let in_model = |name: &str| operation.input().is_some_and(|i| i.members().any(|m| cli_name(m.name()) == name));
        for word in words {
            let get = |name: &str| table.get(name).unwrap_or_else(|| panic!("{line}: no option {name}"));
            if let Some(from) = word.strip_prefix("from:") {
                let names = REGISTRY
                    .operation_commands(service_name, service(service_name).operation(from).unwrap().cli_name());
                assert!(names.contains(&command), "{line}: {names:?}");
            } else if word == "no-skeleton" {
                assert!(table.get(SKELETON).is_none() && table.get(CLI_INPUT_JSON).is_none(), "{line}");
            } else if let Some(name) = word.strip_prefix('-') {
                assert!(table.get(name).is_none() && in_model(name), "{line}: {name}");
            } else if let Some(name) = word.strip_prefix('+') {
                get(name);
                assert!(!in_model(name), "{line}: {name}");
            } else if let Some(name) = word.strip_prefix('~') {
                let arg = get(name);
                let plain =
                    Arg::of_member(operation.input().unwrap().members().find(|m| cli_name(m.name()) == name).unwrap());
                // Two timestamps are read by another class to the same effect.
                let same = matches!(arg.target, Target::Member) && arg.nargs == plain.nargs;
                assert!(!same || name.starts_with("created-"), "{line}: {name}");
            } else if let Some(name) = word.strip_prefix('?') {
                assert!(!get(name).required, "{line}: {name}");
            } else if let Some(name) = word.strip_prefix('.') {
                assert!(get(name).hidden, "{line}: {name}");
            } else {
                panic!("{line}: {word}");
            }
        }
    }
}

#[test]
fn there_is_no_other_difference() {
    let mut known: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for line in lines(OPERATIONS) {
        let mut words = line.split(' ');
        let key = (words.next().unwrap(), words.next().unwrap());
        let names = words.filter(|w| w.starts_with(['-', '+', '.'])).map(|w| &w[1..]);
        known.entry(key).or_default().extend(names);
    }
    for (service_name, service) in oxaws_pack::facts().service_names() {
        for operation in service.operations() {
            for command in REGISTRY.operation_commands(service_name, operation.cli_name()) {
                let table = ArgTable::of(operation, service_name, command, &REGISTRY);
                let (shown, modelled) = (own_names(&table, operation), model_names(operation));
                let differing: BTreeSet<&str> = shown.symmetric_difference(&modelled).map(String::as_str).collect();
                let mut wanted = known.get(&(service_name, command)).cloned().unwrap_or_default();
                // What the list calls an option more is here a positional of the same name, or the other way round.
                if (service_name, command) == ("iam", "create-virtual-mfa-device") || command == "select-object-content"
                {
                    wanted.insert(OUTFILE);
                }
                if TAKEN_OVER[0] == (service_name, operation.name()) {
                    wanted.insert("non-interactive");
                }
                // The kept names of renamed operations have the same arguments.
                assert_eq!(differing, wanted, "{service_name} {command}");
            }
        }
    }
}

#[test]
fn what_is_no_command() {
    let mut all = 0;
    for line in lines(NO_COMMANDS) {
        let mut words = line.split(' ');
        let service_name = words.next().unwrap();
        for name in words {
            all += 1;
            let operation = service(service_name).operation_named(name).unwrap();
            let taken_over = TAKEN_OVER.contains(&(service_name, name));
            assert_eq!(REGISTRY.is_removed(service_name, operation.cli_name()), !taken_over, "{service_name} {name}");
        }
    }
    let removed: usize = REMOVALS.iter().map(|r| r.operations.len()).sum();
    assert_eq!(removed, all - TAKEN_OVER.len());
}

#[test]
fn every_row_of_the_tables_hits_something() {
    // The models have no such arguments (any more, or not yet); older and newer ones do.
    let idle = [
        ("datapipeline", "get-pipeline-definition"),
        ("eks", "update-cluster-components-version"),
        ("emr", "*"),
        ("lex-models", "delete-bot"),
        ("lex-models", "delete-intent"),
        ("lex-models", "delete-slot-type"),
        ("schemas", "*"),
    ];
    for row in ARG_RENAMES {
        let hit = service(row.service).operations().any(|operation| {
            let named = |command: &&str| row.operation == "*" || row.operation == *command;
            let argument = |m: oxaws_model::Member| {
                let name = cli_name(m.name());
                name == row.from || row.from.strip_prefix("no-") == Some(name.as_str())
            };
            let names =
                RENAMES.iter().filter(|r| r.service == row.service && r.from == operation.cli_name()).map(|r| r.to);
            names.chain([operation.cli_name()]).any(|c| named(&c))
                && operation.input().is_some_and(|i| i.members().any(argument))
        });
        assert!(hit || idle.contains(&(row.service, row.operation)), "{row:?}");
    }
    for row in RENAMES {
        assert!(service(row.service).operation(row.from).is_some(), "{row:?}");
    }
    for row in REMOVALS {
        assert!(row.operations.iter().all(|o| service(row.service).operation(o).is_some()), "{row:?}");
    }
    for row in TWEAKS.iter().filter(|t| t.operation != "*") {
        operation(row.service, row.operation);
    }
    assert_eq!(TWEAKS.len(), LISTS.iter().map(|l| l.len()).sum::<usize>());
}

#[test]
fn the_inventory_knows_services_and_files() {
    // What each row's file covers is the business of `cargo xtask parity`.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut named = BTreeSet::new();
    for line in lines(INVENTORY) {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [services, _, what, file] = columns[..] else { panic!("{line}") };
        assert!(!what.is_empty(), "{line}");
        let known = |name: &str| name == "*" || oxaws_pack::facts().service(name).is_some();
        assert!(services.split(' ').all(known), "{line}");
        assert!(file == "-" || root.join(file).is_file(), "{line}");
        named.insert(file);
    }
    for list in LISTS {
        let row = list.first().expect("a file's list has a row");
        let word = format!("\"{}\"", row.service);
        let is_known = |file: &&str| std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.contains(&word));
        assert!(named.iter().any(is_known), "{} is not in the inventory", row.service);
    }
}

/// The parameters that a command line makes, up to the call; or the message and exit code.
fn params(line: &str) -> Result<String, (u8, String)> {
    params_in(&Fixed::new(), line)
}

fn params_in(world: &Fixed, line: &str) -> Result<String, (u8, String)> {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let globals = first_parse(&words[..1]).ok().flatten().unwrap();
    let globals = Globals::from_parsed(&globals.options).unwrap();
    let session = Session::new(world, oxaws_pack::facts(), SessionOptions::default(), Default::default());
    let ui = Ui::new(world, false);
    let services = Services::new(world, oxaws_pack::facts());
    let aliases = Default::default();
    let line = Line::new(&words, &aliases, &services, &REGISTRY);
    let (globals, session, services, ui) = (&globals, &session, &services, &ui);
    let policy = Policy::new(world, Default::default());
    let cx = Context { world, globals, session, services, ui, registry: &REGISTRY, line: &line, policy: &policy };
    let (service_name, command) = (words[0].as_str(), words[1].as_str());
    let run = || {
        let prepared = prepare(&cx, operation(service_name, command), service_name, command, &words[2..])?;
        let Prepared::Call(mut call) = prepared else { panic!("a call") };
        for hook in REGISTRY.tweaks_of(service_name, command) {
            if let Hook::BeforeCall(change) | Hook::Client(change) = hook {
                change(&mut call)?;
            }
        }
        let paging = call.paging.page_size.as_deref().map(|s| format!(" by {s}")).unwrap_or_default();
        let paginate = if call.operation.paginator().is_some() && !call.paginate { " one page" } else { "" };
        Ok(format!("{}{paging}{paginate}", to_json(&Value::Map(call.params), JsonStyle::COMPACT)))
    };
    run().map_err(|f: oxaws_cli::Failure| (f.exit().code(), f.message().lines().next().unwrap_or_default().to_owned()))
}

fn check(cases: &[(&str, &str)]) {
    for (line, want) in cases {
        assert_eq!(params(line).as_deref(), Ok(*want), "{line}");
    }
}

fn check_errors(cases: &[(&str, u8, &str)]) {
    for (line, code, message) in cases {
        assert_eq!(params(line), Err((*code, (*message).to_owned())), "{line}");
    }
}

#[test]
fn command_lines_of_ec2() {
    check(&[
        ("ec2 run-instances --image-id a", r#"{"ImageId":"a","MaxCount":1,"MinCount":1}"#),
        ("ec2 run-instances --image-id a --count 1:5", r#"{"ImageId":"a","MinCount":1,"MaxCount":5}"#),
        (
            "ec2 run-instances --no-associate-public-ip-address --subnet-id s",
            r#"{"NetworkInterfaces":[{"DeviceIndex":0,"AssociatePublicIpAddress":false,"SubnetId":"s"}],"MaxCount":1,"MinCount":1}"#,
        ),
        (
            "ec2 run-instances --secondary-private-ip-address-count 2 --enable-api-termination",
            r#"{"DisableApiTermination":false,"NetworkInterfaces":[{"DeviceIndex":0,"SecondaryPrivateIpAddressCount":2}],"MaxCount":1,"MinCount":1}"#,
        ),
        ("ec2 create-image --instance-id i --name n --reboot", r#"{"InstanceId":"i","Name":"n","NoReboot":false}"#),
        (
            "ec2 modify-vpc-attribute --vpc-id v --enable-dns-support",
            r#"{"EnableDnsSupport":{"Value":true},"VpcId":"v"}"#,
        ),
        (
            "ec2 modify-vpc-attribute --vpc-id v --no-enable-dns-support",
            r#"{"EnableDnsSupport":{"Value":false},"VpcId":"v"}"#,
        ),
        (
            "ec2 modify-vpc-attribute --enable-dns-support Value=false --vpc-id v",
            r#"{"EnableDnsSupport":{"Value":false},"VpcId":"v"}"#,
        ),
        (
            "ec2 replace-network-acl-entry --network-acl-id a --rule-number 1 --rule-action deny --protocol udp --ingress",
            r#"{"NetworkAclId":"a","RuleNumber":1,"Protocol":"17","RuleAction":"deny","Egress":false}"#,
        ),
        (
            "ec2 revoke-security-group-ingress --group-id g --protocol -1 --port all --source-group n",
            r#"{"GroupId":"g","IpPermissions":[{"IpProtocol":"-1","FromPort":-1,"ToPort":-1,"UserIdGroupPairs":[{"GroupName":"n"}]}]}"#,
        ),
        ("ec2 describe-volumes", "{} by 1000"),
        ("ec2 describe-volumes --page-size 5", "{} by 5"),
        ("ec2 describe-snapshots --owner-ids self", r#"{"OwnerIds":["self"]} by 1000"#),
        ("ec2 describe-volumes --volume-ids v", r#"{"VolumeIds":["v"]}"#),
        ("ec2 describe-volumes --max-results 5", r#"{"MaxResults":5} one page"#),
    ]);
    check_errors(&[
        ("ec2 run-instances --count x", 252, "count parameter should be of form min[:max] (e.g. 1 or 1:10)"),
        (
            "ec2 run-instances --network-interfaces DeviceIndex=0 --associate-public-ip-address",
            252,
            "Mixing the --network-interfaces option with the simple, scalar options is not supported.",
        ),
        (
            "ec2 run-instances --secondary-private-ip-address-count x",
            252,
            "argument --secondary-private-ip-address-count: invalid int value: 'x'",
        ),
        (
            "ec2 authorize-security-group-egress --group-id g --group-owner o --ip-permissions IpProtocol=tcp",
            252,
            "The --group_owner option is not compatible with the --ip-permissions option ",
        ),
        (
            "ec2 modify-instance-attribute --instance-id i --source-dest-check --no-source-dest-check",
            252,
            "Cannot specify both the \"--source-dest-check\" option and the \"--no-source-dest-check\" option.",
        ),
        (
            "ec2 bundle-instance --instance-id i --bucket b --storage {}",
            252,
            "Mixing the --storage option with the simple, scalar options is not recommended.",
        ),
        ("ec2 bundle-instance --instance-id i", 255, "'Storage'"),
        (
            "ec2 get-password-data --instance-id i --priv-launch-key no/such/file",
            255,
            "priv-launch-key should be a path to the local SSH private key file used to launch the instance.",
        ),
    ]);
}

#[test]
fn command_lines_of_other_services() {
    check(&[
        (
            "cloudfront create-invalidation --distribution-id D --paths /a /b",
            r#"{"DistributionId":"D","InvalidationBatch":{"CallerReference":"cli-0-462977","Paths":{"Quantity":2,"Items":["/a","/b"]}}}"#,
        ),
        (
            "cloudsearch define-expression --domain-name d --name n --expression e",
            r#"{"DomainName":"d","Expression":{"ExpressionValue":"e","ExpressionName":"n"}}"#,
        ),
        ("cloudwatch put-metric-data --namespace n", r#"{"Namespace":"n"}"#),
        (
            "configservice put-configuration-recorder --configuration-recorder name=n --recording-group allSupported=true",
            r#"{"ConfigurationRecorder":{"name":"n","recordingGroup":{"allSupported":true}}}"#,
        ),
        (
            "deploy get-application-revision --application-name a --github-location repository=r,commitId=c",
            r#"{"applicationName":"a","revision":{"revisionType":"GitHub","gitHubLocation":{"repository":"r","commitId":"c"}}}"#,
        ),
        ("emr list-clusters --failed", r#"{"ClusterStates":["TERMINATED_WITH_ERRORS"]}"#),
        (
            "emr add-tags --resource-id j --tags a=b c",
            r#"{"ResourceId":"j","Tags":[{"Key":"a","Value":"b"},{"Key":"c","Value":""}]}"#,
        ),
        ("kinesis list-streams --exclusive-start-stream-name s", r#"{"ExclusiveStartStreamName":"s"} one page"#),
        ("mgn start-test --source-server-i-ds s", r#"{"sourceServerIDs":["s"]}"#),
        (
            "rds remove-option-from-option-group --option-group-name g --options x",
            r#"{"OptionGroupName":"g","OptionsToRemove":["x"]}"#,
        ),
        ("rekognition detect-faces --image-bytes aGk=", r#"{"Image":{"Bytes":"aGk="}}"#),
        (
            "rekognition compare-faces --source-image S3Object={Bucket=b} --target-image-bytes aGk=",
            r#"{"SourceImage":{"S3Object":{"Bucket":"b"}},"TargetImage":{"Bytes":"aGk="}}"#,
        ),
        (
            "ses send-email --from a --to b c --subject s --text t --html h",
            r#"{"Source":"a","Destination":{"ToAddresses":["b","c"]},"Message":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"},"Html":{"Data":"h"}}}}"#,
        ),
        (
            "translate translate-document --source-language-code a --target-language-code b --document ContentType=t \
             --document-content aGk=",
            r#"{"Document":{"ContentType":"t","Content":"aGk="},"SourceLanguageCode":"a","TargetLanguageCode":"b"}"#,
        ),
        (
            "translate import-terminology --cli-input-json {\"Name\":\"n\",\"TerminologyData\":{\"File\":\"x\"}}",
            r#"{"TerminologyData":{"File":null},"Name":"n"}"#,
        ),
    ]);
    check_errors(&[
        (
            "cloudfront create-invalidation --distribution-id D --paths /a --invalidation-batch {}",
            252,
            "The key \"paths\" cannot be specified when one of the following keys are also specified: invalidation_batch",
        ),
        (
            "cloudfront create-distribution --origin-domain-name d --distribution-config {}",
            252,
            "The key \"origin_domain_name\" cannot be specified when one of the following keys are also specified: \
             distribution_config",
        ),
        ("cloudsearch define-index-field --domain-name d", 252, "the following arguments are required: --name, --type"),
        (
            "cloudsearchdomain suggest --suggest-query q --suggester s",
            252,
            "--endpoint-url is required for cloudsearchdomain commands",
        ),
        (
            "datapipeline put-pipeline-definition --pipeline-id p --parameter-values a=b --pipeline-definition \
             {\"objects\":[]} --parameter-values-uri {}",
            252,
            "Only parameter-values or parameter-values-uri is allowed",
        ),
        (
            "ecs delete-express-gateway-service --service-arn a --monitor-mode TEXT-ONLY",
            255,
            "--monitor-mode can only be used with --monitor-resources",
        ),
        (
            "emr list-clusters --active --cluster-states RUNNING",
            252,
            "You can specify only one of the cluster state filters: --cluster-states, --active, --terminated, --failed.",
        ),
        (
            "iam create-virtual-mfa-device --virtual-mfa-device-name v",
            252,
            "the following arguments are required: --outfile, --bootstrap-method",
        ),
        (
            "iam create-virtual-mfa-device --virtual-mfa-device-name v --outfile no/such/f --bootstrap-method QRCodePNG",
            252,
            "Unable to write to file: no/such/f",
        ),
        ("iot create-keys-and-certificate --public-key-outfile no/such/f", 252, "Unable to write to file: no/such/f"),
        (
            "kinesis list-streams --exclusive-start-stream-name s --page-size 5",
            252,
            "Cannot specify --no-paginate along with pagination arguments: --page-size",
        ),
        (
            "lambda create-function --function-name f --role r --code ZipFile=x",
            252,
            "ZipFile cannot be provided as part of the --code argument.  Please use the '--zip-file' option instead to \
             specify a zip file.",
        ),
        (
            "lambda update-function-code --function-name f --zip-file x.zip",
            252,
            "--zip-file must be a zip file with the fileb:// prefix.",
        ),
        (
            "ses send-email --from a --destination ToAddresses=b --cc c",
            252,
            "The key \"cc\" cannot be specified when one of the following keys are also specified: destination",
        ),
        (
            "s3api select-object-content --bucket b --key k --expression e --expression-type SQL \
          --input-serialization {} --output-serialization {}",
            252,
            "the following arguments are required: outfile",
        ),
        (
            "translate import-terminology --name n --merge-strategy OVERWRITE --terminology-data {\"Format\":\"CSV\"}",
            252,
            "the following arguments are required: --data-file",
        ),
    ]);
}

#[test]
fn arguments_that_the_profile_names_are_optional() {
    let world =
        Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", "[default]\nemr =\n  cluster_id = j-1\n");
    assert_eq!(params_in(&world, "emr list-steps"), Ok("{}".into()));
    assert_eq!(params("emr list-steps"), Err((252, "the following arguments are required: --cluster-id".into())));
}
