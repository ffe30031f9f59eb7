//! Parameters in finished SQL: numbered without gaps, or written as literals in statements that
//! cannot have any.

use rusqlite::types::Value;
use std::fmt::Write as _;

/// Replaces every `?N` outside of quotes by the literal of its value.
pub(super) fn inlined(sql: &str, params: &[Value]) -> String {
    rewritten(sql, |out, number| literal(out, params.get(number)))
}

/// Drops parameters that the SQL does not use, and renumbers the others.
pub(super) fn compacted(sql: &str, params: Vec<Value>) -> (String, Vec<Value>) {
    let mut places = vec![None; params.len()];
    let mut kept = Vec::new();
    let sql = rewritten(sql, |out, number| {
        let Some(value) = params.get(number) else {
            return;
        };
        let place = *places[number].get_or_insert_with(|| {
            kept.push(value.clone());
            kept.len()
        });
        let _ = write!(out, "?{place}");
    });
    (sql, kept)
}

/// Copies SQL and replaces every parameter; `replace` gets their numbers, from 0.
fn rewritten(sql: &str, mut parameter: impl FnMut(&mut String, usize)) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '"', '?']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes()[0] {
            b'?' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                let number: usize = rest[1..=digits].parse().unwrap_or(0);
                parameter(&mut out, number.wrapping_sub(1));
                &rest[digits + 1..]
            }
            quote => quoted(&mut out, rest, quote),
        };
    }
    out.push_str(rest);
    out
}

/// Copies a quoted part; a doubled quote is two parts in a row.
fn quoted<'a>(out: &mut String, rest: &'a str, quote: u8) -> &'a str {
    let end = rest[1..]
        .find(char::from(quote))
        .map_or(rest.len(), |at| at + 2);
    out.push_str(&rest[..end]);
    &rest[end..]
}

fn literal(out: &mut String, value: Option<&Value>) {
    let _ = match value {
        None | Some(Value::Null) => write!(out, "NULL"),
        Some(Value::Integer(i64::MIN)) => write!(out, "(-9223372036854775807 - 1)"),
        Some(Value::Integer(number)) => write!(out, "({number})"),
        Some(Value::Real(number)) => write!(out, "({number:e})"),
        // SQLite ends a statement at a NUL.
        Some(Value::Text(text)) if text.contains('\0') => {
            write!(out, "CAST(x'{}' AS TEXT)", hex(text.as_bytes()))
        }
        Some(Value::Text(text)) => write!(out, "'{}'", text.replace('\'', "''")),
        Some(Value::Blob(bytes)) => write!(out, "x'{}'", hex(bytes)),
    };
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_literals_except_in_quotes() {
        let params = [
            Value::Text("O'Brien ?1".into()),
            Value::Integer(-7),
            Value::Real(0.5),
            Value::Text("a\0b".into()),
            Value::Null,
        ];

        let sql = inlined("\"c?1\" = ?1 AND '?2' < ?2 OR ?3 = ?4 || ?5", &params);

        assert_eq!(
            sql,
            "\"c?1\" = 'O''Brien ?1' AND '?2' < (-7) OR (5e-1) = CAST(x'610062' AS TEXT) || NULL"
        );
    }

    #[test]
    fn unused_parameters_are_dropped() {
        let params = vec![Value::Integer(1), Value::Integer(2), Value::Integer(3)];

        let compact = compacted("?3 = '?9' OR ?1 > ?3", params);

        let kept = vec![Value::Integer(3), Value::Integer(1)];
        assert_eq!(compact, ("?1 = '?9' OR ?2 > ?1".to_owned(), kept));
    }
}
