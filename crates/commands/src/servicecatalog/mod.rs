//! `aws servicecatalog`

mod generate;

pub use generate::GENERATE;
