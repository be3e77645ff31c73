//! Obtains the pinned models and compiles them into the packs that `lib.rs` embeds.
//!
//! Sources, in order: `OXAWS_MODELS` (a wheel, an unpacked data folder, or a folder with finished packs); `prebuilt/`
//! beside this file (release archives carry it); a cache that is checked by hash; `pip download` of the pinned wheel.

use oxaws_modelpack::{ModelDir, PackBuilder, partitions};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const PACKS: [&str; 2] = ["facts.pack", "docs.pack"];
/// zstd: 12 costs seconds, 19 minutes, for a tenth less.
const DOCS_LEVEL: i32 = 12;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|e| e.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| e.to_string())?);
    let requirements = here.join("../../models/requirements.txt");
    let overlay = here.join("../../models/overlay");
    println!("cargo:rerun-if-changed={}", requirements.display());
    println!("cargo:rerun-if-changed={}", overlay.display());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=OXAWS_MODELS");

    let given = env::var_os("OXAWS_MODELS").map(PathBuf::from);
    for folder in given.iter().cloned().chain([here.join("prebuilt")]) {
        if PACKS.iter().all(|p| folder.join(p).is_file()) {
            for pack in PACKS {
                fs::copy(folder.join(pack), out.join(pack)).map_err(|e| format!("{}: {e}", folder.display()))?;
            }
            println!("cargo:rustc-env=OXAWS_PACK_SOURCE=");
            return Ok(());
        }
    }
    let models = match given {
        Some(path) => path,
        None => wheel(&requirements)?,
    };
    // The tests read the models once more.
    println!("cargo:rustc-env=OXAWS_PACK_SOURCE={}", models.display());
    let (facts, docs) = compile(&models, &overlay).map_err(|e| e.to_string())?;
    for (name, bytes) in PACKS.iter().zip([facts, docs]) {
        fs::write(out.join(name), bytes).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}

fn compile(models: &Path, overlay: &Path) -> Result<(Vec<u8>, Vec<u8>), oxaws_modelpack::ModelError> {
    let version = models.file_name().and_then(|n| n.to_str()).and_then(|n| n.split('-').nth(1)).unwrap_or("local");
    let mut builder = PackBuilder::new(&format!("botocore {version}")).with_docs(DOCS_LEVEL);
    let dir = ModelDir::open(models)?.overlaid_by(ModelDir::open(overlay)?);
    for (service, version) in dir.services() {
        builder.add_service(&service, &dir.service(&service, &version)?)?;
    }
    let null = serde_json::Value::Null;
    let (parts, endpoints) = (dir.json("partitions")?, dir.json("endpoints")?);
    builder.set_partitions(partitions::compile_partitions(
        parts.as_ref().unwrap_or(&null),
        endpoints.as_ref().unwrap_or(&null),
    )?);
    builder.finish_with_docs()
}

/// The pinned wheel: from the cache when its hash is right, else downloaded into it.
fn wheel(requirements: &Path) -> Result<PathBuf, String> {
    let text = fs::read_to_string(requirements).map_err(|e| format!("{}: {e}", requirements.display()))?;
    let hash = text
        .split("sha256:")
        .nth(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
        .filter(|h| h.len() == 64)
        .ok_or_else(|| format!("{}: no sha256", requirements.display()))?;
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|h| h.join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("oxaws/models");
    let cached = cache.join(format!("botocore-{}-{hash}.whl", pinned_version(&text)));
    if is_file_with_hash(&cached, &hash) {
        return Ok(cached);
    }
    if env::var("CARGO_NET_OFFLINE").as_deref() == Ok("true") {
        return Err(no_models("the network is switched off (CARGO_NET_OFFLINE)"));
    }
    let folder = cache.join(format!("download-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let pip = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"])
        .args(["--only-binary", ":all:", "-r"])
        .arg(requirements)
        .arg("-d")
        .arg(&folder)
        .output()
        .map_err(|e| no_models(&format!("python3 can't be run: {e}")))?;
    if !pip.status.success() {
        return Err(no_models(&format!("pip download failed: {}", String::from_utf8_lossy(&pip.stderr))));
    }
    let downloaded = fs::read_dir(&folder)
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "whl"))
        .ok_or_else(|| no_models("pip brought no wheel"))?;
    fs::rename(&downloaded, &cached).map_err(|e| format!("{}: {e}", cached.display()))?;
    let _ = fs::remove_dir_all(&folder);
    if !is_file_with_hash(&cached, &hash) {
        return Err(no_models("the wheel's hash is not the pinned one"));
    }
    Ok(cached)
}

fn pinned_version(requirements: &str) -> String {
    requirements
        .split("==")
        .nth(1)
        .unwrap_or("local")
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect()
}

fn is_file_with_hash(path: &Path, hash: &str) -> bool {
    fs::read(path)
        .is_ok_and(|bytes| Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect::<String>() == hash)
}

fn no_models(why: &str) -> String {
    format!(
        "the service models can't be had: {why}\n\
         Give them in one of three ways: set OXAWS_MODELS to the pinned botocore wheel, to an unpacked botocore/data \
         folder, or to a folder with finished packs; put finished packs into crates/pack/prebuilt; or make `python3 -m pip \
         download -r models/requirements.txt` work."
    )
}
