//! What each word of a command line is, for whoever needs to know that and no value: of lines that don't parse, too.

use super::{Kind, Nargs, Parsed, Parser, Spec};

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// An option, and where its value begins when it follows a `=`. A prefix of several options may be any.
    Option(Vec<usize>, Option<usize>),
    /// A value of an option.
    Value(Vec<usize>),
    /// A value of a positional.
    Positional(usize),
    /// Something with dashes that is none of the options.
    Unknown,
    /// A word that nothing takes, and the separator `--`.
    Extra,
}

/// The role of each of `args`. Where argparse would complain, the most that a word can be is assumed.
pub(crate) fn roles(specs: &[Spec], args: &[String]) -> Vec<Role> {
    let parser = Parser { specs, args, check: &|_, _| None, parsed: Parsed::default(), seen: vec![false; specs.len()] };
    let mut positionals: Vec<(usize, usize)> =
        specs.iter().enumerate().filter(|(_, s)| s.is_positional()).map(|(i, s)| (i, most(s.nargs))).collect();
    positionals.reverse();
    let mut open: (Vec<usize>, usize) = (Vec::new(), 0);
    let mut only_words = false;
    let mut roles = Vec::with_capacity(args.len());
    for arg in args {
        let kind = match arg.as_str() {
            _ if only_words => Some(Kind::Word),
            "--" => {
                only_words = true;
                Some(Kind::Dashes)
            }
            // An error here is a prefix of several options.
            _ => parser.kind(arg).ok(),
        };
        let options = match kind {
            Some(Kind::Word) if open.1 > 0 => {
                open.1 -= 1;
                roles.push(Role::Value(open.0.clone()));
                continue;
            }
            Some(Kind::Word) => {
                let role = match positionals.last_mut() {
                    Some((index, left)) => {
                        let index = *index;
                        *left -= 1;
                        if *left == 0 {
                            positionals.pop();
                        }
                        Role::Positional(index)
                    }
                    None => Role::Extra,
                };
                roles.push(role);
                continue;
            }
            Some(Kind::Option(index, _)) => vec![index],
            Some(Kind::Unknown) => {
                open.1 = 0;
                roles.push(Role::Unknown);
                continue;
            }
            Some(Kind::Dashes) => {
                open.1 = 0;
                roles.push(Role::Extra);
                continue;
            }
            None => {
                let name = arg.split_once('=').map_or(arg.as_str(), |(name, _)| name);
                let starts = |s: &Spec| !s.is_positional() && s.name.starts_with(name);
                specs.iter().enumerate().filter(|(_, s)| starts(s)).map(|(i, _)| i).collect()
            }
        };
        let value = arg.find('=').map(|at| at + 1);
        let most = options.iter().filter_map(|i| specs.get(*i)).map(|s| most(s.nargs)).max().unwrap_or(0);
        open = (options.clone(), if value.is_some() { 0 } else { most });
        roles.push(Role::Option(options, value));
    }
    roles
}

/// How many words an option or a positional takes at most.
fn most(nargs: Nargs) -> usize {
    match nargs {
        Nargs::One | Nargs::Optional => 1,
        Nargs::Exactly(n) => n,
        Nargs::ZeroOrMore | Nargs::OneOrMore => usize::MAX,
        Nargs::Flag(_) | Nargs::Version => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_role() {
        let list = Spec { nargs: Nargs::OneOrMore, ..Spec::option("--list") };
        let specs = [Spec::option("--secret"), list, Spec::option("--lisp"), Spec::option("name")];
        let args: Vec<String> =
            "a --sec b c --li d e --secret=f --other g -- --list h".split(' ').map(str::to_owned).collect();
        use Role::*;
        let want = [
            Positional(3),
            Option(vec![0], None),
            Value(vec![0]),
            Extra,
            Option(vec![1, 2], None),
            Value(vec![1, 2]),
            Value(vec![1, 2]),
            Option(vec![0], Some(9)),
            Unknown,
            Extra,
            Extra,
            Extra,
            Extra,
        ];
        assert_eq!(roles(&specs, &args), want);
    }
}
