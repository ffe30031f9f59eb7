//! CSV by RFC 4180, with line feeds. Null is nothing between the commas, an empty text is `""`.

use super::formula::defused;
use crate::row::Cell;
use std::borrow::Cow;

/// Appends a value, quoted if necessary, for a spreadsheet with `excel`; `None` if it is not Unicode, which a file of
/// text cannot hold.
pub(super) fn value(out: &mut Vec<u8>, cell: Cell<'_>, excel: bool) -> Option<()> {
    if cell.is_null() {
        return Some(());
    }
    let shown: Cow<'_, str> = if cell.is_list() {
        for item in cell.items() {
            item.exact_text()?;
        }
        list(cell).into()
    } else {
        cell.exact_text()?
    };
    // A number is not a formula, not even a negative one.
    if excel && (cell.is_list() || cell.is_text()) {
        text(out, &defused(&shown));
    } else {
        text(out, &shown);
    }
    Some(())
}

/// Appends a text, quoted if necessary; an empty text is quoted to distinguish it from null.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    let plain = !text.is_empty()
        && !text.bytes().any(special)
        && !text.starts_with([' ', '\t'])
        && !text.ends_with([' ', '\t']);
    if plain {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Joins the values of a list by `, `. A value that would be ambiguous, because it contains a comma or a quote
/// or has blanks at its ends, is written as a JSON string.
pub(crate) fn list(cell: Cell<'_>) -> String {
    let items = cell.items().into_iter().map(|item| {
        let text = item.text();
        let ambiguous = text.is_empty() || text.contains([',', '"']) || text.trim() != text;
        if ambiguous && !item.is_null() {
            serde_json::Value::from(text.as_ref()).to_string()
        } else {
            text.into_owned()
        }
    });
    items.collect::<Vec<_>>().join(", ")
}

/// Splits a text that [`list`] joined into its values; `None` if it is not such a text.
pub(crate) fn unlist(joined: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = joined.trim();
    if rest.is_empty() {
        return Some(items);
    }
    loop {
        let (item, end) = first(rest)?;
        items.push(item);
        rest = rest.get(end..)?.trim_start();
        if rest.is_empty() {
            return Some(items);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

/// Returns the first value of a joined list, and where it ends.
fn first(joined: &str) -> Option<(String, usize)> {
    if joined.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(joined).into_iter::<String>();
        let item = texts.next()?.ok()?;
        return Some((item, texts.byte_offset()));
    }
    let end = joined.find(',').unwrap_or(joined.len());
    let item = joined.get(..end)?.trim();
    (!item.is_empty()).then(|| (item.to_owned(), end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_joined_list_is_split_into_its_values(
            items in proptest::collection::vec("[a-z ,\"\\\\\n\u{a0}ü]{0,5}", 0..5),
        ) {
            let json = serde_json::to_string(&items).expect("JSON");
            prop_assert_eq!(unlist(&list(Cell::of(&json))), Some(items));
        }
    }

    #[test]
    fn a_joined_list_may_be_written_by_hand() {
        let items = |joined| unlist(joined).map(|items| items.join("|"));
        assert_eq!(
            items(" Cat,Frog ,  \"a, b\" "),
            Some("Cat|Frog|a, b".into())
        );
        assert_eq!(items(""), Some(String::new()));
        for broken in ["a,", "a,,b", "\"a\"b", "\"a"] {
            assert_eq!(unlist(broken), None, "{broken}");
        }
    }

    fn written(json: &str) -> String {
        let mut out = Vec::new();
        value(&mut out, Cell::of(json), false).expect("Unicode");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn null_is_empty_and_an_empty_text_is_quoted() {
        assert_eq!(
            (written("null"), written(r#""""#)),
            (String::new(), r#""""#.into())
        );
    }

    #[test]
    fn only_special_texts_are_quoted() {
        assert_eq!(written(r#""a b""#), "a b");
        assert_eq!(written(r#""a,b""#), r#""a,b""#);
        assert_eq!(written(r#""say \"hi\"""#), r#""say ""hi""""#);
        assert_eq!(written(r#""line\nline""#), "\"line\nline\"");
        assert_eq!(written(r#"" a""#), "\" a\"");
    }

    #[test]
    fn half_of_a_surrogate_pair_is_not_written() {
        for json in [r#""a\ud800b""#, r#"{"1":"\udfff"}"#] {
            assert_eq!(
                value(&mut Vec::new(), Cell::of(json), false),
                None,
                "{json}"
            );
        }
        assert_eq!(written(r#""\ud83d\ude42""#), "🙂");
    }

    #[test]
    fn spreadsheets_get_numbers_and_no_formulas() {
        for (json, cell) in [
            (r#""=1+1""#, "'=1+1"),
            ("-5.50", "-5.50"),
            (r#"{"1":-5}"#, "'-5"),
            (r#""2022-01-24T00:00:00""#, "2022-01-24T00:00:00"),
        ] {
            let mut out = Vec::new();
            value(&mut out, Cell::of(json), true).expect("Unicode");
            assert_eq!(String::from_utf8_lossy(&out), cell);
        }
    }

    #[test]
    fn amounts_and_dates_are_unchanged() {
        assert_eq!(written("922337203685477.5800"), "922337203685477.5800");
        assert_eq!(
            written(r#""2022-01-24T20:30:51.607""#),
            "2022-01-24T20:30:51.607"
        );
    }

    #[test]
    fn a_list_is_its_values_joined() {
        assert_eq!(written(r#"{"1":"Cat","3":"Frog"}"#), r#""Cat, Frog""#);
        assert_eq!(written(r#"{"1":"Cat"}"#), "Cat");
        assert_eq!(
            list(Cell::of(r#"{"1":"Salt, coarse","2":"b"}"#)),
            r#""Salt, coarse", b"#
        );
        assert_eq!(written("{}"), r#""""#);
    }
}
