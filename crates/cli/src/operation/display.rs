//! Calls an operation and prints its reply.

mod streamed;

use self::streamed::Streamed;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plug::call::OperationCall;
use crate::plug::context::Context;
use crate::plug::registry::Hook;
use crate::policy::Look;
use oxaws_client::{PageLists, Pages, Reply};
use oxaws_failure::Cause;
use oxaws_jmespath::Expression;
use oxaws_model::ShapeKind;
use oxaws_output::{Format, TableOptions};
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;

/// Bytes of a streaming reply moved at a time.
const BLOCK: usize = 256 * 1024;

/// Calls the operation, page by page where it is paged, and prints what comes.
///
/// # Errors
/// Whatever ends it badly.
pub fn call_and_print(call: &OperationCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let input = call.input()?;
    let look = cx.policy.look(call.operation);
    if call.paginate && call.operation.paginator().is_some() {
        let mut pages = cx.session.pages(call.operation, input, &call.paging)?;
        let format = cx.output_format()?;
        print_pages(call, &mut pages, format, look.as_ref())?;
        if let Some(look) = look {
            look.finish();
        }
        return Ok(Exit::Success);
    }
    let lists = if look.is_some() { Vec::new() } else { lists_of(call) };
    // A format that is unknown shows once the reply is there.
    let format = cx.output_format().unwrap_or(Format::Table);
    if let Some(mut streamed) = Streamed::new(format, cx.globals.query.as_ref(), &lists) {
        let rest = cx.session.call_without_lists(call.operation, input, &lists, &mut streamed)?;
        if !rest.is_empty() || cx.globals.query.is_some() {
            let pager = cx.pager()?;
            cx.ui.formatted(format, pager.as_deref(), |out| streamed.write(out, &Value::Map(rest)))?;
        }
        return Ok(Exit::Success);
    }
    let Reply { value, stream, .. } = cx.session.call(call.operation, input)?;
    let mut value = Value::Map(value);
    run_reply_hooks(call, &mut value, look.as_ref())?;
    if let (Some(mut stream), Some(path)) = (stream, &call.outfile) {
        if oxaws_env::start::stream_of(Path::new(path)).is_some_and(|stream| cx.world.is_closed(stream)) {
            // What was closed is `/dev/null` by now (see `oxaws_env::start`), and would take the object.
            let missing = std::io::Error::from_raw_os_error(2);
            return Err(Failure::invalid(oxaws_python::python_os_error(&missing, path)));
        }
        save(&mut stream, path)?;
    }
    print_looked_at(cx, call.operation.name(), value, look.as_ref())?;
    if let Some(look) = look {
        look.finish();
    }
    Ok(Exit::Success)
}

/// The lists of a reply that nobody looks at but those who print it.
fn lists_of(call: &OperationCall) -> Vec<Vec<String>> {
    if is_looked_at(call) || call.outfile.is_some() {
        return Vec::new();
    }
    let members = call.operation.output().into_iter().flat_map(|output| output.members());
    members.filter(|m| m.shape().kind() == ShapeKind::List).map(|m| vec![m.name().to_owned()]).collect()
}

fn is_looked_at(call: &OperationCall) -> bool {
    call.cx.registry.tweaks_of(call.service, call.name).any(|hook| matches!(hook, Hook::Reply(_)))
}

fn run_reply_hooks(call: &OperationCall, value: &mut Value, look: Option<&Look>) -> Result<(), Failure> {
    for hook in call.cx.registry.tweaks_of(call.service, call.name) {
        if let Hook::Reply(change) = hook {
            change(call, value)?;
        }
    }
    if let Some(look) = look {
        look.answer(value);
    }
    Ok(())
}

/// Prints one value as the output of `title` (an operation's name), after `--query`.
///
/// # Errors
/// When the query fails or the output can't be written.
pub fn print(cx: &Context, title: &str, value: Value) -> Result<(), Failure> {
    print_looked_at(cx, title, value, None)
}

fn print_looked_at(cx: &Context, title: &str, value: Value, look: Option<&Look>) -> Result<(), Failure> {
    let format = cx.output_format()?;
    let pager = cx.pager()?;
    let table = cx.table_options();
    if format == Format::Off && !look.is_some_and(Look::asks_for_matches) {
        return Ok(());
    }
    let value = queried(cx.globals.query.as_ref(), &value, look)?;
    if format == Format::Off {
        return Ok(());
    }
    cx.ui.formatted(format, pager.as_deref(), |out| Ok(oxaws_output::write(out, format, title, &value, &table)?))
}

/// The process is about to end: taking a large result apart piece by piece would cost as much as printing it.
fn leave_to_the_system(value: Value) {
    std::mem::forget(value);
}

/// What is shown of a value: a part of it where that can be.
fn query<'a>(expression: Option<&'a Expression>, value: &'a Value) -> Result<Cow<'a, Value>, Failure> {
    match expression {
        None => Ok(Cow::Borrowed(value)),
        Some(expression) => expression.search_cow(value).map_err(|e| Failure::invalid(Cause::of(e))),
    }
}

/// The same, where somebody asks whether there is a result.
fn queried<'a>(
    expression: Option<&'a Expression>,
    value: &'a Value,
    look: Option<&Look>,
) -> Result<Cow<'a, Value>, Failure> {
    let shown = query(expression, value)?;
    if let Some(look) = look.filter(|_| expression.is_some()) {
        look.queried(&shown);
    }
    Ok(shown)
}

