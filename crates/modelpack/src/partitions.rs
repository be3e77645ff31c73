//! `partitions.json` and `endpoints.json`, compiled: megabytes of JSON become tables in which what is said alike is written
//! once.

use crate::ModelError;
use crate::rules::tables::{Interner, Pool, bounded};
use oxaws_model::endpoint_format::NONE;
use oxaws_model::endpoint_format::partitions::{self as f, partition as p, record as r, service as s};
use serde_json::{Map, Value};

/// Compiles `partitions.json` (and what is needed of `endpoints.json`) to the bytes that the endpoint interpreter reads.
///
/// # Errors
/// For an unknown trait, or a region pattern of an unknown form, named.
pub fn compile_partitions(partitions: &Value, endpoints: &Value) -> Result<Vec<u8>, ModelError> {
    let compile = || {
        let mut compiler = Compiler::default();
        // The record that says nothing comes first.
        compiler.record(&Map::new(), "")?;
        list(partitions.get("partitions"), "partitions")?.iter().try_for_each(|one| compiler.partition(one))?;
        list(endpoints.get("partitions"), "partitions")?.iter().try_for_each(|one| compiler.legacy(one))?;
        compiler.write()
    };
    compile().map_err(|what: String| ModelError::new("partitions", what))
}

type Compiled<T> = Result<T, String>;

#[derive(Default)]
struct Compiler {
    strings: Interner,
    partitions: Rows,
    regions: Rows,
    prefixes: Rows,
    legacy: Rows,
    services: Rows,
    endpoints: Rows,
    records: Pool,
}

/// A table of rows of one length.
#[derive(Default)]
struct Rows {
    bytes: Vec<u8>,
    count: usize,
}

impl Rows {
    fn push(&mut self, row: &[u16]) {
        row.iter().for_each(|number| self.bytes.extend(number.to_le_bytes()));
        self.count += 1;
    }
}

fn list<'j>(value: Option<&'j Value>, what: &str) -> Compiled<&'j [Value]> {
    value.and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("{what} is no list"))
}

fn object<'j>(value: Option<&'j Value>, what: &str) -> Compiled<&'j Map<String, Value>> {
    value.and_then(Value::as_object).ok_or_else(|| format!("{what} is no object"))
}

fn known(object: &Map<String, Value>, what: &str, keys: &[&str]) -> Compiled<()> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(unknown) => Err(format!("unknown {what} key {unknown}")),
        None => Ok(()),
    }
}

fn text<'j>(object: &'j Map<String, Value>, key: &str) -> Compiled<&'j str> {
    object.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is no text"))
}

impl Compiler {
    /// The name's number; [`NONE`] without a name.
    fn name(&mut self, name: Option<&str>) -> Compiled<u16> {
        name.map_or(Ok(NONE), |name| self.strings.id(name))
    }

    /// Adds regions with their descriptions: first row and count.
    fn regions(&mut self, regions: &Map<String, Value>) -> Compiled<[u16; 2]> {
        let first = bounded(self.regions.count)?;
        for (name, region) in regions {
            let row = [self.strings.id(name)?, self.name(region.get("description").and_then(Value::as_str))?];
            self.regions.push(&row);
        }
        Ok([first, bounded(regions.len())?])
    }

    /// Adds what a region pattern begins with: first row and count.
    fn prefixes(&mut self, pattern: &str) -> Compiled<[u16; 2]> {
        let first = bounded(self.prefixes.count)?;
        let prefixes = pattern_prefixes(pattern).ok_or_else(|| format!("region pattern {pattern}"))?;
        for prefix in &prefixes {
            let id = self.strings.id(prefix)?;
            self.prefixes.push(&[id]);
        }
        Ok([first, bounded(prefixes.len())?])
    }

    fn partition(&mut self, partition: &Value) -> Compiled<()> {
        let partition = object(Some(partition), "partition")?;
        known(partition, "partition", &["id", "outputs", "regionRegex", "regions"])?;
        let outputs = object(partition.get("outputs"), "outputs")?;
        let texts = ["dnsSuffix", "dualStackDnsSuffix", "implicitGlobalRegion"];
        known(outputs, "output", &["name", "supportsFIPS", "supportsDualStack", texts[0], texts[1], texts[2]])?;
        let id = self.strings.id(text(partition, "id")?)?;
        // `name` is the id, whatever the file says.
        let mut row = vec![id, id];
        for key in texts {
            row.push(self.strings.id(text(outputs, key)?)?);
        }
        let flag = |key: &str, flag| if outputs.get(key).and_then(Value::as_bool) == Some(true) { flag } else { 0 };
        row.push(flag("supportsFIPS", p::FIPS) | flag("supportsDualStack", p::DUAL_STACK));
        row.extend(self.regions(object(partition.get("regions"), "regions")?)?);
        row.extend(self.prefixes(text(partition, "regionRegex")?)?);
        self.partitions.push(&row);
        Ok(())
    }

