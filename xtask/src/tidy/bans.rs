//! Parts of the standard library that have one home, each with its reason.

use super::source::Source;
use super::{Finding, TextFile};

/// Something only some places may use.
struct Ban {
    /// Paths (also everything beneath them), or macros when the name ends with `!`.
    what: &'static [&'static str],
    /// Paths beneath those that are harmless.
    except: &'static [&'static str],
    /// Prefixes of file names that may.
    allowed: &'static [&'static str],
    /// Prefixes of file names the ban is about; all of the product where empty.
    within: &'static [&'static str],
    reason: &'static str,
}

/// Layers 0 and 1 without `env`, which is the outside world, and the two crates that compile models.
const PURE: &[&str] = &[
    "crates/value/",
    "crates/model/",
    "crates/config/",
    "crates/protocol/",
    "crates/endpoint/",
    "crates/sign/",
    "crates/jmespath/",
    "crates/input/",
    "crates/output/",
];

const BANS: &[Ban] = &[
    Ban {
        what: &["std::env"],
        except: &["std::env::consts"],
        allowed: &["crates/env/", "crates/pack/build.rs"],
        within: &[],
        reason: "ask oxaws_env::World",
    },
    Ban {
        what: &["std::process::exit", "std::process::abort"],
        except: &[],
        allowed: &[],
        within: &[],
        reason: "return an Exit",
    },
    Ban {
        what: &[
            "std::net::TcpStream",
            "std::net::TcpListener",
            "std::net::UdpSocket",
            "std::net::ToSocketAddrs",
            "std::os::unix::net",
        ],
        except: &[],
        allowed: &["crates/http/"],
        within: &[],
        reason: "only http opens sockets",
    },
    Ban {
        what: &["println!", "print!", "eprintln!", "eprint!", "std::io::stdout", "std::io::stderr", "std::io::stdin"],
        except: &[],
        allowed: &["crates/cli/src/term/", "crates/env/", "crates/pack/build.rs"],
        within: &[],
        reason: "only cli::ui speaks to the terminal",
    },
    Ban {
        what: &["std::time::SystemTime::now"],
        except: &[],
        allowed: &["crates/env/"],
        within: &[],
        reason: "ask oxaws_env::World for the time",
    },
    Ban {
        what: &["std::fs", "std::process", "std::thread", "std::time::Instant"],
        except: &[],
        allowed: &[],
        within: PURE,
        reason: "layers 0 and 1 do no I/O and know no clock",
    },
];

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let product = |f: &&TextFile| f.name.starts_with("crates/") && f.name.ends_with(".rs") && !is_test(&f.name);
    files.iter().filter(product).flat_map(check_file).collect()
}

/// Whether a file is only ever compiled for tests.
fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.contains("/benches/") || name.contains("/examples/") || name.ends_with("/tests.rs")
}

fn check_file(file: &TextFile) -> Vec<Finding> {
    let applies = |ban: &&Ban| {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|p| file.name.starts_with(p));
        !begins(ban.allowed) && (ban.within.is_empty() || begins(ban.within))
    };
    let bans: Vec<&Ban> = BANS.iter().filter(applies).collect();
    let source = Source::new(&file.text);
    let macros = source.macros().into_iter().map(|(line, name)| (line, format!("{name}!")));
    let uses = source.paths().into_iter().chain(macros);
    let mut findings = Vec::new();
    for (line, path) in uses {
        for ban in &bans {
            let covers = |what: &&&str| path.strip_prefix(**what).is_some_and(|r| r.is_empty() || r.starts_with("::"));
            if let Some(what) = ban.what.iter().find(covers)
                && !ban.except.iter().any(|except| covers(&except))
            {
                let problem = format!("`{what}` has no place here: {}", ban.reason);
                findings.push(Finding { file: file.name.clone(), line, problem });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lines(name: &str, text: &str) -> BTreeSet<usize> {
        check(&[TextFile { name: name.into(), text: text.into() }]).into_iter().map(|f| f.line).collect()
    }

    #[test]
    fn finds_what_has_another_home() {
        let text = "use std::env;\nfn f() { println!(\"x\"); }\nfn g() { std::fs::read(\"x\"); env!(\"X\"); }\n";
        assert_eq!(lines("crates/cli/src/a.rs", text), [1, 2].into());
        assert_eq!(lines("crates/value/src/a.rs", text), [1, 2, 3].into());
        assert_eq!(lines("crates/env/src/a.rs", text), BTreeSet::new());
        assert_eq!(lines("xtask/src/a.rs", text), BTreeSet::new());
        assert_eq!(lines("crates/cli/tests/a.rs", text), BTreeSet::new());
    }
}
