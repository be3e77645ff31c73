//! A quick look at a file: where its sections begin, and that nothing in it is a fault.
//!
//! A fault anywhere in a file ends every command, so every command has to look at all of it; but it needs the values of
//! one or two sections only. This looks at every line once without keeping anything but the sections' places. It knows
//! the common part of the grammar ([`crate::ini`] knows all of it): whatever is unusual makes it give up, and the file
//! is then parsed whole, which also tells where a fault is.
//!
//! Files of many profiles repeat a few keys over and over. A key is remembered as it was spelled, with the separator
//! behind it, and so is which one came next: most lines are told by one comparison with what is expected there.

use crate::ini::DEFAULT_SECTION;
use crate::sixteen::{same, unusual};

/// The place of a section in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Where its `[` stands.
    start: u32,
    /// How long the name behind it is.
    name: u32,
    /// The name's last byte.
    last: u8,
}

/// A file without faults, of which no section has been parsed.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    text: Vec<u8>,
    heads: Vec<Head>,
}

impl Outline {
    /// Looks through a file's contents. Gives them back where something in them asks for a closer look: a fault,
    /// `[DEFAULT]`, a value below its key that isn't a block of `key = value` lines, line ends of old machines, and
    /// more.
    ///
    /// # Errors
    /// The contents.
    pub fn of(contents: Vec<u8>) -> Result<Outline, Vec<u8>> {
        let heads = Scan::new(&contents).and_then(|mut scan| scan.run());
        match heads {
            Some(heads) => Ok(Outline { text: contents, heads }),
            None => Err(contents),
        }
    }

    /// The names of the sections as they stand between the brackets, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.heads.iter().map(|head| self.name(head))
    }

    /// The number of the last section whose name has this many bytes, where that is given, ends with one of these bytes
    /// and passes a test.
    pub fn rfind(&self, length: Option<usize>, ends: &[u8], passes: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let mut may_end = [false; 256];
        ends.iter().for_each(|end| may_end[usize::from(*end)] = true);
        let length = length.map(|length| length as u32);
        self.heads.iter().rposition(|head| {
            may_end[usize::from(head.last)]
                && length.is_none_or(|length| head.name == length)
                && passes(self.name(head))
        })
    }

    fn name(&self, head: &Head) -> &[u8] {
        let start = head.start as usize + 1;
        &self.text[start..start + head.name as usize]
    }

    /// The text of a section by its number, from its header to the next one.
    pub fn section(&self, number: usize) -> &[u8] {
        let Some(head) = self.heads.get(number) else { return &[] };
        let end = self.heads.get(number + 1).map_or(self.text.len(), |next| next.start as usize);
        &self.text[head.start as usize..end]
    }
}

/// The longest spelling of a key that is compared at once.
const LONGEST: usize = 32;

/// How much is looked at for line ends at once.
const BLOCK: usize = 64;

/// Keys are bits of a number.
const MAX_KEYS: usize = 64;

/// How many spellings are remembered.
const MAX_FORMS: usize = 64;

/// How many places there are for forms by the first bytes of their lines.
const STARTS: usize = 256;

/// How a key is spelled in some lines: with the blanks and the separator behind it.
#[derive(Debug, Clone, Copy)]
struct Form {
    low: [u8; 16],
    high: [u8; 16],
    /// Bits of the bytes that count.
    low_mask: u32,
    high_mask: u32,
    /// The key's bit.
    bit: u64,
    /// The form that followed this one when it was last met.
    next: usize,
}

impl Form {
    /// Matches no line.
    const NONE: Form = Form { low: [0; 16], high: [0; 16], low_mask: u32::MAX, high_mask: 0, bit: 0, next: 0 };

    fn new(spelling: &[u8], bit: u64) -> Option<Form> {
        let mut bytes = [0u8; LONGEST];
        bytes.get_mut(..spelling.len())?.copy_from_slice(spelling);
        let (low, high) = halves(&bytes);
        let mask = u32::MAX >> (LONGEST - spelling.len());
        let (low_mask, high_mask) = (mask & 0xffff, mask >> 16);
        Some(Form { low: *low, high: *high, low_mask, high_mask, bit, next: 0 })
    }

    #[inline(always)]
    fn begins(&self, low: &[u8; 16], high: &[u8; 16]) -> bool {
        self.low_mask & !same(&self.low, low) == 0
            && (self.high_mask == 0 || self.high_mask & !same(&self.high, high) == 0)
    }
}

