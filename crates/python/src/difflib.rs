//! "Maybe you meant": the near misses that Python's `difflib.get_close_matches` finds, in its order.
//!
//! Likeness is twice the characters in common over the characters of both words. What is in common is the longest run
//! that both words contain, then the same again to the left and to the right of it.

use std::collections::HashMap;

/// How many are given at most.
const COUNT: usize = 3;
/// The likeness from which on a word is near.
const CUTOFF: f64 = 0.8;
/// From this length on, characters that make up more than a hundredth of the word begin no run.
const LONG: usize = 200;

/// The up to three of `possibilities` that are nearest to `word`, the nearest first; of equally near ones, the one that
/// sorts last comes first.
pub fn close_matches<'a>(word: &str, possibilities: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = Word::new(word);
    let mut near: Vec<(f64, &str)> = possibilities
        .into_iter()
        .map(|possibility| (word.likeness(possibility), possibility))
        .filter(|(likeness, _)| *likeness >= CUTOFF)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(a.1)));
    near.truncate(COUNT);
    near.into_iter().map(|(_, possibility)| possibility).collect()
}

struct Word {
    chars: Vec<char>,
    /// Where each character that may begin a run stands.
    places: HashMap<char, Vec<usize>>,
}

impl Word {
    fn new(word: &str) -> Self {
        let chars: Vec<char> = word.chars().collect();
        let mut places: HashMap<char, Vec<usize>> = HashMap::new();
        for (at, c) in chars.iter().enumerate() {
            places.entry(*c).or_default().push(at);
        }
        if chars.len() >= LONG {
            let most = chars.len() / 100 + 1;
            places.retain(|_, at| at.len() <= most);
        }
        Word { chars, places }
    }

    fn likeness(&self, other: &str) -> f64 {
        let other: Vec<char> = other.chars().collect();
        let total = self.chars.len() + other.len();
        if total == 0 {
            return 1.0;
        }
        let ratio = |common: usize| 2.0 * common as f64 / total as f64;
        // Words of too different lengths can't be near.
        if ratio(self.chars.len().min(other.len())) < CUTOFF {
            return 0.0;
        }
        let mut common = 0;
        let mut open = vec![(0, other.len(), 0, self.chars.len())];
        while let Some((from, to, word_from, word_to)) = open.pop() {
            let (at, word_at, length) = self.longest_run(&other, from, to, word_from, word_to);
            if length > 0 {
                common += length;
                open.push((from, at, word_from, word_at));
                open.push((at + length, to, word_at + length, word_to));
            }
        }
        ratio(common)
    }

    /// The longest run in common between those ranges, the earliest in `other`, then the earliest in this word.
    fn longest_run(
        &self,
        other: &[char],
        from: usize,
        to: usize,
        word_from: usize,
        word_to: usize,
    ) -> (usize, usize, usize) {
        let (mut at, mut word_at, mut length) = (from, word_from, 0);
        // The length of the run that ends at a place of this word and at the last character looked at.
        let mut runs: HashMap<usize, usize> = HashMap::new();
        for (i, c) in other.iter().enumerate().take(to).skip(from) {
            let mut next = HashMap::new();
            for &j in self.places.get(c).map_or(&[][..], Vec::as_slice) {
                if !(word_from..word_to).contains(&j) {
                    continue;
                }
                let run = 1 + j.checked_sub(1).and_then(|before| runs.get(&before)).copied().unwrap_or(0);
                next.insert(j, run);
                if run > length {
                    (at, word_at, length) = (i + 1 - run, j + 1 - run, run);
                }
            }
            runs = next;
        }
        // Frequent characters begin no run, but go on one.
        while at > from && word_at > word_from && other.get(at - 1) == self.chars.get(word_at - 1) {
            (at, word_at, length) = (at - 1, word_at - 1, length + 1);
        }
        while at + length < to
            && word_at + length < word_to
            && other.get(at + length) == self.chars.get(word_at + length)
        {
            length += 1;
        }
        (at, word_at, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first() {
        let operations =
            ["describe-instances", "describe-instance-status", "describe-hosts", "list-tables", "describe-images"];
        assert_eq!(close_matches("describe-instance", operations), ["describe-instances", "describe-instance-status"]);
        assert_eq!(close_matches("list-table", operations), ["list-tables"]);
        assert_eq!(close_matches("xyz", operations), Vec::<&str>::new());
        // Equally near: the last in order first, and three at most.
        assert_eq!(close_matches("abcd", ["abcde", "abcdg", "abcdf", "abcdh", "abcd"]), ["abcd", "abcdh", "abcdg"]);
        assert_eq!(close_matches("", ["", "a"]), [""]);
        assert_eq!(close_matches("jso", ["json", "text", "table"]), ["json"]);
    }

    #[test]
    fn long_words_have_frequent_characters() {
        let (a, b) = ("ab".repeat(120), "ab".repeat(119));
        assert_eq!(close_matches(&a, [b.as_str()]), [b.as_str()]);
        // Nothing begins a run, and so nothing is in common.
        assert_eq!(close_matches(&format!("x{a}"), [format!("y{b}").as_str()]), Vec::<&str>::new());
    }
}
