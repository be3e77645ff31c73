//! How operations are paged.

use super::{Entries, ServiceCompiler};
use crate::ModelError;
use oxaws_model::format::{self, tag};
use serde_json::Value;

impl ServiceCompiler<'_> {
    /// The number of the operation's paginator in the pack, counted from 1; 0 for an operation that isn't paged.
    pub(super) fn paginator(&mut self, operation: &str) -> Result<u32, ModelError> {
        let files = self.files;
        let rules = files.paginators.as_ref().and_then(|p| p.get("pagination")).and_then(|p| p.get(operation));
        let Some(rules) = rules.and_then(Value::as_object) else { return Ok(0) };
        self.known(
            rules,
            &[
                "input_token",
                "output_token",
                "result_key",
                "limit_key",
                "more_results",
                "non_aggregate_keys",
                "py_input_token",
            ],
            &format!("paginator {operation}"),
        )?;
        // The merge of the extras may leave an entry without a result: then the operation isn't paged.
        if !rules.contains_key("input_token") || !rules.contains_key("result_key") {
            return Ok(0);
        }
        let mut aux: Entries = Vec::new();
        for (key, tag) in [
            ("input_token", tag::INPUT_TOKEN),
            ("output_token", tag::OUTPUT_TOKEN),
            ("result_key", tag::RESULT_KEY),
            ("limit_key", tag::LIMIT_KEY),
            ("more_results", tag::MORE_RESULTS),
            ("non_aggregate_keys", tag::NON_AGGREGATE_KEYS),
        ] {
            if let Some(value) = rules.get(key) {
                let value = self.strings(value);
                aux.push((tag, value));
            }
        }
        let aux = self.pack.aux.add(&aux);
        self.pack.paginators.push(aux);
        Ok((self.pack.paginators.len() / format::PAGINATOR_FIELDS) as u32)
    }
}
