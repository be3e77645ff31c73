//! How an operation is paged.

use crate::Pack;
use crate::format::{PAGINATOR_FIELDS, section, tag};

/// The paging rules of one operation.
#[derive(Clone, Copy)]
pub struct Paginator {
    pub(crate) pack: Pack,
    pub(crate) index: u32,
}

impl std::fmt::Debug for Paginator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paginator({:?})", self.result_keys().collect::<Vec<_>>())
    }
}

impl Paginator {
    fn aux(self) -> u32 {
        self.pack.field(section::PAGINATORS, PAGINATOR_FIELDS, self.index, 0)
    }
    /// `input_token`: the members that carry a token.
    pub fn input_tokens(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.aux(), tag::INPUT_TOKEN)
    }
    /// `output_token`: JMESPath expressions, one for each input token.
    pub fn output_tokens(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.aux(), tag::OUTPUT_TOKEN)
    }
    /// `result_key`: JMESPath expressions; the first is the primary one.
    pub fn result_keys(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.aux(), tag::RESULT_KEY)
    }
    /// `limit_key`: the member that limits a page.
    pub fn limit_key(self) -> Option<&'static str> {
        self.pack.aux_str(self.aux(), tag::LIMIT_KEY)
    }
    /// `more_results`: a JMESPath expression.
    pub fn more_results(self) -> Option<&'static str> {
        self.pack.aux_str(self.aux(), tag::MORE_RESULTS)
    }
    /// `non_aggregate_keys`: JMESPath expressions.
    pub fn non_aggregate_keys(self) -> impl Iterator<Item = &'static str> {
        self.pack.aux_strs(self.aux(), tag::NON_AGGREGATE_KEYS)
    }
}
