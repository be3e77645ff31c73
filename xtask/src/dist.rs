//! `cargo xtask dist`: the executable as it is given away: optimised, static, and tried once before it goes anywhere.

use std::fs;
use std::path::Path;

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};

use crate::task::{Options, Outcome, Project, TaskError, announce, build_release, io_at};

/// The largest the executable may be, in bytes, with all models and help.
const LARGEST: u64 = 40 << 20;

/// The type of an ELF program header that names the dynamic loader.
const PT_INTERP: u32 = 3;

/// Builds the executable and checks its size, that it needs no other file, and that it resolves names.
///
/// # Errors
/// When it doesn't build, or one of the checks fails.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    Options::new(args, &[], &[])?;
    announce("building aws, optimised and static");
    let executable = build_release(project)?;
    let image = fs::read(&executable).map_err(io_at(executable.display()))?;
    let size = image.len() as u64;
    if size > LARGEST {
        return Err(TaskError::Failed(format!("the executable has {size} bytes; {LARGEST} is the limit")));
    }
    if names_a_loader(&image) {
        return Err(TaskError::Failed("the executable is not static: it names a dynamic loader".into()));
    }
    resolves_names(&executable)?;
    println!("{}: {:.1} MiB, static, resolves names", executable.display(), size as f64 / f64::from(1 << 20));
    Ok(())
}

/// Whether a 64-bit little-endian ELF image asks for a dynamic loader. What isn't such an image asks for none.
fn names_a_loader(image: &[u8]) -> bool {
    let number = |at: usize, bytes: usize| {
        let field = image.get(at..at.checked_add(bytes)?)?;
        Some(field.iter().rev().fold(0_u64, |n, &byte| n << 8 | u64::from(byte)))
    };
    let headers = || Some((number(32, 8)? as usize, number(54, 2)? as usize, number(56, 2)? as usize));
    let Some((start, size, count)) = headers() else { return false };
    (0..count).any(|n| number(start.saturating_add(n * size), 4) == Some(u64::from(PT_INTERP)))
}

/// A C library linked statically may still want files of the machine to resolve a name: calls a server by its name.
fn resolves_names(executable: &Path) -> Outcome {
    let reply = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>\
                 </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let server = Stub::replies([Reply::xml(reply)]).map_err(io_at("the server"))?;
    let address = server.url().replace("127.0.0.1", "localhost");
    let aws = Aws::at(executable).map_err(io_at(executable.display()))?;
    let words = ["sts", "get-caller-identity", "--endpoint-url", &address, "--query", "Account", "--output", "text"];
    let outcome = aws.run(&words).map_err(io_at(executable.display()))?;
    if outcome.code == 0 && outcome.stdout == "123456789012\n" {
        return Ok(());
    }
    Err(TaskError::Failed(format!("a call to localhost ended with {}: {}", outcome.code, outcome.stderr)))
}

#[cfg(test)]
mod tests {
    use super::names_a_loader;

    #[test]
    fn sees_the_loader() {
        let mut image = vec![0_u8; 64 + 2 * 56];
        image[32] = 64; // Program headers follow the file header.
        image[54] = 56;
        image[56] = 2;
        image[64] = 1;
        assert!(!names_a_loader(&image));
        image[64 + 56] = 3;
        assert!(names_a_loader(&image));
        assert!(!names_a_loader(b"#!/bin/sh"));
    }
}
