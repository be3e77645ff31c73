//! Every limit of the engine, in one place: memory and open files follow from these, never from the number of keys.

/// Parts of a multipart upload, at most (S3's limit).
pub const MAX_PARTS: u64 = 10_000;
/// The smallest part but the last, in bytes (S3's limit).
pub const MIN_PART: u64 = 5 << 20;
/// The largest part, in bytes (S3's limit).
pub const MAX_PART: u64 = 5 << 30;
/// The largest object by the CLI's count: as many of the largest parts as there may be.
pub const MAX_OBJECT: u64 = MAX_PART * MAX_PARTS;

/// Bodies up to this size, in bytes, are read whole before they are sent.
pub const WHOLE_BODY: u64 = 256 << 10;
/// Bytes read from a file or a connection at once.
pub const PIECE: usize = 256 << 10;
/// Memory for parts that must be held whole (streams), in bytes; at least two are held whatever their size.
pub const HELD_PARTS: u64 = 40 << 20;
/// Parts of a stream that may be held at once, at most.
pub const MAX_HELD_PARTS: usize = 6;
/// Parts of a stream of unknown length before their size begins to grow, and between two steps of it.
pub const PARTS_PER_STEP: u64 = 1_000;

/// Jobs planned but not begun, at most; `max_queue_size` lowers it.
pub const MAX_QUEUE: usize = 1_000;
/// Threads, at most; `max_concurrent_requests` asks for them.
pub const MAX_THREADS: usize = 256;
/// Large transfers open at once: each has a file open and perhaps an upload to abort.
pub const MAX_OPEN_TRANSFERS: usize = 16;

/// Deletes that wait before they go in batches.
pub const BATCH_FROM: usize = 100;
/// Keys in one batch, at most (S3's limit).
pub const BATCH_KEYS: usize = 1_000;

/// A listing page, in bytes, at most.
pub const MAX_PAGE: usize = 64 << 20;
/// Any other reply that is held in memory, in bytes, at most.
pub const MAX_REPLY: usize = 16 << 20;
/// Attempts of one ranged download whose body breaks.
pub const DOWNLOAD_ATTEMPTS: u32 = 5;

/// How deep folders may nest when they are walked.
pub const MAX_DEPTH: usize = 1_000;

/// How long single requests under way may take to end after Ctrl-C, in milliseconds.
pub const GRACE_MS: u64 = 600;
/// How long it may take until a signal that interrupted a system call is noticed by those who end transfers.
pub const SIGNAL_NOTICED: std::time::Duration = std::time::Duration::from_millis(100);
/// How long aborting uploads may take after Ctrl-C, in milliseconds.
pub const ABORT_MS: u64 = 5_000;

/// The size of a part, near `wanted`, such that `size` bytes fit in the parts that may be.
pub fn part_size(wanted: u64, size: Option<u64>) -> u64 {
    let mut part = wanted.max(1);
    if let Some(size) = size {
        while size.div_ceil(part) > MAX_PARTS && part < MAX_PART {
            part = part.saturating_mul(2);
        }
    }
    part.clamp(MIN_PART, MAX_PART)
}

/// The size of part `number` (from 1) of a stream of unknown length whose parts begin with `first`: it doubles every
/// [`PARTS_PER_STEP`] parts, so that the parts that may be always suffice for what S3 takes.
pub fn stream_part_size(first: u64, number: u64) -> u64 {
    let steps = (number.saturating_sub(1) / PARTS_PER_STEP).min(40);
    first.saturating_mul(1 << steps).min(MAX_PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_suffice() {
        assert_eq!(part_size(8 << 20, Some(1 << 30)), 8 << 20);
        assert_eq!(part_size(1024, Some(10_000)), MIN_PART);
        assert_eq!(part_size(8 << 20, Some(100_000_000_000)), 16 << 20);
        for size in [MAX_OBJECT, 5 << 40, MAX_OBJECT / 3] {
            assert!(size.div_ceil(part_size(8 << 20, Some(size))) <= MAX_PARTS);
        }
        let whole: u64 = (1..=MAX_PARTS).map(|n| stream_part_size(8 << 20, n)).sum();
        assert!(whole > 5 << 40);
        assert_eq!(stream_part_size(8 << 20, 1000), 8 << 20);
    }
}
