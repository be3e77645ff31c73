//! Amazon resource names.

/// A resource name, cut at its colons: `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// The service's namespace.
    pub service: &'a str,
    /// The region; empty for global resources.
    pub region: &'a str,
    /// The account; empty for resources that have none.
    pub account: &'a str,
    /// All that follows, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Cuts `text`, which must begin with `arn:` and have six parts. Any of them may be empty.
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        Some(Arn {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Whether `text` looks like a resource name at all; decides how S3 treats a bucket.
    pub fn is_arn(text: &str) -> bool {
        Arn::parse(text).is_some()
    }

    /// The parts of the resource, which colons and slashes separate alike (as the rules' `aws.parseArn` does).
    pub fn resource_parts(&self) -> impl Iterator<Item = &'a str> {
        resource_parts(self.resource)
    }
}

pub(crate) fn resource_parts(resource: &str) -> impl Iterator<Item = &str> {
    resource.split([':', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_in_six() {
        let arn = Arn::parse("arn:aws:kinesis:us-east-1:1234567890:stream/mystream:foo").unwrap();
        assert_eq!((arn.partition, arn.service, arn.region), ("aws", "kinesis", "us-east-1"));
        assert_eq!((arn.account, arn.resource), ("1234567890", "stream/mystream:foo"));
        assert_eq!(arn.resource_parts().collect::<Vec<_>>(), ["stream", "mystream", "foo"]);
    }

    #[test]
    fn needs_six_parts() {
        assert!(!Arn::is_arn("arn:aws:s3:::"[..11].trim_end_matches(':')));
        assert!(Arn::is_arn("arn:::::"));
        assert!(!Arn::is_arn("arn::::"));
        assert!(!Arn::is_arn("urn:aws:s3:::b"));
    }
}
