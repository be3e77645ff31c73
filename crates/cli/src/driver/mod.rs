//! From the arguments to the exit code.

mod aliases;
mod auto_prompt;
mod dispatch;
mod interrupt;
mod startup;

use crate::argv::argparse::{Spec, parse_known};
use crate::argv::globals::{FirstParse, Globals, check_early, first_parse_checked};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plug::context::{CommandLine, Context};
use crate::plug::registry::Registry;
use crate::plug::services::Services;
use crate::policy::{self, Given, Policy};
use crate::term::ui::Ui;
use crate::tree::alias;
use crate::watch::secrets::Line;
use crate::{help, version};
use auto_prompt::AutoPrompt;
use oxaws_client::{Session, SessionOptions};
use oxaws_config::Config;
use oxaws_env::World;
use oxaws_model::Pack;
use std::cell::OnceCell;

/// Runs the program: everything between `main` and the exit code.
pub fn run(world: &dyn World, pack: Pack, registry: &'static Registry) -> Exit {
    let args = match arguments(world) {
        Ok(args) => args,
        Err(failure) => {
            let policy = Policy::new(world, Given::default());
            policy.failed(&failure);
            return policy.finish(world, Ui::new(world, false).report(&failure, "enhanced", "auto"));
        }
    };
    crate::term::ui::announce_bugs();
    let (args, given) = policy::take(&args);
    let policy = Policy::new(world, given);
    let driver = Driver { world, services: Services::new(world, pack), registry, policy: &policy, args: &args };
    // A bug ends the command with the code of everything unforeseen, never with a code that means something else.
    let exit = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| driver.main(&args)));
    let exit = exit.unwrap_or_else(|_| {
        policy.bug();
        Exit::General
    });
    policy.finish(world, exit)
}

fn arguments(world: &dyn World) -> Result<Vec<String>, Failure> {
    let mut args = Vec::new();
    for (at, arg) in world.args().into_iter().enumerate() {
        match arg.into_string() {
            Ok(arg) => args.push(arg),
            Err(raw) => {
                return Err(Failure::validation(format!(
                    "argument {} is not valid UTF-8: {}",
                    at + 1,
                    raw.to_string_lossy()
                )));
            }
        }
    }
    Ok(args)
}

struct Driver<'a> {
    world: &'a dyn World,
    services: Services<'a>,
    registry: &'static Registry,
    policy: &'a Policy,
    /// The arguments without the options of this program's own.
    args: &'a [String],
}

