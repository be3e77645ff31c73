//! `endpoints.json`: what the AWS CLI still takes from it beside the rules.
//!
//! Every client asks it first. It decides which services need no region, which region a client has and signs for when the
//! rules say nothing, which wishes for FIPS and dual-stack can't be granted, and the URL in `Invalid endpoint`.

use crate::partitions::Partitions;
use oxaws_model::endpoint_format::NONE;
use oxaws_model::endpoint_format::partitions::{self as f, header, legacy as l, record as r, service as s};
use std::fmt;

/// Which kind of endpoint is wished for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Variant {
    /// FIPS.
    pub fips: bool,
    /// Dual-stack.
    pub dual_stack: bool,
}

/// Why a client can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegacyError {
    /// The service needs a region.
    NoRegion,
    /// There is no such endpoint.
    NoVariant(Variant),
}

impl fmt::Display for LegacyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = match self {
            LegacyError::NoRegion => return out.write_str("You must specify a region."),
            LegacyError::NoVariant(Variant { fips: true, dual_stack: true }) => "['dualstack', 'fips']",
            LegacyError::NoVariant(Variant { fips: true, .. }) => "['fips']",
            LegacyError::NoVariant(_) => "['dualstack']",
        };
        write!(out, "Unable to construct a modeled endpoint with the following variant(s) {tags}: ")
    }
}

impl std::error::Error for LegacyError {}

/// What `endpoints.json` says of a service in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyEndpoint<'a> {
    /// The partition's id.
    pub partition: &'a str,
    /// The region, or `aws-global` and its like.
    pub name: String,
    /// Host name.
    pub hostname: String,
    /// Whether it speaks HTTPS.
    pub https: bool,
    /// `credentialScope.region`
    pub signing_region: Option<String>,
    /// `credentialScope.service`
    pub signing_name: Option<&'a str>,
    /// Whether it is deprecated (a warning in the log).
    pub deprecated: bool,
}

/// What a client takes from `endpoints.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientScope<'a> {
    /// The client's region, which differs from the one given for global services (`aws-global`). `None` only with a
    /// custom endpoint.
    pub region: Option<String>,
    /// The region to sign for when the rules don't say; `None` is an error once a request has to be signed.
    pub signing_region: Option<String>,
    /// The service to sign for when the rules don't say and the model doesn't either.
    pub signing_name: Option<&'a str>,
    /// The custom endpoint, or the one of `endpoints.json`; it has to be valid even when the rules give another.
    pub endpoint_url: String,
    /// The partition's id.
    pub partition: &'a str,
    /// The region to ask the rules with.
    pub rules_region: Option<String>,
}

#[derive(Clone, Copy)]
struct View<'a> {
    all: Partitions<'a>,
    at: usize,
}

impl<'a> View<'a> {
    fn text(self, field: usize) -> &'a str {
        self.all.text(self.at.saturating_add(field))
    }

    fn u16(self, field: usize) -> u16 {
        self.all.bytes.u16(self.at.saturating_add(field)).unwrap_or(NONE)
    }

    fn u8(self, field: usize) -> u8 {
        self.all.bytes.u8(self.at.saturating_add(field)).unwrap_or(0)
    }

    fn named(self, field: usize) -> Option<&'a str> {
        self.all.strings.get(self.u16(field))
    }
}

fn partitions(all: Partitions<'_>) -> impl Iterator<Item = View<'_>> {
    let table = all.table(header::LEGACY);
    (0..table.count.min(32)).map(move |row| View { all, at: table.at.saturating_add(row * l::SIZE) })
}

/// Sorted by name: found by halving.
fn service<'a>(partition: View<'a>, prefix: &str) -> Option<View<'a>> {
    let all = partition.all;
    let table = all.table(header::SERVICES);
    let rows = all.range(partition.at.saturating_add(l::SERVICES), table);
    let view = |row: usize| View { all, at: table.at.saturating_add(row * s::SIZE) };
    let (mut low, mut high) = (rows.start, rows.end);
    while low < high {
        let middle = low + (high - low) / 2;
        match view(middle).text(s::NAME).cmp(prefix) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(view(middle)),
        }
    }
    None
}

/// The service's endpoints: names and records.
fn endpoints(service: View<'_>) -> impl Iterator<Item = (&str, u16)> {
    let all = service.all;
    let start = all.bytes.place(header::ENDPOINTS_AT).unwrap_or(0);
    let first = all.bytes.place(service.at.saturating_add(s::FIRST)).unwrap_or(0);
    let count = all.bytes.u16(service.at.saturating_add(s::COUNT)).unwrap_or(0);
    (first..first.saturating_add(usize::from(count))).map(move |row| {
        let at = start.saturating_add(row.saturating_mul(f::ENDPOINT));
        (all.text(at), all.bytes.u16(at.saturating_add(2)).unwrap_or(NONE))
    })
}

