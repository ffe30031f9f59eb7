//! T-SQL without names and values: the words of the language are kept.

use super::names::{Kind, Names};
use super::value;
use crate::filter::is_reserved;
use crate::filter::tokens::{Token, TokenKind, tokens};

/// The functions that conditions and columns use.
const FUNCTIONS: &str = "\
    abs ascii avg cast ceiling char charindex choose coalesce concat convert cos count dateadd datediff \
    datefromparts datename datepart day dense_rank eomonth exp first_value floor format getdate getutcdate \
    iif isdate isnull isnumeric lag last_value lead left len log lower ltrim max min month nchar newid ntile \
    nullif parse patindex power rand rank replace replicate reverse right round row_number rtrim sign sin \
    space sqrt stdev str string_agg stuff substring sum sysdatetime trim try_cast try_convert unicode upper \
    var year";

/// What a call begins with: a part of a date, or a type.
const FIRST_ARGUMENTS: &str = "\
    year quarter month dayofyear day week weekday hour minute second millisecond yy yyyy qq q mm m dy y dd d \
    wk ww dw w hh mi n ss s ms";

const TYPES: &str = "\
    bigint binary bit char date datetime datetime2 decimal float int money nchar numeric nvarchar real \
    smallint time tinyint uniqueidentifier varbinary varchar";

/// Returns T-SQL with stand-ins for names, and kinds in braces for values: `Field1 > {integer}`.
///
/// A word is kept only if it is one of T-SQL, and stands where a name cannot.
pub(super) fn scrub(sql: &str, names: &mut Names) -> String {
    let all: Vec<Token<'_>> = tokens(sql).collect();
    let mut shown = String::with_capacity(sql.len());
    for (at, token) in all.iter().enumerate() {
        match token.kind {
            TokenKind::Space => shown.push(' '),
            TokenKind::Comment => shown.push_str("/* */"),
            TokenKind::Text => shown.push_str(&literal(token)),
            TokenKind::QuotedName => {
                let kind = kind_of_name(token, &all[..at], &all[at + 1..], names);
                shown.push_str(&quoted_name(token, kind, names));
            }
            TokenKind::Number => shown.push_str(&number(token.sql)),
            TokenKind::Sign => shown.push_str(sign(token.sql)),
            TokenKind::Word => {
                let before = all[..at].iter().rev().filter(|token| !token.is_blank());
                let after = all[at + 1..].iter().find(|token| !token.is_blank());
                let shown_word = match is_kept(token.sql, before, after) {
                    true => token.sql.to_ascii_uppercase(),
                    false => {
                        let kind = kind_of_name(token, &all[..at], &all[at + 1..], names);
                        names.stand_in(kind, token.sql)
                    }
                };
                shown.push_str(&shown_word);
            }
        }
    }
    shown
}

fn is_kept<'t>(
    word: &str,
    mut before: impl Iterator<Item = &'t Token<'t>>,
    after: Option<&Token<'_>>,
) -> bool {
    let is_in = |words: &str| {
        let mut words = words.split(' ');
        words.any(|known| known.eq_ignore_ascii_case(word))
    };
    let is_called = after.is_some_and(|token| token.sql == "(");
    let last = before.next();
    if last.is_some_and(|token| token.sql == ".") || after.is_some_and(|token| token.sql == ".") {
        return false;
    }
    if is_called && (is_in(FUNCTIONS) || is_in(TYPES)) {
        return true;
    }
    let is = |token: Option<&Token<'_>>, words: &[&str]| {
        token.is_some_and(|token| {
            words
                .iter()
                .any(|word| word.eq_ignore_ascii_case(token.sql))
        })
    };
    let is_first = is(last, &["("]);
    if is_first && (is_in(FIRST_ARGUMENTS) || is_in(TYPES)) {
        let dated = ["dateadd", "datediff", "datename", "datepart"];
        let typed = ["convert", "try_convert"];
        let function = before.next();
        return (is_in(FIRST_ARGUMENTS) && is(function, &dated))
            || (is_in(TYPES) && is(function, &typed));
    }
    if is(last, &["as"]) && is_in(TYPES) {
        // The alias of a column is followed by a comma or nothing, the type of a cast by a parenthesis.
        return after.is_some_and(|token| matches!(token.sql, ")" | "("));
    }
    is_reserved(word) || (is_in("partition") && is(after, &["by"]))
}

