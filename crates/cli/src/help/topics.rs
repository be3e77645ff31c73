//! `aws help TOPIC`: what concerns more than one command.

use super::options::written;
use super::page::{Block, Page};
use crate::policy::explain;
use oxaws_config::variables::{Kind, Place, TABLE};

/// A topic.
pub(super) struct Topic {
    /// What it is called by.
    pub(super) name: &'static str,
    group: &'static str,
    title: &'static str,
    text: &'static str,
}

/// All topics, by group.
pub(super) const TOPICS: [Topic; 6] = [
    Topic { name: "config-vars", group: "General", title: "Configuration variables", text: CONFIG_VARS },
    Topic { name: "return-codes", group: "General", title: "Exit codes", text: RETURN_CODES },
    Topic {
        name: "s3-case-insensitivity",
        group: "S3",
        title: "The s3 commands on file systems that ignore case",
        text: S3_CASE,
    },
    Topic { name: "s3-config", group: "S3", title: "Settings of the s3 commands", text: S3_CONFIG },
    Topic { name: "s3-faq", group: "S3", title: "Questions about the s3 commands", text: S3_FAQ },
    Topic { name: "ddb-expressions", group: "ddb", title: "Expressions of the ddb commands", text: DDB_EXPRESSIONS },
];

const CONFIG_VARS: &str = "
Settings come from, in this order: options of the command line, environment variables, the files
~/.aws/credentials and ~/.aws/config (or those that AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name), and for
credentials and the region from the machine the program runs on.

The files have sections in square brackets: [default] and, for another profile, [profile NAME] (in the credentials file
just [NAME]). --profile or AWS_PROFILE chooses the profile. Settings in blocks stand further in:

  [default]
  region = us-west-2
  s3 =
    max_concurrent_requests = 20

`aws configure` asks for the most important ones, `aws configure set NAME VALUE` writes one, `aws configure list` shows
where they come from.

Each variable, with the places where it is looked for in their order:
";

const RETURN_CODES: &str = "
0: The command did what it was asked for.

1: An s3 command: at least one transfer failed. Some other commands use it for failures of their own.

2: An s3 command: files were left out (they can't be read, or are of a kind that isn't transferred); everything else was
transferred.

130: The command was ended with Ctrl-C.

252: The command line is wrong: its syntax, an unknown parameter, or a value that can't be.

253: The configuration or the credentials are missing or can't be used.

254: The service answered with an error.

255: Everything else, such as a connection that can't be made.

129, 143: SIGHUP or SIGTERM ended the command, as a shell shows it.

An alias that runs a program ends with that program's own code.

This is the documented list, and the AWS CLI departs from it: many wrong values and settings end with 255 in place of 252
and 253, errors in waiters with 255, and whatever goes wrong in an s3 transfer with 1. Three modes decide what an exit code
means. --exit-codes MODE chooses one, else AWS_CLI_EXIT_CODES, else cli_exit_codes in the profile. Only the exit code
changes between them, nothing that is printed.

  compat    what the AWS CLI does (the default)
  strict    the list above, without exception
  detailed  a code of its own for each class of failures, listed below

--fail-on CLASS[,CLASS...] ends a command with the class's own code where the AWS CLI calls the end a success:
partial-failure, function-error, nothing-matched, no-change, skipped. --ok-on CLASS[,CLASS...] ends a failure of a class
with 0; its message is still printed. AWS_CLI_FAIL_ON, AWS_CLI_OK_ON, cli_fail_on and cli_ok_on do the same for every
command; an option replaces them.

--result-file PATH (AWS_CLI_RESULT_FILE) writes one line of JSON when the command ends: the class, the codes of all modes,
the service's error, request ids, whether the command can be retried, and the failures of transfers. fd:N writes it to an
open descriptor. `aws explain` explains classes, exit codes and error codes, `aws explain --last` the last record.

The classes, with their codes:
";

const S3_CASE: &str = "
A bucket may hold the keys `a.txt` and `A.TXT`. On a file system that ignores case both would be written to the same
file, and the later one would replace the earlier one.

--case-conflict says what cp, mv and sync do when they download such objects recursively: `ignore` (the default of S3
buckets) writes them one after the other, `warn` does the same and says so, `skip` leaves out those that would replace a
file, `error` ends the command.
";

const S3_CONFIG: &str = "
These settings stand in the block `s3` of a profile and concern the commands of `aws s3`, not those of `aws s3api`:

  [profile work]
  s3 =
    max_concurrent_requests = 20
    multipart_threshold = 64MB

