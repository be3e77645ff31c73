//! `aws cloudtrail validate-logs`

use super::digest::{Digest, Inflated, inflate, sha256_hex};
use super::keys::{Trail, is_trail_arn};
use super::moment::Moment;
use super::traversal::{Events, Traversal};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_failure::{Cause, Class};
use oxaws_value::{Map, Value};

/// The command.
pub static VALIDATE_LOGS: Command = Command {
    name: "validate-logs",
    options: &[
        Opt::value("trail-arn", "The trail.").required(),
        Opt::value("start-time", "Logs delivered from then on are looked at (UTC).").required(),
        Opt::value("end-time", "Logs delivered until then are looked at (UTC); now unless given."),
        Opt::value("s3-bucket", "The bucket of the digest files; the trail's unless given."),
        Opt::value("s3-prefix", "What stands before the names of the digest files; the trail's unless given."),
        Opt::value("account-id", "The member account whose logs are looked at, for a trail of an organization."),
        Opt::flag("verbose", "Shows what is valid too."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Checks whether log files of a trail were changed or deleted since CloudTrail delivered them.",
};

fn general(text: impl Into<Cause>) -> Failure {
    Failure::invalid(text)
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let start = Moment::parse(cx, args.word("start_time").unwrap_or_default())?;
    let end = match args.word("end_time").filter(|t| !t.is_empty()) {
        Some(text) => Moment::parse(cx, text)?,
        None => Moment::now(cx),
    };
    if start > end {
        return Err(general("Invalid time range specified: start-time must occur before end-time"));
    }
    let configured = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
    let organizations = reply::operation_of(cx, "organizations", "DescribeOrganization")?;
    cx.session.client_with(organizations.service(), &configured)?;
    reply::make_client(cx, "cloudtrail")?;
    let arn = args.word("trail_arn").unwrap_or_default();
    let (trail, bucket, prefix) = find(call, arn)?;
    cx.ui.text(&format!("Validating log files for trail {arn} between {} and {}\n\n", start.shown(), end.shown()))?;
    let mut traversal = Traversal::new(cx, trail, cx.globals.region.clone(), (bucket, prefix), (start, end));
    let mut report = Report { cx, verbose: args.flag("verbose") == Some(true), ..Report::new(cx, start, end) };
    traversal.walk(false, &mut report)?;
    traversal.walk(true, &mut report)?;
    report.summary()?;
    let bad = report.digests.invalid + report.backfill.invalid + report.logs.invalid;
    if bad > 0 {
        return Err(Failure::Written { exit: Exit::TransferFailed, class: Class::VerificationFailed });
    }
    Ok(Exit::Success)
}

/// The trail, and the bucket of its digests.
fn find(call: &CommandCall, arn: &str) -> Result<(Trail, String, Option<String>), Failure> {
    let (cx, args) = (call.cx, &call.args);
    if !is_trail_arn(arn) {
        return Err(general(format!("Invalid trail ARN provided: {arn}")));
    }
    let parts: Vec<&str> = arn.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default().to_owned();
    let given = args.word("account_id").filter(|a| !a.is_empty());
    let home = part(3);
    let mut trail = Trail {
        account: given.map_or_else(|| part(4), str::to_owned),
        name: arn.rsplit('/').next().unwrap_or_default().to_owned(),
        source: cx.globals.region.clone().filter(|r| !r.is_empty()).unwrap_or_else(|| home.clone()),
        home,
        organization: None,
    };
    if let Some(bucket) = args.word("s3_bucket") {
        return Ok((trail, bucket.to_owned(), args.word("s3_prefix").map(str::to_owned)));
    }
    let found = reply::call(cx, "cloudtrail", "DescribeTrails", Map::new())?;
    let trails = reply::member(&found, "trailList")?.as_list().unwrap_or_default().iter().filter_map(Value::as_map);
    let mut trails = trails.filter(|t| t.get("TrailARN").and_then(Value::as_str) == Some(arn));
    let info = trails.next().ok_or_else(|| general(format!("A trail could not be found for {arn}")))?;
    let bucket = reply::text(info, "S3BucketName")?.to_owned();
    let prefix = info.get("S3KeyPrefix").and_then(Value::as_str).map(str::to_owned);
    if info.get("IsOrganizationTrail").is_some_and(Value::is_truthy) {
        if given.is_none() {
            return Err(general("Missing required parameter for organization trail: '--account-id'"));
        }
        let configured = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
        let found = reply::call_with(cx, "organizations", "DescribeOrganization", Map::new(), &configured)?;
        trail.organization = Some(reply::text(reply::structure(&found, "Organization")?, "Id")?.to_owned());
    }
    Ok((trail, bucket, prefix))
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    valid: u64,
    invalid: u64,
}

/// What was found, and what is said of it.
struct Report<'a> {
    cx: &'a Context<'a>,
    verbose: bool,
    start: Moment,
    end: Moment,
    found: Option<(Moment, Moment)>,
    digests: Count,
    backfill: Count,
    logs: Count,
    /// The last thing said ended with an empty line.
    spaced: bool,
}

impl<'a> Report<'a> {
    fn new(cx: &'a Context<'a>, start: Moment, end: Moment) -> Report<'a> {
        Report {
            cx,
            verbose: false,
            start,
            end,
            found: None,
            digests: Count::default(),
            backfill: Count::default(),
            logs: Count::default(),
            spaced: true,
        }
    }

    fn good(&mut self, text: &str) -> Result<(), Failure> {
        if !self.verbose {
            return Ok(());
        }
        self.spaced = false;
        self.cx.ui.line(text)
    }

    fn bad(&mut self, text: &str) {
        let before = if self.spaced { "" } else { "\n" };
        self.cx.ui.warn_text(&format!("{before}{text}\n\n"));
        self.spaced = true;
    }

    fn bad_digest(&mut self, place: &str, why: &str, backfill: bool) {
        let count = if backfill { &mut self.backfill } else { &mut self.digests };
        count.invalid += 1;
        self.bad(&format!("{}Digest file\t{place}\tINVALID: {why}", mark(backfill)));
    }

    fn bad_log(&mut self, place: &str, why: &str) {
        self.logs.invalid += 1;
        self.bad(&format!("Log file\t{place}\tINVALID: {why}"));
    }

    fn log(&mut self, traversal: &mut Traversal, log: &Map) -> Result<(), Failure> {
        let (bucket, key) = (reply::text(log, "s3Bucket")?, reply::text(log, "s3Object")?);
        let place = format!("s3://{bucket}/{key}");
        let body = match traversal.object(bucket, key) {
            Ok((body, _)) => body,
            Err(CallError::Service(failure)) if failure.code() == "NoSuchKey" => {
                self.bad_log(&place, "not found");
                return Ok(());
            }
            Err(stop @ (CallError::Service(_) | CallError::Interrupted)) => return Err(stop.into()),
            Err(_) => {
                self.bad_log(&place, "invalid format");
                return Ok(());
            }
        };
        let contents = match inflate(&body) {
            Inflated::Bad => {
                self.bad_log(&place, "invalid format");
                return Ok(());
            }
            Inflated::Trailing(_) => {
                self.bad_log(&place, "unexpected data after end of compressed stream");
                return Ok(());
            }
            Inflated::Whole(contents) | Inflated::Part(contents) => contents,
        };
        match log.get("hashValue").and_then(Value::as_str) {
            Some(hash) if hash == sha256_hex(&contents) => {
                self.logs.valid += 1;
                self.good(&format!("Log file\t{place}\tvalid"))
            }
            Some(_) => {
                self.bad_log(&place, "hash value doesn't match");
                Ok(())
            }
            None => {
                self.bad_log(&place, "invalid format");
                Ok(())
            }
        }
    }

    fn summary(&self) -> Result<(), Failure> {
        let mut text = String::new();
        if !self.spaced {
            text.push('\n');
        }
        text.push_str(&format!("Results requested for {} to {}\n", self.start.shown(), self.end.shown()));
        let total = |c: Count| c.valid + c.invalid;
        if total(self.digests) + total(self.backfill) == 0 {
            text.push_str("No digests found\n");
            return self.cx.ui.text(&text);
        }
        match self.found {
            None => text.push_str("No valid digests found in range\n"),
            Some((from, to)) => text.push_str(&format!("Results found for {} to {}:\n", from.shown(), to.shown())),
        }
        for (count, name) in [(self.digests, "digest"), (self.backfill, "backfill digest"), (self.logs, "log")] {
            let all = total(count);
            if all > 0 {
                text.push_str(&format!("\n{}/{all} {name} files valid", count.valid));
                if count.invalid > 0 {
                    text.push_str(&format!(", {}/{all} {name} files INVALID", count.invalid));
                }
            }
        }
        text.push('\n');
        self.cx.ui.text(&text)
    }
}

