//! The functions whose arguments have fixed types, as a table.

use super::Type;
use super::arguments::{expect, unknown};
use super::error::Outcome;
use super::translator::Translator;
use super::typed::Kind::{self, DateTime as D, Integer as I, Number as N, Text as T};
use super::typed::{Literal, Typed};
use sqlparser::ast::Expr;

/// A function: its name, the one that computes it, the kinds of its arguments, how many it needs, its type.
type Signature = (&'static str, &'static str, &'static [Kind], usize, Type);

const SIGNATURES: &[Signature] = &[
    ("LEN", "ts_len", &[T], 1, Type::Integer),
    ("LEFT", "ts_left", &[T, I], 2, Type::Text),
    ("RIGHT", "ts_right", &[T, I], 2, Type::Text),
    ("SUBSTRING", "ts_substring", &[T, I, I], 3, Type::Text),
    ("CHARINDEX", "ts_charindex", &[T, T, I], 2, Type::Integer),
    ("PATINDEX", "ts_patindex", &[T, T], 2, Type::Integer),
    ("REPLACE", "ts_replace", &[T, T, T], 3, Type::Text),
    ("UPPER", "ts_upper", &[T], 1, Type::Text),
    ("LOWER", "ts_lower", &[T], 1, Type::Text),
    ("LTRIM", "ts_ltrim", &[T], 1, Type::Text),
    ("RTRIM", "ts_rtrim", &[T], 1, Type::Text),
    ("TRIM", "ts_trim", &[T], 1, Type::Text),
    ("REVERSE", "ts_reverse", &[T], 1, Type::Text),
    ("REPLICATE", "ts_replicate", &[T, I], 2, Type::Text),
    ("CHAR", "ts_char", &[I], 1, Type::Text),
    ("NCHAR", "ts_nchar", &[I], 1, Type::Text),
    ("ASCII", "ts_ascii", &[T], 1, Type::Integer),
    ("UNICODE", "ts_unicode", &[T], 1, Type::Integer),
    ("STR", "ts_str", &[N, I, I], 1, Type::Text),
    ("SOUNDEX", "ts_soundex", &[T], 1, Type::Text),
    ("DIFFERENCE", "ts_difference", &[T, T], 2, Type::Integer),
    ("QUOTENAME", "ts_quotename", &[T, T], 1, Type::Text),
    ("TRANSLATE", "ts_translate", &[T, T, T], 3, Type::Text),
    ("ISNUMERIC", "ts_isnumeric", &[T], 1, Type::Integer),
    ("ISDATE", "ts_isdate", &[T], 1, Type::Integer),
    ("SQRT", "ts_sqrt", &[N], 1, Type::Number),
    ("SQUARE", "ts_square", &[N], 1, Type::Number),
    ("EXP", "ts_exp", &[N], 1, Type::Number),
    ("LOG10", "ts_log10", &[N], 1, Type::Number),
    ("SIN", "ts_sin", &[N], 1, Type::Number),
    ("COS", "ts_cos", &[N], 1, Type::Number),
    ("TAN", "ts_tan", &[N], 1, Type::Number),
    ("COT", "ts_cot", &[N], 1, Type::Number),
    ("ASIN", "ts_asin", &[N], 1, Type::Number),
    ("ACOS", "ts_acos", &[N], 1, Type::Number),
    ("ATAN", "ts_atan", &[N], 1, Type::Number),
    ("ATN2", "ts_atn2", &[N, N], 2, Type::Number),
    ("EOMONTH", "ts_eomonth", &[D, I], 1, Type::Date),
];

impl Translator<'_> {
    /// Translates a function of the table; a name that is not in it is refused.
    pub(super) fn signature(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        let found = SIGNATURES.iter().find(|(known, ..)| *known == name);
        let Some((_, function, kinds, least, ty)) = found else {
            return Err(unknown(name));
        };
        expect(name, arguments.len(), *least..=kinds.len())?;
        let mut values = Vec::with_capacity(kinds.len());
        for (argument, kind) in arguments.iter().zip(*kinds) {
            values.push(self.argument(argument, *kind)?);
        }
        match (name, values.len()) {
            ("EOMONTH", 1) => values.push(self.of_literal(Literal::Integer(0))?),
            // Other than arguments that are NULL, these never give NULL.
            ("ISNUMERIC" | "ISDATE", _) => {
                let sql = format!("ifnull({function}({}), 0)", values[0].sql);
                return Ok(Typed::new(sql, *ty, values[0].height + 2));
            }
            _ => {}
        }
        Ok(Typed::call(
            function,
            &values.iter().collect::<Vec<_>>(),
            *ty,
        ))
    }
}
