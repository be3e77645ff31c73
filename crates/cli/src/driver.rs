//! From the arguments to the exit code.

use crate::argparse::{Given, Nargs, ParseError, Parsed, Spec, invalid_choice, parse_checked, parse_known};
use crate::auto_prompt::AutoPrompt;
use crate::context::Context;
use crate::error::Failure;
use crate::exit::Exit;
use crate::globals::{FirstParse, Globals, check_early, first_parse_checked};
use crate::registry::{Command, CommandCall, Opt, Reading, Registry, Secrecy};
use crate::secrets::Line;
use crate::services::Services;
use crate::ui::Ui;
use crate::{alias, help, operation, version, wait};
use oxaws_client::{Session, SessionOptions};
use oxaws_config::Config;
use oxaws_env::World;
use oxaws_model::{Operation, Pack, Service};
use oxaws_value::Value;
use oxaws_value::secret::HIDDEN;
use std::cell::OnceCell;

/// Runs the program: everything between `main` and the exit code.
pub fn run(world: &dyn World, pack: Pack, registry: &'static Registry) -> Exit {
    let args = match arguments(world) {
        Ok(args) => args,
        Err(failure) => {
            return Ui::new(world, false).report(&failure, "enhanced", "auto");
        }
    };
    crate::ui::announce_bugs();
    let driver = Driver { world, services: Services::new(world, pack), registry };
    // A bug ends the command with the code of everything unforeseen, never with a code that means something else.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| driver.main(&args))).unwrap_or(Exit::General)
}

