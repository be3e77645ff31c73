//! The `s3` section of a profile, as far as transfers read it.

use crate::limits;
use oxaws_config::profiles::Nested;
use std::fmt;

/// How transfers go about their work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferConfig {
    /// From which size in bytes on transfers are made in parts.
    pub threshold: u64,
    /// The size of a part in bytes.
    pub part_size: u64,
    /// Requests at a time.
    pub concurrency: usize,
    /// Jobs that may wait.
    pub queue: usize,
    /// Bytes a second, at most.
    pub bandwidth: Option<u64>,
}

impl Default for TransferConfig {
    fn default() -> Self {
        TransferConfig { threshold: 8 << 20, part_size: 8 << 20, concurrency: 10, queue: 1000, bandwidth: None }
    }
}

/// A value that can't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferConfigError {
    /// Not a size: in lower case.
    Size(String),
    /// Not a rate.
    Rate(String),
    /// Not Python's `int()`.
    Int(String),
    /// Not a positive integer: key and value.
    Positive(&'static str, String),
    /// Not one of the transfer clients.
    Client(String),
}

impl fmt::Display for TransferConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferConfigError::Size(value) => write!(f, "Invalid size value: {value}"),
            TransferConfigError::Rate(value) => write!(
                f,
                "Invalid rate: {value}. The value must be expressed as an integer in terms of bytes per second (e.g. \
                 10485760) or a rate in terms of bytes per second (e.g. 10MB/s or 800KB/s) or bits per second (e.g. \
                 10Mb/s or 800Kb/s)"
            ),
            TransferConfigError::Int(value) => {
                write!(f, "invalid literal for int() with base 10: {}", oxaws_python::repr_str(value))
            }
            TransferConfigError::Positive(key, value) => {
                write!(f, "Value for {key} must be a positive integer: {value}")
            }
            TransferConfigError::Client(value) => write!(
                f,
                "Invalid value: \"{value}\" for configuration option: \"preferred_transfer_client\". Supported values \
                 are: auto, classic, crt"
            ),
        }
    }
}

impl std::error::Error for TransferConfigError {}

const SIZES: [&str; 3] = ["multipart_chunksize", "multipart_threshold", "io_chunksize"];
const RATES: [&str; 3] = ["max_bandwidth", "target_bandwidth", "disk_throughput"];
const POSITIVE: [&str; 8] = [
    "multipart_chunksize",
    "multipart_threshold",
    "max_concurrent_requests",
    "max_queue_size",
    "max_bandwidth",
    "target_bandwidth",
    "io_chunksize",
    "disk_throughput",
];

impl TransferConfig {
    /// Reads the section.
    ///
    /// # Errors
    /// The first bad value in the CLI's order: sizes, rates, then positive integers, then the client's name.
    pub fn from_section(section: Option<&Nested>) -> Result<TransferConfig, TransferConfigError> {
        let mut config = TransferConfig::default();
        let Some(section) = section else { return Ok(config) };
        let mut values: Vec<(&'static str, i128)> = Vec::new();
        for key in SIZES {
            if let Some(text) = section.get(key) {
                values.push((key, size(text)?));
            }
        }
        for key in RATES {
            if let Some(text) = section.get(key) {
                values.push((key, rate(text)?));
            }
        }
        for key in POSITIVE {
            let value = match values.iter().find(|(k, _)| *k == key) {
                Some((_, value)) => Some(*value),
                None => match section.get(key) {
                    None => continue,
                    Some(text) => int(text),
                },
            };
            let text = || section.get(key).unwrap_or_default().to_owned();
            let Some(value) = value.filter(|v| *v > 0) else {
                let shown = match values.iter().find(|(k, _)| *k == key) {
                    Some((_, value)) => value.to_string(),
                    None => text(),
                };
                return Err(TransferConfigError::Positive(key, shown));
            };
            let value = u64::try_from(value).unwrap_or(u64::MAX);
            let count = usize::try_from(value).unwrap_or(usize::MAX);
            match key {
                "multipart_chunksize" => config.part_size = value,
                "multipart_threshold" => config.threshold = value,
                "max_concurrent_requests" => config.concurrency = count.min(limits::MAX_THREADS),
                "max_queue_size" => config.queue = count.min(limits::MAX_QUEUE),
                "max_bandwidth" => config.bandwidth = Some(value),
                _ => {}
            }
        }
        match section.get("preferred_transfer_client") {
            None | Some("auto" | "classic" | "crt" | "default") => Ok(config),
            Some(other) => Err(TransferConfigError::Client(other.to_owned())),
        }
    }
}

fn int(text: &str) -> Option<i128> {
    oxaws_python::python_int_text(text)?.parse().ok()
}

/// `8MB`, `8MiB` or bytes; every suffix counts in powers of 1024.
fn size(text: &str) -> Result<i128, TransferConfigError> {
    let text = text.to_lowercase();
    let suffix_length = if text.ends_with("ib") { 3 } else { 2 };
    let cut = text.len().checked_sub(suffix_length).filter(|at| text.is_char_boundary(*at));
    let factor = cut.and_then(|at| match &text[at..] {
        "kb" | "kib" => Some(1_i128 << 10),
        "mb" | "mib" => Some(1 << 20),
        "gb" | "gib" => Some(1 << 30),
        "tb" | "tib" => Some(1 << 40),
        _ => None,
    });
    match (cut, factor) {
        (Some(at), Some(factor)) => {
            let number = int(&text[..at]).ok_or_else(|| TransferConfigError::Int(text[..at].to_owned()))?;
            Ok(number.saturating_mul(factor))
        }
        _ => int(&text).ok_or(TransferConfigError::Size(text)),
    }
}

/// `10MB/s`, `10Mb/s` (bits) or bytes a second.
fn rate(text: &str) -> Result<i128, TransferConfigError> {
    let inner = || match text.get(..text.len().saturating_sub(3)) {
        Some(number) if int(number).is_some() => size(number),
        _ => size(text.get(..text.len().saturating_sub(2)).unwrap_or_default()),
    };
    if text.ends_with("B/s") {
        inner()
    } else if text.ends_with("b/s") {
        Ok(inner()? / 8)
    } else {
        int(text).ok_or_else(|| TransferConfigError::Rate(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rates() {
        assert_eq!(size("8MB"), Ok(8 << 20));
        assert_eq!(size("1kib"), Ok(1024));
        assert_eq!(size("17"), Ok(17));
        assert_eq!(size("8XB"), Err(TransferConfigError::Size("8xb".into())));
        assert_eq!(size("1.5MB"), Err(TransferConfigError::Int("1.5".into())));
        assert_eq!(rate("10MB/s"), Ok(10 << 20));
        assert_eq!(rate("80Kb/s"), Ok(10 << 10));
        assert_eq!(rate("1024B/s"), Ok(1024));
        assert_eq!(rate("10MB"), Err(TransferConfigError::Rate("10MB".into())));
    }
}
