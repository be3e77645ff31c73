//! How far an upload is.

/// A part of a whole in percent; a whole of nothing is done.
pub fn percent(done: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { done as f64 / whole as f64 * 100.0 }
}

/// A number of bytes for people: `1 Byte`, `12 Bytes`, `3.4 MiB`.
pub fn bytes(count: u64) -> String {
    const BASE: f64 = 1024.0;
    if count == 1 {
        return "1 Byte".into();
    }
    if count < 1024 {
        return format!("{count} Bytes");
    }
    let mut unit = BASE;
    for suffix in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
        let n = count as f64 / unit;
        if n.round() < BASE {
            return format!("{n:.1} {suffix}");
        }
        unit *= BASE;
    }
    format!("{:.1} EiB", count as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(
            [1, 0, 1023, 1024, 1 << 20, 3_565_158].map(bytes),
            ["1 Byte", "0 Bytes", "1023 Bytes", "1.0 KiB", "1.0 MiB", "3.4 MiB"]
        );
        assert_eq!((percent(1, 4), percent(0, 0)), (25.0, 100.0));
    }
}
