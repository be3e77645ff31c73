//! Sixteen bytes at a time.

/// A number with a bit for every byte that is a control character up to `\r` (tabs and line ends among them) or beyond
/// ASCII.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn unusual(bytes: &[u8; 16]) -> u32 {
    use safe_arch::{cmp_lt_mask_i8_m128i, load_unaligned_m128i, move_mask_i8_m128i, set_splat_i8_m128i};
    // Bytes beyond ASCII are negative numbers.
    move_mask_i8_m128i(cmp_lt_mask_i8_m128i(load_unaligned_m128i(bytes), set_splat_i8_m128i(14))) as u32
}

/// A number with a bit for every byte that is the same in both.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn same(a: &[u8; 16], b: &[u8; 16]) -> u32 {
    use safe_arch::{cmp_eq_mask_i8_m128i, load_unaligned_m128i, move_mask_i8_m128i};
    move_mask_i8_m128i(cmp_eq_mask_i8_m128i(load_unaligned_m128i(a), load_unaligned_m128i(b))) as u32
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use anywhere::{same, unusual};

/// For machines without such instructions.
#[cfg(any(test, not(target_arch = "x86_64")))]
mod anywhere {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;

    pub(crate) fn unusual(bytes: &[u8; 16]) -> u32 {
        let high_bits = |word: u64| {
            // The high bit of a byte tells that the other seven are at least 14; nothing is borrowed from the next byte.
            let usual = (word | HIGHS).wrapping_sub(ONES * 14);
            (!usual | word) & HIGHS
        };
        collect(u128::from_le_bytes(*bytes), high_bits)
    }

    pub(crate) fn same(a: &[u8; 16], b: &[u8; 16]) -> u32 {
        let high_bits = |difference: u64| {
            // A byte of ones below the high bit carries into it; a byte that is zero leaves it clear.
            !(((difference & !HIGHS) + !HIGHS) | difference) & HIGHS
        };
        collect(u128::from_le_bytes(*a) ^ u128::from_le_bytes(*b), high_bits)
    }

    fn collect(bytes: u128, high_bits: impl Fn(u64) -> u64) -> u32 {
        // The product moves every byte's bit to a place of its own in the top byte.
        let gather = |bits: u64| ((bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32;
        gather(high_bits(bytes as u64)) | gather(high_bits((bytes >> 64) as u64)) << 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_tell_of_bytes(a in any::<[u8; 16]>(), b in any::<[u8; 16]>(), which in any::<u16>()) {
            let mixed: [u8; 16] = std::array::from_fn(|i| if which >> i & 1 == 1 { a[i] } else { b[i] });
            let bits = |test: &dyn Fn(usize) -> bool| (0..16).map(|i| u32::from(test(i)) << i).sum::<u32>();
            let equal = bits(&|i| a[i] == mixed[i]);
            prop_assert_eq!((same(&a, &mixed), anywhere::same(&a, &mixed)), (equal, equal));
            let odd = bits(&|i| a[i] < 14 || a[i] > 127);
            prop_assert_eq!((unusual(&a), anywhere::unusual(&a)), (odd, odd));
        }
    }
}
