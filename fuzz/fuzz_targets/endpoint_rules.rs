//! Damaged rule sets and partitions: the interpreter ends, with an endpoint or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_endpoint::{Params, declared, resolve};
use oxaws_fuzz::{partition_bytes, patched, rule_bytes};

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let mut params = Params::new();
    params.set("Region", "eu-west-1");
    if choice & 1 == 0 {
        params.set("Bucket", "arn:aws:s3:eu-west-1:123456789012:accesspoint/name");
    }
    if choice & 2 == 0 {
        params.set("Endpoint", "https://127.0.0.1:8000/path");
    }
    let (rules, partitions) = match choice >> 6 {
        0 => (rest.to_vec(), partition_bytes().to_vec()),
        1 => (rule_bytes().to_vec(), patched(partition_bytes(), rest)),
        _ => (patched(rule_bytes(), rest), partition_bytes().to_vec()),
    };
    let _ = declared(&rules).count();
    let _ = resolve(&rules, &partitions, &params);
});
