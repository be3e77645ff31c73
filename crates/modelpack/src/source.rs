//! Where models are read from: a `botocore` wheel or an unpacked data folder, and what is laid over it.

use crate::service::ServiceFiles;
use crate::{ModelError, is_excluded};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A set of model files, `SERVICE/VERSION/FILE.json[.gz]`, and those beside the services' folders.
#[derive(Debug)]
pub struct ModelDir {
    /// By name without `.json` or `.json.gz`.
    files: BTreeMap<String, ModelFile>,
}

#[derive(Debug)]
struct ModelFile {
    compressed: bool,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// A file of a wheel, read with it.
    Bytes(Vec<u8>),
    /// A file of a folder, read when it is needed.
    Path(PathBuf),
}

/// What is merged over a file, in this order: the wheel's own extras, then the overlay's.
const EXTRAS: [&str; 2] = ["sdk-extras", "cli-extras"];

impl ModelDir {
    /// Opens a wheel (a file) or a data folder.
    ///
    /// # Errors
    /// When it can't be read, with its path.
    pub fn open(path: &Path) -> Result<ModelDir, ModelError> {
        let mut dir = ModelDir { files: BTreeMap::new() };
        let opened = match path.is_file() {
            true => dir.add_wheel(path).map_err(|e| e.to_string()),
            false => dir.add_folder(path, "", 0).map_err(|e| e.to_string()),
        };
        opened.map(|()| dir).map_err(|e| ModelError::new(&path.display().to_string(), e))
    }

    /// Adds the files of `above`, which take the place of files of the same name. Its `*.cli-extras.json` hold what the
    /// AWS CLI merges into a file and the wheel doesn't.
    pub fn overlaid_by(mut self, above: ModelDir) -> ModelDir {
        self.files.extend(above.files);
        self
    }

    fn add_wheel(&mut self, path: &Path) -> Result<(), zip::result::ZipError> {
        let mut archive = zip::ZipArchive::new(File::open(path)?)?;
        for i in 0..archive.len() {
            let mut file = archive.by_index(i)?;
            let Some(name) = file.name().strip_prefix("botocore/data/").map(str::to_owned) else { continue };
            // Examples are megabytes that nothing here reads.
            if name.contains("examples-1") {
                continue;
            }
            let mut bytes = Vec::with_capacity(file.size() as usize);
            file.read_to_end(&mut bytes)?;
            self.add(&name, Content::Bytes(bytes));
        }
        Ok(())
    }

    /// The files of a folder and of the folders in it: services and, below them, versions.
    fn add_folder(&mut self, folder: &Path, prefix: &str, depth: u8) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
            let name = format!("{prefix}{name}");
            if !path.is_dir() {
                self.add(&name, Content::Path(path));
            } else if depth < 2 {
                self.add_folder(&path, &format!("{name}/"), depth + 1)?;
            }
        }
        Ok(())
    }

    /// Takes what is a model file; a plain one counts more than a compressed one of the same name.
    fn add(&mut self, name: &str, content: Content) {
        if let Some(stem) = name.strip_suffix(".json") {
            self.files.insert(stem.to_owned(), ModelFile { compressed: false, content });
        } else if let Some(stem) = name.strip_suffix(".json.gz") {
            self.files.entry(stem.to_owned()).or_insert(ModelFile { compressed: true, content });
        }
    }

    /// The service directories that are commands, with the latest API version that has a model.
    pub fn services(&self) -> Vec<(String, String)> {
        let mut latest: BTreeMap<&str, &str> = BTreeMap::new();
        for name in self.files.keys() {
            let mut parts = name.split('/');
            let (Some(service), Some(version), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            if file == "service-2" && !is_excluded(service) {
                let entry = latest.entry(service).or_insert(version);
                if *entry < version {
                    *entry = version;
                }
            }
        }
        latest.into_iter().map(|(s, v)| (s.to_owned(), v.to_owned())).collect()
    }

    /// The files of one service, with `EXTRAS` merged over them.
    ///
    /// # Errors
    /// When one can't be read or isn't JSON, with its name.
    pub fn service(&self, name: &str, version: &str) -> Result<ServiceFiles, ModelError> {
        let load = |stem: &str| -> Result<Option<Value>, ModelError> {
            let mut value = self.json(&format!("{name}/{version}/{stem}"))?;
            let Some(value) = &mut value else { return Ok(None) };
            for extras in EXTRAS {
                let extras = self.json(&format!("{name}/{version}/{stem}.{extras}"))?;
                if let Some(merge) = extras.as_ref().and_then(|extras| extras.get("merge")) {
                    deep_merge(value, merge);
                }
            }
            Ok(Some(std::mem::take(value)))
        };
        Ok(ServiceFiles {
            service: load("service-2")?.ok_or_else(|| ModelError::new(name, "service-2.json is missing"))?,
            paginators: load("paginators-1")?,
            waiters: load("waiters-2")?,
            rules: load("endpoint-rule-set-1")?,
        })
    }

    /// A JSON file by its name without `.json`, plain or compressed.
    ///
    /// # Errors
    /// When it is there but can't be read or isn't JSON.
    pub fn json(&self, stem: &str) -> Result<Option<Value>, ModelError> {
        let Some(file) = self.files.get(stem) else { return Ok(None) };
        let fail = |e: &dyn std::fmt::Display| ModelError::new(&format!("{stem}.json"), e.to_string());
        let bytes = match &file.content {
            Content::Bytes(bytes) => Cow::from(bytes),
            Content::Path(path) => Cow::from(std::fs::read(path).map_err(|e| fail(&e))?),
        };
        let value = if file.compressed {
            let mut text = Vec::new();
            GzDecoder::new(&bytes[..]).read_to_end(&mut text).map_err(|e| fail(&e))?;
            serde_json::from_slice(&text)
        } else {
            serde_json::from_slice(&bytes)
        };
        value.map(Some).map_err(|e| fail(&e))
    }
}

