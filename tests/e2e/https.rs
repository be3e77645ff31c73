//! TLS, proxies, and the S3 hosts that can only be reached as themselves: directory buckets and multi-region access
//! points. A proxy leads all of AWS to the stub.

use std::fs;
use std::sync::Arc;

use oxaws_testkit::aws::Aws;
use oxaws_testkit::memory::{Data, Memory};
use oxaws_testkit::proxy::Proxy;
use oxaws_testkit::stub::{Request, Stub};
use oxaws_testkit::tls::Identity;

use crate::faults::{large, letters};
use crate::servers::run;

/// A directory bucket.
const EXPRESS: &str = "x--use1-az4--x-s3";
/// Where directory buckets of its zone are.
const ZONE: &str = "s3express-use1-az4.us-east-1.amazonaws.com";
/// A multi-region access point.
const POINT: &str = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap";
/// Its host.
const POINT_HOST: &str = "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com";

struct Secure {
    aws: Aws,
    memory: Arc<Memory>,
    stub: Stub,
    identity: Identity,
}

/// An S3 server over TLS whose certificate is good for these hosts.
fn secure(hosts: &[&str], objects: &[(&str, Data)]) -> Secure {
    let identity = Identity::new(hosts).expect("a certificate");
    let memory = Arc::new(Memory::with(objects.iter().cloned()));
    let store = Arc::clone(&memory);
    let stub = Stub::start_tls(&identity, move |request| store.answer(request)).expect("the stub starts");
    let aws = Aws::new().expect("an executable").with("AWS_MAX_ATTEMPTS", "1");
    Secure { aws, memory, stub, identity }
}

/// The same on `localhost`, as the endpoint of everything.
fn local(objects: &[(&str, Data)]) -> Secure {
    let Secure { aws, memory, stub, identity } = secure(&["localhost"], objects);
    Secure { aws: aws.with("AWS_ENDPOINT_URL", stub.url()), memory, stub, identity }
}

/// The same as whatever these hosts are, behind a proxy.
fn behind_a_proxy(hosts: &[&str], objects: &[(&str, Data)]) -> (Secure, Proxy) {
    let Secure { aws, memory, stub, identity } = secure(hosts, objects);
    let proxy = Proxy::start(stub.address()).expect("the proxy starts");
    let aws = aws.with("HTTPS_PROXY", format!("http://{}", proxy.address())).with("AWS_CA_BUNDLE", identity.bundle());
    (Secure { aws, memory, stub, identity }, proxy)
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.header(name).unwrap_or_default()
}

#[test]
fn a_certificate_of_a_bundle() {
    let server = local(&[("b/k", letters(1000))]);
    let bundle = server.identity.bundle();
    let bundle = bundle.to_str().expect("a path that is text");
    let outcome = run(&server.aws, &["s3", "cp", "s3://b/k", "g", "--no-progress", "--ca-bundle", bundle]);
    outcome.check("exit 0\n--- stdout\ndownload: s3://b/k to ./g");
    assert_eq!(fs::read(server.aws.work().join("g")).expect("a file"), *letters(1000));
    let aws = server.aws.with("AWS_CA_BUNDLE", bundle);
    run(&aws, &["s3", "rm", "s3://b/k"]).check("exit 0\n--- stdout\ndelete: s3://b/k");
    aws.config(&format!("[default]\nca_bundle = {bundle}\n")).expect("a file");
    let aws = aws.without("AWS_CA_BUNDLE");
    run(&aws, &["s3", "ls", "s3://b"]).check("exit 0");
}

#[test]
fn a_certificate_nobody_knows() {
    let server = local(&[("b/k", letters(10))]);
    let why = format!(
        "SSL validation failed for {}/b/[..] [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: [..]",
        server.stub.url()
    );
    run(&server.aws, &["s3api", "get-object", "--bucket", "b", "--key", "k", "g"])
        .check(&format!("exit 255\n--- stderr\n\naws: [ERROR]: {why}"));
    server.aws.file("f", "contents").expect("a file");
    run(&server.aws, &["s3", "cp", "f", "s3://b/m", "--no-progress"])
        .check(&format!("exit 1\n--- stderr\nupload failed: ./f to s3://b/m {why}"));
    assert_eq!((server.stub.count(), server.memory.objects().len()), (0, 1));
    assert!(!server.aws.work().join("g").exists());
}

#[test]
fn a_certificate_nobody_looks_at() {
    let server = local(&[("b/k", letters(10))]);
    let outcome = run(&server.aws, &["s3", "cp", "s3://b/k", "g", "--no-progress", "--no-verify-ssl"]);
    // The AWS CLI lets a library of its warn of this on standard error, in words that differ from build to build.
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "download: s3://b/k to ./g\n"), "{}", outcome.stderr);
}