/// A record; record 0 says nothing.
fn record(all: Partitions<'_>, id: u16) -> View<'_> {
    let start = all.bytes.place(header::RECORDS_AT).unwrap_or(0);
    View { all, at: start.saturating_add(usize::from(id) * r::SIZE) }
}

fn region_fits(partition: View<'_>, region: &str) -> bool {
    let at = partition.at;
    partition.all.fits(at.saturating_add(l::PREFIXES), region)
        || partition.all.lists(at.saturating_add(l::REGIONS), region)
}

/// What `endpoints.json` says of the service with this endpoint prefix in `region`. A region that fits no partition is
/// looked for in the first one.
///
/// # Errors
/// [`LegacyError`] when the service needs a region and none is given, or the wished variant doesn't exist.
pub fn legacy_endpoint<'a>(
    all: Partitions<'a>,
    prefix: &str,
    region: Option<&str>,
    variant: Variant,
) -> Result<LegacyEndpoint<'a>, LegacyError> {
    // S3 has no global dual-stack endpoint.
    let region = if prefix == "s3" && variant.dual_stack { region.or(Some("us-east-1")) } else { region };
    let lacks_dual_stack = |id: &str| matches!(id, "aws-iso" | "aws-iso-b");
    for partition in partitions(all) {
        if variant.dual_stack && lacks_dual_stack(partition.text(l::ID)) {
            continue;
        }
        if let Some(found) = in_partition(partition, prefix, region, variant, false)? {
            return Ok(found);
        }
    }
    let default = partitions(all).find(|partition| partition.text(l::ID) == "aws");
    match default {
        Some(partition) => in_partition(partition, prefix, region, variant, true)?.ok_or(LegacyError::NoRegion),
        None => Err(LegacyError::NoRegion),
    }
}

fn in_partition<'a>(
    partition: View<'a>,
    prefix: &str,
    region: Option<&str>,
    variant: Variant,
    whatever: bool,
) -> Result<Option<LegacyEndpoint<'a>>, LegacyError> {
    let service = service(partition, prefix);
    let global = service.and_then(|service| service.named(s::PARTITION_ENDPOINT));
    let region = region.or(global).ok_or(LegacyError::NoRegion)?;
    let own = |name: &str| service.and_then(|service| endpoints(service).find(|(known, _)| *known == name));
    let resolved = |name: &str| {
        let id = own(name).map_or(0, |(_, id)| id);
        let defaults = service.map_or(0, |service| service.u16(s::DEFAULTS));
        described(partition, prefix, name, [id, defaults, partition.u16(l::DEFAULTS)], variant).map(Some)
    };
    if own(region).is_some() {
        return resolved(region);
    }
    if !whatever && !region_fits(partition, region) {
        return Ok(None);
    }
    let regionalized = service.is_none_or(|service| service.u16(s::FLAGS) & s::REGIONALIZED != 0);
    match global {
        Some(global) if !regionalized => resolved(global),
        _ => resolved(region),
    }
}

/// Puts together what the endpoint, its service's defaults and its partition's defaults say; the first that says
/// something counts, and a variant counts before all of them.
fn described<'a>(
    partition: View<'a>,
    prefix: &str,
    name: &str,
    records: [u16; 3],
    variant: Variant,
) -> Result<LegacyEndpoint<'a>, LegacyError> {
    let all = partition.all;
    let [own, service, defaults] = records.map(|id| record(all, id));
    let levels = [own, service, defaults];
    let wished = match variant {
        Variant { fips: false, dual_stack: false } => None,
        Variant { fips: true, dual_stack: false } => Some(0),
        Variant { fips: false, dual_stack: true } => Some(1),
        Variant { fips: true, dual_stack: true } => Some(2),
    };
    let (mut hostname, mut dns_suffix) = (None, None);
    if let Some(number) = wished {
        let mut exists = false;
        for level in levels.iter().filter(|level| level.u8(r::VARIANTS) & (1 << number) != 0) {
            exists = true;
            let field = r::VARIANT + number * 4;
            hostname = hostname.or_else(|| level.named(field));
            dns_suffix = dns_suffix.or_else(|| level.named(field + 2));
        }
        if !exists {
            return Err(LegacyError::NoVariant(variant));
        }
    }
    let hostname = hostname.or_else(|| levels.iter().find_map(|level| level.named(r::HOSTNAME))).unwrap_or("");
    let dns_suffix = dns_suffix.unwrap_or_else(|| partition.text(l::DNS_SUFFIX));
    let flags = |level: &&View<'a>, flag| level.u8(r::FLAGS) & flag != 0;
    let scope = levels.iter().find(|level| flags(level, r::SCOPE));
    let signing_region = scope.and_then(|scope| match scope.u16(r::REGION) {
        r::SAME => Some(name.to_owned()),
        id => all.strings.get(id).map(str::to_owned),
    });
    Ok(LegacyEndpoint {
        partition: partition.text(l::ID),
        name: name.to_owned(),
        hostname: hostname.replace("{service}", prefix).replace("{region}", name).replace("{dnsSuffix}", dns_suffix),
        https: levels.iter().find(|level| flags(level, r::PROTOCOLS)).is_some_and(|level| flags(&level, r::HTTPS)),
        signing_region,
        signing_name: scope.and_then(|scope| scope.named(r::SERVICE)),
        deprecated: flags(&&own, r::DEPRECATED),
    })
}

