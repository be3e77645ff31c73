//! What an error answer of a service means: its class, by the code, by what the model says of it, and by the status.

use oxaws_failure::Class;
use oxaws_model::Shape;
use oxaws_protocol::ServiceError;

/// Error codes by class, as the services' API references list them. The rows are in order: the first that names a code
/// decides. `~x` names a code that contains `x`.
#[rustfmt::skip]
const CODES: &[(Class, &[&str])] = &[
    // EC2: "DryRunOperation: The user has the required permissions, so the request would have succeeded".
    (Class::WouldSucceed, &["DryRunOperation"]),
    // The common errors of AWS services (STS, IAM, EC2 and S3 each have their own spelling).
    (Class::BadCredentials, &[
        "~ExpiredToken", "InvalidClientTokenId", "InvalidToken", "InvalidTokenException", "UnrecognizedClientException",
        "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidAccessKeyId", "AuthFailure", "RequestExpired",
        "RequestTimeTooSkewed", "MissingAuthenticationToken", "IncompleteSignature", "NotSignedUp", "TokenRefreshRequired",
        "InvalidSecurity", "IncompleteSignatureException",
    ]),
    (Class::PreconditionFailed, &[
        "PreconditionFailed", "~PreconditionFailedException", "ConditionalCheckFailedException", "304", "412", "NotModified",
        "~InvalidIfMatchVersion",
    ]),
    (Class::AccessDenied, &[
        "~AccessDenied", "~AccessForbidden", "UnauthorizedOperation", "~UnauthorizedException", "~NotAuthorized",
        "~AuthorizationError", "Forbidden", "ForbiddenException", "AllAccessDisabled", "AccountProblem", "403",
        "UnauthorizedAccess", "Unauthorized", "OptInRequired",
    ]),
    // EC2 says `Invalid<Thing>.NotFound` and `Invalid<Thing>ID.NotFound`.
    (Class::NotFound, &[
        "~NotFound", "~NoSuch", "~NotExist", "~DoesNotExist", "404", "~UnknownResource", "NoLoadBalancers", "~NonExistent",
    ]),
    (Class::Conflict, &[
        "~AlreadyExists", "~AlreadyOwnedByYou", "~Conflict", "~ResourceInUse", "~InUse", "DependencyViolation",
        "BucketNotEmpty", "~Duplicate", "OperationAborted", "IncorrectInstanceState", "IncorrectState", "~InvalidState",
        "~StateException", "~AlreadyAssociated", "~InProgress", "EntityTemporarilyUnmodifiable", "DeleteConflict",
        "InvalidBucketState", "InvalidObjectState", "RestoreAlreadyInProgress", "~ConcurrentModification", "~InvalidStateTransition",
        "~ResourceNotReady", "~NotAvailableException", "~NotStable", "~InvalidDBInstanceState", "~InvalidDBClusterState",
        "~Locked",
    ]),
    (Class::QuotaExceeded, &[
        "~LimitExceeded", "~QuotaExceeded", "~QuotaExceededException", "~InsufficientInstanceCapacity",
        "~InsufficientCapacity", "~InsufficientHostCapacity", "TooManyBuckets", "~MaxSpotInstanceCountExceeded", "402",
        "~TooManyEntities", "InsufficientFreeAddressesInSubnet",
    ]),
    (Class::ServiceFault, &[
        "InternalFailure", "InternalError", "~InternalServer", "InternalServiceError", "~InternalService", "ServiceUnavailable",
        "~ServiceUnavailable", "~ServerException", "ServerInternal", "Unavailable", "RequestTimeout",
    ]),
    (Class::RejectedInput, &[
        "~Validation", "~InvalidParameter", "~InvalidArgument", "~InvalidInput", "~InvalidRequest", "~Malformed",
        "~Missing", "~InvalidRange", "~BadRequest", "~InvalidParam", "~Unsupported", "UnknownParameter", "~InvalidName",
        "~InvalidFilter", "SerializationException", "UnknownOperationException", "~InvalidValue", "InvalidAction",
        "InvalidBucketName", "EntityTooLarge", "EntityTooSmall", "KeyTooLongError", "BadDigest", "InvalidDigest",
        "InvalidPart", "InvalidPartOrder", "~ParseError", "~Invalid",
    ]),
];

