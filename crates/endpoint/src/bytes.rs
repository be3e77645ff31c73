//! Checked reading: past the end there is nothing, never a panic.

/// Bytes with a string table somewhere in them.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    data: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Bytes { data }
    }

    pub(crate) fn len(self) -> usize {
        self.data.len()
    }

    pub(crate) fn u8(self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    pub(crate) fn u16(self, at: usize) -> Option<u16> {
        let bytes = self.data.get(at..at.checked_add(2)?)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    pub(crate) fn u32(self, at: usize) -> Option<u32> {
        let bytes = self.data.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// A `u32` as a place.
    pub(crate) fn place(self, at: usize) -> Option<usize> {
        usize::try_from(self.u32(at)?).ok()
    }
}

/// An interned string table: `count + 1` starts, then the text.
#[derive(Clone, Copy)]
pub(crate) struct Strings<'a> {
    bytes: Bytes<'a>,
    at: usize,
    count: u16,
}

impl<'a> Strings<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, at: usize, count: u16) -> Self {
        Strings { bytes, at, count }
    }

    pub(crate) fn get(self, id: u16) -> Option<&'a str> {
        if id >= self.count {
            return None;
        }
        let index = self.at.checked_add(usize::from(id) * oxaws_model::endpoint_format::strings::START)?;
        let text = self.at.checked_add((usize::from(self.count) + 1) * oxaws_model::endpoint_format::strings::START)?;
        let start = text.checked_add(self.bytes.place(index)?)?;
        let end =
            text.checked_add(self.bytes.place(index.checked_add(oxaws_model::endpoint_format::strings::START)?)?)?;
        std::str::from_utf8(self.bytes.data.get(start..end)?).ok()
    }
}

/// A place that moves on as it is read from.
pub(crate) struct Cursor<'a> {
    pub(crate) bytes: Bytes<'a>,
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, at: usize) -> Self {
        Cursor { bytes, at }
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let value = self.bytes.u8(self.at)?;
        self.at += 1;
        Some(value)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        let value = self.bytes.u16(self.at)?;
        self.at += 2;
        Some(value)
    }

    pub(crate) fn place(&mut self) -> Option<usize> {
        let value = self.bytes.place(self.at)?;
        self.at += 4;
        Some(value)
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        let value = self.bytes.u32(self.at)?;
        self.at += 4;
        Some(i32::from_le_bytes(value.to_le_bytes()))
    }
}
