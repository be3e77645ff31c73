//! `aws codeartifact login`: sets a package tool up to use a repository.

use super::{expiry, npm, nuget, pypirc, swift};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::program::{self, ProgramError};
use oxaws_cli::written::{number, reply};
use oxaws_cli::{Exit, Failure};
use oxaws_failure::Cause;
use oxaws_python::Timestamp;
use oxaws_python::python_os_error;
use oxaws_python::url::{self, Split};
use oxaws_value::Value;

/// The command.
pub static LOGIN: Command = Command {
    name: "login",
    options: &[
        Opt::value("tool", "The tool to set up.")
            .one_of(&["swift", "nuget", "dotnet", "npm", "pip", "twine"])
            .required(),
        Opt::value("domain", "The domain's name.").required(),
        Opt::value("domain-owner", "The account that owns the domain."),
        Opt::value("namespace", "A namespace to use the repository for (npm and swift)."),
        Opt::value("duration-seconds", "Seconds that the login is good for."),
        Opt::value("repository", "The repository's name.").required(),
        Opt::value("endpoint-type", "The kind of endpoint that the tool is to use."),
        Opt::flag("dry-run", "Prints what would be run, the token included, and changes nothing."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Sets a package tool up to use a CodeArtifact repository. The login is good for at most 12 hours.",
};

/// A login under way.
pub struct Login<'a> {
    /// The command's call.
    pub call: &'a CommandCall<'a>,
    /// The tool's name.
    pub tool: &'a str,
    /// The password.
    pub token: String,
    /// When it ends, in seconds since the epoch.
    pub expiration: i64,
    /// The repository's URL.
    pub endpoint: String,
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let tool = args.word("tool").unwrap_or_default();
    let duration = number::integer(args, "duration_seconds")?.filter(Value::is_truthy);
    let owner = args.word("domain_owner").filter(|o| !o.is_empty());
    let mut params = reply::params([("domain", Value::from(args.word("domain").unwrap_or_default()))]);
    if let Some(owner) = owner {
        params.insert("domainOwner", owner);
    }
    let mut token_params = params.clone();
    if let Some(duration) = duration {
        token_params.insert("durationSeconds", duration);
    }
    let authorization = reply::call(cx, "codeartifact", "GetAuthorizationToken", token_params)?;
    params.insert("repository", args.word("repository").unwrap_or_default());
    params.insert(
        "format",
        match tool {
            "swift" | "npm" => tool,
            "nuget" | "dotnet" => "nuget",
            _ => "pypi",
        },
    );
    if let Some(kind) = args.word("endpoint_type").filter(|k| !k.is_empty()) {
        params.insert("endpointType", kind);
    }
    let found = reply::call(cx, "codeartifact", "GetRepositoryEndpoint", params)?;
    let endpoint = reply::text(&found, "repositoryEndpoint")?.to_owned();
    let namespace = args.word("namespace").filter(|n| !n.is_empty());
    if namespace.is_some() && !matches!(tool, "swift" | "npm") {
        return Err(Failure::invalid(format!("Argument --namespace is not supported for {tool}")));
    }
    let token = reply::text(&authorization, "authorizationToken")?.to_owned();
    let expiration = reply::member(&authorization, "expiration")?;
    let expiration = cx.session.with_clock(|clock| oxaws_value::timestamp(expiration, &clock));
    let expiration = expiration.map_err(|e| Failure::bad_reply(Cause::of(e)))?.seconds;
    let login = Login { call, tool, token, expiration, endpoint };
    match tool {
        "npm" => npm::login(&login, args.word("namespace"))?,
        "pip" => {
            let Split { scheme, authority: host, path, .. } = url::split(&login.endpoint);
            let index = format!("{scheme}://aws:{}@{host}{path}simple/", login.token);
            login.run_all(&[program::words(["pip", "config", "set", "global.index-url", &index])])?;
        }
        "twine" => pypirc::login(&login)?,
        "swift" => swift::login(&login, args.word("namespace"))?,
        _ => nuget::login(&login)?,
    }
    Ok(Exit::Success)
}

impl Login<'_> {
    /// Whether nothing is to be changed.
    pub fn is_dry_run(&self) -> bool {
        self.call.args.flag("dry_run") == Some(true)
    }

    /// Runs commands one after the other, or prints them.
    ///
    /// # Errors
    /// When one can't be run or fails.
    pub fn run_all(&self, commands: &[Vec<String>]) -> Result<(), Failure> {
        let ui = self.call.cx.ui;
        if self.is_dry_run() {
            return commands.iter().try_for_each(|c| ui.text(&format!("{}\n\n", c.join(" "))));
        }
        for command in commands {
            self.run_one(command)?;
        }
        self.say_success(self.tool)
    }

    fn run_one(&self, command: &[String]) -> Result<(), Failure> {
        // Newer versions of npm don't know that setting any more.
        let may_fail = self.tool == "npm" && command.iter().any(|w| w.contains("always-auth"));
        match program::capture(command) {
            Ok(done) if done.status.success() || may_fail => Ok(()),
            Ok(done) => Err(self.failed(command, &done)),
            Err(e) => Err(self.not_run(self.tool, command, e)),
        }
    }

    /// What is said of a program that failed; the token is blotted out wherever its text stands.
    pub fn failed(&self, command: &[String], done: &program::Finished) -> Failure {
        let text = program::failure_text(command, done.status).replace(&self.token, "******");
        let stderr = String::from_utf8_lossy(&done.stderr);
        Failure::program_failed(format!("{text} Stderr from command:\n{stderr}"))
    }

    /// What is said of a program that couldn't be run.
    pub fn not_run(&self, tool: &str, command: &[String], error: ProgramError) -> Failure {
        match error {
            ProgramError::Missing => {
                Failure::missing_program(format!("{tool} was not found. Please verify installation."))
            }
            ProgramError::Io(e) => {
                let text = python_os_error(&e, command.first().map_or("", String::as_str));
                Failure::program_failed(Cause::worded(text, e))
            }
        }
    }

    /// Says that all is set up.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn say_success(&self, tool: &str) -> Result<(), Failure> {
        let cx = self.call.cx;
        let left = expiry::left(cx.session.now(), self.expiration);
        let mut end = Timestamp::from_unix(self.expiration);
        end.offset = Some(0);
        let end = end.isoformat().replace('T', " ");
        cx.ui.text(&format!(
            "Successfully configured {tool} to use AWS CodeArtifact repository {} \nLogin expires in {left} at {end}\n",
            self.endpoint
        ))
    }
}