/// Error codes of a service that is busy.
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// Whether an error code alone says that the service is busy.
pub(crate) fn is_throttling_code(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// Whether an error says that there is nothing to do. CloudFormation has no code for that: it answers with the code of
/// every invalid input, and only this sentence of its API says which. It is compared whole, and nothing else that a
/// service says decides a class.
pub(crate) fn is_no_change(operation: &str, error: &ServiceError) -> bool {
    operation == "UpdateStack"
        && error.code == "ValidationError"
        && error.message.as_deref() == Some("No updates are to be performed.")
}

/// The class of an error answer.
pub(crate) fn of(error: &ServiceError) -> Class {
    let code = plain(&error.code);
    let throttled = is_throttling_code(code) || error.shape.is_some_and(|shape| shape.throttling());
    // `LimitExceededException` is retried as if the service were busy (botocore), and means a quota all the same.
    if (throttled && !code.contains("LimitExceeded")) || ALSO_THROTTLED.iter().any(|word| code.starts_with(word)) {
        return Class::Throttled;
    }
    let named = |row: &&(Class, &[&str])| {
        row.1.iter().any(|name| match name.strip_prefix('~') {
            Some(part) => code.contains(part),
            None => code == *name,
        })
    };
    let by_code = CODES.iter().find(named).map(|row| row.0);
    if let Some(class) = by_code {
        return class;
    }
    // An error of the model says what kind it is where its code doesn't.
    let shape = error.shape;
    let status = shape.and_then(|s| s.error_status()).and_then(|s| u16::try_from(s).ok()).unwrap_or(error.status);
    match of_status(status) {
        Class::ServiceError if shape.is_some_and(|s| s.fault()) => Class::ServiceFault,
        class => class,
    }
}

/// The class of an error code, with what a model says of the error, where one is known; `None` where neither says
/// anything.
pub fn class_of_code(code: &str, shape: Option<Shape>) -> Option<Class> {
    let error = ServiceError {
        code: code.to_owned(),
        message: None,
        details: Default::default(),
        fields: Default::default(),
        shape,
        status: 0,
        request_id: None,
    };
    Some(of(&error)).filter(|class| *class != Class::ServiceError || shape.is_some())
}

/// Codes that begin so are those of a service that is busy; the full list of botocore's is in `retry`.
const ALSO_THROTTLED: [&str; 6] = [
    "Throttl",
    "SlowDown",
    "TooManyRequests",
    "RequestLimitExceeded",
    "ProvisionedThroughputExceeded",
    "BandwidthLimitExceeded",
];

/// A code without the namespace in front of it (`AWS.SimpleQueueService.NonExistentQueue`, `aws.protocol#Code`). A dot
/// inside an EC2 code (`InvalidVpcID.NotFound`) separates a word that counts, so that all of it is kept there.
fn plain(code: &str) -> &str {
    code.rsplit('#').next().unwrap_or(code)
}

fn of_status(status: u16) -> Class {
    match status {
        304 | 412 => Class::PreconditionFailed,
        402 => Class::QuotaExceeded,
        401 => Class::BadCredentials,
        403 => Class::AccessDenied,
        404 | 410 => Class::NotFound,
        409 => Class::Conflict,
        429 => Class::Throttled,
        400 | 405 | 406 | 411 | 413..=417 | 422 => Class::RejectedInput,
        500.. => Class::ServiceFault,
        _ => Class::ServiceError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(code: &str, status: u16) -> Class {
        of(&ServiceError {
            code: code.to_owned(),
            message: None,
            details: Default::default(),
            fields: Default::default(),
            shape: None,
            status,
            request_id: None,
        })
    }

    #[test]
    fn codes_decide_before_the_status() {
        for (code, status, expected) in [
            ("AccessDeniedException", 400, Class::AccessDenied),
            ("UnauthorizedOperation", 403, Class::AccessDenied),
            ("NoSuchBucket", 404, Class::NotFound),
            ("InvalidVpcID.NotFound", 400, Class::NotFound),
            ("AWS.SimpleQueueService.NonExistentQueue", 400, Class::NotFound),
            ("ResourceNotFoundException", 400, Class::NotFound),
            ("ExpiredTokenException", 400, Class::BadCredentials),
            ("RequestTimeTooSkewed", 403, Class::BadCredentials),
            ("AuthFailure", 401, Class::BadCredentials),
            ("ThrottlingException", 400, Class::Throttled),
            ("ProvisionedThroughputExceededException", 400, Class::Throttled),
            ("SlowDown", 503, Class::Throttled),
            ("LimitExceededException", 400, Class::QuotaExceeded),
            ("InstanceLimitExceeded", 400, Class::QuotaExceeded),
            ("InsufficientInstanceCapacity", 500, Class::QuotaExceeded),
            ("BucketAlreadyOwnedByYou", 409, Class::Conflict),
            ("DependencyViolation", 400, Class::Conflict),
            ("BucketNotEmpty", 409, Class::Conflict),
            ("ConditionalCheckFailedException", 400, Class::PreconditionFailed),
            ("DryRunOperation", 412, Class::WouldSucceed),
            ("ValidationException", 400, Class::RejectedInput),
            ("InternalFailure", 500, Class::ServiceFault),
            ("Strange", 400, Class::RejectedInput),
            ("Strange", 404, Class::NotFound),
            ("Strange", 429, Class::Throttled),
            ("503", 503, Class::ServiceFault),
            ("Strange", 200, Class::ServiceError),
        ] {
            assert_eq!(class(code, status), expected, "{code} {status}");
        }
    }
}
