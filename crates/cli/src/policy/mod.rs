//! What a command's end means: modes of exit codes, `--fail-on` and `--ok-on`, the catalogue of classes, and the result
//! record.
//!
//! A failure knows its class ([`crate::Failure::class`]). Here the class becomes an exit code, at one place and once, when
//! the run is over; nothing that is printed, sent or written depends on it. A run without any of the options and
//! settings pays for a look at its arguments and for four looks at the environment and the profile.

pub mod catalogue;
#[cfg(test)]
mod document;
pub mod explain;
mod look;
mod options;
pub mod partial;
mod record;

pub use look::Look;
pub use options::{Given, OPTIONS, take};
pub use oxaws_failure::{CLASSES, Class};
pub use record::{Book, Transfers};

use crate::argv::argparse::{ParseError, invalid_choice};
use crate::exit::Exit;
use crate::failure::Failure;
use oxaws_config::Config;
use oxaws_env::{World, var};
use oxaws_model::Operation;
use partial::Partial;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an exit code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// What the AWS CLI does.
    #[default]
    Compat,
    /// What its documented page of return codes says, without exception.
    Strict,
    /// The class's own number.
    Detailed,
}

/// The names of the modes, in the order of the enum.
pub const MODES: [&str; 3] = ["compat", "strict", "detailed"];

impl Mode {
    fn named(name: &str) -> Option<Mode> {
        let at = MODES.iter().position(|mode| *mode == name)?;
        [Mode::Compat, Mode::Strict, Mode::Detailed].get(at).copied()
    }

    /// Its name, as a user writes it.
    pub fn name(self) -> &'static str {
        MODES[self as usize]
    }
}

/// What `--fail-on` takes: ends that the AWS CLI calls a success.
pub const FAIL_ON: [Class; 5] =
    [Class::PartialFailure, Class::FunctionError, Class::NothingMatched, Class::NoChange, Class::Skipped];

/// Classes, as a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Classes(u64);

impl Classes {
    fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u64) != 0
    }

    /// The classes that a list of names separated by commas has, of those that are `allowed`.
    ///
    /// # Errors
    /// The first name that isn't one of them.
    fn parse(list: &str, allowed: &[Class]) -> Result<Classes, String> {
        let mut classes = Classes::default();
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let class = allowed.iter().find(|class| class.name() == name).ok_or_else(|| name.to_owned())?;
            classes.0 |= 1 << *class as u64;
        }
        Ok(classes)
    }
}

/// The classes that can be named by `--ok-on`: all but success.
fn ok_on() -> Vec<Class> {
    CLASSES.iter().map(|row| row.class).filter(|class| *class != Class::Ok).collect()
}

/// What decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Rules {
    mode: Mode,
    fail_on: Classes,
    ok_on: Classes,
}

/// How a run ended, before the mode and the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// What kind of end it is.
    pub class: Class,
    /// The AWS CLI's exit code.
    pub exit: Exit,
    /// The code of the documented page, where that has one for this command alone (1 for transfers).
    pub page: Option<Exit>,
}

/// What is found out while a command runs.
#[derive(Debug, Default)]
struct Found {
    /// The failure that ended the run.
    failed: Option<Class>,
    /// See [`End::page`].
    page: Option<Exit>,
    /// What an answer reports of failures.
    partial: Vec<Partial>,
    /// Results that `--fail-on` asks about.
    classes: Classes,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.failed.is_none() && self.partial.is_empty() && self.classes == Classes::default()
    }
}

/// What one run's end means.
pub struct Policy {
    given: Given,
    rules: Arc<Mutex<Option<Rules>>>,
    found: Mutex<Found>,
    book: Option<Arc<Book>>,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("given", &self.given).finish_non_exhaustive()
    }
}

impl Policy {
    /// What the options and the environment say. The record is begun here, where one is asked for.
    pub fn new(world: &dyn World, given: Given) -> Policy {
        let target = given.record.clone().or_else(|| world.var(var::AWS_CLI_RESULT_FILE));
        let target = target.filter(|target| !target.is_empty());
        let book = target.map(|target| Arc::new(Book::begin(world, &target, given.record.is_some())));
        Policy { given, rules: Arc::default(), found: Mutex::default(), book }
    }