    fn legacy(&mut self, partition: &Value) -> Compiled<()> {
        let partition = object(Some(partition), "partition")?;
        let keys = ["partition", "partitionName", "dnsSuffix", "regionRegex", "regions", "services", "defaults"];
        known(partition, "partition", &keys)?;
        let none = Map::new();
        let defaults = partition.get("defaults").and_then(Value::as_object).unwrap_or(&none);
        let mut row = Vec::new();
        for key in ["partition", "dnsSuffix", "partitionName"] {
            row.push(self.strings.id(text(partition, key)?)?);
        }
        row.push(self.record(defaults, "")?);
        let regions = object(partition.get("regions"), "regions")?;
        row.extend(self.regions(regions)?);
        row.extend(self.prefixes(text(partition, "regionRegex")?)?);
        let services = object(partition.get("services"), "services")?;
        row.extend([bounded(self.services.count)?, bounded(services.len())?]);
        let mut sorted: Vec<_> = services.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| name.as_str());
        for (name, service) in sorted {
            self.service(name, object(Some(service), "service")?)?;
        }
        self.legacy.push(&row);
        Ok(())
    }

    fn service(&mut self, name: &str, service: &Map<String, Value>) -> Compiled<()> {
        known(service, "service", &["defaults", "endpoints", "isRegionalized", "partitionEndpoint"])?;
        let none = Map::new();
        let defaults = service.get("defaults").and_then(Value::as_object).unwrap_or(&none);
        let regionalized = service.get("isRegionalized").and_then(Value::as_bool).unwrap_or(true);
        let first = u32::try_from(self.endpoints.count).map_err(|_| "too many endpoints".to_owned())?;
        let before = self.endpoints.count;
        for (region, endpoint) in object(service.get("endpoints"), "endpoints")? {
            // Clients have such regions without their mark, so nothing ever asks for them.
            if region.contains("fips-") || region.contains("-fips") {
                continue;
            }
            let endpoint = object(Some(endpoint), "endpoint")?;
            let row = [self.strings.id(region)?, self.record(endpoint, region)?];
            self.endpoints.push(&row);
        }
        let [low, high] = [first as u16, (first >> 16) as u16];
        let row = [
            self.strings.id(name)?,
            self.name(service.get("partitionEndpoint").and_then(Value::as_str))?,
            self.record(defaults, "")?,
            if regionalized { s::REGIONALIZED } else { 0 },
            low,
            high,
            bounded(self.endpoints.count - before)?,
        ];
        self.services.push(&row);
        Ok(())
    }

    /// The number of the record of what `endpoint` says; `region` is written as a placeholder so that regions share it.
    fn record(&mut self, endpoint: &Map<String, Value>, region: &str) -> Compiled<u16> {
        let keys = ["hostname", "credentialScope", "protocols", "variants", "deprecated"];
        // Of no consequence: models name their signature version, and nobody reads the certificate's name; a DNS suffix
        // outside a variant is always hidden by the partition's.
        let passed_over = ["signatureVersions", "sslCommonName", "dnsSuffix"];
        known(endpoint, "endpoint", &[&keys[..], &passed_over[..]].concat())?;
        let scope = endpoint.get("credentialScope").and_then(Value::as_object);
        if let Some(scope) = scope {
            known(scope, "credentialScope", &["region", "service"])?;
        }
        let within = |key| scope.and_then(|scope| scope.get(key)).and_then(Value::as_str);
        let signing_region = match within("region") {
            Some(same) if same == region => r::SAME,
            other => self.name(other)?,
        };
        let mut flags = if scope.is_some() { r::SCOPE } else { 0 };
        if let Some(protocols) = endpoint.get("protocols") {
            let https = list(Some(protocols), "protocols")?.iter().any(|protocol| protocol == "https");
            flags |= r::PROTOCOLS | if https { r::HTTPS } else { 0 };
        }
        if endpoint.get("deprecated").and_then(Value::as_bool) == Some(true) {
            flags |= r::DEPRECATED;
        }
        let hostname = self.hostname(endpoint, region)?;
        let service = self.name(within("service"))?;
        let mut present = 0;
        let mut variants = [NONE; 6];
        let declared = endpoint.get("variants").map_or(Ok(&[][..]), |variants| list(Some(variants), "variants"))?;
        for variant in declared {
            let variant = object(Some(variant), "variant")?;
            known(variant, "variant", &["tags", "hostname", "dnsSuffix"])?;
            let tags = list(variant.get("tags"), "tags")?;
            if let Some(unknown) = tags.iter().find(|tag| *tag != "fips" && *tag != "dualstack") {
                return Err(format!("unknown variant {unknown}"));
            }
            let number = match (tags.contains(&"fips".into()), tags.contains(&"dualstack".into())) {
                (true, false) => 0,
                (false, true) => 1,
                (true, true) => 2,
                (false, false) => return Err("variant without tags".to_owned()),
            };
            if present & (1 << number) == 0 {
                present |= 1 << number;
                variants[number * 2] = self.hostname(variant, region)?;
                variants[number * 2 + 1] = self.name(variant.get("dnsSuffix").and_then(Value::as_str))?;
            }
        }
        let mut row = Vec::with_capacity(r::SIZE);
        for number in [hostname, signing_region, service] {
            row.extend(number.to_le_bytes());
        }
        row.extend([flags, present]);
        variants.iter().for_each(|number| row.extend(number.to_le_bytes()));
        self.records.id(row)
    }

    fn hostname(&mut self, of: &Map<String, Value>, region: &str) -> Compiled<u16> {
        let hostname = of.get("hostname").and_then(Value::as_str);
        match hostname {
            Some(hostname) if !region.is_empty() => self.strings.id(&hostname.replace(region, "{region}")),
            _ => self.name(hostname),
        }
    }

    fn write(self) -> Compiled<Vec<u8>> {
        let mut records = Vec::new();
        self.records.write_rows(&mut records);
        let place = |at: usize| u32::try_from(at).map_err(|_| "too large".to_owned());
        let mut head = Vec::new();
        let mut body: Vec<u8> = Vec::new();
        for rows in [&self.partitions, &self.regions, &self.prefixes, &self.legacy, &self.services] {
            head.extend(place(f::HEADER + body.len())?.to_le_bytes());
            head.extend(place(rows.count)?.to_le_bytes());
            body.extend(&rows.bytes);
        }
        for bytes in [&self.endpoints.bytes, &records] {
            head.extend(place(f::HEADER + body.len())?.to_le_bytes());
            body.extend(bytes);
        }
        let mut out = Vec::new();
        out.extend(f::MAGIC.to_le_bytes());
        out.extend(f::VERSION.to_le_bytes());
        out.extend(self.strings.count()?.to_le_bytes());
        out.extend(place(f::HEADER + body.len())?.to_le_bytes());
        out.extend(head);
        out.extend(body);
        self.strings.write(&mut out)?;
        Ok(out)
    }
}

