//! What each class means and what to do about it, in words: the table from which `aws explain`, `aws help return-codes`
//! and `docs/exit-codes.md` are made. Numbers and names are in [`oxaws_failure::CLASSES`].

use oxaws_failure::{CLASSES, Class, Row};

/// The texts about a class.
#[derive(Debug)]
pub struct Entry {
    /// The class.
    pub class: Class,
    /// When a command ends with it: a sentence.
    pub meaning: &'static str,
    /// What the user can do: one or two sentences.
    pub action: &'static str,
    /// Error codes of services, or the AWS CLI's own, that belong to it; empty where no code does.
    pub examples: &'static [&'static str],
    /// The exit codes of the mode `compat` besides that of the documented page.
    pub compat: &'static [u8],
}

const fn entry(
    class: Class,
    meaning: &'static str,
    action: &'static str,
    examples: &'static [&'static str],
    compat: &'static [u8],
) -> Entry {
    Entry { class, meaning, action, examples, compat }
}

/// Every class, in the order of the enum.
#[rustfmt::skip]
pub static CATALOGUE: [Entry; CLASSES.len()] = [
    entry(Class::Ok, "The command did what it was asked to do.", "Nothing.", &[], &[]),
    entry(Class::TransferFailed,
        "An s3 command could not transfer some files or objects, for reasons of different classes.",
        "Read the lines on standard error, or the failures in the result record, and run the command again.",
        &[], &[]),
    entry(Class::Skipped,
        "An s3 command skipped files or objects, and transferred all others.",
        "Read the warnings on standard error: special files, unreadable files and archived objects are skipped.",
        &[], &[]),
    entry(Class::Usage,
        "A command, option or argument is unknown or missing, or a value is not one of the choices.",
        "Correct the command line. The command's help lists its options.",
        &["ParamValidation"], &[1]),
    entry(Class::InvalidValue,
        "A value cannot be read, or the model, the command or the query language refuses it before anything is sent.",
        "Correct the value that the message names.",
        &["ParamValidation"], &[1, 255]),
    entry(Class::InputFile,
        "A file that an argument names is missing, or cannot be read or decoded.",
        "Check the path and the permissions. Text files must be UTF-8; fileb:// reads bytes.",
        &["ParamValidation"], &[1, 255]),
    entry(Class::Configuration,
        "A configuration or alias file is malformed, a setting has a value that cannot be used, or the pager cannot start.",
        "Correct the setting that the message names, in the profile or in the environment.",
        &["Configuration", "Pager"], &[255]),
    entry(Class::NoProfile,
        "The profile, sso-session or section that is named does not exist.",
        "Check the name. \"aws configure list-profiles\" shows the profiles there are.",
        &[], &[255]),
    entry(Class::NoRegion,
        "The command needs a region, and none is set.",
        "Give --region, set AWS_REGION, or run \"aws configure\".",
        &["NoRegion"], &[]),
    entry(Class::NoCredentials,
        "No source has credentials, or a login was never made.",
        "Set credentials or a profile, or log in with \"aws login\" or \"aws sso login\".",
        &["NoCredentials"], &[1, 255]),
    entry(Class::CredentialsExpired,
        "A stored session, token or temporary credential has expired and cannot be renewed.",
        "Log in again with \"aws login\" or \"aws sso login\".",
        &[], &[1, 255]),
    entry(Class::CredentialsFailed,
        "A source of credentials failed: one of two keys is missing, a process or metadata service failed, or a role cannot \
         be assumed.",
        "Read which source the message names. With --debug the command shows each source that it tries.",
        &["Configuration"], &[1, 255]),
    entry(Class::ServiceError,
        "The service refused the request, for none of the reasons that have a class of their own.",
        "Read the error code and message.",
        &[], &[1, 255]),
    entry(Class::NotFound,
        "What was named does not exist, or not in this account and region.",
        "Check the name, the region and the account. Create it if that is what you want.",
        &["NoSuchBucket", "NoSuchKey", "404", "ResourceNotFoundException", "InvalidInstanceID.NotFound"], &[1, 255]),
    entry(Class::AccessDenied,
        "The caller is known, and is not allowed to do this.",
        "Check the policies of the caller and of the resource. \"aws sts get-caller-identity\" shows who calls.",
        &["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"], &[1, 255]),
    entry(Class::BadCredentials,
        "The service rejects the credentials: they are unknown, expired, or the signature does not match.",
        "Renew the credentials, and check the clock of this machine.",
        &["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "AuthFailure"], &[1, 255]),
    entry(Class::Throttled,
        "The service still limited the rate of requests at the last attempt.",
        "Wait and run the command again. AWS_MAX_ATTEMPTS and AWS_RETRY_MODE=adaptive let a command wait longer by itself.",
        &["Throttling", "ThrottlingException", "SlowDown", "TooManyRequestsException"], &[1, 255]),
    entry(Class::Conflict,
        "It exists already, is in use, or is in a state that does not allow this.",
        "Look at the state of the resource. Where you wanted it to exist, it does.",
        &["BucketAlreadyOwnedByYou", "EntityAlreadyExists", "ResourceInUseException", "DependencyViolation"], &[1, 255]),
    entry(Class::PreconditionFailed,
        "A condition of the request does not hold: the object or item is not as the request expects.",
        "Read the present state, and decide again.",
        &["PreconditionFailed", "ConditionalCheckFailedException", "304", "412"], &[1, 255]),
    entry(Class::QuotaExceeded,
        "A quota of the account, or the capacity of the service, is used up.",
        "Delete what is not needed, ask for a higher quota, or try another zone, size or region.",
        &["LimitExceededException", "ServiceQuotaExceededException", "InsufficientInstanceCapacity"], &[1, 255]),
    entry(Class::RejectedInput,
        "The service finds the input invalid.",
        "Correct the input that the message names.",
        &["ValidationException", "ValidationError", "InvalidParameterValue", "MalformedPolicyDocument"], &[1, 255]),
    entry(Class::ServiceFault,
        "The service itself failed, at the last attempt too.",
        "Wait and run the command again.",
        &["InternalFailure", "InternalError", "ServiceUnavailable", "500", "503"], &[1, 255]),
    entry(Class::Connect,
        "No connection could be made: it was refused, or the host cannot be reached.",
        "Check the network, the endpoint URL and the region. Run the command again.",
        &[], &[1]),
    entry(Class::NameResolution,
        "The name of the host cannot be resolved.",
        "Check the region and the endpoint URL for mistakes, and the name servers of this machine.",
        &[], &[1]),
    entry(Class::Tls,
        "No trusted connection could be made: the certificate is not trusted, or is for another host.",
        "Set AWS_CA_BUNDLE where a proxy has certificates of its own.",
        &[], &[1]),
    entry(Class::Timeout,
        "Connecting, or waiting for an answer, took too long.",
        "Run the command again. --cli-connect-timeout and --cli-read-timeout change how long it waits.",
        &[], &[1]),
    entry(Class::ConnectionLost,
        "The connection ended in the middle of an answer, or what came is not HTTP.",
        "Run the command again; check first whether a change was made.",
        &[], &[1]),
    entry(Class::BadReply,
        "The answer is HTTP, but not what the service's protocol prescribes, or a page of results repeats.",
        "Check the endpoint URL and the proxy: something else may have answered.",
        &[], &[1]),
    entry(Class::Proxy,
        "The proxy cannot be reached, or refuses.",
        "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
        &[], &[1]),
    entry(Class::WaitTimeout,
        "A waiter, or a command that waits, ran out of attempts or time.",
        "Wait again: what is waited for may still come.",
        &[], &[]),
    entry(Class::WaitFailed,
        "A waiter met a state that cannot become the wanted one.",
        "Look at the resource: something failed, or it was deleted.",
        &[], &[]),
    entry(Class::PartialFailure,
        "The service did a part of what was asked, and its answer lists what failed.",
        "Repeat the request for the entries that the answer lists.",
        &[], &[]),
    entry(Class::FunctionError,
        "\"lambda invoke\" reached the function, and the function failed.",
        "Read the function's answer in the output file, and its log.",
        &[], &[]),
    entry(Class::NothingMatched,
        "Nothing was found: an s3 listing, a setting, or with --fail-on the results of any operation.",
        "Check the prefix, filter or query.",
        &[], &[1]),
    entry(Class::NoChange,
        "There was nothing to do, and the command calls that a failure.",
        "Nothing, where the present state is the wanted one.",
        &[], &[254]),
    entry(Class::WouldSucceed,
        "A dry run found that the request would have succeeded.",
        "Run the command without --dry-run.",
        &["DryRunOperation"], &[]),
    entry(Class::VerificationFailed,
        "A checksum, digest or signature does not match: what arrived is not what was sent.",
        "Do not use the data. Run the command again.",
        &[], &[1]),
    entry(Class::FileError,
        "A local file or folder cannot be read or written, or the disk is full.",
        "Check the path, the permissions and the space on the disk.",
        &[], &[1]),
    entry(Class::MissingProgram,
        "A program that the command needs is not installed.",
        "Install the program that the message names.",
        &[], &[]),
    entry(Class::ProgramFailed,
        "A program that the command runs failed.",
        "Read the program's own message.",
        &[], &[]),
    entry(Class::NoTerminal,
        "The command had to ask a question, and there is nobody to answer.",
        "Give the answer as an option, or run the command in a terminal.",
        &[], &[]),
    entry(Class::OutputError,
        "Standard output cannot be written.",
        "Check the space on the disk, and the program that reads the output.",
        &[], &[]),
    entry(Class::Failed,
        "The command failed for a reason that has no class of its own.",
        "Read the message.",
        &[], &[1]),
    entry(Class::Bug,
        "oxaws met an error of its own.",
        "Report it with the command that shows it.",
        &[], &[]),
    entry(Class::HungUp, "SIGHUP ended the command: the terminal was closed.", "Run the command again.", &[], &[]),
    entry(Class::Interrupted, "Ctrl-C (SIGINT) ended the command.", "Run the command again.", &[], &[0, 1]),
    entry(Class::Quit, "SIGQUIT ended the command.", "Run the command again.", &[], &[]),
    entry(Class::Terminated, "SIGTERM ended the command.", "Run the command again.", &[], &[]),
];

/// The texts about `class`.
pub fn entry_of(class: Class) -> &'static Entry {
    &CATALOGUE[class as usize]
}

impl Entry {
    /// Its number, name, code on the documented page, and whether to try again.
    pub fn row(&self) -> &'static Row {
        self.class.row()
    }

    /// Whether a command that failed so can end with `code`, in any mode.
    pub fn has_code(&self, code: u8) -> bool {
        self.row().number == code || self.row().strict == code || self.compat.contains(&code)
    }
}

