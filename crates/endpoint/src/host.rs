//! Names as parts of host names.

/// Whether `value` may be a label of a host name: 1–63 letters, digits and inner hyphens; with `subdomains` every part
/// between dots must be one. A line feed at the end is let through, as the AWS CLI's pattern does.
pub fn is_valid_host_label(value: &str, subdomains: bool) -> bool {
    if subdomains { value.split('.').all(is_label) } else { is_label(value) }
}

fn is_label(value: &str) -> bool {
    let label = value.strip_suffix('\n').unwrap_or(value).as_bytes();
    (1..=63).contains(&label.len())
        && label.first() != Some(&b'-')
        && label.last() != Some(&b'-')
        && label.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-')
}

/// Whether a bucket's name can stand in front of the host: a label of at least three characters without capitals that
/// isn't an IPv4 address; with `subdomains` every part between dots must be such a name.
pub fn is_virtual_hostable_bucket(value: &str, subdomains: bool) -> bool {
    // Only the first three characters need counting.
    if value.chars().take(3).count() < 3 || value.chars().any(char::is_uppercase) || is_ipv4(value) {
        return false;
    }
    if subdomains { value.split('.').all(|part| is_virtual_hostable_bucket(part, false)) } else { is_label(value) }
}

/// Four groups of one to three digits (300.1.1.1 counts too).
pub(crate) fn is_ipv4(host: &str) -> bool {
    let host = host.strip_suffix('\n').unwrap_or(host);
    let mut groups = 0;
    host.split('.').all(|group| {
        groups += 1;
        (1..=3).contains(&group.len()) && group.bytes().all(|c| c.is_ascii_digit())
    }) && groups == 4
}

/// An IPv6 address, with or without a zone, without its brackets.
pub(crate) fn is_ipv6(host: &str) -> bool {
    let (address, zone) = match host.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (host, None),
    };
    let zone_fits = zone.is_none_or(|zone| {
        !zone.is_empty() && zone.bytes().all(|c| c.is_ascii_alphanumeric() || b"._!-~%".contains(&c))
    });
    zone_fits && address.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert!(is_valid_host_label("a-1", false));
        for bad in ["", "-a", "a-", "a.b", "a_b", "ä", &"a".repeat(64)] {
            assert!(!is_valid_host_label(bad, false), "{bad}");
        }
        assert!(is_valid_host_label("a.b-c", true));
        assert!(!is_valid_host_label("a..b", true));
    }

    #[test]
    fn buckets() {
        assert!(is_virtual_hostable_bucket("abc", false));
        assert!(is_virtual_hostable_bucket("abc.def", true));
        for bad in ["ab", "Abc", "192.168.1.1", "a_b_c", "abc.de"] {
            assert!(!is_virtual_hostable_bucket(bad, true), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        assert!(is_ipv4("1.22.333.4"));
        assert!(!is_ipv4("1.2.3"));
        assert!(!is_ipv4("1.2.3.4.5"));
        assert!(is_ipv6("::1") && is_ipv6("fe80::1%eth0"));
        assert!(!is_ipv6("localhost") && !is_ipv6("fe80::1%"));
    }
}