#[inline(always)]
fn halves(bytes: &[u8; LONGEST]) -> (&[u8; 16], &[u8; 16]) {
    let (low, rest) = bytes.split_first_chunk().unwrap_or((&[0; 16], &[]));
    (low, rest.first_chunk().unwrap_or(&[0; 16]))
}

/// Where a scan is.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The form that is expected in the next line.
    expected: usize,
    /// The form of the line before, in the same section; 0 for a header.
    before: usize,
    /// Bits of the keys that the section has. None: no value can go on.
    seen: u64,
    /// Where the line of the section's last key begins.
    last_key: usize,
}

struct Scan<'t> {
    text: &'t [u8],
    heads: Vec<Head>,
    /// Names by their hashes, for finding one twice: a hash is enough, as a doubt is settled by parsing the file whole.
    names: Vec<u32>,
    /// Keys in lower case; the position is the bit.
    keys: Vec<Vec<u8>>,
    /// Spellings; the first one matches nothing.
    forms: [Form; MAX_FORMS],
    form_count: usize,
    /// Forms by the first bytes of their lines, for lines that aren't the expected ones.
    by_start: [u8; STARTS],
    place: Place,
    /// The indent of the section's last key.
    indent: usize,
    /// The last key whose value went on, and whether that is a block.
    went_on: Option<(usize, bool)>,
    /// Whether there are bytes beyond ASCII.
    foreign: bool,
}

impl<'t> Scan<'t> {
    fn new(text: &'t [u8]) -> Option<Self> {
        // Places are 32 bits.
        u32::try_from(text.len()).ok()?;
        // A guess at how many sections there are.
        let sections = text.len() / 64 + 1;
        Some(Scan {
            text,
            heads: Vec::with_capacity(sections),
            names: vec![0; sections.next_power_of_two()],
            keys: Vec::new(),
            forms: [Form::NONE; MAX_FORMS],
            form_count: 1,
            by_start: [0; STARTS],
            place: Place::default(),
            indent: 0,
            went_on: None,
            foreign: false,
        })
    }

    /// `None` asks for a closer look at the file.
    fn run(&mut self) -> Option<Vec<Head>> {
        let text = self.text;
        if !text.is_empty() {
            self.line(0)?;
        }
        let mut place = self.place;
        let mut rest = text;
        // Every line that begins in the block can be compared with a form.
        while let Some(view) = rest.first_chunk() {
            let breaks = unusual_of_64(view);
            place = self.block(text.len() - rest.len(), view, breaks, place)?;
            rest = &rest[BLOCK..];
        }
        self.place = place;
        let start = text.len() - rest.len();
        for (at, byte) in rest.iter().enumerate().map(|(i, byte)| (start + i, *byte)) {
            match byte {
                b'\n' => self.line(at + 1)?,
                _ if byte < 14 || !byte.is_ascii() => self.odd_byte(at)?,
                _ => {}
            }
        }
        // What isn't UTF-8 is a fault.
        if self.foreign {
            std::str::from_utf8(text).ok()?;
        }
        Some(std::mem::take(&mut self.heads))
    }

    /// The lines that begin behind one of `breaks`.
    #[inline(always)]
    fn block(
        &mut self,
        block: usize,
        view: &[u8; BLOCK + LONGEST],
        mut breaks: u64,
        mut place: Place,
    ) -> Option<Place> {
        while breaks != 0 {
            let at = breaks.trailing_zeros() as usize % BLOCK;
            breaks &= breaks - 1;
            if view[at] != b'\n' {
                self.odd_byte(block + at)?;
                continue;
            }
            let Some(start) = view[at + 1..].first_chunk() else { break };
            let (low, high) = halves(start);
            let mut number = place.expected;
            let mut form = &self.forms[number % MAX_FORMS];
            if !form.begins(low, high) {
                match view[at + 1] {
                    b'\n' => continue,
                    b'[' => {
                        self.place = place;
                        self.header(block + at + 1)?;
                        place = self.place;
                        continue;
                    }
                    _ => {}
                }
                number = usize::from(self.by_start[start_place(low)]);
                form = &self.forms[number % MAX_FORMS];
                if !form.begins(low, high) {
                    self.place = place;
                    self.line(block + at + 1)?;
                    place = self.place;
                    continue;
                }
                self.forms[place.before % MAX_FORMS].next = number;
                form = &self.forms[number % MAX_FORMS];
            }
            if place.seen & form.bit != 0 {
                return None;
            }
            place =
                Place { expected: form.next, before: number, seen: place.seen | form.bit, last_key: block + at + 1 };
        }
        Some(place)
    }