#[test]
fn a_bundle_that_is_not_there() {
    let server = local(&[]);
    run(&server.aws, &["s3api", "list-buckets", "--ca-bundle", "nosuch.pem"]).check(&format!(
        "exit 255\n--- stderr\n\naws: [ERROR]: SSL validation failed for {}/ [Errno 2] No such file or directory",
        server.stub.url()
    ));
    assert_eq!(server.stub.count(), 0);
}

#[test]
fn uploads_carry_their_checksum_behind_them() {
    let server = local(&[]);
    let aws = server.aws.with("AWS_CA_BUNDLE", server.identity.bundle());
    aws.config("[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n").expect("a file");
    aws.file("f", letters(1000)).expect("a file");
    aws.file("empty", "").expect("a file");
    aws.file("large", large()).expect("a file");
    run(&aws, &["s3", "cp", "f", "s3://b/k", "--no-progress"]).check("exit 0\n--- stdout\nupload: ./f to s3://b/k");
    run(&aws, &["s3", "cp", "empty", "s3://b/e", "--no-progress"])
        .check("exit 0\n--- stdout\nupload: ./empty to s3://b/e");
    let streamed = aws.feed(&["s3", "cp", "-", "s3://b/s"], &letters(2000)).expect("the executable starts");
    assert_eq!((streamed.code, streamed.stderr.as_str()), (0, ""));
    run(&aws, &["s3", "cp", "large", "s3://b/m", "--no-progress"])
        .check("exit 0\n--- stdout\nupload: ./large to s3://b/m");
    let put = ["s3api", "put-object", "--bucket", "b", "--key", "o", "--body", "f", "--checksum-algorithm", "SHA256"];
    assert_eq!(run(&aws, &put).code, 0);
    let objects = server.memory.objects();
    assert!(objects["b/k"] == letters(1000) && objects["b/m"] == large() && objects["b/o"] == letters(1000));
    assert!(objects["b/s"] == letters(2000) && objects["b/e"].is_empty());
    assert_eq!(server.memory.trailers(), ["x-amz-checksum-crc64nvme", "x-amz-checksum-sha256"]);
    let requests = server.stub.requests();
    let puts: Vec<&Request> = requests.iter().filter(|r| r.method == "PUT").collect();
    assert_eq!(puts.len(), 7);
    for put in puts {
        assert_eq!(header(put, "x-amz-content-sha256"), "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
        assert_eq!(header(put, "content-encoding"), "aws-chunked");
        assert!(header(put, "x-amz-trailer").starts_with("x-amz-checksum-"));
        let length = header(put, "x-amz-decoded-content-length").parse().unwrap_or(0);
        assert!(header(put, "content-length").is_empty() || put.body.len() > length);
    }
}

#[test]
fn tunnels() {
    let (server, proxy) = behind_a_proxy(&["*.s3.us-east-1.amazonaws.com"], &[("k", letters(10))]);
    // The bucket is in the name of the host.
    let outcome = run(&server.aws, &["s3api", "head-object", "--bucket", "den", "--key", "a/b"]);
    assert_eq!(outcome.code, 254, "{}", outcome.stderr);
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with("CONNECT den.s3.us-east-1.amazonaws.com:443 HTTP/1.1\r\n"), "{heads:?}");
    assert!(!heads[0].to_lowercase().contains("authorization"), "{heads:?}");
    let requests = server.stub.requests();
    assert_eq!((requests[0].target.as_str(), header(&requests[0], "host")), ("/a/b", "den.s3.us-east-1.amazonaws.com"));
    assert!(header(&requests[0], "authorization").contains("/us-east-1/s3/aws4_request"));
    // Who gives a name at the proxy is known to it, and only to it.
    let address = proxy.address();
    let aws = server.aws.with("HTTPS_PROXY", format!("http://user:p%40ss@{address}"));
    run(&aws, &["s3api", "head-object", "--bucket", "den", "--key", "a/b"]);
    assert!(proxy.heads()[1].contains("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"), "{:?}", proxy.heads());
    assert_eq!(header(&server.stub.requests()[1], "proxy-authorization"), "");
}

#[test]
fn some_hosts_are_reached_without_a_proxy() {
    let server = local(&[("b/k", letters(10))]);
    let proxy = Proxy::start(server.stub.address()).expect("the proxy starts");
    let aws = server.aws.with("AWS_CA_BUNDLE", server.identity.bundle());
    let aws = aws.with("HTTPS_PROXY", format!("http://{}", proxy.address()));
    run(&aws, &["s3", "ls", "s3://b"]).check("exit 0\n--- stdout\n[..] k");
    assert_eq!(proxy.heads().len(), 1);
    let aws = aws.with("NO_PROXY", "example.com,localhost");
    run(&aws, &["s3", "ls", "s3://b"]).check("exit 0\n--- stdout\n[..] k");
    assert_eq!((proxy.heads().len(), server.stub.count()), (1, 2));
}

