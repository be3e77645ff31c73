//! Any parameters for sound rules: every function of the language meets any text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_endpoint::{Params, resolve};
use oxaws_fuzz::{partition_bytes, rule_bytes};

fuzz_target!(|texts: (Option<&str>, Option<&str>, Option<&str>, bool)| {
    let (region, bucket, endpoint, fips) = texts;
    let mut params = Params::new();
    for (name, value) in [("Region", region), ("Bucket", bucket), ("Endpoint", endpoint)] {
        if let Some(value) = value {
            params.set(name, value);
        }
    }
    params.set("UseFIPS", fips);
    let _ = resolve(rule_bytes(), partition_bytes(), &params);
});
