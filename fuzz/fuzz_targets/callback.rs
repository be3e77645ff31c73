//! Whatever connects to the server that waits for a browser: it neither ends nor takes a target that isn't a GET's.
#![no_main]

use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use oxaws_http::{Callback, Cancel};

fuzz_target!(|data: &[u8]| {
    let Ok(server) = Callback::listen(None) else { return };
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())) else { return };
    let _ = stream.write_all(data);
    let _ = stream.shutdown(Shutdown::Write);
    let found = server.wait("<p>page</p>", Duration::from_millis(30), &Cancel::new(), |target| Some(target.to_owned()));
    if let Ok(Some(target)) = found {
        assert!(data.starts_with(b"GET "), "{target:?} from something that isn't a GET");
    }
});