    /// What the options say that can't be: a choice that isn't one, a value that is missing.
    ///
    /// # Errors
    /// As a bad choice of any option (252).
    pub fn check_options(&self) -> Result<(), Failure> {
        check(&self.given)
    }

    /// Settles the rules by the options, the environment and the profile. A profile that can't be had says nothing: the
    /// command itself finds that out.
    ///
    /// # Errors
    /// For a mode or class that the environment or the profile names and that isn't one (253).
    pub fn settle(&self, world: &dyn World, config: &Config) -> Result<(), Failure> {
        let rules = self.rules_by(|variable, key| {
            let variable = world.var(variable).filter(|value| !value.is_empty());
            variable.or_else(|| config.scoped(key).ok().flatten().map(str::to_owned))
        })?;
        lock(&self.rules).get_or_insert(rules);
        Ok(())
    }

    /// What the value of an alias says counts over what was said before.
    ///
    /// # Errors
    /// As [`Policy::check_options`]; where it asks for a record, which has begun or not by then.
    pub(crate) fn alias(&self, name: &str, given: Given) -> Result<(), Failure> {
        if given.record.is_some() {
            return Err(Failure::setting(format!(
                "Global parameter \"--result-file\" detected in alias \"{name}\" which is not supported in subcommand \
                 aliases."
            )));
        }
        check(&given)?;
        let mut rules = lock(&self.rules);
        let mut new = rules.unwrap_or_default();
        if let Some(mode) = given.mode.as_deref().and_then(Mode::named) {
            new.mode = mode;
        }
        if let Some(Ok(classes)) = given.fail_on.map(|list| Classes::parse(&list, &FAIL_ON)) {
            new.fail_on = classes;
        }
        if let Some(Ok(classes)) = given.ok_on.map(|list| Classes::parse(&list, &ok_on())) {
            new.ok_on = classes;
        }
        *rules = Some(new);
        Ok(())
    }

    /// The rules, where `setting` looks up what no option gives, by the names of its variable and of its key.
    fn rules_by(&self, setting: impl Fn(&str, &str) -> Option<String>) -> Result<Rules, Failure> {
        let bad = |key: &str, text: String| Failure::configuration(format!("Invalid value for {key}: {text}"));
        let mode = match &self.given.mode {
            Some(name) => Some(name.clone()),
            None => setting(var::AWS_CLI_EXIT_CODES, "cli_exit_codes"),
        };
        let mode = match mode {
            Some(name) => Mode::named(&name)
                .ok_or_else(|| bad("cli_exit_codes", format!("\"{name}\". Valid values are: {}.", MODES.join(", "))))?,
            None => Mode::default(),
        };
        let classes = |option: &Option<String>, variable: &str, key: &str, allowed: fn() -> Vec<Class>| {
            let list = option.clone().or_else(|| setting(variable, key));
            let Some(list) = list else { return Ok(Classes::default()) };
            let allowed = allowed();
            Classes::parse(&list, &allowed).map_err(|class| bad(key, unknown_class(&class, &allowed)))
        };
        Ok(Rules {
            mode,
            fail_on: classes(&self.given.fail_on, var::AWS_CLI_FAIL_ON, "cli_fail_on", || FAIL_ON.to_vec())?,
            ok_on: classes(&self.given.ok_on, var::AWS_CLI_OK_ON, "cli_ok_on", ok_on)?,
        })
    }