impl Driver<'_> {
    fn main(&self, args: &[String]) -> Exit {
        self.note_arguments(args, &alias::Aliases::default());
        // A configuration file that can't be read breaks every command, `--version` and `help` included.
        let env_config = Config::load(self.world, None);
        let broken = env_config.files().err().map(Failure::from);
        if let Some(failure) = broken {
            return self.fail(&failure, &env_config, None);
        }
        let aliases = match alias::load(self.world) {
            Ok(aliases) => aliases,
            Err(failure) => return self.fail(&failure, &env_config, None),
        };
        self.note_arguments(args, &aliases);
        let args = &help::replace_dashes(args, &self.services, self.registry, &aliases);
        let line = Line::new(args, &aliases, &self.services, self.registry);
        if let Err(failure) = check_early(args) {
            return self.fail(&line.without_secrets(failure), &env_config, Some("enhanced"));
        }
        if let Err(failure) = self.policy.check_options() {
            return self.fail(&failure, &env_config, None);
        }
        let mode = AutoPrompt::of(args, &env_config);
        let ui = Ui::new(self.world, false);
        mode.before(&ui);
        let exit = self.checked(args, &line, &aliases, &env_config);
        mode.after(&ui, exit);
        exit
    }

    fn checked(&self, args: &[String], line: &Line, aliases: &alias::Aliases, env_config: &Config) -> Exit {
        let missing = OnceCell::new();
        let unknown = |name: &str| {
            let problem = aliases.unknown_command(&self.services, self.registry, name)?;
            missing.get_or_init(|| self.registry.unbuilt(&[], name));
            Some(problem)
        };
        let first = match first_parse_checked(args, &unknown) {
            Ok(Some(first)) => first,
            Ok(None) => {
                let ui = Ui::new(self.world, false);
                return match ui.line(&version::text(self.world)) {
                    Ok(()) => Exit::Success,
                    Err(failure) => self.fail(&failure, env_config, None),
                };
            }
            Err(error) => {
                let failure = missing.into_inner().flatten().unwrap_or_else(|| Failure::from(error));
                return self.fail(&line.without_secrets(failure), env_config, None);
            }
        };
        let globals = match Globals::from_parsed(&first.options) {
            Ok(globals) => globals,
            Err(failure) => {
                let typed = first.options.word("cli_error_format").map(str::to_owned);
                return self.fail(&line.without_secrets(failure), env_config, typed.as_deref());
            }
        };
        self.with_globals(first, globals, line, env_config)
    }

    fn with_globals(&self, first: FirstParse, globals: Globals, line: &Line, read: &Config) -> Exit {
        let ui = Ui::new(self.world, globals.debug);
        let interrupted = interrupt::install(self.policy.last_words(self.world));
        let session = Session::new(
            self.world,
            self.services.shipped(),
            SessionOptions {
                profile: globals.profile.clone(),
                region: globals.region.clone(),
                endpoint_url: globals.endpoint_url.clone(),
                verify_ssl: globals.verify_ssl,
                ca_bundle: globals.ca_bundle.clone(),
                sign_request: globals.sign_request,
                read_timeout: globals.read_timeout,
                connect_timeout: globals.connect_timeout,
                debug: globals.debug,
            },
            interrupted.clone().into(),
        )
        .with_files_of(read);
        let cx = Context {
            world: self.world,
            globals: &globals,
            session: &session,
            services: &self.services,
            ui: &ui,
            registry: self.registry,
            policy: self.policy,
            line,
        };
        let result = self.start(&cx, &first, line.aliases);
        match result {
            Ok(exit) => {
                // A child that ran until then has an end of its own.
                if interrupt::is_set(&interrupted) && !matches!(exit, Exit::Child(_)) {
                    self.policy.interrupted();
                }
                exit
            }
            // What Ctrl-C broke off is no failure of its own.
            Err(failure)
                if (failure.exit() == Exit::General || matches!(failure, Failure::NoCredentials))
                    && interrupt::is_set(&interrupted) =>
            {
                self.policy.failed(&Failure::Interrupted);
                ui.report(&Failure::Interrupted, "enhanced", &globals.color);
                Exit::Interrupted
            }
            Err(failure) => {
                let format = error_format(&session, globals.error_format.as_deref());
                let failure = line.without_secrets(failure);
                self.policy.failed(&failure);
                ui.report(&failure, &format, &globals.color)
            }
        }
    }

    fn start(&self, cx: &Context, first: &FirstParse, aliases: &alias::Aliases) -> Result<Exit, Failure> {
        crate::watch::log::begin(cx);
        self.policy.begin(cx.world, cx.session.config_unchecked())?;
        startup::check(cx)?;
        let recorder = crate::watch::history::begin(cx, &first.command);
        crate::watch::log::watch(cx, recorder.as_ref());
        let result = match alias::top_level(cx.tree(), aliases, first) {
            Ok(None) => dispatch::top(cx, aliases, &first.command, &first.rest),
            Ok(Some(expansion)) => dispatch::expanded(cx, expansion),
            Err(failure) => Err(failure),
        };
        if let Some(recorder) = recorder {
            recorder.finish(cx, result.as_ref().map_or_else(Failure::exit, |exit| *exit));
        }
        result
    }

    fn fail(&self, failure: &Failure, config: &Config, typed_format: Option<&str>) -> Exit {
        let format = match typed_format {
            Some(format) => format.to_owned(),
            None => config_error_format(config),
        };
        // The profile of the line counts too, where the line can be read so far.
        let profile = parse_known(&[Spec::option("--profile")], self.args).ok();
        let profile = profile.as_ref().and_then(|parsed| parsed.word("profile"));
        let own = profile.map(|profile| Config::load(self.world, Some(profile)));
        // What is wrong with the settings is no failure of a run that has one.
        let _ = self.policy.settle(self.world, own.as_ref().unwrap_or(config));
        self.policy.failed(failure);
        Ui::new(self.world, false).report(failure, &format, "auto")
    }

    /// Notes the arguments for the result record, without their secrets.
    fn note_arguments(&self, args: &[String], aliases: &alias::Aliases) {
        if let Some(book) = self.policy.book() {
            book.argv(self.policy.put_back(Line::new(args, aliases, &self.services, self.registry).shown()));
        }
    }
}

/// The error format of the session's configuration. A profile that doesn't exist leaves only the oldest form.
fn error_format(session: &Session, typed: Option<&str>) -> String {
    match (typed, session.config()) {
        (Some(format), _) => format.to_owned(),
        (None, Ok(config)) => config_error_format(config),
        (None, Err(_)) => "legacy".into(),
    }
}

fn config_error_format(config: &Config) -> String {
    match config.text("cli_error_format") {
        Ok(format) => format.filter(|f| !f.is_empty()).unwrap_or_else(|| "enhanced".into()),
        Err(_) => "legacy".into(),
    }
}