/// The class named `name`.
pub fn class_named(name: &str) -> Option<Class> {
    CLASSES.iter().find(|row| row.name == name).map(|row| row.class)
}

/// The classes that an exit code can mean: the class that has it as its own number, or else every class that ends with
/// it in the mode `strict` or `compat`, in the order of the table.
pub fn classes_of_code(code: u8) -> Vec<Class> {
    // 1 and 2 are numbers of their own and codes that others share.
    let own = CLASSES.iter().find(|row| row.number == code && code != 1);
    match own {
        Some(row) => vec![row.class],
        None => CATALOGUE.iter().filter(|entry| entry.has_code(code)).map(|entry| entry.class).collect(),
    }
}

/// A situation in which the AWS CLI ends with another code than its own documented page says.
#[derive(Debug)]
pub struct Departure {
    /// The situation.
    pub situation: &'static str,
    /// The AWS CLI's code (the mode `compat`).
    pub compat: u8,
    /// What kind of failure it is; `None` where that depends on the service's error.
    pub class: Option<Class>,
    /// The code of the mode `strict`.
    pub strict: u8,
}

const fn departure(situation: &'static str, compat: u8, class: Class) -> Departure {
    Departure { situation, compat, class: Some(class), strict: class.row().strict }
}

const fn refused(situation: &'static str, compat: u8) -> Departure {
    Departure { situation, compat, class: None, strict: 254 }
}

