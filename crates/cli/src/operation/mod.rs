//! A generated operation: from its words to its output.

pub mod bind;
mod blobs;
pub mod display;
pub(crate) mod skeleton;
pub(crate) mod wait;

use crate::argv::argparse::{Given, Nargs, Spec, parse_known};
use crate::argv::globals::not_an_int;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operation::bind::{Binder, merge_document, param_error, param_file_error};
use crate::plug::argtable::{ArgTable, Target};
use crate::plug::call::OperationCall;
use crate::plug::common_args::{CLI_INPUT_JSON, CLI_INPUT_YAML, OPTIONAL_MAKERS, OUTFILE, SKELETON};
use crate::plug::context::Context;
use crate::plug::registry::Hook;

use oxaws_client::{CallInput, Classes, Paging};
use oxaws_input::yaml::{Document, YamlError, parse_marked};
use oxaws_model::names::cli_name;
use oxaws_model::{Operation, ShapeKind};
use oxaws_python::python_int_text;
use oxaws_value::{Map, Value};

impl OperationCall<'_> {
    /// The value of an argument that was given, read as its type says.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn argument(&self, name: &str) -> Result<Option<Value>, Failure> {
        let Some(arg) = self.table.get(name) else { return Ok(None) };
        match self.parsed.get(&arg.dest()) {
            None => Ok(None),
            Some(given) => self.binder(&[]).value(arg, given).map(Some),
        }
    }

    /// Whether an argument was given.
    pub fn has(&self, name: &str) -> bool {
        self.table.get(name).is_some_and(|a| self.parsed.get(&a.dest()).is_some())
    }

    fn binder<'b>(&'b self, bare_lists: &'b [&'b str]) -> Binder<'b> {
        Binder { world: self.cx.world, bare_lists }
    }

    pub(crate) fn run_hooks(
        &mut self,
        which: fn(Hook) -> Option<fn(&mut OperationCall) -> Result<(), Failure>>,
    ) -> Result<(), Failure> {
        let registry = self.cx.registry;
        let (service, name) = (self.service.to_owned(), self.name.to_owned());
        for hook in registry.tweaks_of(&service, &name) {
            if let Some(run) = which(hook) {
                run(self)?;
            }
        }
        Ok(())
    }

    fn bind(&mut self) -> Result<(), Failure> {
        let bare_lists = crate::operation::bind::bare_lists(self.service, self.name);
        let args: Vec<_> = self.table.iter().cloned().collect();
        for arg in &args {
            let dest = arg.dest();
            // A flag and its negation share a destination: the flag puts the value.
            let Some(given) = self.parsed.get(&dest) else { continue };
            if matches!(arg.nargs, Nargs::Flag(_)) && matches!(arg.target, Target::Nothing) {
                continue;
            }
            match arg.target {
                Target::Nothing => {}
                Target::Paging(option) => {
                    let given = given.clone();
                    self.set_paging(option, &given)?;
                }
                Target::Member => {
                    let Some(member) = arg.member else { continue };
                    let value = self.binder(&bare_lists).value(arg, given)?;
                    if crate::operation::bind::is_json(given) {
                        self.classes.ordered.push(member.name().to_owned());
                    }
                    let streams = member.streaming() && member.shape().kind() == ShapeKind::Blob;
                    if streams && let Value::String(path) = &value {
                        self.body_file = Some(path.clone());
                    } else {
                        self.params.insert(member.name(), value);
                    }
                }
                Target::Custom(put) => {
                    let value = self.binder(&bare_lists).value(arg, given)?;
                    put(&mut self.params, value)?;
                }
                Target::Call(put) => {
                    let value = self.binder(&bare_lists).value(arg, given)?;
                    put(self, value)?;
                }
            }
        }
        Ok(())
    }

    fn set_paging(&mut self, option: &str, given: &Given) -> Result<(), Failure> {
        let Given::Word(word) = given else { return Ok(()) };
        let loaded = match self.binder(&[]).paramfile(word) {
            Ok(Some(Value::String(text))) => text,
            Ok(_) => word.clone(),
            Err(message) => return Err(param_file_error(&format!("--{option}"), message)),
        };
        if option == "starting-token" {
            self.paging.starting_token = Some(loaded);
            return Ok(());
        }
        let number = || -> Result<i64, Failure> {
            let digits = python_int_text(&loaded).ok_or_else(|| Failure::invalid(not_an_int(&loaded)))?;
            Ok(digits.parse().unwrap_or(i64::MAX))
        };
        if option == "max-items" {
            let most = number()?;
            if most <= 0 {
                self.cx.ui.warn_plain("warning: Non-positive values for --max-items may result in undefined behavior.");
            }
            self.paging.max_items = Some(most);
        } else {
            self.paging.page_size = Some(loaded);
        }
        Ok(())
    }

    /// Paging goes off when the line has one of the operation's own token or limit arguments.
    fn check_paging(&mut self) -> Result<(), Failure> {
        let Some(paginator) = self.operation.paginator() else { return Ok(()) };
        const OPTIONS: [&str; 3] = ["starting-token", "page-size", "max-items"];
        // Without a limit key there is no paging option of this name, so the operation's own is not hidden.
        let hides = |name: &str| OPTIONS.contains(&name) && (name != "page-size" || paginator.limit_key().is_some());
        let shadowed: Vec<_> = self
            .operation
            .input()
            .into_iter()
            .flat_map(|i| i.members())
            .filter(|m| hides(&cli_name(m.name())))
            .collect();
        for token in paginator.input_tokens().chain(paginator.limit_key()) {
            let dest = cli_name(token).replace('-', "_");
            if !["start_token", "max_items"].contains(&dest.as_str()) && self.parsed.get(&dest).is_some() {
                self.paginate = false;
            }
        }
        if self.paginate {
            return Ok(());
        }
        let truthy = |option: &str, given: &Given| match given {
            Given::Word(word) if option == "starting-token" || !hides(option) => !word.is_empty(),
            Given::Word(word) => !word.is_empty() && python_int_text(word).as_deref() != Some("0"),
            _ => true,
        };
        let used: Vec<String> = OPTIONS
            .iter()
            .filter(|o| !shadowed.iter().any(|m| cli_name(m.name()) == **o))
            .filter(|o| self.parsed.get(&o.replace('-', "_")).is_some_and(|given| truthy(o, given)))
            .map(|o| format!("--{o}"))
            .collect();
        if !used.is_empty() {
            return Err(Failure::validation(format!(
                "Cannot specify --no-paginate along with pagination arguments: {}",
                used.join(", ")
            )));
        }
        // An argument of the operation itself that a paging option hid is back.
        for member in shadowed {
            self.table.insert(crate::plug::argtable::Arg::of_member(member));
        }
        Ok(())
    }

    /// Without paging, options of it that slipped through are parameters, which the operation doesn't know.
    pub(crate) fn paging_as_parameters(&mut self) {
        let options: Map = [
            self.paging.starting_token.as_deref().map(|token| ("StartingToken", Value::from(token))),
            self.paging.page_size.as_deref().map(|size| ("PageSize", Value::from(size))),
            self.paging.max_items.map(|most| ("MaxItems", Value::Int(most))),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !options.is_empty() {
            self.params.insert("PaginationConfig", options);
        }
    }

    fn merge_cli_input(&mut self) -> Result<(), Failure> {
        let json = self.parsed.word("cli_input_json").map(str::to_owned);
        let yaml = self.parsed.word("cli_input_yaml").map(str::to_owned);
        let (word, option) = match (json, yaml) {
            (None, None) => return Ok(()),
            (Some(_), Some(_)) => {
                return Err(Failure::validation("Only one --cli-input- parameter may be specified."));
            }
            (Some(word), None) => (word, CLI_INPUT_JSON),
            (None, Some(word)) => (word, CLI_INPUT_YAML),
        };
        let arg_name = format!("--{option}");
        // Read as every argument's file is, to no end but its errors, and then once more: the AWS CLI takes nothing from
        // a pipe either.
        self.binder(&[]).paramfile(&word).map_err(|e| param_file_error(&arg_name, e))?;
        let text = match self.binder(&[]).paramfile(&word).map_err(Failure::input_file)? {
            Some(Value::String(text)) => text,
            Some(Value::Bytes(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => word,
        };
        let document = if option == CLI_INPUT_JSON {
            oxaws_value::parse_json(&text).map_err(|_| param_error(option, "Invalid JSON received."))?
        } else {
            let Document { value, mut marks } = parse_marked(&text).map_err(|e| match e {
                YamlError::Python(words) => Failure::invalid(words),
                _ => param_error(option, "Invalid YAML received."),
            })?;
            if let Some(moment) = marks.own(&value) {
                let kind = moment.class();
                let why = format!("Invalid type: expecting map, received <class '{kind}'>");
                return Err(param_error(&arg_name, why));
            }
            // Other arguments win.
            marks.retain(|name| !self.params.contains_key(name));
            self.classes.marks = marks;
            value
        };
        merge_document(&mut self.params, document, &arg_name)?;
        if let Some(paginator) = self.operation.paginator()
            && paginator.input_tokens().chain(paginator.limit_key()).any(|t| self.params.contains_key(t))
        {
            self.paginate = false;
        }
        Ok(())
    }

    /// What the client is asked for.
    ///
    /// # Errors
    /// When a blob isn't base64, or the body's file can't be opened.
    pub fn input(&self) -> Result<CallInput, Failure> {
        let mut params = self.params.clone();
        let raw = self.cx.binary_format()? == "raw-in-base64-out";
        if let Some(input) = self.operation.input() {
            crate::operation::blobs::decode(input, &mut params, raw)?;
        }
        Ok(CallInput { params, body_file: self.body_file.clone().map(Into::into), classes: self.classes.clone() })
    }
}

/// Runs an operation whose parameters are there.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run(mut call: OperationCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    if let Some(exit) = skeleton::print_if_asked(&mut call)? {
        return Ok(exit);
    }
    call.run_hooks(|h| if let Hook::BeforeCall(f) = h { Some(f) } else { None })?;
    call.run_hooks(|h| if let Hook::Client(f) = h { Some(f) } else { None })?;
    let hooks: Vec<Hook> = cx.registry.tweaks_of(call.service, call.name).collect();
    for hook in hooks {
        if let Hook::Invoke(invoke) = hook
            && let Some(exit) = invoke(&mut call)?
        {
            return Ok(exit);
        }
    }
    if !call.paginate {
        call.paging_as_parameters();
    }
    display::call_and_print(&call)
}

