//! Whatever a proxy answers to CONNECT: no request may get past it without a tunnel.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert!(oxaws_fuzz::wire::ask(data, "https://service.test/", true).is_err(), "TLS from bytes that hold no key");
});
