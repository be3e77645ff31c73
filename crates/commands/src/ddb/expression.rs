//! From an expression to what DynamoDB is given: placeholders for names and values, and what they stand for.

use super::parser::{Expression, parse, shown};
use super::types::Item;
use oxaws_cli::Failure;
use oxaws_value::{Map, Value};

/// What several expressions of one call share.
#[derive(Debug, Default)]
pub struct Placeholders {
    /// Those of names.
    names: Vec<(String, Item)>,
    /// Those of values.
    values: Vec<(String, Item)>,
}

impl Placeholders {
    /// Puts an expression (words joined by blanks) into `params` under `member`.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn add(&mut self, params: &mut Map, member: &'static str, words: &[String]) -> Result<(), Failure> {
        let parsed = parse(&words.join(" "))?;
        let text = self.visit(&parsed);
        params.insert(member, text.trim());
        Ok(())
    }

    /// Puts what the placeholders stand for into `params`.
    ///
    /// # Errors
    /// For a number with too many digits.
    pub fn finish(self, params: &mut Map) -> Result<(), Failure> {
        if !self.names.is_empty() {
            let names: Map = self
                .names
                .into_iter()
                .map(|(key, name)| match name {
                    Item::Text(name) => (key, Value::from(name)),
                    other => (key, Value::from(shown(&other))),
                })
                .collect();
            params.insert("ExpressionAttributeNames", Value::Map(names));
        }
        if !self.values.is_empty() {
            let values = self.values.into_iter().map(|(key, value)| Ok((key, value.attribute()?)));
            params.insert("ExpressionAttributeValues", Value::Map(values.collect::<Result<Map, Failure>>()?));
        }
        Ok(())
    }

    fn next(&self) -> usize {
        self.names.len() + self.values.len()
    }

    fn visit(&mut self, expression: &Expression) -> String {
        match expression {
            Expression::Identifier(name) => {
                let placeholder = format!("#n{}", self.next());
                self.names.push((placeholder.clone(), name.clone()));
                placeholder + " "
            }
            Expression::Literal(value) => {
                let placeholder = format!(":n{}", self.next());
                self.values.push((placeholder.clone(), value.clone()));
                placeholder + " "
            }
            Expression::Path(left, right) => {
                let left = self.visit(left);
                format!("{}.{}", left.trim(), self.visit(right))
            }
            Expression::Index(name, index) => format!("{}[{index}] ", self.visit(name).trim()),
            Expression::Sequence(items) => self.sequence(items),
            Expression::Or(left, right) => {
                let left = self.visit(left);
                format!("{left}OR {}", self.visit(right))
            }
            Expression::And(left, right) => {
                let left = self.visit(left);
                format!("{left}AND {}", self.visit(right))
            }
            Expression::Not(inner) => format!("NOT {}", self.visit(inner)),
            Expression::Group(inner) => format!("( {}) ", self.visit(inner)),
            Expression::Function(name, arguments) => format!("{}({}) ", shown(name), self.sequence(arguments)),
            Expression::In(left, right) => {
                let left = self.visit(left);
                format!("{left}IN ({}) ", self.visit(right).trim())
            }
            Expression::Between(left, low, high) => {
                let (left, low) = (self.visit(left), self.visit(low));
                format!("{left}BETWEEN {low}AND {}", self.visit(high))
            }
            Expression::Comparison(sign, left, right) => {
                let left = self.visit(left);
                format!("{left}{sign} {}", self.visit(right))
            }
        }
    }

    fn sequence(&mut self, items: &[Expression]) -> String {
        let items: Vec<String> = items.iter().map(|i| self.visit(i).trim().to_owned()).collect();
        items.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    fn params(expressions: &[(&'static str, &str)]) -> String {
        let (mut placeholders, mut params) = (Placeholders::default(), Map::new());
        for (member, text) in expressions {
            placeholders.add(&mut params, member, &[(*text).to_owned()]).unwrap();
        }
        placeholders.finish(&mut params).unwrap();
        to_json(&Value::Map(params), JsonStyle::PYTHON)
    }

    #[test]
    fn placeholders_are_counted_through() {
        assert_eq!(
            params(&[("P", "k"), ("K", "k = \"a\"")]),
            r##"{"P": "#n0", "K": "#n1 = :n2", "ExpressionAttributeNames": {"#n0": "k", "#n1": "k"}, "ExpressionAttributeValues": {":n2": {"S": "a"}}}"##
        );
    }

    #[test]
    fn every_form() {
        let text = |expression| {
            let mut params = Map::new();
            Placeholders::default().add(&mut params, "E", &[String::from(expression)]).unwrap();
            params.get("E").and_then(Value::as_str).unwrap().to_owned()
        };
        assert_eq!(text("a.b[0].c, d"), "#n0.#n1[0].#n2, #n3");
        assert_eq!(
            text("a in (1, 2) or not (b between 1 and 2)"),
            "#n0 IN (:n1, :n2) OR NOT ( #n3 BETWEEN :n4 AND :n5 )"
        );
        assert_eq!(text("begins_with(a, \"x\") and b <> 1"), "begins_with(#n0, :n1) AND #n2 <> :n3");
    }
}