    /// The rules that count. Where a run ended before they were settled, what the options and the environment say
    /// counts, and of that what can be read.
    fn rules(&self, world: &dyn World) -> Rules {
        if let Some(rules) = *lock(&self.rules) {
            return rules;
        }
        let value = |option: &Option<String>, variable: &str| option.clone().or_else(|| world.var(variable));
        let classes = |list: Option<String>, allowed: &[Class]| {
            list.and_then(|list| Classes::parse(&list, allowed).ok()).unwrap_or_default()
        };
        let mode = value(&self.given.mode, var::AWS_CLI_EXIT_CODES).and_then(|name| Mode::named(&name));
        Rules {
            mode: mode.or_else(|| Mode::named(&world.var(var::AWS_CLI_EXIT_CODES)?)).unwrap_or_default(),
            fail_on: classes(value(&self.given.fail_on, var::AWS_CLI_FAIL_ON), &FAIL_ON),
            ok_on: classes(value(&self.given.ok_on, var::AWS_CLI_OK_ON), &ok_on()),
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        lock(&self.found)
    }

    /// The record, where one is written.
    pub fn book(&self) -> Option<&Arc<Book>> {
        self.book.as_ref()
    }

    /// The arguments as the record shows them: `shown` are those without the options of this program's own.
    pub(crate) fn put_back(&self, shown: &[String]) -> Vec<String> {
        self.given.put_back(shown)
    }

    /// Settles the rules for a command that begins, and begins to watch for the record.
    ///
    /// # Errors
    /// As [`Policy::settle`].
    pub(crate) fn begin(&self, world: &dyn World, config: &Config) -> Result<(), Failure> {
        if let Some(book) = &self.book {
            let region = config.text("region").ok().flatten();
            book.place(region, Some(config.profile_name().unwrap_or_else(|| "default".into())));
        }
        self.settle(world, config)
    }

    /// Notes which command runs: its path in the tree.
    pub(crate) fn command(&self, path: &[&str]) {
        if let Some(book) = &self.book {
            book.command(path);
        }
    }

    /// Notes which operation the command stands for.
    pub(crate) fn operation(&self, operation: Operation) {
        if let Some(book) = &self.book {
            book.operation(operation.service().directory(), operation.name());
        }
    }

    /// Notes the failure that ends the run.
    pub(crate) fn failed(&self, failure: &Failure) {
        let mut found = self.found();
        found.failed = Some(failure.class());
        // What the page says of a command is about its own end, not about one inside another.
        if !matches!(failure, Failure::Written { .. }) {
            found.page = None;
        }
        drop(found);
        if let Some(book) = &self.book {
            book.failed(failure);
        }
    }

    /// Notes that Ctrl-C ended a command that the AWS CLI calls a success.
    pub(crate) fn interrupted(&self) {
        self.found().failed.get_or_insert(Class::Interrupted);
    }

    /// Notes that the documented page has an exit code of its own for this end of a command, in place of its class's.
    pub fn on_page(&self, exit: Exit) {
        self.found().page = Some(exit);
    }

    /// Notes that there was nothing to do, where the AWS CLI calls that a success.
    pub fn nothing_to_do(&self) {
        self.found().classes.0 |= 1 << Class::NoChange as u64;
    }

    /// Notes that nothing was found, where the AWS CLI calls that a success.
    pub fn nothing_matched(&self) {
        self.found().classes.0 |= 1 << Class::NothingMatched as u64;
    }

    /// What looks at the answers of `operation`; `None` where nobody asks about them.
    pub(crate) fn look(&self, operation: Operation) -> Option<Look<'_>> {
        let rules = (*lock(&self.rules))?;
        let counts = self.book.is_some()
            || rules.mode == Mode::Detailed
            || rules.fail_on.has(Class::PartialFailure)
            || rules.fail_on.has(Class::FunctionError);
        let counts = counts && partial::may_fail(operation);
        let matches = rules.fail_on.has(Class::NothingMatched);
        (counts || matches).then(|| Look::new(self, operation, counts, matches))
    }

    fn partial(&self, partial: Vec<Partial>) {
        let mut found = self.found();
        for new in partial {
            match found.partial.iter_mut().find(|old| old.member == new.member) {
                Some(old) => old.count += new.count,
                None => found.partial.push(new),
            }
        }
    }

    /// How the run ended. `exit` is what the AWS CLI ends with.
    fn end(&self, exit: Exit, rules: Rules) -> End {
        let found = self.found();
        let class = match (found.failed, exit) {
            // A child's own code passes.
            (None, Exit::Child(_) | Exit::Success) => {
                let function = found.partial.iter().any(|partial| partial.class() == Class::FunctionError);
                let partial = found.partial.iter().any(|partial| partial.class() == Class::PartialFailure);
                let asked = |class: Class| found.classes.has(class) && rules.fail_on.has(class);
                [
                    (Class::FunctionError, function),
                    (Class::PartialFailure, partial),
                    (Class::NoChange, asked(Class::NoChange)),
                    (Class::NothingMatched, asked(Class::NothingMatched)),
                ]
                .into_iter()
                .find_map(|(class, holds)| holds.then_some(class))
                .unwrap_or(Class::Ok)
            }
            (Some(class), _) => class,
            (None, Exit::FilesSkipped) => Class::Skipped,
            (None, Exit::TransferFailed) => Class::TransferFailed,
            (None, Exit::Interrupted) => Class::Interrupted,
            (None, Exit::Usage) => Class::Usage,
            (None, Exit::Configuration) => Class::Configuration,
            (None, Exit::Service) => Class::ServiceError,
            (None, Exit::ClosedPipe) => Class::OutputError,
            (None, Exit::General | Exit::Class(_)) => Class::Failed,
        };
        End { class, exit, page: found.page }
    }

