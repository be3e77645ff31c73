//! From the newest digest back to the oldest: each names the one before it.

use super::digest::Digest;
use super::keys::{self, Trail};
use super::moment::Moment;
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, CallInput, ClientOptions, Reply};
use oxaws_failure::Cause;
use oxaws_value::{Map, Value};
use std::collections::HashMap;
use std::io::Read;

const HOUR: i64 = 3600;

/// What is met on the way.
pub trait Events {
    /// A good digest.
    ///
    /// # Errors
    /// Ends the traversal.
    fn valid(&mut self, traversal: &mut Traversal, digest: &Digest, backfill: bool) -> Result<(), Failure>;
    /// A digest that isn't there.
    ///
    /// # Errors
    /// Ends the traversal.
    fn missing(&mut self, place: &str, backfill: bool) -> Result<(), Failure>;
    /// A digest that is no good, and why.
    ///
    /// # Errors
    /// Ends the traversal.
    fn invalid(&mut self, place: &str, why: &str, backfill: bool) -> Result<(), Failure>;
    /// A time without digests.
    ///
    /// # Errors
    /// Ends the traversal.
    fn gap(&mut self, from: Moment, to: Moment, backfill: bool) -> Result<(), Failure>;
}

/// The keys of a bucket's digests, oldest first.
#[derive(Debug, Clone, Default)]
struct Listing {
    standard: Vec<String>,
    backfill: Vec<String>,
}

/// A walk over the digests of a trail.
pub struct Traversal<'a> {
    /// What is around the command.
    pub cx: &'a Context<'a>,
    /// The trail.
    pub trail: Trail,
    /// The region of the first question about a bucket.
    pub first_region: Option<String>,
    /// The first bucket.
    pub bucket: String,
    /// What stands before the keys.
    pub prefix: Option<String>,
    /// The time asked for.
    pub start: Moment,
    /// See `start`.
    pub end: Moment,
    regions: HashMap<String, String>,
    listings: HashMap<(String, Moment), Listing>,
}

/// Why a digest couldn't be used.
enum Trouble {
    NotThere,
    Invalid(String),
    Stop(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Service(_) | Failure::Interrupted | Failure::ClosedPipe => Trouble::Stop(failure),
            other => Trouble::Invalid(other.message()),
        }
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Service(failure) if failure.code() == "NoSuchKey" => Trouble::NotThere,
            other => Failure::from(other).into(),
        }
    }
}

