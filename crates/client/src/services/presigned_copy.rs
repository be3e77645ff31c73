//! Copies between regions of EC2, RDS and its relatives: the request carries a URL that is signed for the other region.

use super::form;
use crate::error::CallError;
use crate::state::CallState;
use crate::types::outgoing::Outgoing;
use crate::types::signing::Signing;

/// Seconds that the URL is good for.
const EXPIRES: i64 = 3600;

type Form = Vec<(String, String)>;

/// EC2's CopySnapshot: it always names its source's region.
///
/// # Errors
/// When the URL can't be signed.
pub(super) fn ec2(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<(), CallError> {
    let mut form = form::pairs(outgoing.source.bytes());
    if value(&form, "PresignedUrl").is_some() {
        return Ok(());
    }
    let source = value(&form, "SourceRegion").unwrap_or_default().to_owned();
    let url = cross_region_url(state, outgoing, signing, form.clone(), &source)?;
    form.push(("PresignedUrl".into(), url));
    set(&mut form, "DestinationRegion", destination(state));
    outgoing.set_body(oxaws_python::form_encode(&form).into_bytes());
    Ok(())
}

/// RDS, Neptune and DocumentDB: without a source's region the copy stays where it is. The service itself doesn't know
/// that parameter.
///
/// # Errors
/// When the URL can't be signed.
pub(super) fn rds(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<(), CallError> {
    let mut form = form::pairs(outgoing.source.bytes());
    let Some(source) = value(&form, "SourceRegion").map(str::to_owned) else { return Ok(()) };
    form.retain(|(name, _)| name != "SourceRegion");
    if value(&form, "PreSignedUrl").is_none() {
        let url = cross_region_url(state, outgoing, signing, form.clone(), &source)?;
        form.push(("PreSignedUrl".into(), url));
    }
    outgoing.set_body(oxaws_python::form_encode(&form).into_bytes());
    Ok(())
}

fn cross_region_url(
    state: &CallState,
    outgoing: &Outgoing,
    signing: &Signing,
    mut form: Form,
    source: &str,
) -> Result<String, CallError> {
    let here = destination(state);
    set(&mut form, "DestinationRegion", here);
    let query: Vec<String> = form
        .iter()
        .map(|(k, v)| {
            format!("{}={}", oxaws_python::percent_encode(k, b"-._~"), oxaws_python::percent_encode(v, b"-._~"))
        })
        .collect();
    // The regions' hosts differ in their names only.
    let there = |text: &str| if here.is_empty() { text.to_owned() } else { text.replace(here, source) };
    let (authority, path) = (there(&outgoing.authority), there(&outgoing.path));
    let mut request = Outgoing::new("GET", &outgoing.scheme, authority, path);
    request.query = query.join("&");
    (state.again.presign)(state, &request, signing, Some(source).filter(|s| !s.is_empty()), EXPIRES)
}

/// The client's own region.
fn destination<'a>(state: &'a CallState) -> &'a str {
    state.client.signing_region.as_deref().unwrap_or_default()
}

fn value<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
}

fn set(form: &mut Form, name: &str, value: &str) {
    match form.iter_mut().find(|(k, _)| k == name) {
        Some((_, old)) => value.clone_into(old),
        None => form.push((name.to_owned(), value.to_owned())),
    }
}
