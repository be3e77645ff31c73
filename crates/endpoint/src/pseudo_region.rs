//! `fips-us-east-1` and `us-east-1-fips`: regions that are a region and a wish.

use std::borrow::Cow;

/// The region without the FIPS marks, and whether there was one. Marks are taken out wherever they stand, those in front
/// first, as the AWS CLI does.
pub fn normalize(region: &str) -> (Cow<'_, str>, bool) {
    if !region.contains("fips") {
        return (Cow::Borrowed(region), false);
    }
    let plain = region.replace("fips-", "").replace("-fips", "");
    let marked = plain != region;
    (Cow::Owned(plain), marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_mark_out() {
        assert_eq!(normalize("fips-us-east-1"), ("us-east-1".into(), true));
        assert_eq!(normalize("us-gov-west-1-fips"), ("us-gov-west-1".into(), true));
        assert_eq!(normalize("us-fips-east-1"), ("us-east-1".into(), true));
        assert_eq!(normalize("eu-west-1"), ("eu-west-1".into(), false));
        assert_eq!(normalize("fipsia"), ("fipsia".into(), false));
    }
}
