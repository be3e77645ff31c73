//! Names of digest files, and the trail that they belong to.

use super::moment::Moment;

const BACKFILL: &str = "_backfill.json.gz";

/// What the names of a trail's digest files are made of.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The account that the logs are about.
    pub account: String,
    /// The trail's name.
    pub name: String,
    /// The trail's own region.
    pub home: String,
    /// The region that the logs are about.
    pub source: String,
    /// The organization, of a trail of one.
    pub organization: Option<String>,
}

/// Whether a file was made later than usual.
pub fn is_backfill(key: &str) -> bool {
    key.ends_with(BACKFILL)
}

/// The date in a name.
pub fn date(key: &str) -> &str {
    let end = key.len().saturating_sub(if is_backfill(key) { BACKFILL.len() } else { ".json.gz".len() });
    key.get(end.saturating_sub(16)..end).unwrap_or_default()
}

/// Whether a text is the ARN of a trail.
pub fn is_trail_arn(arn: &str) -> bool {
    let Some(rest) = arn.strip_prefix("arn:") else { return false };
    rest.match_indices(":cloudtrail:").filter(|(at, _)| *at > 0).any(|(at, found)| {
        let rest = &rest[at + found.len()..];
        rest.match_indices(":trail/").any(|(at, found)| {
            let (before, name) = (&rest[..at], &rest[at + found.len()..]);
            let Some((region, account)) = before.rsplit_once(':') else { return false };
            !region.is_empty() && account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty()
        })
    })
}

impl Trail {
    /// What all names begin with.
    pub fn prefix(&self, prefix: Option<&str>) -> String {
        let organization = self.organization.as_ref().map_or_else(String::new, |o| format!("{o}/"));
        let path = format!("AWSLogs/{organization}{}/CloudTrail-Digest/{}", self.account, self.source);
        match prefix.filter(|p| !p.is_empty()) {
            Some(prefix) => format!("{prefix}/{path}"),
            None => path,
        }
    }

    fn file(&self) -> String {
        format!("{}_CloudTrail-Digest_{}_{}_{}_", self.account, self.source, self.name, self.home)
    }

    /// The name that a digest file of a minute before `start` would have.
    pub fn marker(&self, start: Moment, prefix: Option<&str>) -> String {
        let date = start.plus(-60);
        format!("{}/{}/{}{}.json.gz", self.prefix(prefix), date.folder(), self.file(), date.compact())
    }

    /// Whether a key is that of a digest file of this trail.
    pub fn owns(&self, key: &str, prefix: Option<&str>) -> bool {
        let Some(rest) = key.strip_prefix(&self.prefix(prefix)).and_then(|r| r.strip_prefix('/')) else { return false };
        let mut parts = rest.splitn(4, '/');
        let is_number =
            |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
        let dated = is_number(parts.next()) && is_number(parts.next()) && is_number(parts.next());
        let name = parts.next().and_then(|f| f.strip_prefix(&self.file())).and_then(|f| f.strip_suffix(".json.gz"));
        dated && name.is_some_and(|n| !n.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let trail = Trail {
            account: "123456789012".into(),
            name: "t".into(),
            home: "us-east-1".into(),
            source: "eu-west-1".into(),
            organization: None,
        };
        let key = "p/AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2015/01/08/123456789012_CloudTrail-Digest_eu-west-1_t_us-east-1_20150108T052142Z.json.gz";
        assert!(trail.owns(key, Some("p")) && !trail.owns(key, None));
        assert_eq!(date(key), "20150108T052142Z");
        let backfill = key.replace(".json.gz", BACKFILL);
        assert!(is_backfill(&backfill) && trail.owns(&backfill, Some("p")));
        assert_eq!(date(&backfill), "20150108T052142Z");
        assert_eq!(date("x"), "");
        assert!(!trail.owns(&key.replace("_t_", "_other_"), Some("p")));
    }

    #[test]
    fn arns() {
        assert!(is_trail_arn("arn:aws:cloudtrail:us-east-1:123456789012:trail/foo"));
        for bad in
            ["notanarn", "arn:aws:cloudtrail:us-east-1:1:trail/foo", "arn:aws:cloudtrail:us-east-1:123456789012:trail/"]
        {
            assert!(!is_trail_arn(bad), "{bad}");
        }
    }
}
