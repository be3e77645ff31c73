//! The servers the tests share, each started when the first test asks for it.

use std::sync::OnceLock;

use oxaws_testkit::aws::Aws;
use oxaws_testkit::moto::Moto;
use oxaws_testkit::s3::S3Server;
use oxaws_testkit::scratch::Scratch;
use oxaws_testkit::stub::{Reply, Stub};

/// Where moto listens.
pub fn moto_url() -> &'static str {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    MOTO.get_or_init(|| Moto::start().expect("moto starts")).url()
}

/// An `aws` that talks to moto.
pub fn moto() -> Aws {
    Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", moto_url())
}

/// An `aws` that talks to an S3 server of its own, and the folder its buckets are in.
pub fn s3() -> (Aws, Scratch) {
    let folder = Scratch::new().expect("a folder");
    let server = S3Server::start(folder.path()).expect("the S3 server starts");
    (Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", server.url()), folder)
}

/// An `aws` that talks, without retries, to a stub with these replies.
pub fn stub(replies: impl IntoIterator<Item = Reply>) -> (Aws, Stub) {
    let stub = Stub::replies(replies).expect("the stub starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url());
    (aws.with("AWS_MAX_ATTEMPTS", "1"), stub)
}

/// Runs a command that must start.
pub fn run(aws: &Aws, args: &[&str]) -> oxaws_testkit::aws::Outcome {
    aws.run(args).expect("the executable starts")
}