    /// A line that begins with `[` at `start`.
    #[inline(never)]
    fn header(&mut self, start: usize) -> Option<()> {
        let after = self.text.get(start + 1..)?;
        let end = next_unusual(after, 0);
        match after.get(..=end) {
            Some([name @ .., b']', b'\n']) => self.open_section(start, name),
            _ => self.line(start),
        }
    }

    /// A control character other than a line feed, or a byte beyond ASCII.
    #[cold]
    fn odd_byte(&mut self, at: usize) -> Option<()> {
        let byte = self.text[at];
        self.foreign |= !byte.is_ascii();
        (byte != b'\r' || self.text.get(at + 1) == Some(&b'\n')).then_some(())
    }

    /// Opens the section whose header begins at `start`.
    #[inline(always)]
    fn open_section(&mut self, start: usize, name: &[u8]) -> Option<()> {
        let last = *name.last().filter(|_| name != DEFAULT_SECTION.as_bytes())?;
        if self.heads.len() >= self.names.len() / 4 * 3 {
            self.more_names();
        }
        let tag = hash(name);
        let mask = self.names.len() - 1;
        let mut slot = tag as usize & mask;
        loop {
            match self.names.get_mut(slot)? {
                free @ 0 => {
                    *free = tag;
                    break;
                }
                same if *same == tag => return None,
                _ => slot = (slot + 1) & mask,
            }
        }
        self.heads.push(Head { start: start as u32, name: name.len() as u32, last });
        // What followed the header before is expected to follow this one.
        self.place = Place { expected: self.forms[0].next, ..Place::default() };
        Some(())
    }

