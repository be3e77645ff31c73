//! What the command line says about objects, as the headers of each kind of request.

use crate::client::{Call, Header};
use crate::error::TransferError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_sign::Algorithm;
use std::borrow::Cow;

/// A customer's key with its algorithm.
#[derive(Clone)]
pub struct CustomerKey {
    /// `AES256`
    pub algorithm: String,
    /// The key.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustomerKey({})", self.algorithm)
    }
}

/// Which properties a copy keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyProps {
    /// None.
    None,
    /// What the metadata directive is about.
    MetadataDirective,
    /// That and tags.
    Default,
    /// That and annotations.
    All,
}

/// Properties of an object that a copy can keep or replace: header names and values.
pub const PROPERTY_HEADERS: [&str; 6] =
    ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"];

/// What the command line says about objects.
#[derive(Debug, Clone)]
pub struct ObjectOptions {
    /// Headers for a new object that have no rule of their own: ACL, storage class, redirect.
    pub general: Vec<(&'static str, String)>,
    /// Properties: a name of [`PROPERTY_HEADERS`] and its value.
    pub properties: Vec<(&'static str, String)>,
    /// Grants, as headers.
    pub grants: Vec<(&'static str, String)>,
    /// Why the grants can't be right: ends the command at the first upload or copy.
    pub bad_grants: Option<String>,
    /// Why no object can be written with these options: each upload and copy fails with it.
    pub invalid: Option<String>,
    /// Metadata.
    pub metadata: Vec<(String, String)>,
    /// `COPY` or `REPLACE`.
    pub metadata_directive: Option<String>,
    /// Server-side encryption and its key.
    pub encryption: Vec<(&'static str, String)>,
    /// The key of the object.
    pub sse_c: Option<CustomerKey>,
    /// The key of a copy's source.
    pub sse_c_source: Option<CustomerKey>,
    /// Who asks pays.
    pub request_payer: Option<String>,
    /// The checksum's algorithm, where it was given.
    pub checksum: Option<Algorithm>,
    /// `ENABLED`
    pub checksum_mode: bool,
    /// Never over an object that is there.
    pub no_overwrite: bool,
    /// What a copy keeps.
    pub copy_props: CopyProps,
    /// The type of a file's content by its name.
    pub content_type: Option<fn(&str) -> Option<String>>,
}

impl Default for ObjectOptions {
    fn default() -> Self {
        ObjectOptions {
            general: Vec::new(),
            properties: Vec::new(),
            grants: Vec::new(),
            bad_grants: None,
            invalid: None,
            metadata: Vec::new(),
            metadata_directive: None,
            encryption: Vec::new(),
            sse_c: None,
            sse_c_source: None,
            request_payer: None,
            checksum: None,
            checksum_mode: false,
            no_overwrite: false,
            copy_props: CopyProps::Default,
            content_type: None,
        }
    }
}

/// Headers that are computed once and sent with every request of a kind.
#[derive(Debug, Default)]
pub(crate) struct Fixed(Vec<(Cow<'static, str>, Vec<u8>)>);

impl Fixed {
    pub(crate) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Vec<u8>>) {
        self.0.push((name.into(), value.into()));
    }

    fn extend(&mut self, pairs: &[(&'static str, String)]) {
        for (name, value) in pairs {
            self.push(*name, value.as_str());
        }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Vec<u8>>) {
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value.into(),
            None => self.push(name, value),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    pub(crate) fn add_to<'a>(&'a self, call: &mut Call<'a>) {
        let borrowed = self.0.iter().map(|(n, v)| -> Header<'a> { (Cow::Borrowed(n.as_ref()), Cow::Borrowed(v)) });
        call.headers.extend(borrowed);
    }
}

/// The headers of each kind of request.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub options: ObjectOptions,
    pub put: Fixed,
    pub create: Fixed,
    pub part: Fixed,
    pub complete: Fixed,
    pub get: Fixed,
    pub head: Fixed,
    /// The single look-up of a source: with the key of a copy's source.
    pub head_source: Fixed,
    pub copy_part: Fixed,
    pub payer: Fixed,
    /// The algorithm that uploads carry.
    pub upload_checksum: Option<Algorithm>,
}

impl Prepared {
    pub(crate) fn new(options: ObjectOptions, sends_checksums: bool, checks_replies: bool) -> Self {
        let default = sends_checksums.then_some(Algorithm::Crc64Nvme);
        let upload_checksum = options.checksum.or(default);
        let object = || {
            let mut fixed = Fixed::default();
            fixed.extend(&options.general);
            fixed.extend(&options.properties);
            fixed.extend(&options.grants);
            add_metadata(&mut fixed, &options.metadata);
            fixed.extend(&options.encryption);
            add_key(&mut fixed, options.sse_c.as_ref(), false);
            add_payer(&mut fixed, &options);
            fixed
        };
        let (mut put, mut create) = (object(), object());
        if options.no_overwrite {
            put.push("If-None-Match", "*");
        }
        if let Some(algorithm) = upload_checksum {
            create.push("x-amz-checksum-algorithm", algorithm.name());
        }
        let mut part = Fixed::default();
        add_key(&mut part, options.sse_c.as_ref(), false);
        add_payer(&mut part, &options);
        let mut complete = Fixed::default();
        add_key(&mut complete, options.sse_c.as_ref(), false);
        add_payer(&mut complete, &options);
        if options.no_overwrite {
            complete.push("If-None-Match", "*");
        }
        let (mut get, mut head, mut head_source) = (Fixed::default(), Fixed::default(), Fixed::default());
        for fixed in [&mut get, &mut head] {
            add_key(fixed, options.sse_c.as_ref(), false);
            add_payer(fixed, &options);
        }
        if options.checksum_mode || checks_replies {
            get.push("x-amz-checksum-mode", "ENABLED");
        }
        if options.checksum_mode {
            head.push("x-amz-checksum-mode", "ENABLED");
        }
        add_key(&mut head_source, options.sse_c_source.as_ref(), false);
        add_payer(&mut head_source, &options);
        let mut copy_part = Fixed::default();
        add_key(&mut copy_part, options.sse_c.as_ref(), false);
        add_key(&mut copy_part, options.sse_c_source.as_ref(), true);
        add_payer(&mut copy_part, &options);
        let mut payer = Fixed::default();
        add_payer(&mut payer, &options);
        Prepared { options, put, create, part, complete, get, head, head_source, copy_part, payer, upload_checksum }
    }

    /// Complains where no object can be written with these options.
    pub(crate) fn check_writable(&self) -> Result<(), TransferError> {
        match &self.options.invalid {
            Some(problem) => Err(TransferError::validation(problem)),
            None => Ok(()),
        }
    }
}

fn add_payer(fixed: &mut Fixed, options: &ObjectOptions) {
    if let Some(payer) = &options.request_payer {
        fixed.push("x-amz-request-payer", payer.as_str());
    }
}

pub(crate) fn add_metadata(fixed: &mut Fixed, metadata: &[(String, String)]) {
    for (name, value) in metadata {
        fixed.push(format!("x-amz-meta-{name}"), value.as_str());
    }
}

/// Adds a customer's key, with its MD5, under its own names or those of a copy's source.
pub(crate) fn add_key(fixed: &mut Fixed, key: Option<&CustomerKey>, source: bool) {
    let Some(key) = key else { return };
    let names = if source {
        [
            "x-amz-copy-source-server-side-encryption-customer-algorithm",
            "x-amz-copy-source-server-side-encryption-customer-key",
            "x-amz-copy-source-server-side-encryption-customer-key-MD5",
        ]
    } else {
        [
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-MD5",
        ]
    };
    fixed.push(names[0], key.algorithm.as_str());
    fixed.push(names[1], STANDARD.encode(&key.key));
    fixed.push(names[2], Algorithm::Md5.digest(&key.key).to_base64());
}
