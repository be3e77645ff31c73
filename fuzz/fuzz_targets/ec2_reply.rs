//! Replies of the ec2 protocol: results, errors, headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oxaws_fuzz::parse_reply("ec2", data));
