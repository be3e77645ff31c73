//! Tables that the compilers of endpoint data write: texts, and rows that are shared where they are the same.

use oxaws_model::endpoint_format::NONE;
use std::collections::HashMap;

/// A number that fits two bytes and isn't the mark for none.
pub(crate) fn bounded(number: usize) -> Result<u16, String> {
    u16::try_from(number).ok().filter(|number| *number < NONE - 1).ok_or_else(|| format!("too many: {number}"))
}

/// Texts by number, each once.
#[derive(Default)]
pub(crate) struct Interner {
    ids: HashMap<String, u16>,
    texts: Vec<String>,
}

impl Interner {
    pub(crate) fn id(&mut self, text: &str) -> Result<u16, String> {
        if let Some(id) = self.ids.get(text) {
            return Ok(*id);
        }
        let id = bounded(self.texts.len())?;
        self.ids.insert(text.to_owned(), id);
        self.texts.push(text.to_owned());
        Ok(id)
    }

    pub(crate) fn count(&self) -> Result<u16, String> {
        bounded(self.texts.len())
    }

    /// Writes the starts, then the texts.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<(), String> {
        let mut start = 0_usize;
        for text in self.texts.iter().map(String::as_str).chain([""]) {
            out.extend(u32::try_from(start).map_err(|_| "texts too long".to_owned())?.to_le_bytes());
            start += text.len();
        }
        self.texts.iter().for_each(|text| out.extend(text.as_bytes()));
        Ok(())
    }
}

/// Rows of any length by number, each once.
#[derive(Default)]
pub(crate) struct Pool {
    ids: HashMap<Vec<u8>, u16>,
    rows: Vec<Vec<u8>>,
}

impl Pool {
    pub(crate) fn id(&mut self, row: Vec<u8>) -> Result<u16, String> {
        if let Some(id) = self.ids.get(&row) {
            return Ok(*id);
        }
        let id = bounded(self.rows.len())?;
        self.ids.insert(row.clone(), id);
        self.rows.push(row);
        Ok(id)
    }

    pub(crate) fn count(&self) -> Result<u16, String> {
        bounded(self.rows.len())
    }

    /// The bytes that [`write`](Self::write) makes.
    pub(crate) fn size(&self) -> usize {
        self.rows.len() * 4 + self.rows.iter().map(Vec::len).sum::<usize>()
    }

    /// Writes an index of places in `out`, then the rows.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<(), String> {
        let mut at = out.len() + self.rows.len() * 4;
        for row in &self.rows {
            out.extend(u32::try_from(at).map_err(|_| "too large".to_owned())?.to_le_bytes());
            at += row.len();
        }
        self.rows.iter().for_each(|row| out.extend(row));
        Ok(())
    }

    /// Writes the rows alone, which are of one length.
    pub(crate) fn write_rows(&self, out: &mut Vec<u8>) {
        self.rows.iter().for_each(|row| out.extend(row));
    }
}