fn arguments(world: &dyn World) -> Result<Vec<String>, Failure> {
    let mut args = Vec::new();
    for (at, arg) in world.args().into_iter().enumerate() {
        match arg.into_string() {
            Ok(arg) => args.push(arg),
            Err(raw) => {
                return Err(Failure::ParamValidation(format!(
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
}

impl Driver<'_> {
    fn main(&self, args: &[String]) -> Exit {
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
        let args = &help::replace_dashes(args, &self.services, self.registry, &aliases);
        let line = Line::new(args, &aliases, &self.services, self.registry);
        if let Err(failure) = check_early(args) {
            return self.fail(&line.without_secrets(failure), &env_config, Some("enhanced"));
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
            let problem = unknown_command(&self.services, self.registry, aliases, name)?;
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
                let failure = missing.into_inner().flatten().unwrap_or_else(|| Failure::usage(&error));
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
        let interrupted = crate::interrupt::install();
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
            line,
        };
        let result = self.start(&cx, &first, line.aliases);
        match result {
            Ok(exit) => exit,
            // What Ctrl-C broke off is no failure of its own.
            Err(Failure::General(_) | Failure::NoCredentials) if crate::interrupt::is_set(&interrupted) => {
                ui.report(&Failure::Interrupted, "enhanced", &globals.color);
                Exit::Interrupted
            }
            Err(failure) => {
                let format = error_format(&session, globals.error_format.as_deref());
                ui.report(&line.without_secrets(failure), &format, &globals.color)
            }
        }
    }

    fn start(&self, cx: &Context, first: &FirstParse, aliases: &alias::Aliases) -> Result<Exit, Failure> {
        crate::log::begin(cx);
        crate::startup::check(cx)?;
        let recorder = crate::history::begin(cx, &first.command);
        crate::log::watch(cx, recorder.as_ref());
        let result = match alias::run_top_level(cx, aliases, first) {
            Ok(None) => dispatch(cx, aliases, &first.command, &first.rest),
            Ok(Some(exit)) => Ok(exit),
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
        Ui::new(self.world, false).report(failure, &format, "auto")
    }
}

/// What is wrong with a name that is neither a command nor an alias of one.
pub(crate) fn unknown_command(
    services: &Services,
    registry: &'static Registry,
    aliases: &alias::Aliases,
    name: &str,
) -> Option<String> {
    if is_command(services, registry, name) || aliases.has_top_level(name) {
        return None;
    }
    let names = services.names();
    let written =
        registry.commands_under(&[]).map(|c| c.name).chain(registry.unbuilt_under(&[]).into_iter().map(|n| n as &str));
    let names = names.iter().map(String::as_str).chain(written).chain(["help"]);
    Some(invalid_choice(name, names.chain(aliases.top_level_names())))
}

/// Whether `name` is a service, a hand-written command or `help`.
pub(crate) fn is_command(services: &Services, registry: &'static Registry, name: &str) -> bool {
    name == "help" || services.has(name) || registry.commands_under(&[]).any(|c| c.name == name)
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

/// Runs the command `name` with the words left for it.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn dispatch(cx: &Context, aliases: &alias::Aliases, name: &str, words: &[String]) -> Result<Exit, Failure> {
    if name == "help" {
        return help::top(cx, words);
    }
    if let Some(command) = cx.registry.commands_under(&[]).find(|c| c.name == name) {
        return run_command(cx, aliases, command, vec![command.name], words);
    }
    match cx.services.find(name)? {
        Some(service) => run_service(cx, aliases, service, name, words),
        // The caller has checked the name.
        None => {
            Err(Failure::usage(&ParseError(format!("argument command: {}", invalid_choice(name, std::iter::empty())))))
        }
    }
}

/// The operation that the command `name` of a service stands for.
pub(crate) fn find_operation(registry: &Registry, service: Service, command: &str, name: &str) -> Option<Operation> {
    if registry.is_removed(command, name) {
        return None;
    }
    if let Some(rename) = registry.renames.iter().find(|r| r.service == command && r.to == name) {
        return service.operation(rename.from);
    }
    if registry.renames.iter().any(|r| r.service == command && r.from == name && !r.keep) {
        return None;
    }
    service.operation(name)
}

/// The names of a service's commands.
pub(crate) fn service_command_names(registry: &Registry, service: Service, command: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        service.operation_names().flat_map(|(name, _)| registry.operation_commands(command, name)).collect();
    names.extend(registry.commands_under(&[command]).map(|c| c.name));
    if service.waiters().len() > 0 {
        names.push("wait");
    }
    names.push("help");
    names
}

fn run_service(
    cx: &Context,
    aliases: &alias::Aliases,
    service: Service,
    command: &str,
    words: &[String],
) -> Result<Exit, Failure> {
    let specs = [Spec { required: true, ..Spec::option("operation") }];
    let parsed = parse_known(&specs, words).map_err(|e| Failure::usage(&e))?;
    let name = parsed.word("operation").unwrap_or_default().to_owned();
    let rest = parsed.extras;
    if let Some(exit) = alias::run_below(cx, aliases, &[command], &name, &rest)? {
        return Ok(exit);
    }
    run_operation(cx, aliases, service, command, &name, &rest)
}

/// Runs a command of a service.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run_operation(
    cx: &Context,
    aliases: &alias::Aliases,
    service: Service,
    command: &str,
    name: &str,
    rest: &[String],
) -> Result<Exit, Failure> {
    if let Some(custom) = cx.registry.commands_under(&[command]).find(|c| c.name == name) {
        let shown = service.cli_name();
        return run_command(cx, aliases, custom, vec![shown, custom.name], rest);
    }
    if name == "wait" && service.waiters().len() > 0 {
        return wait::run(cx, aliases, service, command, rest);
    }
    if name == "help" {
        return help::service(cx, service, command, rest);
    }
    match find_operation(cx.registry, service, command, name) {
        Some(found) => operation::run(cx, aliases, found, command, name, rest),
        None => {
            if let Some(failure) = cx.registry.unbuilt(&[command], name) {
                return Err(failure);
            }
            let names = service_command_names(cx.registry, service, command);
            let names = names.into_iter().chain(cx.registry.unbuilt_under(&[command])).map(|n| n as &str);
            let aliases = aliases.names_below(&[command]);
            let text = invalid_choice(name, names.chain(aliases.iter().map(String::as_str)));
            Err(Failure::usage(&ParseError(format!("argument operation: {text}"))))
        }
    }
}

/// Runs a hand-written command, or the one below it that the words name.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run_command(
    cx: &Context,
    aliases: &alias::Aliases,
    command: &'static Command,
    path: Vec<&'static str>,
    words: &[String],
) -> Result<Exit, Failure> {
    if words == ["help"] {
        return help::command(cx, command, &path);
    }
    let placed: Vec<&'static Command> = cx.registry.commands_under(&path).collect();
    let below: Vec<&'static Command> = command.subcommands.iter().copied().chain(placed).collect();
    let alias_names = aliases.names_below(&path);
    if !below.is_empty() || !alias_names.is_empty() {
        let mut specs: Vec<Spec> = command.options.iter().map(|o| Spec { required: false, ..o.spec() }).collect();
        specs.push(Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") });
        let missing = OnceCell::new();
        let unknown = |dest: &str, name: &str| {
            let names = || below.iter().map(|c| c.name).chain(alias_names.iter().map(String::as_str));
            if dest != "subcommand" || names().any(|n| n == name) {
                return None;
            }
            missing.get_or_init(|| cx.registry.unbuilt(&path, name));
            let missing = cx.registry.unbuilt_under(&path);
            Some(invalid_choice(name, names().chain(missing.iter().map(|n| *n as &str))))
        };
        let parsed = parse_checked(&specs, words, &unknown);
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return Err(missing.into_inner().flatten().unwrap_or_else(|| Failure::usage(&error))),
        };
        if let Some(name) = parsed.word("subcommand").map(str::to_owned) {
            let mut rest = words.to_vec();
            if let Some(at) = rest.iter().position(|w| *w == name) {
                rest.remove(at);
            }
            if let Some(exit) = alias::run_below(cx, aliases, &path, &name, &rest)? {
                return Ok(exit);
            }
            if let Some(found) = below.iter().find(|c| c.name == name) {
                let path = path.into_iter().chain([found.name]).collect();
                return run_command(cx, aliases, found, path, &rest);
            }
        }
    }
    let specs: Vec<Spec> = command.options.iter().map(|o| o.spec()).collect();
    let mut args = parse_known(&specs, words).map_err(|e| Failure::usage(&e))?;
    // Values are read before unknown options are complained about; with the commands of a service it is the other way.
    for option in command.options {
        read_option(cx, option, &mut args)?;
    }
    if !args.extras.is_empty() {
        return Err(Failure::ParamValidation(format!("Unknown options: {}", args.extras.join(","))));
    }
    match command.run {
        Some(run) => run(&CommandCall { cx, command, path, args }),
        None => Err(Failure::ParamValidation(format!(
            "usage: aws [options] {} <subcommand> [parameters]\naws: [ERROR]: too few arguments",
            path.join(" ")
        ))),
    }
}

/// Reads what was given for an option of a hand-written command: the file that it names, and its word as its type says.
fn read_option(cx: &Context, option: &Opt, args: &mut Parsed) -> Result<(), Failure> {
    let spec = option.spec();
    // The AWS CLI looks for the option by its destination, and finds none where that is another word.
    if spec.dest != option.name.replace('-', "_") {
        return Ok(());
    }
    let word = match args.get(&spec.dest) {
        Some(Given::Word(word)) => word.as_str(),
        // Several words are for the command to look at: it knows whether one that names a file is a list or a text.
        Some(Given::Words(words)) if option.nargs == Nargs::Exactly(1) => words.first().map_or("", String::as_str),
        _ => return Ok(()),
    };
    let binder = crate::bind::Binder { world: cx.world, bare_lists: &[] };
    let loaded = binder.paramfile(word).map_err(|e| crate::bind::param_error(&spec.name, e))?;
    let is_open = matches!(option.secrecy, Secrecy::Open);
    let text = match loaded {
        Some(Value::String(text)) => Some(text),
        Some(Value::Bytes(bytes)) => match option.reading {
            // Text is checked against its type where it is a single word.
            Reading::Text if option.nargs == Nargs::One => {
                return Err(not_text(is_open.then_some(Value::Bytes(bytes))));
            }
            Reading::Bytes => {
                args.set(&spec.dest, Given::Bytes(bytes));
                None
            }
            _ => Some(String::from_utf8_lossy(&bytes).into_owned()),
        },
        _ => None,
    };
    if let Some(text) = text {
        let is_list = option.nargs == Nargs::Exactly(1);
        args.set(&spec.dest, if is_list { Given::Words(vec![text]) } else { Given::Word(text) });
    }
    match (option.reading, args.word(&spec.dest)) {
        (Reading::Int, Some(word)) if oxaws_python::python_int_text(word).is_none() => {
            Err(Failure::General(crate::globals::not_an_int(word)))
        }
        (Reading::Checked(check), Some(_)) => check(cx, args),
        _ => Ok(()),
    }
}

/// botocore's complaint about bytes where a text is wanted; of a secret they aren't shown.
fn not_text(value: Option<Value>) -> Failure {
    let shown = value.map_or_else(|| HIDDEN.into(), |value| oxaws_value::repr::repr(&value, Default::default()));
    Failure::ParamValidation(format!(
        "Parameter validation failed:\nInvalid type for parameter input, value: {shown}, type: <class 'bytes'>, valid \
         types: <class 'str'>"
    ))
}