impl<'a> Traversal<'a> {
    /// A walk that has not begun.
    pub fn new(
        cx: &'a Context<'a>,
        trail: Trail,
        first_region: Option<String>,
        place: (String, Option<String>),
        (start, end): (Moment, Moment),
    ) -> Traversal<'a> {
        let (bucket, prefix) = place;
        Traversal {
            cx,
            trail,
            first_region,
            bucket,
            prefix,
            start,
            end,
            regions: HashMap::new(),
            listings: HashMap::new(),
        }
    }

    fn options(region: Option<String>) -> ClientOptions {
        ClientOptions { region, configured_endpoint: true, ..ClientOptions::default() }
    }

    /// Calls S3 in the region of a bucket.
    fn s3(&mut self, bucket: &str, operation: &str, params: Map) -> Result<Reply, CallError> {
        let region = match self.regions.get(bucket) {
            Some(region) => region.clone(),
            None => {
                let params = reply::params([("Bucket", Value::from(bucket))]);
                let options = Traversal::options(self.first_region.clone());
                let found = reply::call_with(self.cx, "s3", "GetBucketLocation", params, &options)?;
                let place = found.get("LocationConstraint").and_then(Value::as_str).filter(|p| !p.is_empty());
                let region = place.unwrap_or("us-east-1").to_owned();
                self.regions.insert(bucket.to_owned(), region.clone());
                region
            }
        };
        let operation = reply::operation_of(self.cx, "s3", operation)?;
        self.cx.session.call_with(operation, CallInput::new(params), &Traversal::options(Some(region)))
    }

    /// An object's contents and metadata.
    ///
    /// # Errors
    /// Those of the call.
    pub fn object(&mut self, bucket: &str, key: &str) -> Result<(Vec<u8>, Map), CallError> {
        let params = reply::params([("Bucket", Value::from(bucket)), ("Key", Value::from(key))]);
        let mut reply = self.s3(bucket, "GetObject", params)?;
        let mut body = Vec::new();
        if let Some(stream) = &mut reply.stream {
            stream.read_to_end(&mut body).map_err(|e| CallError::bad_reply(Cause::of(e)))?;
        }
        let metadata = match reply.value.remove("Metadata") {
            Some(Value::Map(map)) => map,
            _ => Map::new(),
        };
        Ok((body, metadata))
    }

    fn listing(&mut self, bucket: &str, end: Moment) -> Result<Listing, CallError> {
        let cached = (bucket.to_owned(), end);
        if let Some(listing) = self.listings.get(&cached) {
            return Ok(listing.clone());
        }
        let prefix = self.prefix.clone();
        let mut params = reply::params([
            ("Bucket", Value::from(bucket)),
            ("Marker", Value::from(self.trail.marker(self.start, prefix.as_deref()))),
            ("Prefix", Value::from(self.trail.prefix(prefix.as_deref()))),
        ]);
        let (first, last) = (self.start.compact(), end.plus(HOUR).compact());
        let mut listing = Listing::default();
        'pages: loop {
            let page = self.s3(bucket, "ListObjects", params.clone())?.value;
            let contents = reply::list(&page, "Contents");
            for key in contents.iter().filter_map(|c| c.get("Key")).filter_map(Value::as_str) {
                if !self.trail.owns(key, prefix.as_deref()) {
                    continue;
                }
                let date = keys::date(key);
                if date > last.as_str() {
                    break 'pages;
                }
                if date >= first.as_str() {
                    let list = if keys::is_backfill(key) { &mut listing.backfill } else { &mut listing.standard };
                    list.push(key.to_owned());
                }
            }
            let next = match page.get("NextMarker") {
                Some(marker) => Some(marker.clone()),
                None => contents.last().and_then(|c| c.get("Key")).cloned(),
            };
            match next.filter(|_| page.get("IsTruncated").and_then(Value::as_bool) == Some(true)) {
                Some(next) => params.insert("Marker", next),
                None => break,
            };
        }
        self.listings.insert(cached, listing.clone());
        Ok(listing)
    }

    fn digests(&mut self, bucket: &str, end: Moment, backfill: bool) -> Result<Vec<String>, CallError> {
        let listing = self.listing(bucket, end)?;
        Ok(if backfill { listing.backfill } else { listing.standard })
    }

    fn public_keys(&self, from: Moment, to: Moment) -> Result<HashMap<String, Vec<u8>>, Failure> {
        let params = reply::params([("StartTime", Value::from(from.shown())), ("EndTime", Value::from(to.shown()))]);
        let found = reply::call(self.cx, "cloudtrail", "ListPublicKeys", params)?;
        let mut keys = HashMap::new();
        for key in
            reply::member(&found, "PublicKeyList")?.as_list().unwrap_or_default().iter().filter_map(Value::as_map)
        {
            let der = match reply::member(key, "Value")? {
                Value::Bytes(bytes) => bytes.clone(),
                other => oxaws_input::blob::decode(other.as_str().unwrap_or_default()).unwrap_or_default(),
            };
            keys.insert(reply::text(key, "Fingerprint")?.to_owned(), der);
        }
        if keys.is_empty() {
            return Err(Failure::failed(format!("No public keys found between {} and {}", from.shown(), to.shown())));
        }
        Ok(keys)
    }

    /// Walks over the usual digests, or the late ones.
    ///
    /// # Errors
    /// When the service refuses something, or an event does.
    pub fn walk(&mut self, backfill: bool, events: &mut dyn Events) -> Result<(), Failure> {
        let mut bucket = self.bucket.clone();
        let mut digests = self.digests(&bucket, self.end, backfill)?;
        let mut known = if backfill { HashMap::new() } else { self.public_keys(self.start, self.end.plus(2 * HOUR))? };
        let Some(newest) = digests.pop() else { return Ok(()) };
        let mut last_start = Moment::parse(self.cx, keys::date(&newest))?;
        let mut current = Some(newest);
        while let Some(key) = current.take().filter(|_| self.start <= last_start) {
            if self.cx.session.cancel().is_cancelled() {
                return Err(Failure::Interrupted);
            }
            let place = format!("s3://{bucket}/{key}");
            let loaded = self.load(&mut known, &bucket, &key, backfill);
            let next = match loaded {
                Ok((digest, began, ended)) => {
                    last_start = began;
                    events.valid(self, &digest, backfill)?;
                    let text = |key: &str| digest.data.get(key).and_then(Value::as_str).map(str::to_owned);
                    match (text("previousDigestS3Bucket"), text("previousDigestS3Object")) {
                        (Some(previous), Some(object)) => {
                            if previous != bucket {
                                digests = self.digests(&previous, ended, backfill)?;
                                bucket = previous;
                            }
                            current = Some(object);
                            continue;
                        }
                        _ => {
                            let next = self.before(&mut digests, &key)?;
                            if let Some((_, at)) = &next {
                                events.gap(*at, last_start, backfill)?;
                            }
                            next
                        }
                    }
                }
                Err(Trouble::Stop(failure)) => return Err(failure),
                Err(Trouble::NotThere) => {
                    let next = self.before(&mut digests, &key)?;
                    events.missing(&place, backfill)?;
                    next
                }
                Err(Trouble::Invalid(why)) => {
                    let next = self.before(&mut digests, &key)?;
                    events.invalid(&place, &why, backfill)?;
                    next
                }
            };
            current = next.map(|(key, _)| key);
        }
        Ok(())
    }

    /// The next older digest that was listed.
    fn before(&self, digests: &mut Vec<String>, key: &str) -> Result<Option<(String, Moment)>, Failure> {
        if digests.is_empty() {
            return Ok(None);
        }
        let limit = Moment::parse(self.cx, keys::date(key))?;
        while let Some(next) = digests.pop() {
            let at = Moment::parse(self.cx, keys::date(&next))?;
            if at < limit {
                return Ok(Some((next, at)));
            }
        }
        Ok(None)
    }

    /// A digest that was checked, with the times that it begins and ends.
    fn load(
        &mut self,
        known: &mut HashMap<String, Vec<u8>>,
        bucket: &str,
        key: &str,
        backfill: bool,
    ) -> Result<(Digest, Moment, Moment), Trouble> {
        let (body, metadata) = self.object(bucket, key)?;
        let digest = Digest::read(&body, &metadata, keys::is_backfill(key)).map_err(Trouble::Invalid)?;
        digest.check_place(bucket, key).map_err(Trouble::Invalid)?;
        let fingerprint = digest.text("digestPublicKeyFingerprint").to_owned();
        if backfill && !known.contains_key(&fingerprint) {
            let made = Moment::parse(self.cx, digest.made.as_deref().unwrap_or_default())?;
            known.extend(self.public_keys(made.plus(-HOUR), made.plus(HOUR))?);
        }
        let Some(der) = known.get(&fingerprint) else {
            let home = &self.trail.home;
            return Err(Trouble::Invalid(format!(
                "public key not found in region {home} for fingerprint {fingerprint}"
            )));
        };
        digest.check_signature(der).map_err(Trouble::Invalid)?;
        let began = Moment::parse(self.cx, digest.text("digestStartTime"))?;
        let ended = Moment::parse(self.cx, digest.text("digestEndTime"))?;
        Ok((digest, began, ended))
    }
}