/// Who signed a request for what, from its `Authorization`.
fn signed(request: &Request) -> String {
    let authorization = header(request, "authorization");
    let scope = authorization.split("Credential=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let mut parts: Vec<&str> = scope.split('/').collect();
    if parts.len() > 3 {
        parts.remove(1); // the date
    }
    format!("{} {}", authorization.split(' ').next().unwrap_or_default(), parts.join("/"))
}

#[test]
fn a_session_of_a_directory_bucket() {
    let host = format!("{EXPRESS}.{ZONE}");
    let (server, _proxy) = behind_a_proxy(&[&host], &[]);
    let aws = server.aws;
    // One request at a time, so that the session comes first.
    aws.config("[default]\ns3 =\n  max_concurrent_requests = 1\n").expect("a file");
    aws.file("d/a", "1").expect("a file");
    aws.file("d/b", "2").expect("a file");
    let outcome = run(&aws, &["s3", "cp", "d", &format!("s3://{EXPRESS}/p"), "--recursive", "--no-progress"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert_eq!(run(&aws, &["s3api", "head-object", "--bucket", EXPRESS, "--key", "p/nosuch"]).code, 254);
    let requests = server.stub.requests();
    let lines: Vec<String> = requests.iter().map(|r| format!("{} {} {}", r.method, r.target, signed(r))).collect();
    let session = "GET /?session AWS4-HMAC-SHA256 AKIAIOSFODNN7EXAMPLE/us-east-1/s3express/aws4_request";
    let mut puts = lines[1..3].to_vec();
    puts.sort();
    assert_eq!(lines[0], session);
    let object = "AWS4-HMAC-SHA256 ASIASESSION/us-east-1/s3express/aws4_request";
    assert_eq!(puts, [format!("PUT /p/a {object}"), format!("PUT /p/b {object}")]);
    assert_eq!(lines[3..], [session.to_owned(), format!("HEAD /p/nosuch {object}")]);
    for request in &requests {
        assert_eq!(header(request, "host"), host);
        let in_session = request.target != "/?session";
        let token = if in_session { "token-of-the-session" } else { "" };
        assert_eq!((header(request, "x-amz-s3session-token"), header(request, "x-amz-security-token")), (token, ""));
        assert_eq!(header(request, "authorization").contains("x-amz-s3session-token"), in_session);
    }
}

#[test]
fn a_directory_bucket_at_an_endpoint_of_ones_own() {
    let server = secure(&["127.0.0.1"], &[]);
    let aws = server.aws.with("AWS_CA_BUNDLE", server.identity.bundle());
    let aws = aws.with("AWS_ENDPOINT_URL", format!("https://{}", server.stub.address()));
    aws.file("f", "contents").expect("a file");
    let outcome = run(&aws, &["s3", "cp", "f", &format!("s3://{EXPRESS}/k"), "--no-progress"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let requests = server.stub.requests();
    let lines: Vec<String> = requests.iter().map(|r| format!("{} {}", r.method, r.target)).collect();
    assert_eq!(lines, [format!("GET /{EXPRESS}?session"), format!("PUT /{EXPRESS}/k")]);
    assert_eq!(header(&requests[1], "x-amz-s3session-token"), "token-of-the-session");
    assert_eq!(signed(&requests[1]), "AWS4-HMAC-SHA256 ASIASESSION/us-east-1/s3express/aws4_request");
}

#[test]
fn a_multi_region_access_point() {
    let (server, _proxy) = behind_a_proxy(&[POINT_HOST], &[]);
    let aws = server.aws;
    aws.file("f", "contents").expect("a file");
    let put = ["s3api", "put-object", "--bucket", POINT, "--key", "a b", "--body", "f"];
    let outcome = run(&aws, &put);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let outcome = run(&aws, &["s3", "cp", "f", &format!("s3://{POINT}/k"), "--no-progress"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let requests = server.stub.requests();
    let lines: Vec<String> = requests.iter().map(|r| format!("{} {}", r.method, r.target)).collect();
    assert_eq!(lines, ["PUT /a%20b", "PUT /k"]);
    for request in &requests {
        assert_eq!(header(request, "host"), POINT_HOST);
        assert_eq!(signed(request), "AWS4-ECDSA-P256-SHA256 AKIAIOSFODNN7EXAMPLE/s3/aws4_request");
        assert_eq!(header(request, "x-amz-region-set"), "*");
    }
}