/// The situations in which the AWS CLI departs from its page of return codes. Each is recorded in the cases `rc/…` of
/// `tests/recorded`.
pub static DEPARTURES: [Departure; 34] = [
    departure("A word for a number (an integer option, a timeout, `s3 ls --page-size`)", 255, Class::InvalidValue),
    departure("`s3 cp - --expected-size` that is not a number", 1, Class::InvalidValue),
    departure("Bad base64", 255, Class::InvalidValue),
    departure("A timestamp out of range", 255, Class::InvalidValue),
    departure("A value that cannot be part of a host name or endpoint", 255, Class::InvalidValue),
    departure("`--query` that fails on the result (an unknown function, a wrong type)", 255, Class::InvalidValue),
    departure("`--endpoint-url` that is not a URL (`localhost:8000`)", 255, Class::InvalidValue),
    departure("`cloudformation deploy` with a bad parameter override", 255, Class::InvalidValue),
    departure("An invalid region", 255, Class::InvalidValue),
    departure("A missing file inside a shorthand value (`@=file://`)", 255, Class::InputFile),
    departure("A local path of `s3 cp`, `mv` or `sync` that does not exist", 255, Class::InputFile),
    departure("`cloudformation deploy` with a missing template", 255, Class::InputFile),
    departure("`eks get-token` without a cluster", 1, Class::Usage),
    departure(
        "A malformed configuration or alias file (every command, `help` and `--version` too)",
        255,
        Class::Configuration,
    ),
    departure("An unknown `output` in the configuration", 255, Class::Configuration),
    departure("A bad retry mode or number of attempts", 255, Class::Configuration),
    departure("A bad `cli_binary_format`", 255, Class::Configuration),
    departure("A bad endpoint URL in the configuration or environment", 255, Class::Configuration),
    departure("A bad setting of the `s3` section", 255, Class::Configuration),
    departure("A bad setting for checksums, compression or account ids in endpoints", 255, Class::Configuration),
    departure("A profile that does not exist", 255, Class::NoProfile),
    departure("An access key without its secret key", 255, Class::CredentialsFailed),
    departure("A role's profile without a usable source (none, unknown, a loop)", 255, Class::CredentialsFailed),
    departure(
        "`credential_process` that fails, is missing, or answers in another version",
        255,
        Class::CredentialsFailed,
    ),
    departure("Credentials of a container that are refused", 255, Class::CredentialsFailed),
    departure("An SSO profile without a login", 255, Class::NoCredentials),
    departure("An SSO login that has expired or is refused", 255, Class::CredentialsExpired),
    departure("No credentials in `s3 cp`, `mv`, `sync`, `rm`, `mb`, `rb`", 1, Class::NoCredentials),
    refused("A service error inside a waiter", 255),
    refused("A service error before the first transfer of an s3 command (a listing, a look at the object)", 1),
    refused("A service error in `s3 mb` and `s3 rb`", 1),
    departure("No connection before the first transfer of an s3 command", 1, Class::Connect),
    departure("Ctrl-C in an s3 transfer (and 0 in `logs tail --follow`)", 1, Class::Interrupted),
    departure("`configure get` of a setting that is not set", 1, Class::NothingMatched),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_in_the_order_of_the_classes_and_whole() {
        for (at, entry) in CATALOGUE.iter().enumerate() {
            assert_eq!(entry.class as usize, at);
            for text in [entry.meaning, entry.action] {
                assert!(
                    text.ends_with('.') && text.starts_with(|c: char| c.is_uppercase() || "\"o".contains(c)),
                    "{text}"
                );
            }
            assert!(!entry.compat.contains(&entry.row().strict), "{}", entry.row().name);
        }
    }

    #[test]
    fn codes_lead_to_classes() {
        assert_eq!(class_named("not-found"), Some(Class::NotFound));
        assert_eq!(class_named("nothing"), None);
        assert_eq!(classes_of_code(31), [Class::NotFound]);
        assert_eq!(classes_of_code(130), [Class::Interrupted]);
        assert!(classes_of_code(99).is_empty());
        let of_254 = classes_of_code(254);
        assert!(
            of_254.contains(&Class::Throttled)
                && of_254.contains(&Class::WouldSucceed)
                && !of_254.contains(&Class::Tls)
        );
        assert!(classes_of_code(255).contains(&Class::Failed) && classes_of_code(255).contains(&Class::NoProfile));
        assert!(
            classes_of_code(1).contains(&Class::TransferFailed) && classes_of_code(1).contains(&Class::NothingMatched)
        );
        assert_eq!(classes_of_code(2), [Class::Skipped]);
    }

    #[test]
    fn departures_depart() {
        for departure in &DEPARTURES {
            assert_ne!(departure.compat, departure.strict, "{}", departure.situation);
        }
    }
}
