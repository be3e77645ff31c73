//! `aws s3 ls`: buckets, or the objects of one.

mod lines;
mod page;
mod zone;

use super::options::{HUMAN_READABLE, PAGE_SIZE, RECURSIVE, REQUEST_PAYER, SUMMARIZE};
use super::{simple, uri};
use lines::Lines;
use oxaws_cli::argv::argparse::{Given, Nargs};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallInput, Paging, Reply, Session};
use oxaws_failure::{Cause, Class};
use oxaws_model::Operation;
use oxaws_python::repr_str;
use oxaws_value::{Map, Value};
use page::Page;
use std::io::Write;

/// `aws s3 ls`
pub static LS: Command = Command {
    name: "ls",
    options: &[
        Opt::positional(
            "paths",
            Nargs::Optional,
            "What to list: nothing or s3:// for all buckets, else a bucket or prefix.",
        ),
        RECURSIVE,
        PAGE_SIZE,
        HUMAN_READABLE,
        SUMMARIZE,
        REQUEST_PAYER,
        Opt::value("bucket-name-prefix", "Lists only buckets whose name begins so."),
        Opt::value("bucket-region", "Lists only buckets of this region."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Lists buckets, or the objects and common prefixes of a bucket.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let page_size = call.args.word("page_size").map(simple::integer).transpose()?;
    let session = call.cx.session;
    // What is wrong with the set-up is reported before what is wrong with the path.
    session.client(simple::service(session)?)?;
    let (bucket, key) = uri::split(call.args.word("paths").unwrap_or(""))?;
    let flag = |name: &str| call.args.flag(name) == Some(true);
    let mut lines = Lines::new(call.cx.world, flag("human_readable"), call.cx.ui.is_terminal());
    let mut found = true;
    call.cx.ui.painted_output(None, |out| {
        if bucket.is_empty() {
            found = buckets(call, page_size.as_deref(), &mut lines, out)?;
        } else {
            found = objects(call, bucket, key, page_size.as_deref(), &mut lines, out)?;
        }
        if flag("summarize") {
            lines.summary();
        }
        lines.write_to(out)
    })?;
    if !found {
        call.cx.policy.nothing_matched();
    }
    // No buckets, or an empty one, are no failure; a key or prefix that isn't there is one.
    if found || key.is_empty() {
        Ok(Exit::Success)
    } else {
        // The AWS CLI's page of return codes gives 1 to the s3 commands.
        call.cx.policy.on_page(Exit::TransferFailed);
        Err(Failure::Written { exit: Exit::TransferFailed, class: Class::NothingMatched })
    }
}

/// Lists buckets, page by page; whether there were any.
fn buckets(
    call: &CommandCall,
    page_size: Option<&str>,
    lines: &mut Lines,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let session = call.cx.session;
    let mut params = Map::new();
    for (option, member) in [("bucket_name_prefix", "Prefix"), ("bucket_region", "BucketRegion")] {
        if let Some(word) = call.args.word(option).filter(|w| !w.is_empty()) {
            params.insert(member, word);
        }
    }
    let paging = Paging { page_size: page_size.map(str::to_owned), ..Paging::default() };
    let mut pages = session.pages(simple::operation(session, "ListBuckets")?, CallInput::new(params), &paging)?;
    let mut found = false;
    while let Some(page) = pages.next()? {
        let listed = page.get("Buckets").and_then(Value::as_list).unwrap_or_default();
        found |= !listed.is_empty();
        let written = listed.iter().try_for_each(|bucket| {
            let text = |member: &str| bucket.get(member).and_then(Value::as_str);
            lines.bucket(text("CreationDate"), text("Name"))
        });
        lines.write_to(out)?;
        written?;
    }
    Ok(found)
}

/// Lists objects, page by page; whether there were any.
fn objects(
    call: &CommandCall,
    bucket: &str,
    key: &str,
    page_size: Option<&str>,
    lines: &mut Lines,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let session = call.cx.session;
    let recursive = call.args.flag("dir_op") == Some(true);
    let operation = simple::operation(session, "ListObjectsV2")?;
    let mut params: Map = [("Bucket", Value::from(bucket)), ("Prefix", Value::from(key))].into_iter().collect();
    if !recursive {
        params.insert("Delimiter", "/");
    }
    match call.args.get("request_payer") {
        Some(Given::Word(payer)) => {
            params.insert("RequestPayer", payer.as_str());
        }
        Some(_) => {
            params.insert("RequestPayer", "requester");
        }
        None => {}
    }
    if let Some(digits) = page_size {
        params.insert("MaxKeys", digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int));
    }
    let mut found = false;
    let mut previous: Option<String> = None;
    loop {
        let reply = session.call_raw(operation, CallInput::new(params.clone()))?;
        // What isn't a listing must not look like one of nothing.
        oxaws_transfer::check_shown_listing(reply.status, &reply.headers, &reply.body)
            .map_err(|e| Failure::bad_reply(Cause::of(e)))?;
        let parsed;
        let page = match Page::scan(&reply.body) {
            Some(page) => page,
            None => {
                parsed = parse(session, operation, &reply)?;
                Page::of(&parsed)
            }
        };
        found |= !page.is_empty();
        let written = lines.page(&page, !recursive);
        lines.write_to(out)?;
        written?;
        let Some(token) = page.next() else { return Ok(found) };
        if previous.as_deref() == Some(token) {
            return Err(Failure::bad_reply(format!(
                "Error during pagination: The same next token was received twice: {{'ContinuationToken': {}}}",
                repr_str(token)
            )));
        }
        params.insert("ContinuationToken", token);
        previous = Some(token.to_owned());
    }
}

/// What the general reader makes of a reply.
fn parse(session: &Session, operation: Operation, reply: &Reply) -> Result<Map, Failure> {
    Ok(session.parse_raw(operation, reply)?)
}

/// What Python says about a mapping that has no such key.
fn missing(member: &str) -> Failure {
    Failure::bad_reply(format!("'{member}'"))
}