fn mark(backfill: bool) -> &'static str {
    if backfill { "(backfill) " } else { "" }
}

impl Events for Report<'_> {
    fn valid(&mut self, traversal: &mut Traversal, digest: &Digest, backfill: bool) -> Result<(), Failure> {
        let from = Moment::parse(self.cx, digest.text("digestStartTime"))?.max(self.start);
        let to = Moment::parse(self.cx, digest.text("digestEndTime"))?.min(self.end);
        self.found = Some(self.found.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
        let count = if backfill { &mut self.backfill } else { &mut self.digests };
        count.valid += 1;
        let place = format!("s3://{}/{}", digest.text("digestS3Bucket"), digest.text("digestS3Object"));
        self.good(&format!("{}Digest file\t{place}\tvalid", mark(backfill)))?;
        let logs = reply::member(&digest.data, "logFiles")?.as_list().unwrap_or_default();
        logs.iter().filter_map(Value::as_map).try_for_each(|log| self.log(traversal, log))
    }

    fn missing(&mut self, place: &str, backfill: bool) -> Result<(), Failure> {
        self.bad_digest(place, "not found", backfill);
        Ok(())
    }

    fn invalid(&mut self, place: &str, why: &str, backfill: bool) -> Result<(), Failure> {
        self.bad_digest(place, why, backfill);
        Ok(())
    }

    fn gap(&mut self, from: Moment, to: Moment, backfill: bool) -> Result<(), Failure> {
        self.bad(&format!(
            "{}No log files were delivered by CloudTrail between {} and {}",
            mark(backfill),
            from.shown(),
            to.shown()
        ));
        Ok(())
    }
}
