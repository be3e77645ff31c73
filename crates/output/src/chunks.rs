//! Text that is kept until it is printed.

use std::io::{self, Write};

/// Text that grows without being moved.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    chunks: Vec<Vec<u8>>,
}

/// A place in [`Chunks`]: chunks before it, and bytes of the next.
pub(crate) type Mark = (usize, usize);

/// Bytes of a chunk, but for what is left over of its last element.
const CHUNK: usize = 1 << 20;
/// The first chunks are smaller: most lists are short.
const SMALL_CHUNK: usize = 16 << 10;

impl Chunks {
    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Where more text goes.
    pub(crate) fn room(&mut self) -> &mut Vec<u8> {
        // An element that is longer than the room that is left makes its chunk grow, which is best done seldom.
        const MARGIN: usize = 2 << 10;
        let count = self.chunks.len();
        if self.chunks.last().is_none_or(|last| last.len() + MARGIN > last.capacity()) {
            self.chunks.push(Vec::with_capacity(CHUNK.min(SMALL_CHUNK << count.min(6))));
        }
        let last = self.chunks.len() - 1;
        &mut self.chunks[last]
    }

    pub(crate) fn mark(&self) -> Mark {
        self.chunks.split_last().map_or((0, 0), |(last, before)| (before.len(), last.len()))
    }

    pub(crate) fn cut(&mut self, (before, bytes): Mark) {
        self.chunks.truncate(if bytes > 0 { before + 1 } else { before });
        if bytes > 0
            && let Some(last) = self.chunks.last_mut()
        {
            last.truncate(bytes);
        }
    }

    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.chunks.iter().try_for_each(|chunk| out.write_all(chunk))
    }

    /// All of it, piece by piece.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().map(Vec::as_slice)
    }
}