/// Merges objects into objects; anything else replaces what was there.
pub(crate) fn deep_merge(base: &mut Value, extra: &Value) {
    match (base, extra) {
        (Value::Object(base), Value::Object(extra)) => {
            for (key, value) in extra {
                match base.get_mut(key) {
                    Some(there) => deep_merge(there, value),
                    None => {
                        base.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (base, extra) => *base = extra.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dir(files: &[(&str, &str)]) -> ModelDir {
        let mut dir = ModelDir { files: BTreeMap::new() };
        files.iter().for_each(|(name, text)| dir.add(name, Content::Bytes(text.as_bytes().to_vec())));
        dir
    }

    #[test]
    fn an_overlay_adds_services_and_takes_the_place_of_files() {
        let below = dir(&[
            ("one/2020-01-01/service-2.json", r#"{"a": 1}"#),
            ("one/2021-01-01/service-2.json", r#"{"a": {"b": 1}}"#),
            ("one/2021-01-01/service-2.sdk-extras.json", r#"{"merge": {"a": {"c": 1, "d": 3}}}"#),
            ("one/2021-01-01/waiters-2.json", r#"{"from": "below"}"#),
            ("partitions.json", "{}"),
            ("notes.txt", "no model"),
        ]);
        let above = dir(&[
            ("one/2021-01-01/service-2.cli-extras.json", r#"{"merge": {"a": {"c": 2}}}"#),
            ("one/2021-01-01/waiters-2.json", r#"{"from": "above"}"#),
            ("two/2022-02-02/service-2.json", "{}"),
        ]);
        let both = below.overlaid_by(above);
        let pair = |s: &str, v: &str| (s.to_owned(), v.to_owned());
        assert_eq!(both.services(), [pair("one", "2021-01-01"), pair("two", "2022-02-02")]);
        let one = both.service("one", "2021-01-01").expect("a model");
        assert_eq!(one.service, json!({"a": {"b": 1, "c": 2, "d": 3}}));
        assert_eq!(one.waiters, Some(json!({"from": "above"})));
        assert_eq!((one.paginators, both.json("partitions").expect("JSON")), (None, Some(json!({}))));
    }

    #[test]
    fn says_what_is_missing_or_wrong() {
        let broken = dir(&[("one/1/service-2.json", "{"), ("two/1/waiters-2.json", "{}")]);
        assert!(broken.service("one", "1").unwrap_err().to_string().contains("one/1/service-2.json"));
        assert!(broken.service("two", "1").unwrap_err().to_string().contains("service-2.json is missing"));
        assert!(ModelDir::open(Path::new("no/such/folder")).is_err());
    }
}
