//! The account and the role that a profile of IAM Identity Center stands for, chosen among those that the user has.

use super::sso_settings::Answers;
use oxaws_cli::written::{prompt, reply};
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions, Session};
use oxaws_value::{Map, Value};

/// Account and role, as far as the service showed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) account: Option<String>,
    pub(super) role: Option<String>,
}

/// Asks the service for what there is, and the user where there is a choice. Answers go into the profile's.
pub(super) fn choose(
    cx: &Context,
    session: &Session,
    options: &ClientOptions,
    token: &str,
    answers: &mut Answers,
) -> Result<Chosen, Failure> {
    let mut chosen = Chosen::default();
    match both(cx, session, options, token, answers, &mut chosen) {
        Err(Stop::Unauthorized) => cx.ui.text(
            "Unable to list AWS accounts and/or roles. Skipping configuring AWS credential provider for profile.\n",
        )?,
        Err(Stop::Failed(failure)) => return Err(failure),
        Ok(()) => {}
    }
    Ok(chosen)
}

enum Stop {
    /// The token isn't one for accounts.
    Unauthorized,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match &error {
            CallError::Service(failure) if failure.code() == "UnauthorizedException" => Stop::Unauthorized,
            _ => Stop::Failed(error.into()),
        }
    }
}

fn both(
    cx: &Context,
    session: &Session,
    options: &ClientOptions,
    token: &str,
    answers: &mut Answers,
    chosen: &mut Chosen,
) -> Result<(), Stop> {
    let token = ("accessToken", Value::from(token));
    let accounts = all(session, options, "ListAccounts", reply::params([token.clone()]), "accountList")?;
    let account = account(cx, &accounts)?;
    cx.ui.line(&format!("Using the account ID {account}"))?;
    answers.set("sso_account_id", &account);
    chosen.account = Some(account.clone());
    let params = reply::params([("accountId", account.as_str().into()), token]);
    let roles = all(session, options, "ListAccountRoles", params, "roleList")?;
    let role = role(cx, &roles, &account)?;
    cx.ui.line(&format!("Using the role name \"{role}\""))?;
    answers.set("sso_role_name", &role);
    chosen.role = Some(role);
    Ok(())
}

/// The items of all pages.
fn all(
    session: &Session,
    options: &ClientOptions,
    operation: &str,
    mut params: Map,
    list: &str,
) -> Result<Vec<Map>, CallError> {
    let mut items = Vec::new();
    loop {
        let page = session.call_named("sso", operation, params.clone(), options)?.value;
        items.extend(reply::list(&page, list).iter().filter_map(Value::as_map).cloned());
        match page.get("nextToken").and_then(Value::as_str).filter(|t| !t.is_empty()) {
            // A service that gives the same token again would go on for ever.
            Some(next) if params.get("nextToken").and_then(Value::as_str) != Some(next) => {
                params.insert("nextToken", next);
            }
            _ => return Ok(items),
        }
    }
}

fn account(cx: &Context, accounts: &[Map]) -> Result<String, Failure> {
    let id = |account: &Map| reply::text(account, "accountId").map(str::to_owned);
    match accounts {
        [] => Err(Failure::failed("No AWS accounts are available to you.")),
        [only] => {
            let id = id(only)?;
            cx.ui.line(&format!("The only AWS account available to you is: {id}"))?;
            Ok(id)
        }
        _ => {
            cx.ui.line(&format!("There are {} AWS accounts available to you.", accounts.len()))?;
            let mut sorted: Vec<&Map> = accounts.iter().collect();
            sorted.sort_by_key(|a| account_order(a));
            let shown: Vec<String> = sorted.iter().map(|a| shown_account(a)).collect();
            id(sorted[prompt::choice(cx, &shown)?])
        }
    }
}

fn account_text<'a>(account: &'a Map, key: &str) -> Option<&'a str> {
    account.get(key).and_then(Value::as_str)
}

/// Accounts without name and address come last.
fn account_order(account: &Map) -> (bool, String) {
    let named = ["accountName", "emailAddress"].iter().find_map(|key| account_text(account, key));
    let text = named.or_else(|| account_text(account, "accountId")).unwrap_or_default();
    (named.is_none(), text.to_lowercase())
}

fn shown_account(account: &Map) -> String {
    let id = account_text(account, "accountId").unwrap_or_default();
    match (account_text(account, "accountName"), account_text(account, "emailAddress")) {
        (None, None) => id.to_owned(),
        (Some(one), None) | (None, Some(one)) => format!("{one} ({id})"),
        (Some(name), Some(address)) => format!("{name}, {address} ({id})"),
    }
}

fn role(cx: &Context, roles: &[Map], account: &str) -> Result<String, Failure> {
    let mut names = Vec::with_capacity(roles.len());
    for role in roles {
        names.push(reply::text(role, "roleName")?.to_owned());
    }
    match &names[..] {
        [] => Err(Failure::failed(format!("No roles are available for the account {account}"))),
        [only] => {
            cx.ui.line(&format!("The only role available to you is: {only}"))?;
            Ok(only.clone())
        }
        _ => {
            cx.ui.line(&format!("There are {} roles available to you.", names.len()))?;
            names.sort_by_key(|n| n.to_lowercase());
            Ok(names.swap_remove(prompt::choice(cx, &names)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_shown_and_sorted() {
        let account = |name: Option<&str>, address: Option<&str>| {
            let mut map = reply::params([("accountId", "1".into())]);
            if let Some(name) = name {
                map.insert("accountName", name);
            }
            if let Some(address) = address {
                map.insert("emailAddress", address);
            }
            map
        };
        assert_eq!(shown_account(&account(Some("n"), Some("a@x"))), "n, a@x (1)");
        assert_eq!(shown_account(&account(None, Some("a@x"))), "a@x (1)");
        assert_eq!(shown_account(&account(None, None)), "1");
        assert!(account_order(&account(Some("Zed"), None)) < account_order(&account(None, None)));
        assert!(account_order(&account(None, Some("B"))) < account_order(&account(Some("c"), None)));
    }
}
