//! Local time as the AWS CLI knows it.

use oxaws_env::{Instant, World};

/// Python's idea of a year, in seconds.
const YEAR: i64 = (365 * 24 + 6) * 3600;
/// No zone changes its offset but at a multiple of so many seconds.
const STEP: i64 = 900;

/// The local zone in the manner of Python's `dateutil.tz.tzlocal`: it knows the two offsets of the present year only, and
/// applies them to all times.
pub(super) struct Zone<'a> {
    world: &'a dyn World,
    standard: i32,
    summer: i32,
    known: Option<(i64, i32)>,
}

impl<'a> Zone<'a> {
    pub(super) fn new(world: &'a dyn World) -> Self {
        let start = world.now().secs().div_euclid(YEAR) * YEAR;
        let winter = world.local_offset(Instant::from_secs(start));
        let other = world.local_offset(Instant::from_secs(start + YEAR / 2));
        Zone { world, standard: winter.min(other), summer: winter.max(other), known: None }
    }

    /// Seconds east of UTC at a moment given in seconds since the epoch.
    pub(super) fn offset(&mut self, at: i64) -> i32 {
        if self.standard == self.summer {
            return self.standard;
        }
        let step = at.div_euclid(STEP);
        match self.known {
            Some((known, offset)) if known == step => offset,
            _ => {
                let is_summer = self.world.local_offset(Instant::from_secs(at)) == self.summer;
                let offset = if is_summer { self.summer } else { self.standard };
                self.known = Some((step, offset));
                offset
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn a_zone_without_summer_time() {
        let world = Fixed::new();
        let mut zone = Zone::new(&world);
        assert_eq!(zone.offset(0), world.local_offset(Instant::from_secs(0)));
    }
}
