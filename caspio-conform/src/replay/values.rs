//! Values of the kinds that a recording has.

use serde_json::{Value, json};

/// Returns a value of a kind; values of different numbers differ, as far as the kind permits.
pub(super) fn value(kind: &str, number: u32) -> Value {
    match kind {
        "null" => Value::Null,
        "boolean" => json!(true),
        "integer" => json!(number),
        "long integer" => json!(3_000_000_000_u64 + u64::from(number)),
        "longer integer" => json!(u64::MAX),
        "decimal" => json!(f64::from(number) + 0.5),
        "decimal to 4 places" => json!(f64::from(number) + 0.1234),
        "decimal of more places" => json!(f64::from(number) + 0.123_456),
        "number with exponent" => json!(1e20),
        text => json!(self::text(text, number)),
    }
}

/// Returns a text of a kind.
fn text(kind: &str, number: u32) -> String {
    let day = number % 28 + 1;
    match kind {
        "blank" => String::new(),
        "only blanks" => "  ".to_owned(),
        "digits" => number.to_string(),
        "keys" => "1,2".to_owned(),
        "GUID" => format!("00000000-0000-4000-8000-{number:012}"),
        "date" => format!("2026-01-{day:02}"),
        "date-time" => format!("2026-01-{day:02}T03:04:05"),
        "date-time with blank" => format!("2026-01-{day:02} 03:04:05"),
        "date-time with fraction" => format!("2026-01-{day:02}T03:04:05.607"),
        "date-time with long fraction" => format!("2026-01-{day:02}T03:04:05.6070000"),
        "date-time with zone" => format!("2026-01-{day:02}T03:04:05Z"),
        "US date-time" => format!("01/{day:02}/2026 03:04:05"),
        "text with Unicode" => format!("t\u{eb}xt {number}"),
        "text with emoji" => format!("\u{1F7E2} {number}"),
        "text over 255" => format!("{number:0>300}"),
        "text over 64000" => format!("{number:0>64001}"),
        _ => format!("text {number}"),
    }
}

/// Returns T-SQL in which each kind in braces is a literal; `None` if one of them cannot be.
pub(super) fn sql(recorded: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = recorded;
    while let Some((before, after)) = rest.split_once('{') {
        let (kind, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&literal(kind)?);
        if filled.len() > LONGEST_SQL {
            return None;
        }
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// The longest T-SQL that is sent: a recording may be a stranger's.
const LONGEST_SQL: usize = 1024 * 1024;

/// The number of the values in conditions, which the first record of each table has.
pub(super) const FIRST: u32 = 1;

fn literal(kind: &str) -> Option<String> {
    let inner = kind.trim_matches('%');
    if inner.is_empty() {
        return Some("'%'".to_owned());
    }
    if matches!(
        inner,
        "sign" | "name without an end" | "text without an end" | "text with half a surrogate pair"
    ) {
        return None;
    }
    Some(match value(inner, FIRST) {
        Value::String(text) => {
            let begins = if kind.starts_with('%') { "%" } else { "" };
            let ends = if kind.ends_with('%') { "%" } else { "" };
            match inner {
                "binary" => "0x01".to_owned(),
                "amount" => "$1".to_owned(),
                _ => format!("'{begins}{text}{ends}'"),
            }
        }
        number => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_become_literals() {
        for (recorded, filled) in [
            ("Field1 > {integer}", Some("Field1 > 1")),
            ("[Field1] LIKE N{%text%}", Some("[Field1] LIKE N'%text 1%'")),
            (
                "Field1 = {date-time}",
                Some("Field1 = '2026-01-02T03:04:05'"),
            ),
            ("Field1 = {amount}", Some("Field1 = $1")),
            ("Field1 LIKE {%}", Some("Field1 LIKE '%'")),
            ("{sign}Field1", None),
        ] {
            assert_eq!(sql(recorded).as_deref(), filled);
        }
    }
}
