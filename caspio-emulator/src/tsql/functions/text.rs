//! Functions on text.

use super::call::Call;
use crate::tsql::{
    Term, TsqlError,
    Type::{self, Integer, Text},
    translator::Translator,
};

/// Translates a text function, if it is one.
pub(super) fn translate(
    tr: &mut Translator<'_>,
    call: &Call<'_>,
) -> Result<Option<Term>, TsqlError> {
    let (function, types, least, result): (&str, &[Type], usize, Type) = match call.name.as_str() {
        "LEN" => ("tsql_len", &[Text], 1, Integer),
        "LEFT" => ("tsql_left", &[Text, Integer], 2, Text),
        "RIGHT" => ("tsql_right", &[Text, Integer], 2, Text),
        "SUBSTRING" => ("tsql_substring", &[Text, Integer, Integer], 3, Text),
        "CHARINDEX" => ("tsql_charindex", &[Text, Text, Integer], 2, Integer),
        "REPLACE" => ("tsql_replace", &[Text, Text, Text], 3, Text),
        "UPPER" => ("tsql_upper", &[Text], 1, Text),
        "LOWER" => ("tsql_lower", &[Text], 1, Text),
        "LTRIM" => ("ltrim", &[Text], 1, Text),
        "RTRIM" => ("rtrim", &[Text], 1, Text),
        "TRIM" => ("trim", &[Text], 1, Text),
        "REVERSE" => ("tsql_reverse", &[Text], 1, Text),
        "REPLICATE" => ("tsql_replicate", &[Text, Integer], 2, Text),
        "SPACE" => ("tsql_space", &[Integer], 1, Text),
        "STUFF" => ("tsql_stuff", &[Text, Integer, Integer, Text], 4, Text),
        "CONCAT" => return concat(tr, call).map(Some),
        _ => return Ok(None),
    };
    call.mapped(tr, function, types, least, result).map(Some)
}

/// Unlike `+`, it takes null for an empty text.
fn concat(tr: &mut Translator<'_>, call: &Call<'_>) -> Result<Term, TsqlError> {
    call.takes(2, 254)?;
    let mut parts = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        let term = tr.value_as(arg, Text)?;
        parts.push(format!("coalesce({}, '')", term.sql));
    }
    Ok(Term::new(format!("({})", parts.join(" || ")), Text))
}
