//! ODBC's escapes: `{fn UCASE(...)}`, `{d '2022-01-24'}`.

use super::Type;
use super::error::Outcome;
use super::error::near;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed};
use sqlparser::ast::{DataType, TypedString, Value};

impl Translator<'_> {
    /// `{d '...'}`, `{t '...'}` and `{ts '...'}`: all are `datetime`; a time is one of today.
    pub(super) fn odbc_literal(&mut self, typed: &TypedString) -> Outcome<Typed> {
        let Value::SingleQuotedString(text) = &typed.value.value else {
            return Err(near("{"));
        };
        let value = self.of_literal(Literal::Text(text.clone()))?;
        let time = self.convert(value, Kind::DateTime)?;
        match typed.data_type {
            DataType::Time(..) => {
                let sql = format!(
                    "(SELECT substr(ts_now(), 1, 10) || substr({}, 11))",
                    time.sql
                );
                Ok(Typed::new(sql, Type::DateTime, time.height + 2))
            }
            _ => Ok(time),
        }
    }
}

/// Returns T-SQL's name of a function of ODBC with the same arguments.
pub(super) fn scalar_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "NOW" => "GETDATE",
        "UCASE" => "UPPER",
        "LCASE" => "LOWER",
        "LENGTH" => "LEN",
        "IFNULL" => "ISNULL",
        "DAYOFMONTH" => "DAY",
        "REPEAT" => "REPLICATE",
        "ABS" => "ABS",
        "CEILING" => "CEILING",
        "CONCAT" => "CONCAT",
        "FLOOR" => "FLOOR",
        "LEFT" => "LEFT",
        "LTRIM" => "LTRIM",
        "MONTH" => "MONTH",
        "POWER" => "POWER",
        "REPLACE" => "REPLACE",
        "RIGHT" => "RIGHT",
        "ROUND" => "ROUND",
        "RTRIM" => "RTRIM",
        "SIGN" => "SIGN",
        "SQRT" => "SQRT",
        "SUBSTRING" => "SUBSTRING",
        "YEAR" => "YEAR",
        _ => return None,
    })
}
