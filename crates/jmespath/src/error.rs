//! Why an expression can't be read, or can't be applied; in the words of the Python library the AWS CLI uses.

use std::fmt;

/// Any failure: of the expression's text, or of its application to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The text isn't an expression: known before anything is sent.
    Compile(CompileError),
    /// The expression doesn't fit the value it is applied to.
    Runtime(RuntimeError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Compile(e) => e.fmt(f),
            Error::Runtime(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<CompileError> for Error {
    fn from(e: CompileError) -> Self {
        Error::Compile(e)
    }
}

impl From<RuntimeError> for Error {
    fn from(e: RuntimeError) -> Self {
        Error::Runtime(e)
    }
}

/// Why a text isn't an expression. Positions are in characters from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileError {
    /// The text is empty.
    Empty,
    /// The text can't be cut into tokens.
    Lexer {
        /// What is wrong.
        message: String,
        /// Where.
        position: usize,
        /// The whole text.
        expression: Box<str>,
    },
    /// A token stands where it can't.
    Parse {
        /// What is wrong.
        message: String,
        /// Where the token starts.
        position: usize,
        /// The token as Python prints its value.
        token: String,
        /// The token's kind, in capitals when printed.
        token_type: &'static str,
        /// The whole text.
        expression: Box<str>,
    },
    /// The text ends too early.
    Incomplete {
        /// The whole text.
        expression: Box<str>,
    },
    /// An index of more digits than Python converts.
    IntTooLong {
        /// How many digits it has.
        digits: usize,
    },
    /// Nested deeper than Python's stack allows.
    TooDeep,
}

/// Python's text where its stack ends.
const TOO_DEEP: &str = "maximum recursion depth exceeded";

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Empty => f.write_str("Invalid JMESPath expression: cannot be empty."),
            CompileError::Lexer { message, position, expression } => {
                writeln!(f, "Bad jmespath expression: {message}:\n{expression}")?;
                indent(f, *position)?;
                f.write_str("^")
            }
            CompileError::Parse { message, position, token, token_type, expression } => {
                let kind = token_type.to_ascii_uppercase();
                writeln!(
                    f,
                    "{message}: Parse error at column {position}, token \"{token}\" ({kind}), for expression:"
                )?;
                writeln!(f, "\"{expression}\"")?;
                indent(f, position + 1)?;
                f.write_str("^")
            }
            CompileError::Incomplete { expression } => {
                writeln!(f, "Invalid jmespath expression: Incomplete expression:\n\"{expression}\"")?;
                indent(f, expression.chars().count() + 1)?;
                f.write_str("^")
            }
            CompileError::IntTooLong { digits } => write!(
                f,
                "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; use \
                 sys.set_int_max_str_digits() to increase the limit"
            ),
            CompileError::TooDeep => f.write_str(TOO_DEEP),
        }
    }
}

/// Blanks before a caret; a format width can't exceed 65,535.
fn indent(f: &mut fmt::Formatter<'_>, blanks: usize) -> fmt::Result {
    f.write_str(&" ".repeat(blanks))
}

impl std::error::Error for CompileError {}

/// Why an expression can't be applied to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeError {
    /// No such function.
    UnknownFunction {
        /// Its name.
        name: String,
    },
    /// Too few or too many arguments.
    Arity {
        /// The function.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there are.
        received: usize,
        /// Whether `expected` is a least number.
        at_least: bool,
    },
    /// An argument, an element of it or a sort key is of the wrong type.
    InvalidType {
        /// The function.
        function: &'static str,
        /// The value as Python prints it.
        value: String,
        /// The types it may have.
        expected: Vec<&'static str>,
        /// The type it has: JMESPath's name for an argument, Python's for an element.
        received: &'static str,
    },
    /// A number and a text have no order.
    NotOrdered {
        /// `<`, `>`, `<=` or `>=`.
        operator: &'static str,
        /// Python's name of the left type.
        left: &'static str,
        /// Python's name of the right type.
        right: &'static str,
    },
    /// `contains` on a text looks for something that isn't text.
    NotSubstring {
        /// Python's name of its type.
        received: &'static str,
    },
    /// A slice with step 0.
    ZeroStep,
    /// `ceil` or `floor` of NaN or an infinity.
    NoInteger {
        /// `NaN` or `infinity`.
        of: &'static str,
    },
    /// An integer beyond a float's range meets a float.
    IntTooLarge,
    /// `to_number` of an expression reference.
    NoNumber,
    /// `merge` of a later argument that holds nothing to merge.
    NotIterable {
        /// Python's name of its type.
        received: &'static str,
    },
    /// `merge` of a list with an element that isn't a pair.
    ElementNotIterable,
    /// `merge` of a list with an element of another length than 2.
    ElementLength {
        /// Which element, from 0.
        index: usize,
        /// Its length.
        length: usize,
    },
    /// `merge` of a list with a pair whose first part can't be a key.
    BadKey {
        /// Python's name of its type.
        received: &'static str,
    },
    /// The result holds an expression reference, which has no JSON text.
    ExpressionResult,
    /// Nested deeper than Python's stack allows.
    TooDeep,
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuntimeError::UnknownFunction { name } => write!(f, "Unknown function: {name}()"),
            RuntimeError::Arity { function, expected, received, at_least } => {
                let least = if *at_least { "at least " } else { "" };
                let plural = if *expected == 1 { "" } else { "s" };
                write!(f, "Expected {least}{expected} argument{plural} for function {function}(), received {received}")
            }
            RuntimeError::InvalidType { function, value, expected, received } => {
                let expected: Vec<String> = expected.iter().map(|t| format!("'{t}'")).collect();
                let expected = expected.join(", ");
                write!(
                    f,
                    "In function {function}(), invalid type for value: {value}, expected one of: [{expected}], \
                     received: \"{received}\""
                )
            }
            RuntimeError::NotOrdered { operator, left, right } => {
                write!(f, "'{operator}' not supported between instances of '{left}' and '{right}'")
            }
            RuntimeError::NotSubstring { received } => {
                write!(f, "'in <string>' requires string as left operand, not {received}")
            }
            RuntimeError::ZeroStep => f.write_str("slice step cannot be zero"),
            RuntimeError::NoInteger { of } => write!(f, "cannot convert float {of} to integer"),
            RuntimeError::IntTooLarge => f.write_str("int too large to convert to float"),
            RuntimeError::NoNumber => {
                f.write_str("int() argument must be a string, a bytes-like object or a real number, not '_Expression'")
            }
            RuntimeError::NotIterable { received } => write!(f, "'{received}' object is not iterable"),
            RuntimeError::ElementNotIterable => f.write_str("object is not iterable"),
            RuntimeError::ElementLength { index, length } => {
                write!(f, "dictionary update sequence element #{index} has length {length}; 2 is required")
            }
            RuntimeError::BadKey { received } => {
                write!(f, "cannot use '{received}' as a dict key (unhashable type: '{received}')")
            }
            RuntimeError::ExpressionResult => f.write_str("Encountered unrecognized type in JSON encoder."),
            RuntimeError::TooDeep => f.write_str(TOO_DEEP),
        }
    }
}

impl std::error::Error for RuntimeError {}
