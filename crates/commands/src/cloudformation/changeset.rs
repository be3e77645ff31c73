//! A change set: made, waited for, executed.

use super::template::{self};
use crate::shared::archive::Temporary;
use crate::shared::uploader::Uploader;
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, CallInput};
use oxaws_python::Timestamp;
use oxaws_value::{Map, Value};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How often a change set is looked at, and how many times.
const DELAY: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 120;

/// What is to be deployed.
pub struct Deployment<'a> {
    /// What is around the command.
    pub cx: &'a Context<'a>,
    /// The stack.
    pub stack: &'a str,
    /// The template's text.
    pub template: String,
    /// A value for each of its parameters.
    pub parameters: Vec<Map>,
    /// What it may do.
    pub capabilities: Vec<Value>,
    /// The role that does it.
    pub role: Option<&'a str>,
    /// Topics that hear of it.
    pub topics: Option<Vec<Value>>,
    /// Where the template is put, where it isn't sent along.
    pub uploader: Option<Uploader<'a>>,
    /// Tags.
    pub tags: Vec<Value>,
}

/// A change set that was made.
pub struct ChangeSet {
    /// Its id.
    pub id: Value,
    /// The stack is new.
    pub creates: bool,
}

/// How waiting for a change set ended.
pub enum Outcome {
    /// It is ready.
    Ready,
    /// There is nothing to change.
    Empty,
}

impl Deployment<'_> {
    /// What is said when there is nothing to change.
    pub fn empty_text(&self) -> String {
        format!("No changes to deploy. Stack {} is up to date", self.stack)
    }

    fn call(&self, operation: &str, params: Map) -> Result<Map, CallError> {
        reply::call(self.cx, "cloudformation", operation, params)
    }

    fn stack_exists(&self) -> Result<bool, Failure> {
        let described = self.call("DescribeStacks", reply::params([("StackName", Value::from(self.stack))]));
        let reply = match described {
            Ok(reply) => reply,
            Err(CallError::Service(failure))
                if failure.to_string().contains(&format!("Stack with id {} does not exist", self.stack)) =>
            {
                return Ok(false);
            }
            Err(other) => return Err(other.into()),
        };
        let stacks = reply::member(&reply, "Stacks")?.as_list().unwrap_or_default();
        let [Value::Map(stack)] = stacks else { return Ok(false) };
        // A stack for which a change set was made but never executed can't be updated.
        Ok(reply::text(stack, "StackStatus")? != "REVIEW_IN_PROGRESS")
    }

    /// Makes a change set.
    ///
    /// # Errors
    /// Those of the calls, and of the template's upload.
    pub fn create(&self) -> Result<ChangeSet, Failure> {
        let now = self.cx.world.now();
        let micros = u32::try_from(now.nanos.rem_euclid(1_000_000_000) / 1000).unwrap_or(0);
        let moment = Timestamp { seconds: now.secs(), micros, offset: None };
        let creates = !self.stack_exists()?;
        let keeps = |p: &Map| p.contains_key("UsePreviousValue");
        let parameters: Vec<Value> = if creates {
            self.parameters.iter().filter(|p| !keeps(p)).cloned().map(Value::Map).collect()
        } else {
            let summary = self.call("GetTemplateSummary", reply::params([("StackName", Value::from(self.stack))]))?;
            let known: Vec<&Value> = reply::member(&summary, "Parameters")?
                .as_list()
                .unwrap_or_default()
                .iter()
                .filter_map(|p| p.get("ParameterKey"))
                .collect();
            let is_new = |p: &&Map| keeps(p) && !p.get("ParameterKey").is_some_and(|k| known.contains(&k));
            self.parameters.iter().filter(|p| !is_new(p)).cloned().map(Value::Map).collect()
        };
        let name = format!("awscli-cloudformation-package-deploy-{}", now.secs());
        let mut params = reply::params([("ChangeSetName", Value::from(name)), ("StackName", Value::from(self.stack))]);
        if self.uploader.is_none() {
            params.insert("TemplateBody", self.template.as_str());
        }
        params.insert("ChangeSetType", if creates { "CREATE" } else { "UPDATE" });
        params.insert("Parameters", Value::List(parameters));
        params.insert("Capabilities", Value::List(self.capabilities.clone()));
        params.insert("Description", format!("Created by AWS CLI at {} UTC", moment.isoformat()));
        params.insert("Tags", Value::List(self.tags.clone()));
        if let Some(uploader) = &self.uploader {
            params.insert("TemplateURL", upload_template(self.cx, uploader, &self.template)?);
        }
        if let Some(role) = self.role {
            params.insert("RoleARN", role);
        }
        if let Some(topics) = &self.topics {
            params.insert("NotificationARNs", Value::List(topics.clone()));
        }
        let reply = self.call("CreateChangeSet", params)?;
        Ok(ChangeSet { id: reply::member(&reply, "Id")?.clone(), creates })
    }

    /// Waits until a change set is ready.
    ///
    /// # Errors
    /// When it never is.
    pub fn wait_for(&self, set: &ChangeSet) -> Result<Outcome, Failure> {
        self.cx.ui.text("\nWaiting for changeset to be created..\n")?;
        let params = reply::params([("ChangeSetName", set.id.clone()), ("StackName", Value::from(self.stack))]);
        let mut attempt = 1;
        let (why, reply) = loop {
            let reply = match self.call("DescribeChangeSet", params.clone()) {
                Ok(reply) => reply,
                // The AWS CLI looks for the status in the error's answer, and doesn't find it.
                Err(CallError::Service(_)) => return Err(reply::missing("Status")),
                Err(other) => return Err(other.into()),
            };
            match reply.get("Status").and_then(Value::as_str) {
                Some("CREATE_COMPLETE") => return Ok(Outcome::Ready),
                Some("FAILED") => {
                    let why = "Waiter encountered a terminal failure state: For expression \"Status\" we matched expected \
                               path: \"FAILED\"";
                    break (why, reply);
                }
                _ if attempt >= ATTEMPTS => break ("Max attempts exceeded", reply),
                _ => {}
            }
            attempt += 1;
            self.cx.world.sleep(DELAY);
            if self.cx.session.cancel().is_cancelled() {
                return Err(Failure::Interrupted);
            }
        };
        let status = reply::text(&reply, "Status")?;
        let reason = reply::text(&reply, "StatusReason")?;
        let unchanged = status == "FAILED" && reason.contains("The submitted information didn't contain changes.");
        if unchanged || reason.contains("No updates are to be performed") {
            return Ok(Outcome::Empty);
        }
        Err(Failure::wait_failed(format!(
            "Failed to create the changeset: Waiter ChangeSetCreateComplete failed: {why} Status: {status}. Reason: {reason}"
        )))
    }

    /// Executes a change set and waits for the stack.
    ///
    /// # Errors
    /// When the stack can't be made or updated.
    pub fn execute(&self, set: &ChangeSet, disable_rollback: bool) -> Result<(), Failure> {
        self.call(
            "ExecuteChangeSet",
            reply::params([
                ("ChangeSetName", set.id.clone()),
                ("StackName", Value::from(self.stack)),
                ("DisableRollback", Value::Bool(disable_rollback)),
            ]),
        )?;
        self.cx.ui.line("Waiting for stack create/update to complete")?;
        let name = if set.creates { "StackCreateComplete" } else { "StackUpdateComplete" };
        let operation = reply::operation_of(self.cx, "cloudformation", "DescribeStacks")?;
        let waiter = operation.service().waiters().find(|w| w.name() == name);
        let waiter = waiter.ok_or_else(|| Failure::bug(format!("Waiter does not exist: {name}")))?;
        let input = CallInput::new(reply::params([("StackName", Value::from(self.stack))]));
        match oxaws_client::wait(self.cx.session, waiter, operation, input) {
            Err(error @ CallError::Waiter(_)) => {
                let text = format!(
                    "Failed to create/update the stack. Run the following command\nto fetch the list of events leading \
                     up to the failure\naws cloudformation describe-stack-events --stack-name {}",
                    self.stack
                );
                Err(Failure::framed(text, error))
            }
            other => Ok(other?),
        }
    }
}

