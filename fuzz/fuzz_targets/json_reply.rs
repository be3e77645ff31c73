//! Replies of the json protocol: results, errors, headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oxaws_fuzz::parse_reply("json", data));
