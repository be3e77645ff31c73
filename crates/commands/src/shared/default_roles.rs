//! Roles that a command makes for a service: looked for first, made with a managed policy attached.

use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_value::{Map, Value};

/// IAM, as a command calls it.
pub struct Roles<'a> {
    /// What is around the command.
    pub cx: &'a Context<'a>,
    /// Settings of the calls.
    pub options: ClientOptions,
}

/// A role that was made.
#[derive(Debug)]
pub struct Made {
    /// The role, as IAM describes it.
    pub role: Value,
    /// The document of the policy that was attached.
    pub policy: Value,
}

impl Roles<'_> {
    fn call<const N: usize>(&self, operation: &str, params: [(&str, &str); N]) -> Result<Map, CallError> {
        let params = reply::params(params.map(|(name, text)| (name, Value::from(text))));
        reply::call_with(self.cx, "iam", operation, params, &self.options)
    }

    /// Whether what the operation asks for is there.
    fn exists(&self, operation: &str, params: [(&str, &str); 1]) -> Result<bool, Failure> {
        match self.call(operation, params) {
            Ok(_) => Ok(true),
            Err(CallError::Service(failure)) if failure.code() == "NoSuchEntity" => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// Whether there is a role of this name.
    ///
    /// # Errors
    /// Those of the call.
    pub fn has_role(&self, name: &str) -> Result<bool, Failure> {
        self.exists("GetRole", [("RoleName", name)])
    }

    /// Whether there is a policy of this ARN.
    ///
    /// # Errors
    /// Those of the call.
    pub fn has_policy(&self, arn: &str) -> Result<bool, Failure> {
        self.exists("GetPolicy", [("PolicyArn", arn)])
    }

    /// Whether there is an instance profile of this name.
    ///
    /// # Errors
    /// Those of the call.
    pub fn has_profile(&self, name: &str) -> Result<bool, Failure> {
        self.exists("GetInstanceProfile", [("InstanceProfileName", name)])
    }

    /// Makes a role that the services of the `trust` document may assume, with a managed policy.
    ///
    /// # Errors
    /// Those of the calls.
    pub fn make(&self, name: &str, trust: &str, policy: &str) -> Result<Made, Failure> {
        let made = self.call("CreateRole", [("RoleName", name), ("AssumeRolePolicyDocument", trust)])?;
        self.call("AttachRolePolicy", [("PolicyArn", policy), ("RoleName", name)])?;
        let found = self.call("GetPolicy", [("PolicyArn", policy)])?;
        let version = reply::text(reply::structure(&found, "Policy")?, "DefaultVersionId")?;
        let found = self.call("GetPolicyVersion", [("PolicyArn", policy), ("VersionId", version)])?;
        let document = reply::member(reply::structure(&found, "PolicyVersion")?, "Document")?;
        Ok(Made { role: reply::member(&made, "Role")?.clone(), policy: document.clone() })
    }

    /// Makes an instance profile that holds the role of its own name.
    ///
    /// # Errors
    /// Those of the calls.
    pub fn make_profile(&self, name: &str) -> Result<(), Failure> {
        self.call("CreateInstanceProfile", [("InstanceProfileName", name)])?;
        self.call("AddRoleToInstanceProfile", [("InstanceProfileName", name), ("RoleName", name)])?;
        Ok(())
    }
}