    /// The exit code of a run that the AWS CLI ends with `exit`; writes the record.
    pub(crate) fn finish(&self, world: &dyn World, exit: Exit) -> Exit {
        // Nobody asks about a run that ended well, unless it found something or is recorded.
        if exit == Exit::Success && self.book.is_none() && self.found().is_empty() {
            return exit;
        }
        let rules = self.rules(world);
        let end = self.end(exit, rules);
        let code = rules.exit(end);
        if let Some(book) = &self.book {
            book.partial(&self.found().partial);
            book.finish(world, end, rules, code);
        }
        code
    }

    /// The end of a run that a bug ended.
    pub(crate) fn bug(&self) {
        self.found().failed = Some(Class::Bug);
    }

    /// What is done before a signal ends the process: the record is written, where there is one. Signals are the real
    /// process's, and so is the world in which it is written.
    pub(crate) fn last_words(&self, world: &dyn World) -> Option<impl Fn(i32) + Send + Sync + use<>> {
        let (book, settled, early) = (self.book.clone()?, self.rules.clone(), self.rules(world));
        Some(move |signal: i32| {
            let class = match signal {
                1 => Class::HungUp,
                2 => Class::Interrupted,
                3 => Class::Quit,
                _ => Class::Terminated,
            };
            let rules = lock(&settled).unwrap_or(early);
            let end = End { class, exit: Exit::Class(class), page: None };
            book.finish(&oxaws_env::Real, end, rules, Exit::Class(class));
        })
    }
}

/// What options say that can't be.
fn check(given: &Given) -> Result<(), Failure> {
    if given.taken.is_empty() {
        return Ok(());
    }
    if let Some(error) = &given.incomplete {
        return Err(Failure::from(error.clone()));
    }
    let problem = |option: &str, text: String| Failure::from(ParseError::Syntax(format!("argument {option}: {text}")));
    if let Some(mode) = given.mode.as_deref().filter(|mode| Mode::named(mode).is_none()) {
        return Err(problem("--exit-codes", invalid_choice(mode, MODES.into_iter())));
    }
    for (option, list, allowed) in [("--fail-on", &given.fail_on, FAIL_ON.to_vec()), ("--ok-on", &given.ok_on, ok_on())]
    {
        if let Some(Err(name)) = list.as_deref().map(|list| Classes::parse(list, &allowed)) {
            return Err(problem(option, unknown_class(&name, &allowed)));
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message about a class that isn't known.
fn unknown_class(name: &str, known: &[Class]) -> String {
    let names: Vec<&str> = known.iter().map(|class| class.name()).collect();
    format!("unknown class '{name}'. Known classes are: {}.", names.join(", "))
}

impl Rules {
    /// The exit code of an end.
    fn exit(self, end: End) -> Exit {
        let End { class, exit, .. } = end;
        if matches!(exit, Exit::Child(_)) && class == Class::Ok {
            return exit;
        }
        if self.ok_on.has(class) {
            return Exit::Success;
        }
        if self.fail_on.has(class) {
            return Exit::Class(class);
        }
        match self.mode {
            Mode::Compat => exit,
            Mode::Strict => end.strict(),
            // A shell shows the signal of a closed pipe, whoever closed it.
            Mode::Detailed if exit == Exit::ClosedPipe => exit,
            Mode::Detailed => Exit::Class(class),
        }
    }
}

impl End {
    /// The code of the documented page.
    fn strict(self) -> Exit {
        match self.class {
            // They end as they fail, where they fail.
            Class::NoChange => self.exit,
            Class::NothingMatched if self.exit == Exit::Success => Exit::Success,
            _ if self.exit == Exit::ClosedPipe => self.exit,
            class => self.page.unwrap_or(Exit::strict(class)),
        }
    }
}

#[cfg(test)]
mod tests;
