//! Sizes as people read them.

/// `1 Byte`, `17 Bytes`, `1.0 KiB`: steps up when the rounded value reaches 1024.
pub fn human_readable(value: f64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if value == 1.0 {
        return "1 Byte".to_owned();
    }
    if value < 1024.0 {
        return format!("{} Bytes", value.trunc() as i64);
    }
    let mut scaled = value;
    for unit in UNITS {
        scaled /= 1024.0;
        if scaled.round_ties_even() < 1024.0 {
            return format!("{scaled:.1} {unit}");
        }
    }
    // Python's function ends without a value here.
    "None".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        for (value, text) in [
            (0.0, "0 Bytes"),
            (1.0, "1 Byte"),
            (1023.9, "1023 Bytes"),
            (1024.0, "1.0 KiB"),
            (1_048_575.0, "1.0 MiB"),
            (1_047_500.0, "1022.9 KiB"),
            (1e9, "953.7 MiB"),
        ] {
            assert_eq!(human_readable(value), text);
        }
    }
}
