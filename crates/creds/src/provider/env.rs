//! `env`: AWS_ACCESS_KEY_ID and its companions.

use crate::{Context, Credentials, CredsError, Loaded, Moment, Provider, Refresh};
use oxaws_env::var;

/// Credentials from the environment. An access key starts it; a secret key alone is nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Env;

const METHOD: &str = "env";

impl Provider for Env {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        if set(context, var::AWS_ACCESS_KEY_ID).is_none() {
            return Ok(None);
        }
        let credentials = match read(context) {
            // An end without an offset is stumbled over only when it is compared with the clock.
            Err(error) if error.to_string() == Moment::NO_OFFSET => return Ok(Some(Loaded::deferred(METHOD, Env))),
            other => other?,
        };
        Ok(Some(match credentials.expiration {
            Some(_) => Loaded::refreshable(credentials, Env),
            None => Loaded::fixed(credentials),
        }))
    }
}

/// The environment can't change here, so credentials near their end only show that they are past.
impl Refresh for Env {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        read(context)
    }
}

/// A variable that isn't empty.
fn set(context: &Context<'_>, name: &str) -> Option<String> {
    context.world.var(name).filter(|v| !v.is_empty())
}

fn read(context: &Context<'_>) -> Result<Credentials, CredsError> {
    let required =
        |name: &str| set(context, name).ok_or_else(|| CredsError::Partial { provider: METHOD, missing: name.into() });
    Ok(Credentials {
        access_key_id: required(var::AWS_ACCESS_KEY_ID)?,
        secret_access_key: required(var::AWS_SECRET_ACCESS_KEY)?,
        // The older name comes first.
        session_token: set(context, var::AWS_SECURITY_TOKEN).or_else(|| set(context, var::AWS_SESSION_TOKEN)),
        account_id: set(context, var::AWS_ACCOUNT_ID),
        expiration: set(context, var::AWS_CREDENTIAL_EXPIRATION).map(|t| Moment::parse(&t)).transpose()?,
        method: METHOD,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn keys(stage: Stage) -> Stage {
        stage.var("AWS_ACCESS_KEY_ID", "AK").var("AWS_SECRET_ACCESS_KEY", "SK")
    }
    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        stage.run(|c| Env.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn keys_and_tokens() {
        let c = found(&keys(Stage::new()).var("AWS_SESSION_TOKEN", "t").var("AWS_ACCOUNT_ID", "1")).unwrap().unwrap();
        assert_eq!((c.access_key_id.as_str(), c.secret_access_key.as_str()), ("AK", "SK"));
        assert_eq!((c.session_token.as_deref(), c.account_id.as_deref(), c.method), (Some("t"), Some("1"), "env"));
        let c = found(&keys(Stage::new()).var("AWS_SESSION_TOKEN", "t").var("AWS_SECURITY_TOKEN", "old"));
        assert_eq!(c.unwrap().unwrap().session_token.as_deref(), Some("old"));
    }

    #[test]
    fn one_of_two() {
        let partial = Err("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY".to_owned());
        assert_eq!(found(&Stage::new().var("AWS_ACCESS_KEY_ID", "AK")), partial);
        assert_eq!(found(&Stage::new().var("AWS_ACCESS_KEY_ID", "AK").var("AWS_SECRET_ACCESS_KEY", "")), partial);
        assert_eq!(found(&Stage::new().var("AWS_SECRET_ACCESS_KEY", "SK")), Ok(None));
        assert_eq!(found(&Stage::new().var("AWS_ACCESS_KEY_ID", "").var("AWS_SECRET_ACCESS_KEY", "")), Ok(None));
    }

    #[test]
    fn expiration() {
        let at = |end: &str| found(&keys(Stage::new()).var("AWS_CREDENTIAL_EXPIRATION", end));
        assert!(at("2099-01-01T00:00:00Z").unwrap().is_some());
        assert_eq!(
            at("1960-01-01T00:00:00Z"),
            Err("Credentials were refreshed, but the refreshed credentials are still expired.".into())
        );
        assert_eq!(at("soon"), Err("Unknown string format: soon".into()));
    }
}