max_concurrent_requests (10): How many requests are under way at most.

max_queue_size (1000): How many tasks wait at most.

multipart_threshold (8MB): From this size on, files are transferred in parts.

multipart_chunksize (8MB): The size of a part. Made larger where a file would have more than 10,000 parts.

max_bandwidth: A limit for all transfers together, such as 10MB/s or 80Mb/s.

preferred_transfer_client (auto): Which engine transfers; this program has one.

target_bandwidth: What the engine may count on.

These concern `aws s3api` too:

use_accelerate_endpoint (false): Use S3 Transfer Acceleration.

use_dualstack_endpoint (false): Use endpoints that have IPv6 addresses.

addressing_style (auto): Where the bucket's name stands: `path`, `virtual` (in the host name), or `auto`.

payload_signing_enabled (false): Sign the contents of uploads over HTTPS too.

Sizes are bytes, or have a suffix: KB, MB, GB, TB.
";

const S3_FAQ: &str = "
Does sync compare contents?

No. It compares sizes and modification times: a file is transferred when its size differs or its time is newer than the
object's. --size-only and --exact-timestamps change that.

How does the program know that an upload arrived whole?

Every request carries a checksum that S3 checks; what doesn't match is refused. Downloads are checked against the
checksums that S3 holds.

Why do keys begin with the folder's name or not?

cp and mv with --recursive and sync transfer what is in a folder, not the folder: the keys are the paths below it.
";

const DDB_EXPRESSIONS: &str = "
The options --filter, --condition, --key-condition and --projection of `aws ddb select` and `aws ddb put` take
expressions as DynamoDB knows them, in which values stand where they are used, without names for them:

  aws ddb select orders --key-condition \"id = 'a1'\" --filter \"price > 10\"

Comparisons are =, <>, <, <=, > and >=; there are BETWEEN ... AND ..., IN (...), AND, OR, NOT, parentheses, and the
functions attribute_exists, attribute_not_exists, attribute_type, begins_with, contains and size.

Values are written as in YAML: numbers, true, false, null, text in single or double quotes, lists in [...], maps in
{...}, sets and binary values with the tags !set and !binary. Names of attributes that hold other characters than
letters and digits stand in quotes; paths have dots and [indexes].
";

impl Topic {
    /// Its page.
    pub(super) fn page(&self) -> Page {
        let mut blocks = written(self.text);
        match self.name {
            "config-vars" => blocks.extend(variables()),
            "return-codes" => {
                for (class, about) in explain::help() {
                    blocks.extend([Block::text(class), Block::Indented(vec![Block::text(about)])]);
                }
            }
            _ => {}
        }
        Page::new(self.name).with("DESCRIPTION", blocks)
    }
}

/// The page that lists the topics.
pub(super) fn list() -> Page {
    let mut blocks = Vec::new();
    let mut group = "";
    for topic in &TOPICS {
        if topic.group != group {
            group = topic.group;
            blocks.push(Block::text(group));
        }
        blocks.push(Block::Indented(vec![Block::item(format!("{}: {}", topic.name, topic.title))]));
    }
    Page::new("topics")
        .with("DESCRIPTION", written("Run `aws help TOPIC` to read about one of these."))
        .with("AVAILABLE TOPICS", blocks)
}

fn variables() -> Vec<Block> {
    let mut blocks = Vec::new();
    for variable in TABLE {
        let places: Vec<String> = variable
            .places
            .iter()
            .map(|place| match place {
                Place::Env(name) => (*name).to_owned(),
                Place::Key(key) => format!("profile key {key}"),
                Place::Nested(block, key) => format!("profile key {key} in the block {block}"),
            })
            .collect();
        let mut about = vec![Block::text(format!("{}.", variable.about.trim_end_matches('.')))];
        about.push(Block::text(places.join(", ")));
        if let Kind::Choice(values) = variable.kind {
            about.push(Block::text(format!("Values: {}", values.join(", "))));
        }
        about.extend(variable.default.filter(|d| !d.is_empty()).map(|d| Block::text(format!("Default: {d}"))));
        blocks.push(Block::text(variable.name));
        blocks.push(Block::Indented(about));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_page() {
        let list = list().render(false);
        for topic in &TOPICS {
            assert!(list.contains(&format!("o {}: ", topic.name)));
            assert!(topic.page().render(false).len() > 500, "{}", topic.name);
        }
        assert!(TOPICS[0].page().render(false).contains("AWS_DEFAULT_OUTPUT"));
    }
}
