//! `aws servicecatalog generate product` and `generate provisioning-artifact`: a local template becomes a product.

use crate::shared::uploader::{UploadError, Uploader};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::list_option::ListOption;
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_python::path::base_name;
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::path::Path;

/// `aws servicecatalog generate`
pub static GENERATE: Command = Command {
    name: "generate",
    options: &[],
    subcommands: &[&PRODUCT, &PROVISIONING_ARTIFACT],
    run: None,
    help: "Makes a product, or a version of one, from a local template.",
};

const ARTIFACT_TYPES: &[&str] = &["CLOUD_FORMATION_TEMPLATE", "MARKETPLACE_AMI", "MARKETPLACE_CAR"];
const FILE: Opt = Opt::value("file-path", "The template's file.").required();
const BUCKET: Opt = Opt::value("bucket-name", "The bucket that takes the template.").required();
const ARTIFACT_NAME: Opt = Opt::value("provisioning-artifact-name", "The version's name.").required();
const ARTIFACT_DESCRIPTION: Opt =
    Opt::value("provisioning-artifact-description", "The version's description.").required();
const ARTIFACT_TYPE: Opt =
    Opt::value("provisioning-artifact-type", "The version's type.").one_of(ARTIFACT_TYPES).required();

static PRODUCT: Command = Command {
    name: "product",
    options: &[
        Opt::value("product-name", "The product's name.").required(),
        Opt::value("product-owner", "The product's owner.").required(),
        Opt::value("product-type", "The product's type.")
            .one_of(&["CLOUD_FORMATION_TEMPLATE", "MARKETPLACE"])
            .required(),
        Opt::value("product-description", "The product's description."),
        Opt::value("product-distributor", "The product's distributor."),
        Opt::value("tags", "Tags of the product: words Key=k,Value=v.").taking(Nargs::OneOrMore),
        FILE,
        BUCKET,
        Opt::value("support-description", "How users get support."),
        Opt::value("support-email", "Where users get support."),
        ARTIFACT_NAME,
        ARTIFACT_DESCRIPTION,
        ARTIFACT_TYPE,
    ],
    subcommands: &[],
    run: Some(product),
    help: "Makes a product from a local template.",
};

static PROVISIONING_ARTIFACT: Command = Command {
    name: "provisioning-artifact",
    options: &[
        FILE,
        BUCKET,
        ARTIFACT_NAME,
        ARTIFACT_DESCRIPTION,
        ARTIFACT_TYPE,
        Opt::value("product-id", "The product.").required(),
    ],
    subcommands: &[],
    run: Some(provisioning_artifact),
    help: "Makes a version of a product from a local template.",
};

/// The regions of the service, as the CLI's own table has them.
const REGIONS: [&str; 30] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-6",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

fn product(call: &CommandCall) -> Result<Exit, Failure> {
    let args = &call.args;
    let tag_words = ListOption::of(call.cx, args, "tags")?.texts("tags")?.unwrap_or_default();
    let url = upload(call)?;
    let tags = tag_words.iter().filter_map(Value::as_str).map(tag).collect::<Result<Vec<_>, _>>()?;
    let word = |dest| Value::from(args.word(dest).unwrap_or_default());
    let mut params = reply::params([
        ("Name", word("product_name")),
        ("Owner", word("product_owner")),
        ("ProductType", word("product_type")),
        ("Tags", Value::List(tags)),
        ("ProvisioningArtifactParameters", Value::Map(artifact(call, &url))),
    ]);
    for (member, dest) in [
        ("SupportDescription", "support_description"),
        ("Description", "product_description"),
        ("SupportEmail", "support_email"),
        ("Distributor", "product_distributor"),
    ] {
        if let Some(word) = args.word(dest).filter(|w| !w.is_empty()) {
            params.insert(member, word);
        }
    }
    print(call, "CreateProduct", params)
}

fn provisioning_artifact(call: &CommandCall) -> Result<Exit, Failure> {
    let url = upload(call)?;
    let params = reply::params([
        ("ProductId", Value::from(call.args.word("product_id").unwrap_or_default())),
        ("Parameters", Value::Map(artifact(call, &url))),
    ]);
    print(call, "CreateProvisioningArtifact", params)
}

fn artifact(call: &CommandCall, url: &str) -> Map {
    let word = |dest| Value::from(call.args.word(dest).unwrap_or_default());
    reply::params([
        ("Name", word("provisioning_artifact_name")),
        ("Description", word("provisioning_artifact_description")),
        ("Info", Value::Map(reply::params([("LoadTemplateFromURL", Value::from(url))]))),
        ("Type", word("provisioning_artifact_type")),
    ])
}

fn print(call: &CommandCall, operation: &str, params: Map) -> Result<Exit, Failure> {
    let reply = reply::call(call.cx, "servicecatalog", operation, params)?;
    let style = JsonStyle { indent: Some(2), ascii: false, spaced: true };
    call.cx.ui.text(&to_json(&Value::Map(reply), style))?;
    Ok(Exit::Success)
}

/// Uploads the template; returns the URL by which the service finds it.
fn upload(call: &CommandCall) -> Result<String, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let region = match &cx.globals.region {
        Some(region) => Some(region.clone()),
        None => cx.session.config()?.region()?,
    };
    let region = region.filter(|r| REGIONS.contains(&r.as_str())).ok_or_else(|| {
        let typed = cx.globals.region.as_deref().unwrap_or("None");
        Failure::validation(format!("An error occurred (InvalidParametersException) : Region {typed} is not supported"))
    })?;
    let (bucket, file) = (args.word("bucket_name").unwrap_or_default(), args.word("file_path").unwrap_or_default());
    let uploader = Uploader { force: true, options: ClientOptions::default(), ..Uploader::new(cx, bucket) };
    uploader.make_client()?;
    let name = base_name(file);
    match uploader.upload(Path::new(file), name) {
        // The AWS CLI says so of whatever the operating system refuses, a folder for instance.
        Err(UploadError::File(_) | UploadError::Call(CallError::File(_))) => {
            return Err(Failure::input_file(format!("{file} cannot be found")));
        }
        other => other.map_err(|e| e.into_failure(Path::new(file)))?,
    };
    let host = if region == "us-east-1" { "s3".to_owned() } else { format!("s3-{region}") };
    Ok(format!("https://{host}.amazonaws.com/{bucket}/{name}"))
}

/// A tag from `Key=k,Value=v`.
fn tag(word: &str) -> Result<Value, Failure> {
    let mut map = Map::new();
    for (at, pair) in word.split(',').enumerate() {
        let parts: Vec<&str> = pair.split('=').collect();
        let [key, value] = parts.as_slice() else {
            return Err(Failure::invalid(format!(
                "dictionary update sequence element #{at} has length {}; 2 is required",
                parts.len()
            )));
        };
        map.insert((*key).to_owned(), *value);
    }
    Ok(Value::Map(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(to_json(&tag("Key=a,Value=b").unwrap(), JsonStyle::PYTHON), r#"{"Key": "a", "Value": "b"}"#);
        assert_eq!(
            tag("Key=a,b").unwrap_err().message(),
            "dictionary update sequence element #1 has length 1; 2 is required"
        );
    }
}
