//! What the commands for on-premises instances have in common.

use oxaws_cli::plug::registry::CommandCall;
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_failure::Class;
use oxaws_value::{Map, Value};

/// Characters that a name may have.
const MAX_NAME: usize = 100;

/// Settings of the calls: CodeDeploy's are the command line's, IAM's keep to the configured endpoint.
pub struct Calls<'a> {
    /// The command's call.
    pub call: &'a CommandCall<'a>,
    /// The region.
    pub region: String,
}

impl<'a> Calls<'a> {
    /// Checks region and name, and makes the clients.
    ///
    /// # Errors
    /// When one is missing or bad.
    pub fn new(call: &'a CommandCall<'a>, check: impl FnOnce() -> Result<(), Failure>) -> Result<Calls<'a>, Failure> {
        let cx = call.cx;
        let typed = cx.globals.region.clone().filter(|r| !r.is_empty());
        let region = match typed {
            Some(region) => Some(region),
            None => cx.session.config()?.region()?.filter(|r| !r.is_empty()),
        };
        let region = region.ok_or_else(|| Failure::configuration("Region not specified."))?;
        check_name(call.args.word("instance_name").unwrap_or_default())?;
        check()?;
        let calls = Calls { call, region };
        reply::make_client(cx, "codedeploy")?;
        let iam = reply::operation_of(cx, "iam", "CreateUser")?;
        cx.session.client_with(iam.service(), &calls.iam_options())?;
        Ok(calls)
    }

    /// Settings of the calls to IAM.
    pub fn iam_options(&self) -> ClientOptions {
        ClientOptions { region: Some(self.region.clone()), configured_endpoint: true, ..ClientOptions::default() }
    }

    /// Calls CodeDeploy.
    pub fn codedeploy(&self, operation: &str, params: Map) -> Result<Map, CallError> {
        reply::call(self.call.cx, "codedeploy", operation, params)
    }

    /// Calls IAM.
    pub fn iam(&self, operation: &str, params: Map) -> Result<Map, CallError> {
        reply::call_with(self.call.cx, "iam", operation, params, &self.iam_options())
    }

    /// The instance's name.
    pub fn name(&self) -> Value {
        Value::from(self.call.args.word("instance_name").unwrap_or_default())
    }

    /// Says what is being done.
    pub fn say(&self, text: &str) -> Result<(), Failure> {
        self.call.cx.ui.text(text)
    }

    /// The end of a command whose steps failed on the way.
    pub fn end(&self, outcome: Result<(), Failure>, verb: &str) -> Result<Exit, Failure> {
        let failure = match outcome {
            Ok(()) => return Ok(Exit::Success),
            Err(stop @ (Failure::Interrupted | Failure::ClosedPipe)) => return Err(stop),
            Err(failure) => failure,
        };
        let text = match &failure {
            Failure::NoCredentials => "Unable to locate credentials".to_owned(),
            other => other.message(),
        };
        self.call.cx.ui.warn_plain(&format!(
            "ERROR\n{text}\n{verb} the on-premises instance by following the instructions in \"Configure Existing \
             On-Premises Instances by Using AWS CodeDeploy\" in the AWS CodeDeploy User Guide."
        ));
        Err(Failure::Written { exit: Exit::General, class: Class::Failed })
    }
}

fn check_name(name: &str) -> Result<(), Failure> {
    let refuse = |text: &str| Err(Failure::validation(text.to_owned()));
    if name.is_empty() {
        return Ok(());
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)) {
        return refuse("Instance name contains invalid characters.");
    }
    if name.starts_with("i-") {
        return refuse("Instance name cannot start with 'i-'.");
    }
    if name.len() > MAX_NAME {
        return refuse("Instance name cannot be longer than 100 characters.");
    }
    Ok(())
}

/// Whether a text is the ARN of an IAM user.
pub fn is_user_arn(arn: &str) -> bool {
    let Some((account, name)) = arn.strip_prefix("arn:aws:iam::").and_then(|r| r.split_once(":user/")) else {
        return false;
    };
    account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "/+=,.@_-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_arns() {
        assert!(check_name("web-1.x@y").is_ok());
        for bad in ["a b", "i-1", &"a".repeat(101)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert!(is_user_arn("arn:aws:iam::123456789012:user/AWS/CodeDeploy/n"));
        assert!(!is_user_arn("arn:aws:iam::1:user/n") && !is_user_arn("arn:aws:iam::123456789012:user/"));
    }
}
