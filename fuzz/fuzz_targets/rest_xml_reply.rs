//! Replies of the rest-xml protocol: results, errors, headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oxaws_fuzz::parse_reply("rest-xml", data));