/// Puts a template's text into the bucket; returns its HTTPS URL.
///
/// # Errors
/// When that can't be done.
pub fn upload_template(cx: &Context, uploader: &Uploader, text: &str) -> Result<String, Failure> {
    let file = Temporary::named(cx.world, &oxaws_env::uuid4(cx.world));
    let failed = |e: std::io::Error| Failure::from(e);
    file.create().and_then(|mut f| f.write_all(text.as_bytes())).map_err(failed)?;
    let url = uploader.upload_by_content(file.path(), Some("template")).map_err(|e| e.into_failure(file.path()))?;
    let key = url.strip_prefix(&format!("s3://{}/", uploader.bucket)).unwrap_or(&url);
    uploader.path_style_url(key).map_err(|e| e.into_failure(Path::new("")))
}

/// A value for each parameter of a template: the override, or the one that the stack has.
///
/// # Errors
/// When the template is no map.
pub fn parameters(template: &oxaws_yaml::Node, overrides: &Map) -> Result<Vec<Map>, Failure> {
    use oxaws_yaml::Node;
    let Node::Map(_) = template else { return Err(template::no_map(template, "get")) };
    let Some(Node::Map(entries)) = template.get("Parameters") else { return Ok(Vec::new()) };
    let of = |key: &Node| {
        let name = match key {
            Node::Text(name) => Value::from(name.as_str()),
            other => other.to_value().unwrap_or_default(),
        };
        let found = name.as_str().and_then(|n| overrides.get(n)).cloned();
        let mut parameter = reply::params([("ParameterKey", name)]);
        match found {
            Some(value) => parameter.insert("ParameterValue", value),
            None => parameter.insert("UsePreviousValue", true),
        };
        parameter
    };
    Ok(entries.iter().map(|(key, _)| of(key)).collect())
}
