//! `aws deploy push`: zips a revision, uploads it, and registers it.

use crate::shared::archive::{self, Temporary, Walk};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_env::absolute;
use oxaws_python::Timestamp;
use oxaws_transfer::{AbortedBy, FileUpload, FileUploadError, upload_file};
use oxaws_value::{Map, Value};
use std::path::Path;

/// Bytes from which on a revision is sent in parts, and of each part.
const PART: u64 = 6 << 20;

/// The command.
pub static PUSH: Command = Command {
    name: "push",
    options: &[
        Opt::value("application-name", "The application of the revision.").required(),
        Opt::value("s3-location", "Where the revision is put: s3://BUCKET/KEY.").required(),
        Opt::flag("ignore-hidden-files", "Leaves out what begins with a dot."),
        Opt::flag("no-ignore-hidden-files", "Takes what begins with a dot too (the default)."),
        Opt::value("source", "The folder to push, with its appspec.yml; the current one unless given."),
        Opt::value("description", "A comment on the revision."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Bundles a folder as a revision of an application, uploads it and registers it with AWS CodeDeploy.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let location = args.word("s3_location").unwrap_or_default();
    let place = split(location);
    let (bucket, key) = match place {
        Some(place) => place,
        None if location.is_empty() => ("", ""),
        None => {
            return Err(Failure::validation(
                "--s3-location must specify the Amazon S3 URL format as s3://<bucket>/<key>.",
            ));
        }
    };
    let skip_hidden = args.flag("ignore_hidden_files") == Some(true);
    if skip_hidden && args.flag("no_ignore_hidden_files") == Some(true) {
        return Err(Failure::validation("You cannot specify both --ignore-hidden-files and --no-ignore-hidden-files."));
    }
    let description = match args.word("description").filter(|d| !d.is_empty()) {
        Some(text) => text.to_owned(),
        None => {
            let now = cx.world.now();
            let micros = u32::try_from(now.nanos.rem_euclid(1_000_000_000) / 1000).unwrap_or(0);
            let moment = Timestamp { seconds: now.secs(), micros, offset: None };
            format!("Uploaded by AWS CLI {} UTC", moment.isoformat())
        }
    };
    reply::make_client(cx, "codedeploy")?;
    let options = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
    let put = reply::operation_of(cx, "s3", "PutObject")?;
    cx.session.client_with(put.service(), &options)?;
    let source = args.word("source").unwrap_or(".");
    let folder = absolute(cx.world, source)?;
    let files = archive::files(&folder, Walk { follow_links: false, skip_hidden })?;
    let zip = Temporary::named(cx.world, &format!("{}.zip", oxaws_env::uuid4(cx.world)));
    archive::write(zip.create()?, &folder, &files)?;
    if !files.iter().any(|f| f == Path::new("appspec.yml")) {
        return Err(Failure::input_file(format!("{}/appspec.yml was not found", folder.display())));
    }
    let object = reply::params([("Bucket", Value::from(bucket)), ("Key", Value::from(key))]);
    let uploaded = upload(call, &object, zip.path(), &options).map_err(|failure| match failure {
        stop @ (Failure::Interrupted | Failure::ClosedPipe) => stop,
        other => {
            let text = match &other {
                Failure::NoCredentials => "Unable to locate credentials".to_owned(),
                other => other.message(),
            };
            Failure::framed(format!("Failed to upload '{source}' to '{location}': {text}"), other)
        }
    })?;
    let etag = reply::text(&uploaded, "ETag")?.replace('"', "");
    let version = uploaded.get("VersionId").and_then(Value::as_str);
    let mut s3_location = reply::params([
        ("bucket", Value::from(bucket)),
        ("key", Value::from(key)),
        ("bundleType", Value::from("zip")),
        ("eTag", Value::from(etag.as_str())),
    ]);
    if let Some(version) = version {
        s3_location.insert("version", version);
    }
    let revision = reply::params([("revisionType", Value::from("S3")), ("s3Location", Value::Map(s3_location))]);
    let application = args.word("application_name").unwrap_or_default();
    let params = reply::params([
        ("applicationName", Value::from(application)),
        ("revision", Value::Map(revision)),
        ("description", Value::from(description)),
    ]);
    reply::call(cx, "codedeploy", "RegisterApplicationRevision", params)?;
    let version = version.map_or_else(String::new, |v| format!(",version={v}"));
    cx.ui.text(&format!(
        "To deploy with this revision, run:\naws deploy create-deployment --application-name {application} --s3-location \
         bucket={bucket},key={key},bundleType=zip,eTag={etag}{version} --deployment-group-name <deployment-group-name> \
         --deployment-config-name <deployment-config-name> --description <description>\n"
    ))?;
    Ok(Exit::Success)
}

/// Bucket and key of an `s3://` URL, each of at least one character.
fn split(location: &str) -> Option<(&str, &str)> {
    let rest = location.strip_prefix("s3://")?;
    let slash = rest.char_indices().skip(1).find(|(_, c)| *c == '/')?.0;
    let key = rest[slash + 1..].split('\n').next().unwrap_or_default();
    (!key.is_empty()).then(|| (&rest[..slash], key))
}

fn upload(call: &CommandCall, object: &Map, path: &Path, options: &ClientOptions) -> Result<Map, Failure> {
    let upload = FileUpload { options, object, part: PART, checksum: None, aborted_by: AbortedBy::Answers };
    upload_file(call.cx.session, path, &upload, &|_| {}).map_err(|e| match e {
        FileUploadError::File(e) => e.into(),
        FileUploadError::Call(e) => e.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        assert_eq!(split("s3://b/k/x"), Some(("b", "k/x")));
        for bad in ["s3://b", "s3://b/", "b/k", "s3://"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