fn print_pages(call: &OperationCall, pages: &mut Pages, format: Format, look: Option<&Look>) -> Result<(), Failure> {
    let cx = call.cx;
    let pager = cx.pager()?;
    let table = cx.table_options();
    let title = call.operation.name();
    let expression = cx.globals.query.as_ref();
    let write = |out: &mut dyn Write, value: &Value| -> Result<(), Failure> {
        oxaws_output::write(out, format, title, value, &table)?;
        out.flush()?;
        Ok(())
    };
    let paths = if is_looked_at(call) || look.is_some() { None } else { pages.list_paths() }.unwrap_or_default();
    let mut streamed = Streamed::new(format, expression, &paths);
    let hooks = |page: &mut Value| run_reply_hooks(call, page, look).map_err(MergeError::Hook);
    match format {
        Format::Off => {
            let mut nobody = Nobody;
            while let Some(page) = pages.next_without_lists(&paths, &mut nobody, hooks)? {
                if look.is_some_and(Look::asks_for_matches) {
                    queried(expression, &page, look)?;
                }
            }
            Ok(())
        }
        Format::Text | Format::YamlStream => cx.ui.formatted(format, pager.as_deref(), |out| {
            let mut first = true;
            loop {
                let page = match &mut streamed {
                    Some(streamed) => pages.next_without_lists(&paths, streamed, hooks)?,
                    None => pages.next_whole(hooks)?,
                };
                let Some(page) = page else { break };
                let shown = match format {
                    Format::Text => Value::Map(pages.result_part(page, std::mem::take(&mut first))?),
                    _ => page,
                };
                match &mut streamed {
                    Some(streamed) => {
                        streamed.write(out, &shown)?;
                        streamed.next_page();
                    }
                    None if format == Format::Text => {
                        oxaws_output::text::write_text(out, queried(expression, &shown, look)?.as_ref())?;
                    }
                    None => oxaws_output::yaml::write_stream_page(out, queried(expression, &shown, look)?.as_ref())?,
                }
                out.flush()?;
                if pages.is_at_end() {
                    leave_to_the_system(shown);
                }
            }
            if let (Format::Text, Some(token)) = (format, pages.resume_token()) {
                let inner: Map = [("NextToken", Value::from(token))].into_iter().collect();
                let shown: Map = [("NextToken", Value::Map(inner))].into_iter().collect();
                write(out, query(expression, &Value::Map(shown))?.as_ref())?;
            }
            Ok(())
        }),
        Format::Json | Format::Yaml | Format::Table => {
            if let Some(mut streamed) = streamed {
                let rest = Value::Map(pages.merge_without_lists(&paths, &mut streamed, hooks)?);
                return cx.ui.formatted(format, pager.as_deref(), |out| streamed.write(out, &rest));
            }
            let merged = Value::Map(pages.merge(hooks)?);
            let shown = queried(expression, &merged, look)?;
            cx.ui.formatted(format, pager.as_deref(), |out| write(out, &shown))?;
            drop(shown);
            leave_to_the_system(merged);
            Ok(())
        }
    }
}

/// Wants no element: nothing is printed.
struct Nobody;

impl PageLists for Nobody {
    fn element(&mut self, _list: usize, _element: &mut Value) {}

    fn settle(&mut self, _list: usize, _keep: bool) {}
}

/// What can go wrong while pages are merged.
#[derive(Debug)]
enum MergeError {
    Hook(Failure),
    Call(oxaws_client::CallError),
}

impl From<oxaws_client::CallError> for MergeError {
    fn from(e: oxaws_client::CallError) -> Self {
        MergeError::Call(e)
    }
}

impl From<MergeError> for Failure {
    fn from(e: MergeError) -> Failure {
        match e {
            MergeError::Hook(failure) => failure,
            MergeError::Call(error) => error.into(),
        }
    }
}

/// Writes a streaming reply to the file `path`, which gets the permissions of any new file, as in the CLI.
fn save(stream: &mut dyn Read, path: &str) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create(true).truncate(true).open(path);
    let mut file = opened.map_err(|e| Failure::file(e, path))?;
    let mut block = vec![0u8; BLOCK];
    loop {
        let n = stream.read(&mut block).map_err(Failure::reading)?;
        if n == 0 {
            return Ok(());
        }
        file.write_all(&block[..n]).map_err(Failure::file_bare)?;
    }
}

impl Context<'_> {
    /// The output format: `--output`, else the configuration's.
    ///
    /// # Errors
    /// For a name that is none (255).
    pub fn output_format(&self) -> Result<Format, Failure> {
        let name = match &self.globals.output {
            Some(name) => name.clone(),
            None => self.session.config()?.text("output")?.unwrap_or_else(|| "json".into()),
        };
        Format::from_name(&name).ok_or_else(|| Failure::setting(format!("Unknown output type: {name}")))
    }

    /// The pager's command line, where one is set.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn pager(&self) -> Result<Option<String>, Failure> {
        // Asked only where it could be used: most output goes to a pipe.
        if self.globals.no_pager || !self.ui.is_terminal() {
            return Ok(None);
        }
        Ok(self.session.config()?.text("cli_pager")?)
    }

    /// How tables are drawn.
    pub fn table_options(&self) -> TableOptions {
        let colour = match self.globals.color.as_str() {
            "on" => true,
            "off" => false,
            _ => self.ui.is_terminal(),
        };
        TableOptions { width: self.ui.width(), colour, visible: self.ui.is_terminal() }
    }

    /// How blobs are typed: `base64` or `raw-in-base64-out`.
    ///
    /// # Errors
    /// For an unknown name in the configuration (255).
    pub fn binary_format(&self) -> Result<String, Failure> {
        let name = match &self.globals.binary_format {
            Some(name) => name.clone(),
            None => self.session.config()?.text("cli_binary_format")?.unwrap_or_else(|| "base64".into()),
        };
        match name.as_str() {
            "base64" | "raw-in-base64-out" => Ok(name),
            _ => Err(Failure::setting(oxaws_python::repr_str(&name))),
        }
    }
}
