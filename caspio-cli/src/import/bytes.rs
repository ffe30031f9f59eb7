//! Rows whose bytes are not text, as a file of refused rows has them: each byte is written as `\xNN`.

use super::encoding::Encoding;

const NOT_UTF_8: &str = "the row is not UTF-8";
const NOT_WINDOWS_1252: &str = "the row is not Windows-1252";

/// The form of a backslash in a row that is not text.
const BACKSLASH: &str = "\\x5c";

/// Returns whether a reason is that of a row whose bytes are not text.
pub(super) fn is_not_text(reason: &str) -> bool {
    reason.contains(NOT_UTF_8) || reason.contains(NOT_WINDOWS_1252)
}

/// Returns bytes as text. If they are not UTF-8, every byte that is not, and every backslash, becomes `\xNN`, so that
/// no byte is lost and the text is not a JSON object until it is fixed.
pub(super) fn written(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => all_written(raw),
    }
}

/// Returns bytes as text, in which every byte that is not UTF-8, and every backslash, is `\xNN`.
pub(super) fn all_written(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', BACKSLASH));
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Returns the text of a row in which bytes are written. A byte that is still in it has its character of the encoding.
///
/// # Errors
///
/// The reason why the row is refused: the encoding has no character for a byte.
pub(super) fn text(written: &str, encoding: Encoding) -> Result<String, String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find("\\x") {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        rest = &from[2..];
        let digits = rest.get(..2).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(b'\\') => text.push('\\'),
            Ok(byte) if !byte.is_ascii() => match encoding.character(byte) {
                Some(character) => text.push_str(&character),
                None => return Err(not_text(digits, encoding)),
            },
            _ => {
                text.push_str("\\x");
                continue;
            }
        }
        rest = &rest[2..];
    }
    text.push_str(rest);
    Ok(text)
}

/// Returns cells in which bytes are written as texts, or the reason why there is none.
pub(super) fn cell_texts(
    cells: &[Option<String>],
    encoding: Encoding,
) -> Result<Vec<Option<String>>, String> {
    let texts = cells.iter().map(|cell| {
        let text = cell.as_deref().map(|cell| text(cell, encoding));
        text.transpose()
    });
    texts.collect()
}

fn not_text(digits: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => format!(
            "{NOT_UTF_8}: write the character for its byte \\x{digits}; or, if the row is Windows-1252, import the file of \
             refused rows with `--encoding windows-1252`"
        ),
        Encoding::Windows1252 => format!(
            "{NOT_WINDOWS_1252}, which has no character for its byte \\x{digits}: write the character"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_row_is_lost() {
        assert_eq!(written("Zürich \\".as_bytes()), "Zürich \\");
        let text = written(b"{\"a\":\"\\\xe9\"}");
        assert_eq!(text, "{\"a\":\"\\x5c\\xe9\"}");
    }

    #[test]
    fn a_byte_is_read_as_its_character() {
        let raw = b"C:\\x \\xe9 M\xfcller \x80";
        let written = written(raw);
        let windows = text(&written, Encoding::Windows1252);
        assert_eq!(windows.as_deref(), Ok("C:\\x \\xe9 Müller €"));
        let utf_8 = text(&written, Encoding::Utf8).expect_err("not text");
        assert!(utf_8.contains("\\xfc;"), "{utf_8}");
        let mended = written.replace("\\xfc", "ü").replace("\\x80", "€");
        assert_eq!(text(&mended, Encoding::Utf8), windows);
    }

    #[test]
    fn a_byte_without_a_character_is_not_text() {
        let why = text("M\\x81", Encoding::Windows1252).expect_err("not text");
        assert!(is_not_text(&why) && why.contains("\\x81"), "{why}");
    }

    #[test]
    fn other_backslashes_are_text() {
        for other in ["\\x", "\\x4", "\\x41", "a\\", "\\xü", "\\x+9"] {
            assert_eq!(text(other, Encoding::Utf8).as_deref(), Ok(other));
        }
    }
}
