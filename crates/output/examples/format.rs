//! Reads JSON values from standard input, one a line, and prints each in a format:
//! `format FORMAT [TITLE [WIDTH [on]]]`. A value that the format can't take prints `error: …`.

use oxaws_output::{Format, TableOptions, write};
use oxaws_value::parse_json;
use std::io::{BufRead, BufWriter, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |i: usize| arguments.get(i).map(String::as_str);
    let format = argument(0).and_then(Format::from_name).ok_or("format FORMAT [TITLE [WIDTH [on]]]")?;
    let width = argument(2).unwrap_or("80").parse()?;
    let options = TableOptions { width, colour: argument(3) == Some("on"), visible: false };
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let value = parse_json(&line?)?;
        if let Err(error) = write(&mut out, format, argument(1).unwrap_or("Title"), &value, &options) {
            writeln!(out, "error: {error}")?;
        }
    }
    Ok(out.flush()?)
}
