//! The guided tour: the real executable against an S3 server inside this process, then each exit code it can give.
//!
//! `cargo xtask demo` builds the executable and starts this.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use oxaws_testkit::aws::{Aws, Outcome, executable};
use oxaws_testkit::s3::S3Server;
use oxaws_testkit::scratch::Scratch;
use oxaws_testkit::stub::{Reply, Stub};

/// Lines of output shown of one command.
const SHOWN_LINES: usize = 14;

fn main() -> ExitCode {
    match tour() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("demo: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What was run so far, and how much of it surprised.
#[derive(Default)]
struct Tour {
    steps: u32,
    surprises: u32,
    colour: bool,
}

impl Tour {
    fn say(&self, text: &str) {
        println!("{text}");
    }

    fn heading(&self, text: &str) {
        match self.colour {
            true => println!("\n\x1b[1m{text}\x1b[0m"),
            false => println!("\n{text}"),
        }
    }

    /// Shows a command and what became of it. `holds` says what else must be true.
    fn step(&mut self, note: &str, args: &[&str], outcome: &Outcome, expected: i32, holds: bool) {
        self.steps += 1;
        println!("\n  # {note}");
        println!("  $ aws {}", args.iter().map(|a| quoted(a)).collect::<Vec<_>>().join(" "));
        for text in [&outcome.stdout, &outcome.stderr] {
            let lines: Vec<&str> = text.trim().lines().collect();
            lines.iter().take(SHOWN_LINES).for_each(|line| println!("  | {line}"));
            if lines.len() > SHOWN_LINES {
                println!("  | … {} more lines", lines.len() - SHOWN_LINES);
            }
        }
        let good = outcome.code == expected && holds;
        self.surprises += u32::from(!good);
        let (mark, colour) = if good { ("ok", "32") } else { ("NOT AS EXPECTED", "31") };
        let mark = if self.colour { format!("\x1b[{colour}m{mark}\x1b[0m") } else { mark.to_owned() };
        match outcome.code == expected {
            true => println!("  → exit code {}  {mark}", outcome.code),
            false => println!("  → exit code {}, expected {expected}  {mark}", outcome.code),
        }
    }

    /// Runs a command, shows it, and says whether its output holds `text`.
    fn run(&mut self, aws: &Aws, note: &str, args: &[&str], expected: i32, text: &str) -> io::Result<()> {
        let outcome = aws.run(args)?;
        let holds = outcome.stdout.contains(text) || outcome.stderr.contains(text);
        self.step(note, args, &outcome, expected, holds);
        Ok(())
    }
}

fn tour() -> io::Result<u32> {
    let program = executable()?;
    let mut tour = Tour { colour: io::IsTerminal::is_terminal(&io::stdout()), ..Tour::default() };
    let bucket = Scratch::new()?;
    let server = S3Server::start(bucket.path())?;

    tour.say("This is oxaws: an `aws` command in one executable.");
    tour.say(&format!("It runs from {}", shown(&program)));
    tour.say(&format!(
        "against an S3 server started just now on {} with its data in a temporary folder.",
        server.url()
    ));

    objects(&mut tour, &Aws::at(&program)?.with("AWS_ENDPOINT_URL", server.url()), bucket.path())?;
    folders(&mut tour, &Aws::at(&program)?.with("AWS_ENDPOINT_URL", server.url()), bucket.path())?;
    exit_codes(&mut tour, &program, &server)?;

    tour.heading("Summary");
    tour.say(&format!("  {} commands, {} not as expected", tour.steps, tour.surprises));
    if tour.surprises == 0 {
        tour.say("  The executable is yours to try: every command above works the same against AWS.");
    }
    Ok(tour.surprises)
}

fn objects(tour: &mut Tour, aws: &Aws, stored: &Path) -> io::Result<()> {
    tour.heading("1. Objects in S3, through the API commands");
    let text = "The quick brown fox jumps over the lazy dog.\n";
    aws.file("fox.txt", text)?;

    let create = ["s3api", "create-bucket", "--bucket", "den"];
    let outcome = aws.run(&create)?;
    tour.step("make a bucket", &create, &outcome, 0, stored.join("den").is_dir());
    let put = ["s3api", "put-object", "--bucket", "den", "--key", "tales/fox.txt", "--body", "fox.txt"];
    let outcome = aws.run(&put)?;
    let arrived = fs::read_to_string(stored.join("den/tales/fox.txt")).is_ok_and(|t| t == text);
    tour.step("put a file into it (the server checks signature and checksum)", &put, &outcome, 0, arrived);
    tour.run(aws, "list", &["s3api", "list-objects-v2", "--bucket", "den"], 0, "tales/fox.txt")?;
    let query = ["s3api", "list-objects-v2", "--bucket", "den", "--query", "Contents[].[Key,Size]"];
    tour.run(aws, "list, only keys and sizes", &query, 0, "tales/fox.txt")?;

    let get = ["s3api", "get-object", "--bucket", "den", "--key", "tales/fox.txt", "copy.txt"];
    let outcome = aws.run(&get)?;
    let same = fs::read_to_string(aws.work().join("copy.txt")).is_ok_and(|t| t == text);
    tour.step("get it back into copy.txt", &get, &outcome, 0, same);

    let delete = ["s3api", "delete-object", "--bucket", "den", "--key", "tales/fox.txt"];
    let outcome = aws.run(&delete)?;
    tour.step("delete the object", &delete, &outcome, 0, !stored.join("den/tales/fox.txt").exists());
    let delete = ["s3api", "delete-bucket", "--bucket", "den"];
    let outcome = aws.run(&delete)?;
    tour.step("delete the bucket", &delete, &outcome, 0, !stored.join("den").exists());
    Ok(())
}

fn folders(tour: &mut Tour, aws: &Aws, stored: &Path) -> io::Result<()> {
    tour.heading("2. Whole folders, through the s3 commands");
    aws.file("tales/fox.txt", "The quick brown fox\n")?;
    aws.file("tales/old/dog.txt", "The lazy dog\n")?;

    let make = ["s3", "mb", "s3://den"];
    let outcome = aws.run(&make)?;
    tour.step("make a bucket", &make, &outcome, 0, stored.join("den").is_dir());
    let up = ["s3", "sync", "tales", "s3://den/tales"];
    let outcome = aws.run(&up)?;
    tour.step("bring a folder into it", &up, &outcome, 0, stored.join("den/tales/old/dog.txt").is_file());
    tour.run(aws, "look", &["s3", "ls", "s3://den", "--recursive", "--summarize"], 0, "Total Objects: 2")?;
    let outcome = aws.run(&up)?;
    tour.step("once more: there is nothing to do", &up, &outcome, 0, outcome.stdout.is_empty());
    let down = ["s3", "cp", "s3://den/tales", "copy", "--recursive", "--exclude", "old/*"];
    let outcome = aws.run(&down)?;
    let (wanted, excluded) = (aws.work().join("copy/fox.txt"), aws.work().join("copy/old"));
    tour.step("bring part of it back", &down, &outcome, 0, wanted.is_file() && !excluded.exists());
    let remove = ["s3", "rb", "s3://den", "--force"];
    let outcome = aws.run(&remove)?;
    tour.step("remove the bucket with all that is in it", &remove, &outcome, 0, !stored.join("den").exists());
    Ok(())
}

fn exit_codes(tour: &mut Tour, program: &Path, server: &S3Server) -> io::Result<()> {
    tour.heading("3. One command for each exit code");
    let aws = Aws::at(program)?.with("AWS_ENDPOINT_URL", server.url()).with("AWS_MAX_ATTEMPTS", "1");
    tour.run(&aws, "0: all went well", &["--version"], 0, "aws-cli/2")?;
    fs::create_dir_all(aws.work().join("tales"))?;
    std::os::unix::fs::symlink("nowhere", aws.work().join("tales/lost.txt"))?;
    aws.run(&["s3", "mb", "s3://shelf"])?;
    let gone = ["s3", "cp", "s3://shelf/nothing", "out"];
    tour.run(&aws, "1: a transfer failed", &gone, 1, "404")?;
    let skipped = ["s3", "cp", "tales", "s3://shelf", "--recursive"];
    tour.run(&aws, "2: a file was skipped (a link to nowhere), nothing failed", &skipped, 2, "Skipping file")?;
    let misspelt = ["s3api", "list-bucket"];
    tour.run(&aws, "252: the command line is wrong", &misspelt, 252, "list-buckets")?;
    let nobody = Aws::at(program)?.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let nobody = nobody.with("AWS_ENDPOINT_URL", server.url());
    tour.run(&nobody, "253: credentials are missing", &["s3api", "list-buckets"], 253, "credentials")?;
    let missing = ["s3api", "get-object", "--bucket", "den", "--key", "nothing", "out"];
    tour.run(&aws, "254: the service answered with an error", &missing, 254, "NoSuch")?;
    let refused = ["s3api", "list-buckets", "--endpoint-url", "http://127.0.0.1:1"];
    tour.run(&aws, "255: anything else, such as a server that isn't there", &refused, 255, "Could not connect")?;

    let silent = Stub::replies([Reply::Hang])?;
    let url = silent.url();
    let waiting = ["s3api", "list-buckets", "--endpoint-url", url.as_str()];
    let outcome = aws.interrupt(&waiting, || {
        silent.wait();
    })?;
    tour.step("130: Ctrl-C while the server keeps us waiting", &waiting, &outcome, 130, true);
    Ok(())
}

fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

/// A path as seen from the current folder, where it lies beneath it.
fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
