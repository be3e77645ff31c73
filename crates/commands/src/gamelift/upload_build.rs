//! `aws gamelift upload-build`: zips a build and uploads it with the credentials that the service hands out for it.

use crate::shared::archive::{self, Temporary, Walk};
use crate::shared::{progress, temporary, uploader};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::list_option::ListOption;
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_env::{Stream, absolute};
use oxaws_failure::Class;
use oxaws_value::Value;
use std::path::Path;

/// The command.
pub static UPLOAD_BUILD: Command = Command {
    name: "upload-build",
    options: &[
        Opt::value("name", "The build's name.").required(),
        Opt::value("build-version", "The build's version.").required(),
        Opt::value("build-root", "The folder that holds the build.").required(),
        Opt::value("server-sdk-version", "The version of the server SDK that the build was made with."),
        Opt::value("operating-system", "The operating system that the build runs on."),
        Opt::value("tags", "Tags of the build: Key=Value words.").taking(Nargs::OneOrMore),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Uploads a build to Amazon GameLift.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let given = |dest| args.word(dest).filter(|w: &&str| !w.is_empty());
    reply::make_client(cx, "gamelift")?;
    let root = args.word("build_root").unwrap_or_default();
    let files = archive::files(Path::new(root), Walk { follow_links: false, skip_hidden: false })?;
    if root.is_empty() || files.is_empty() {
        cx.ui.warn_plain(&format!("Fail to upload {root}. The build root directory is empty or does not exist."));
        return Err(Failure::Written { exit: Exit::General, class: Class::Failed });
    }
    let mut params = reply::params([
        ("Name", Value::from(args.word("name").unwrap_or_default())),
        ("Version", Value::from(args.word("build_version").unwrap_or_default())),
    ]);
    if let Some(system) = given("operating_system") {
        params.insert("OperatingSystem", system);
    }
    if let Some(version) = given("server_sdk_version") {
        params.insert("ServerSdkVersion", version);
    }
    if let ListOption::Words(words) = ListOption::of(cx, args, "tags")? {
        params.insert("Tags", Value::List(words.iter().map(|w| tag(w)).collect()));
    }
    let created = reply::call(cx, "gamelift", "CreateBuild", params)?;
    let id = reply::text(reply::structure(&created, "Build")?, "BuildId")?.to_owned();
    let asked = reply::params([("BuildId", Value::from(id.as_str()))]);
    let place = reply::call(cx, "gamelift", "RequestUploadCredentials", asked)?;
    let signer = temporary::signer(reply::structure(&place, "UploadCredentials")?)?;
    let location = reply::structure(&place, "StorageLocation")?;
    let object = reply::params([
        ("Bucket", Value::from(reply::text(location, "Bucket")?)),
        ("Key", Value::from(reply::text(location, "Key")?)),
    ]);
    let zip = Temporary::named(cx.world, &format!("{}{id}.zip", oxaws_env::uuid4(cx.world)));
    let folder = absolute(cx.world, root)?;
    archive::write(zip.create()?, &folder, &files)?;
    let size = std::fs::metadata(zip.path())?.len();
    let told = |done: u64| {
        let percent = progress::percent(done, size);
        let root = cx.ui.visible_name(Stream::Stdout, root);
        let line =
            format!("\rUploading {root}:  {} / {}  ({percent:.2}%)", progress::bytes(done), progress::bytes(size));
        // How far it is can be left unsaid.
        let _ = cx.ui.painted(&line);
    };
    let options = ClientOptions { configured_endpoint: true, signer, ..ClientOptions::default() };
    uploader::send(cx, &options, &object, zip.path(), &told).map_err(|e| e.into_failure(zip.path()))?;
    cx.ui.text(&format!("Successfully uploaded {root} to AWS GameLift\nBuild ID: {id}\n"))?;
    Ok(Exit::Success)
}

fn tag(word: &str) -> Value {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    Value::Map(reply::params([("Key", Value::from(key)), ("Value", Value::from(value))]))
}
