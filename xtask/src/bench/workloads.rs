//! What is measured.

/// A command to measure.
pub struct Workload {
    /// How the table calls it.
    pub title: &'static str,
    /// The command's arguments.
    pub args: &'static [&'static str],
    /// Rounds in percent of what was asked for: long ones need fewer.
    pub share: u32,
    /// Whether both programs must print the same.
    pub same_output: bool,
}

const fn same(title: &'static str, share: u32, args: &'static [&'static str]) -> Workload {
    Workload { title, args, share, same_output: true }
}

/// In the order of the table.
pub const WORKLOADS: &[Workload] = &[
    Workload { title: "`--version`", args: &["--version"], share: 100, same_output: false },
    same("`sts get-caller-identity`", 100, &["sts", "get-caller-identity"]),
    same("`ec2 describe-instances`, small reply", 100, &["ec2", "describe-instances"]),
    same("20 MB reply as JSON", 40, &["dynamodb", "scan", "--table-name", "t"]),
    same(
        "20 MB reply, `--query`",
        40,
        &["dynamodb", "scan", "--table-name", "t", "--query", "Items[?ok.BOOL].{id: id.S, n: n.N, tags: tags.L[].S}"],
    ),
    same("20,000 rows as a table, 20 MB reply", 40, &["ssm", "describe-parameters", "--output", "table"]),
    same(
        "200,000 rows as text, 20 MB reply",
        40,
        &["logs", "filter-log-events", "--log-group-name", "g", "--output", "text"],
    ),
    same("200 pages of 1,000 as JSON", 20, &["s3api", "list-objects-v2", "--bucket", "bench"]),
];

/// What is counted in instructions.
pub const STARTUPS: &[(&str, &[&str])] = &[
    ("--version", &["--version"]),
    ("sts get-caller-identity", &["sts", "get-caller-identity"]),
    ("ec2 describe-instances", &["ec2", "describe-instances"]),
];

/// How much the server answers.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of a large reply, at least.
    pub reply: usize,
    /// Rows of the reply that is printed as a table, which has `reply` bytes.
    pub table_rows: u32,
    /// Rows of the reply that is printed as text.
    pub text_rows: u32,
    /// Pages of the listing.
    pub pages: u32,
}

impl Sizes {
    /// As the titles of [`WORKLOADS`] say.
    pub const FULL: Sizes = Sizes { reply: 20_000_000, table_rows: 20_000, text_rows: 200_000, pages: 200 };
    /// To see whether all works.
    pub const QUICK: Sizes = Sizes { reply: 200_000, table_rows: 200, text_rows: 2_000, pages: 3 };
}