/// What stands before `-word-digits` in a region pattern: all choices of its groups.
fn pattern_prefixes(pattern: &str) -> Option<Vec<String>> {
    let mut rest = pattern.strip_prefix('^')?.strip_suffix(r"\-\w+\-\d+$")?;
    let mut prefixes = vec![String::new()];
    while !rest.is_empty() {
        let choices: Vec<&str>;
        if let Some(group) = rest.strip_prefix('(') {
            let (group, after) = group.split_once(')')?;
            choices = group.split('|').collect();
            rest = after;
        } else if let Some(after) = rest.strip_prefix(r"\-") {
            choices = vec!["-"];
            rest = after;
        } else {
            let (letter, after) = rest.split_at_checked(1)?;
            choices = vec![letter];
            rest = after;
        }
        if !choices.iter().all(|choice| choice.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')) {
            return None;
        }
        prefixes = prefixes.iter().flat_map(|prefix| choices.iter().map(move |c| format!("{prefix}{c}"))).collect();
    }
    Some(prefixes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns() {
        assert_eq!(pattern_prefixes(r"^(us|eu)\-\w+\-\d+$").unwrap(), ["us", "eu"]);
        assert_eq!(pattern_prefixes(r"^us\-gov\-\w+\-\d+$").unwrap(), ["us-gov"]);
        assert_eq!(pattern_prefixes(r"^eusc\-(de|fr)\-\w+\-\d+$").unwrap(), ["eusc-de", "eusc-fr"]);
        assert_eq!(pattern_prefixes(r"^us\-.*$"), None);
        assert_eq!(pattern_prefixes(r"^u[sx]\-\w+\-\d+$"), None);
    }

    #[test]
    fn names_what_it_does_not_know() {
        let endpoints = json!({"partitions": []});
        let partitions = json!({"partitions": [{"id": "aws", "colour": "red"}]});
        let error = compile_partitions(&partitions, &endpoints).unwrap_err();
        assert!(error.to_string().contains("unknown partition key colour"));
    }
}