/// What a client of the service with this endpoint prefix takes from `endpoints.json` (`ClientEndpointBridge.resolve`).
///
/// `region` is the one the user gave, without a FIPS mark; `custom` the endpoint the user gave.
///
/// # Errors
/// [`LegacyError`]; it comes before any rule is asked, and with a custom endpoint too.
pub fn client_scope<'a>(
    all: Partitions<'a>,
    prefix: &str,
    region: Option<&str>,
    variant: Variant,
    custom: Option<&str>,
) -> Result<ClientScope<'a>, LegacyError> {
    let found = legacy_endpoint(all, prefix, region, variant)?;
    let partition = found.partition;
    let signing_name = found.signing_name;
    let (mut client, mut signing, endpoint_url) = match custom {
        // A custom endpoint keeps the region as given, global service or not.
        Some(url) => (region.map(str::to_owned), region.map(str::to_owned), url.to_owned()),
        None => {
            let scheme = if found.https { "https" } else { "http" };
            let url = format!("{scheme}://{}", found.hostname);
            let signing = found.signing_region.unwrap_or_else(|| found.name.clone());
            (Some(found.name), Some(signing), url)
        }
    };
    if prefix == "s3" && client.is_none() {
        let found = legacy_endpoint(all, prefix, None, variant)?;
        signing = Some(found.signing_region.unwrap_or_else(|| found.name.clone()));
        client = Some(found.name);
    }
    let rules_region = match region {
        Some(region) if !matches!(prefix, "s3" | "sts") => Some(region.to_owned()),
        _ => client.clone(),
    };
    Ok(ClientScope { region: client, signing_region: signing, signing_name, endpoint_url, partition, rules_region })
}

/// What decides the signature's region and service for a client: [`client_scope`] over bytes.
///
/// # Errors
/// As [`client_scope`]; damaged bytes count as a missing region.
pub fn legacy_scope<'a>(
    partitions: &'a [u8],
    prefix: &str,
    region: Option<&str>,
    variant: Variant,
    custom: Option<&str>,
) -> Result<ClientScope<'a>, LegacyError> {
    client_scope(Partitions::open(partitions).ok_or(LegacyError::NoRegion)?, prefix, region, variant, custom)
}

/// The regions of `partition` in which the service with this endpoint prefix has an endpoint of its own, in the order of
/// `endpoints.json`: what `get_available_regions` gives.
pub fn service_regions<'a>(all: Partitions<'a>, prefix: &str, partition: &str) -> impl Iterator<Item = &'a str> {
    let partition = partitions(all).find(|view| view.text(l::ID) == partition);
    let service = partition.and_then(|partition| service(partition, prefix));
    partition.zip(service).into_iter().flat_map(move |(partition, service)| {
        let regions = partition.at.saturating_add(l::REGIONS);
        endpoints(service).map(|(name, _)| name).filter(move |name| all.lists(regions, name))
    })
}

/// The id and DNS suffix of the partition of `region` after `endpoints.json`; `None` where it fits none.
pub fn partition_for_region<'a>(all: Partitions<'a>, region: &str) -> Option<(&'a str, &'a str)> {
    let found = partitions(all).find(|partition| region_fits(*partition, region))?;
    Some((found.text(l::ID), found.text(l::DNS_SUFFIX)))
}

/// The ids of the partitions of `endpoints.json`, in its order, with their titles (`AWS Standard`).
pub fn partition_titles(all: Partitions<'_>) -> impl Iterator<Item = (&str, &str)> {
    partitions(all).map(|partition| (partition.text(l::ID), partition.text(l::TITLE)))
}