/// What the words of an operation ask for.
#[derive(Debug)]
pub enum Prepared<'a> {
    /// A call.
    Call(Box<OperationCall<'a>>),
    /// The help about these arguments.
    Help(ArgTable),
}

/// The arguments that the aliases below an operation are parsed with.
///
/// # Errors
/// Those of the customisations that change arguments.
pub(crate) fn arguments(cx: &Context, operation: Operation, service: &str, name: &str) -> Result<ArgTable, Failure> {
    let mut table = ArgTable::of(operation, service, name, cx.registry);
    for hook in cx.registry.tweaks_of(service, name) {
        if let Hook::BeforeParse(change) = hook {
            change(cx, &mut table)?;
        }
    }
    Ok(table)
}

/// Parses the words of an operation and builds its parameters.
///
/// # Errors
/// When the words are wrong.
pub fn prepare<'a>(
    cx: &'a Context<'a>,
    operation: Operation,
    service: &'a str,
    name: &'a str,
    words: &[String],
) -> Result<Prepared<'a>, Failure> {
    let mut table = ArgTable::of(operation, service, name, cx.registry);
    let documented = words.iter().any(|w| OPTIONAL_MAKERS.contains(&w.as_str()));
    if table.get(SKELETON).is_some() && (documented || skeleton::frees_arguments(words)) {
        table.require_nothing();
    }
    if words == ["help"] {
        return Ok(Prepared::Help(table));
    }
    for hook in cx.registry.tweaks_of(service, name) {
        if let Hook::BeforeParse(change) = hook {
            change(cx, &mut table)?;
        }
    }
    let mut specs = table.specs();
    specs.push(Spec { nargs: Nargs::Optional, ..Spec::option("help") });
    let mut parsed = parse_known(&specs, words)?;
    let stray = parsed.word("help").map(str::to_owned);
    if stray.as_deref() == Some("help") {
        return Ok(Prepared::Help(table));
    }
    let mut leftovers = std::mem::take(&mut parsed.extras);
    leftovers.extend(stray.filter(|s| !s.is_empty()));
    if !leftovers.is_empty() {
        return Err(Failure::UnknownOptions(leftovers));
    }
    let mut call = OperationCall {
        cx,
        operation,
        service,
        name,
        table,
        outfile: parsed.word(OUTFILE).map(str::to_owned),
        parsed,
        params: Map::new(),
        paging: Paging::default(),
        paginate: cx.globals.paginate,
        body_file: None,
        classes: Classes::default(),
    };
    call.run_hooks(|h| if let Hook::Parsed(f) = h { Some(f) } else { None })?;
    call.check_paging()?;
    call.bind()?;
    call.merge_cli_input()?;
    call.run_hooks(|h| if let Hook::Parameters(f) = h { Some(f) } else { None })?;
    Ok(Prepared::Call(Box::new(call)))
}
