//! A template whose local files are put into a bucket.

use super::changeset::upload_template;
use super::resources::{Form, METADATA, Property, RESOURCES};
use super::template;
use crate::shared::archive::{self, Temporary, Walk};
use crate::shared::uploader::Uploader;
use oxaws_cli::Failure;
use oxaws_failure::Cause;
use oxaws_python::path::normal;
use oxaws_yaml::Node;
use std::path::{Path, PathBuf};

/// Templates within templates, and functions within functions.
const MAX_DEPTH: usize = 100;

/// Reads a template and puts what it names into the bucket. `folder` is what its path is relative to.
///
/// # Errors
/// When a file can't be read or uploaded.
pub fn export(uploader: &Uploader, path: &str, folder: &Path) -> Result<Node, Failure> {
    Exporter { uploader, folder: PathBuf::new() }.template(path, folder, 0)
}

struct Exporter<'a> {
    uploader: &'a Uploader<'a>,
    /// The template's folder.
    folder: PathBuf,
}

fn general(text: impl Into<Cause>) -> Failure {
    Failure::input_file(text)
}

impl Exporter<'_> {
    fn template(&mut self, path: &str, folder: &Path, depth: usize) -> Result<Node, Failure> {
        if depth > MAX_DEPTH {
            return Err(general("maximum recursion depth exceeded"));
        }
        let absolute = absolute(folder, path);
        let text = template::read_text(&absolute)?;
        let mut node = template::parse(&text)?;
        let mut inner =
            Exporter { uploader: self.uploader, folder: absolute.parent().map(Path::to_owned).unwrap_or_default() };
        inner.whole(&mut node, depth)?;
        Ok(node)
    }

    fn whole(&mut self, template: &mut Node, depth: usize) -> Result<(), Failure> {
        match template {
            Node::Map(_) => {}
            Node::List(_) | Node::Text(_) | Node::Set(_) => return Ok(()),
            other => {
                let kind = other.python_type(template::MAP);
                return Err(general(format!("argument of type '{kind}' is not iterable")));
            }
        }
        match template.get_mut("Metadata") {
            Some(Node::Map(entries)) => {
                for (key, metadata) in entries {
                    let name = key.as_text().unwrap_or_default().to_owned();
                    for property in METADATA.iter().filter(|p| p.resource == name) {
                        self.property(property, &name, metadata, depth)?;
                    }
                }
            }
            Some(other) => return Err(template::no_map(other, "items")),
            None => {}
        }
        if template.get("Resources").is_none() {
            return Ok(());
        }
        self.includes(template, 0)?;
        match template.get_mut("Resources") {
            Some(resources) => self.resources(resources, depth, 0),
            None => Ok(()),
        }
    }

    /// The files of `AWS::Include` transforms, wherever they stand.
    fn includes(&self, node: &mut Node, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH {
            return Err(general("maximum recursion depth exceeded"));
        }
        let Node::Map(entries) = node else { return Ok(()) };
        for (key, value) in entries {
            if key.as_text() == Some("Fn::Transform") {
                self.include(value)?;
                continue;
            }
            match value {
                Node::Map(_) => self.includes(value, depth + 1)?,
                Node::List(items) => items.iter_mut().try_for_each(|item| self.includes(item, depth + 1))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn include(&self, transform: &mut Node) -> Result<(), Failure> {
        if !matches!(transform, Node::Map(_)) {
            return Err(template::no_map(transform, "get"));
        }
        if transform.get("Name").and_then(Node::as_text) != Some("AWS::Include") {
            return Ok(());
        }
        let Some(parameters) = transform.get_mut("Parameters") else { return Ok(()) };
        let Some(location) = parameters.get("Location").and_then(Node::as_text) else { return Ok(()) };
        if location.is_empty() || is_s3_url(location) {
            return Ok(());
        }
        let file = self.folder.join(location);
        if !file.is_file() {
            return Err(no_such_path("AWS::Include", "Location", &file.display().to_string()));
        }
        let url = self.uploader.upload_by_content(&file, None).map_err(|e| e.into_failure(&file))?;
        parameters.set("Location", Node::Text(url));
        Ok(())
    }

    fn resources(&mut self, resources: &mut Node, depth: usize, loops: usize) -> Result<(), Failure> {
        if loops > MAX_DEPTH {
            return Err(general("maximum recursion depth exceeded"));
        }
        if !matches!(resources, Node::Map(_)) {
            return Err(template::no_map(resources, "items"));
        }
        let Node::Map(entries) = resources else { return Ok(()) };
        for (key, resource) in entries {
            let Some(id) = key.as_text().map(str::to_owned) else {
                return Err(template::no_map(key, "startswith"));
            };
            if id.starts_with("Fn::ForEach::") {
                match resource {
                    Node::List(items) if items.len() == 3 => self.resources(&mut items[2], depth, loops + 1)?,
                    _ => {
                        return Err(general(format!(
                            "The value of {id} has an invalid \"Fn::ForEach::\" format: Must be a list of three entries"
                        )));
                    }
                }
                continue;
            }
            if !matches!(resource, Node::Map(_)) {
                return Err(template::no_map(resource, "get"));
            }
            let kind = resource.get("Type").and_then(Node::as_text).unwrap_or_default().to_owned();
            for property in RESOURCES.iter().filter(|p| p.resource == kind) {
                if let Some(properties) = resource.get_mut("Properties") {
                    self.property(property, &id, properties, depth)?;
                }
            }
        }
        Ok(())
    }

    fn property(&mut self, property: &Property, id: &str, properties: &mut Node, depth: usize) -> Result<(), Failure> {
        if *properties == Node::Null {
            return Ok(());
        }
        let value = at_path(properties, property.path).cloned().unwrap_or(Node::Null);
        if !value.is_truthy() && !property.whole_folder || matches!(value, Node::Map(_)) {
            return Ok(());
        }
        match self.upload(property, id, &value, depth) {
            Ok(Some(new)) => {
                set_path(properties, property.path, new);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(failure) => Err(general(format!(
                "Unable to upload artifact {} referenced by {} parameter of {id} resource.\n{}",
                shown(&value),
                property.path,
                failure.message()
            ))),
        }
    }

    fn upload(&mut self, property: &Property, id: &str, value: &Node, depth: usize) -> Result<Option<Node>, Failure> {
        if property.form == Form::Template {
            return self.nested(property, id, value, depth);
        }
        let url = self.url(property, id, value)?;
        Ok(Some(match property.form {
            Form::Map(bucket, key, version) => location(&url, bucket, key, version)?,
            Form::Url | Form::Template => Node::Text(url),
        }))
    }

    /// The `s3://` URL of a file or folder, once it is in the bucket.
    fn url(&self, property: &Property, id: &str, value: &Node) -> Result<String, Failure> {
        let path = match value {
            Node::Null => self.folder.clone(),
            Node::Text(text) if is_s3_url(text) => return Ok(text.clone()),
            Node::Text(text) => {
                // The AWS CLI looks for such a file in the current folder, not in the template's.
                let here = Path::new(text);
                if property.zip && here.is_file() && !archive::is_zip(here) {
                    let folder = here.parent().map(Path::to_owned).unwrap_or_default();
                    let name = here.file_name().map(PathBuf::from).unwrap_or_default();
                    return self.zip_and_upload(&folder, &[name]);
                }
                absolute(&self.folder, text)
            }
            other => return Err(no_such_path(id, property.path, &shown(other))),
        };
        if path.is_dir() {
            let files = archive::files(&path, Walk { follow_links: true, skip_hidden: false })?;
            return self.zip_and_upload(&path, &files);
        }
        if path.is_file() {
            return self.uploader.upload_by_content(&path, None).map_err(|e| e.into_failure(&path));
        }
        Err(no_such_path(id, property.path, &path.display().to_string()))
    }

    fn zip_and_upload(&self, folder: &Path, files: &[PathBuf]) -> Result<String, Failure> {
        let token = oxaws_env::uuid4(self.uploader.cx.world).replace('-', "");
        let zip = Temporary::named(self.uploader.cx.world, &format!("data-{token}.zip"));
        archive::write(zip.create()?, folder, files)?;
        self.uploader.upload_by_content(zip.path(), None).map_err(|e| e.into_failure(zip.path()))
    }

    /// A template that the property names.
    fn nested(&mut self, property: &Property, id: &str, value: &Node, depth: usize) -> Result<Option<Node>, Failure> {
        let path = match value {
            Node::Null => return Ok(None),
            Node::Text(text) => text,
            other => return Err(template::no_map(other, "startswith")),
        };
        if is_s3_url(path) || path.starts_with("http://") || path.starts_with("https://") {
            return Ok(None);
        }
        let file = absolute(&self.folder, path);
        if !file.is_file() {
            return Err(general(format!(
                "{} parameter of {id} resource is invalid. It must be a S3 URL or path to CloudFormation template file. \
                 Actual: {}",
                property.path,
                file.display()
            )));
        }
        let folder = self.folder.clone();
        let exported = self.template(path, &folder, depth + 1)?;
        upload_template(self.uploader.cx, self.uploader, &template::to_yaml(&exported)).map(|url| Some(Node::Text(url)))
    }
}

fn no_such_path(id: &str, property: &str, path: &str) -> Failure {
    general(format!("Parameter {property} of resource {id} refers to a file or folder that does not exist {path}"))
}

fn absolute(folder: &Path, path: &str) -> PathBuf {
    if path.starts_with('/') { PathBuf::from(path) } else { normal(&folder.join(path)) }
}

/// A node as Python's `str()` shows it.
fn shown(node: &Node) -> String {
    match node {
        Node::Text(text) | Node::Date(text) => text.clone(),
        other => oxaws_value::repr::str(&other.to_value().unwrap_or_default(), Default::default()),
    }
}

fn is_s3_url(url: &str) -> bool {
    split_s3_url(url).is_some()
}

/// Bucket, key and version of an `s3://` URL.
fn split_s3_url(url: &str) -> Option<(&str, &str, Option<&str>)> {
    let rest = url.strip_prefix("s3://")?;
    let rest = rest.split('#').next().unwrap_or_default();
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (bucket, key) = place.split_once('/').filter(|(b, _)| !b.is_empty())?;
    let versions: Vec<&str> =
        query.split('&').filter_map(|p| p.strip_prefix("versionId=")).filter(|v| !v.is_empty()).collect();
    let version = match versions.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    Some((bucket, key.trim_start_matches('/'), version))
}

fn location(url: &str, bucket: &str, key: &str, version: Option<&str>) -> Result<Node, Failure> {
    let (found_bucket, found_key, found_version) = split_s3_url(url)
        .ok_or_else(|| general(format!("URL given to the parse method is not a valid S3 url {url}")))?;
    let mut node = Node::map([(bucket, Node::text(found_bucket)), (key, Node::text(found_key))]);
    if let (Some(name), Some(version)) = (version, found_version) {
        node.set(name, Node::text(version));
    }
    Ok(node)
}

fn at_path<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(node, |node, name| node.get(name))
}

fn set_path(node: &mut Node, path: &str, value: Node) {
    let Some((first, rest)) = path.split_once('.') else { return node.set(path, value) };
    if node.get(first).is_none() {
        node.set(first, Node::Map(Vec::new()));
    }
    if let Some(inner) = node.get_mut(first) {
        inner.set(rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        assert_eq!(split_s3_url("s3://b/k/x?versionId=v"), Some(("b", "k/x", Some("v"))));
        assert_eq!(split_s3_url("s3://b//k?versionId=v&versionId=w"), Some(("b", "k", None)));
        assert!(!is_s3_url("s3://b") && !is_s3_url("https://b/k") && !is_s3_url("s3:///k"));
        let node = location("s3://b/k?versionId=1", "S3Bucket", "S3Key", Some("S3ObjectVersion")).unwrap();
        assert_eq!(node.get("S3ObjectVersion"), Some(&Node::text("1")));
    }

    #[test]
    fn nested_paths_are_set() {
        let mut node = Node::map([("Command", Node::map([("Name", Node::text("n"))]))]);
        set_path(&mut node, "Command.ScriptLocation", Node::text("u"));
        set_path(&mut node, "Code.S3", Node::text("v"));
        assert_eq!(at_path(&node, "Command.ScriptLocation"), Some(&Node::text("u")));
        assert_eq!(at_path(&node, "Code.S3"), Some(&Node::text("v")));
    }
}
