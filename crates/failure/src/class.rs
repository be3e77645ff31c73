//! The classes of failures: numbers and names that never change once they are released.

/// A class of failures, or of an end that isn't a failure. A script can branch on it; [`CLASSES`] has its number, its
/// name and what the AWS CLI's documented page of return codes makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[rustfmt::skip]
#[allow(missing_docs)] // The table below says of each when it holds.
pub enum Class {
    Ok, TransferFailed, Skipped,
    Usage, InvalidValue, InputFile,
    Configuration, NoProfile, NoRegion, NoCredentials, CredentialsExpired, CredentialsFailed,
    ServiceError, NotFound, AccessDenied, BadCredentials, Throttled, Conflict, PreconditionFailed, QuotaExceeded,
    RejectedInput, ServiceFault,
    Connect, NameResolution, Tls, Timeout, ConnectionLost, BadReply, Proxy,
    WaitTimeout, WaitFailed, PartialFailure, FunctionError, NothingMatched, NoChange, WouldSucceed, VerificationFailed,
    FileError, MissingProgram, ProgramFailed, NoTerminal, OutputError, Failed, Bug,
    HungUp, Interrupted, Quit, Terminated,
}

/// What is fixed about a class.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The class.
    pub class: Class,
    /// Its own exit code.
    pub number: u8,
    /// Its name, as a user writes it.
    pub name: &'static str,
    /// The exit code of the AWS CLI's documented page. Where the page has one for the `s3` commands alone, the command
    /// decides.
    pub strict: u8,
    /// Whether the same command may succeed when it is run again, with nothing changed.
    pub retryable: bool,
}

const fn row(class: Class, number: u8, name: &'static str, strict: u8) -> Row {
    // 40 to 49 is the band of the network; 34 and 39 are the service's own requests to come back.
    Row { class, number, name, strict, retryable: number / 10 == 4 || number == 34 || number == 39 }
}

/// Every class, in the order of the enum.
#[rustfmt::skip]
pub const CLASSES: [Row; 48] = [
    row(Class::Ok, 0, "ok", 0),
    row(Class::TransferFailed, 1, "transfer-failed", 1),
    row(Class::Skipped, 2, "skipped", 2),
    row(Class::Usage, 10, "usage", 252),
    row(Class::InvalidValue, 11, "invalid-value", 252),
    row(Class::InputFile, 12, "input-file", 252),
    row(Class::Configuration, 20, "configuration", 253),
    row(Class::NoProfile, 21, "no-profile", 253),
    row(Class::NoRegion, 22, "no-region", 253),
    row(Class::NoCredentials, 23, "no-credentials", 253),
    row(Class::CredentialsExpired, 24, "credentials-expired", 253),
    row(Class::CredentialsFailed, 25, "credentials-failed", 253),
    row(Class::ServiceError, 30, "service-error", 254),
    row(Class::NotFound, 31, "not-found", 254),
    row(Class::AccessDenied, 32, "access-denied", 254),
    row(Class::BadCredentials, 33, "bad-credentials", 254),
    row(Class::Throttled, 34, "throttled", 254),
    row(Class::Conflict, 35, "conflict", 254),
    row(Class::PreconditionFailed, 36, "precondition-failed", 254),
    row(Class::QuotaExceeded, 37, "quota-exceeded", 254),
    row(Class::RejectedInput, 38, "rejected-input", 254),
    row(Class::ServiceFault, 39, "service-fault", 254),
    row(Class::Connect, 40, "connect", 255),
    row(Class::NameResolution, 41, "name-resolution", 255),
    row(Class::Tls, 42, "tls", 255),
    row(Class::Timeout, 43, "timeout", 255),
    row(Class::ConnectionLost, 44, "connection-lost", 255),
    row(Class::BadReply, 45, "bad-reply", 255),
    row(Class::Proxy, 46, "proxy", 255),
    row(Class::WaitTimeout, 50, "wait-timeout", 255),
    row(Class::WaitFailed, 51, "wait-failed", 255),
    row(Class::PartialFailure, 52, "partial-failure", 0),
    row(Class::FunctionError, 53, "function-error", 0),
    row(Class::NothingMatched, 54, "nothing-matched", 255),
    row(Class::NoChange, 55, "no-change", 255),
    row(Class::WouldSucceed, 56, "would-succeed", 254),
    row(Class::VerificationFailed, 57, "verification-failed", 255),
    row(Class::FileError, 60, "file-error", 255),
    row(Class::MissingProgram, 61, "missing-program", 255),
    row(Class::ProgramFailed, 62, "program-failed", 255),
    row(Class::NoTerminal, 63, "no-terminal", 255),
    row(Class::OutputError, 64, "output-error", 255),
    row(Class::Failed, 69, "failed", 255),
    row(Class::Bug, 70, "bug", 255),
    row(Class::HungUp, 129, "hung-up", 129),
    row(Class::Interrupted, 130, "interrupted", 130),
    row(Class::Quit, 131, "quit", 131),
    row(Class::Terminated, 143, "terminated", 143),
];

impl Class {
    /// What is fixed about it.
    pub const fn row(self) -> &'static Row {
        &CLASSES[self as usize]
    }

    /// Its own exit code.
    pub const fn number(self) -> u8 {
        self.row().number
    }

    /// Its name, as a user writes it.
    pub const fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::CLASSES;

    #[test]
    fn rows_are_in_the_order_of_the_enum_and_differ() {
        for (at, row) in CLASSES.iter().enumerate() {
            assert_eq!(row.class as usize, at, "{}", row.name);
            assert_eq!(row.class.number(), row.number);
            let twins = CLASSES.iter().filter(|other| other.number == row.number || other.name == row.name);
            assert_eq!(twins.count(), 1, "{}", row.name);
        }
    }

    /// Numbers and names are a promise to scripts.
    #[test]
    fn numbers_and_names_stay() {
        let all: Vec<String> =
            CLASSES.iter().map(|row| format!("{} {} {}", row.number, row.name, row.strict)).collect();
        let expected = "0 ok 0|1 transfer-failed 1|2 skipped 2|10 usage 252|11 invalid-value 252|12 input-file 252|20 \
                        configuration 253|21 no-profile 253|22 no-region 253|23 no-credentials 253|24 \
                        credentials-expired 253|25 credentials-failed 253|30 service-error 254|31 not-found 254|32 \
                        access-denied 254|33 bad-credentials 254|34 throttled 254|35 conflict 254|36 \
                        precondition-failed 254|37 quota-exceeded 254|38 rejected-input 254|39 service-fault 254|40 \
                        connect 255|41 name-resolution 255|42 tls 255|43 timeout 255|44 connection-lost 255|45 \
                        bad-reply 255|46 proxy 255|50 wait-timeout 255|51 wait-failed 255|52 partial-failure 0|53 \
                        function-error 0|54 nothing-matched 255|55 no-change 255|56 would-succeed 254|57 \
                        verification-failed 255|60 file-error 255|61 missing-program 255|62 program-failed 255|63 \
                        no-terminal 255|64 output-error 255|69 failed 255|70 bug 255|129 hung-up 129|130 interrupted \
                        130|131 quit 131|143 terminated 143";
        assert_eq!(all.join("|"), expected);
    }
}