    #[cold]
    fn more_names(&mut self) {
        let mask = self.names.len() * 4 - 1;
        let mut names = vec![0; mask + 1];
        for tag in self.names.iter().filter(|tag| **tag != 0) {
            let mut slot = *tag as usize & mask;
            while names[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            names[slot] = *tag;
        }
        self.names = names;
    }

    /// Any line, which begins at `start`.
    #[inline(never)]
    fn line(&mut self, start: usize) -> Option<()> {
        let rest = &self.text[start..];
        let mut end = next_unusual(rest, 0);
        while rest.get(end).is_some_and(|b| *b != b'\n') {
            end = next_unusual(rest, end + 1);
        }
        let line = &rest[..end];
        let indent = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let body = &line[indent..];
        match body {
            [] | [b'\r'] | [b'#' | b';', ..] => return Some(()),
            // Other blanks, other scripts.
            [first, ..] if !first.is_ascii_graphic() => return None,
            _ => {}
        }
        if self.place.seen != 0 && indent > self.indent {
            return self.go_on(body);
        }
        self.indent = indent;
        if body[0] == b'[' {
            let name = &body[1..body.iter().rposition(|b| *b == b']')?];
            return self.open_section(start + indent, name);
        }
        if self.heads.is_empty() {
            return None;
        }
        self.key(start, indent, body)
    }

    /// A line that begins with a key.
    fn key(&mut self, start: usize, indent: usize, body: &[u8]) -> Option<()> {
        let separator = body.iter().position(|b| matches!(b, b'=' | b':'))?;
        let spelling = &body[..=separator];
        let known = match self.text[start..].first_chunk() {
            Some(chunk) if indent == 0 => {
                let (low, high) = halves(chunk);
                (1..self.form_count).find(|f| self.forms[*f].begins(low, high))
            }
            _ => None,
        };
        let (form, bit) = match known {
            Some(form) => (form, self.forms[form].bit),
            None => self.new_form(spelling, indent)?,
        };
        if self.place.seen & bit != 0 {
            return None;
        }
        self.forms[self.place.before].next = form;
        self.place =
            Place { expected: self.forms[form].next, before: form, seen: self.place.seen | bit, last_key: start };
        Some(())
    }

    /// The form and the bit of a spelling that isn't known; form 0 where it can't be compared at once.
    fn new_form(&mut self, spelling: &[u8], indent: usize) -> Option<(usize, u64)> {
        let key = spelling[..spelling.len() - 1].trim_ascii_end();
        if key.is_empty() || !key.iter().all(|b| matches!(b, b' '..=b'~')) {
            return None;
        }
        let key = key.to_ascii_lowercase();
        let at = match self.keys.iter().position(|k| *k == key) {
            Some(at) => at,
            None => {
                self.keys.push(key);
                self.keys.len() - 1
            }
        };
        if at >= MAX_KEYS {
            return None;
        }
        let bit = 1 << at;
        // An indented line may go on with the value before it: it is always looked at closely.
        let Some(form) = Form::new(spelling, bit).filter(|_| indent == 0 && self.form_count < MAX_FORMS) else {
            return Some((0, bit));
        };
        self.by_start[start_place(&form.low)] = self.form_count as u8;
        self.forms[self.form_count] = form;
        self.form_count += 1;
        Some((self.form_count - 1, bit))
    }

    /// A line that goes on with a value. Below a key without a value it must be `key = value` itself.
    fn go_on(&mut self, body: &[u8]) -> Option<()> {
        let is_block = match self.went_on {
            Some((key, is_block)) if key == self.place.last_key => is_block,
            _ => {
                let line = &self.text[self.place.last_key..];
                let separator = line.iter().position(|b| matches!(b, b'=' | b':'))?;
                let value = line[separator + 1..].iter().take_while(|b| **b != b'\n');
                let mut text = value.skip_while(|b| matches!(b, b' ' | b'\t' | b'\r'));
                let is_block = match text.next() {
                    None => true,
                    Some(first) if first.is_ascii_graphic() => false,
                    Some(_) => return None,
                };
                self.went_on = Some((self.place.last_key, is_block));
                is_block
            }
        };
        // Other characters may end lines where nested values are parted.
        let is_plain = || body.iter().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\r'));
        (!is_block || (body.contains(&b'=') && is_plain())).then_some(())
    }
}

fn start_place(line: &[u8; 16]) -> usize {
    let word = u64::from_le_bytes(*line.first_chunk().unwrap_or(&[0; 8]));
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// A hash that isn't zero.
#[inline(always)]
fn hash(name: &[u8]) -> u32 {
    let fold = |hash: u64, low: [u8; 8], high: [u8; 8]| {
        let low = u128::from(u64::from_le_bytes(low) ^ hash);
        let product = low * u128::from(u64::from_le_bytes(high) ^ 0x9e37_79b9_7f4a_7c15);
        product as u64 ^ (product >> 64) as u64
    };
    let mut hash = !(name.len() as u64);
    let mut rest = name;
    while let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, after @ ..] = rest {
        hash = fold(hash, [*a, *b, *c, *d, *e, *f, *g, *h], [*i, *j, *k, *l, *m, *n, *o, *p]);
        rest = after;
    }
    // Both may hold the same bytes, and some that were there before.
    let (first, last) = match (rest.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (*first, *last),
        (None, Some(last)) => ([0; 8], *last),
        _ => (name.iter().fold(0, |word: u64, b| word << 8 | u64::from(*b)).to_le_bytes(), [0; 8]),
    };
    fold(hash, first, last) as u32 | 1 << 31
}

/// As [`unusual`], of 64 bytes.
#[inline(always)]
fn unusual_of_64(bytes: &[u8]) -> u64 {
    let (parts, _) = bytes.as_chunks();
    match parts {
        [a, b, c, d, ..] => {
            let pair = |a, b| u64::from(unusual(a) | unusual(b) << 16);
            pair(a, b) | pair(c, d) << 32
        }
        _ => 0,
    }
}

/// The next byte that is a control character up to `\r` (tabs and line ends among them) or beyond ASCII; the text's
/// length where there is none.
#[inline(always)]
fn next_unusual(text: &[u8], from: usize) -> usize {
    let mut rest = text.get(from..).unwrap_or_default();
    while let Some((bytes, after)) = rest.split_first_chunk() {
        let found = unusual(bytes);
        if found != 0 {
            return text.len() - rest.len() + found.trailing_zeros() as usize;
        }
        rest = after;
    }
    text.len() - rest.len() + rest.iter().position(|b| *b < 14 || !b.is_ascii()).unwrap_or(rest.len())
}