/// Returns what a name is, by what is around it.
fn kind_of_name(
    token: &Token<'_>,
    before: &[Token<'_>],
    after: &[Token<'_>],
    names: &Names,
) -> Kind {
    let last = before.iter().rev().find(|token| !token.is_blank());
    let is_object = last.is_some_and(|token| {
        let words = ["from", "join"];
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(token.sql))
    });
    let has_part = after.first().is_some_and(|token| token.sql == ".");
    let name = token.quoted_name();
    let name = name.as_deref().unwrap_or(token.sql);
    match is_object || (has_part && names.has(Kind::Table, name)) {
        true => Kind::Table,
        false => Kind::Field,
    }
}

fn literal(token: &Token<'_>) -> String {
    let Some(text) = token.text() else {
        return "{text}".to_owned();
    };
    if !token.is_closed {
        return "{text without an end}".to_owned();
    }
    let prefix = if token.sql.starts_with(['n', 'N']) {
        "N"
    } else {
        ""
    };
    let inner = text.trim_matches('%');
    if inner.is_empty() && !text.is_empty() {
        return format!("{prefix}{{%}}");
    }
    let begins = if text.starts_with('%') { "%" } else { "" };
    let ends = if text.ends_with('%') { "%" } else { "" };
    format!("{prefix}{{{begins}{}{ends}}}", value::of_text(inner))
}

fn quoted_name(token: &Token<'_>, kind: Kind, names: &mut Names) -> String {
    let name = token.quoted_name().unwrap_or_default();
    let name = names.stand_in(kind, &name);
    match (token.sql.starts_with('['), token.is_closed) {
        (true, true) => format!("[{name}]"),
        (false, true) => format!("\"{name}\""),
        (_, false) => "{name without an end}".to_owned(),
    }
}

fn number(digits: &str) -> String {
    let is_plain = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let kind = if digits.starts_with("0x") || digits.starts_with("0X") {
        "binary"
    } else if is_plain {
        value::of_number(digits)
    } else {
        "amount"
    };
    format!("{{{kind}}}")
}

/// Returns a sign of T-SQL.
fn sign(sign: &str) -> &str {
    match sign {
        "(" | ")" | "=" | "<" | ">" | "!" | "+" | "-" | "*" | "/" | "%" | "," | "." | "&" | "|"
        | "^" | "~" | ";" | "?" => sign,
        _ => "{sign}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structure_stays_and_names_and_values_do_not() {
        for (sql, shown) in [
            ("Name = N'O''Brien'", "Field1 = N{text}"),
            ("[Last name] LIKE '%ann%'", "[Field1] LIKE {%text%}"),
            (
                "A > 5 AND B<=1.50",
                "Field1 > {integer} AND Field2<={decimal}",
            ),
            ("Due >= '2026-01-02'", "Field1 >= {date}"),
            ("PK_ID > 17", "PK_ID > {integer}"),
            ("Year = 2", "Field1 = {integer}"),
            (
                "YEAR(Due) in (1, 2)",
                "YEAR(Field1) IN ({integer}, {integer})",
            ),
            (
                "DATEADD(day, -3, GETDATE()) < Day",
                "DATEADD(DAY, -{integer}, GETDATE()) < Field1",
            ),
            ("CAST(A AS int) AS Date", "CAST(Field1 AS INT) AS Field2"),
            (
                "A IN (SELECT B FROM Salaries s WHERE s.C = 1)",
                "Field1 IN (SELECT Field2 FROM Table1 Field3 WHERE Field3.Field4 = {integer})",
            ),
            (
                "SUM(A) OVER (PARTITION BY B), Range",
                "SUM(Field1) OVER (PARTITION BY Field2), Field3",
            ),
            (
                "A IN (SELECT Pay.B FROM [Pay])",
                "Field1 IN (SELECT Field2.Field3 FROM [Table1])",
            ),
            (
                "A = $5 -- Ann\nOR 1=1",
                "Field1 = {amount} /* */ OR {integer}={integer}",
            ),
            ("A = 'Ann", "Field1 = {text without an end}"),
            ("{d '2026-01-02'}", "{sign}Field1 {date}{sign}"),
            ("Name asc, [Order] desc", "Field1 ASC, [Field2] DESC"),
            ("A LIKE '%'", "Field1 LIKE {%}"),
        ] {
            assert_eq!(scrub(sql, &mut Names::default()), shown);
        }
    }
}
