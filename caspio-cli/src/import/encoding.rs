//! Reads files in other encodings than UTF-8.

use clap::ValueEnum;
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, BufRead, BufReader, Read};
use std::slice;

/// The encodings of files of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    /// UTF-8, or UTF-16 if the file begins with its byte order mark
    #[default]
    #[value(name = "utf-8")]
    Utf8,
    /// Windows-1252, also called ANSI or Latin-1
    #[value(name = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// Returns the character of a byte that is not UTF-8.
    pub(super) fn character(self, byte: u8) -> Option<String> {
        let is_character = self == Self::Windows1252 && !is_undefined(byte);
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(slice::from_ref(&byte));
        is_character.then(|| text.into_owned())
    }
}

/// Returns the text of a file as UTF-8. A byte order mark decides before the encoding that was chosen. Characters that
/// are not valid become bytes that are not UTF-8, so that their row is refused.
pub(super) fn decoded(
    mut input: impl BufRead + Send + 'static,
    encoding: Encoding,
) -> io::Result<Box<dyn BufRead + Send>> {
    let decoder = match (encoding, input.fill_buf()?) {
        (_, [0xff, 0xfe, ..]) => UTF_16LE.new_decoder_with_bom_removal(),
        (_, [0xfe, 0xff, ..]) => UTF_16BE.new_decoder_with_bom_removal(),
        (Encoding::Windows1252, bytes) if !bytes.starts_with(UTF_8_MARK) => {
            WINDOWS_1252.new_decoder_without_bom_handling()
        }
        _ => return Ok(Box::new(input)),
    };
    Ok(Box::new(BufReader::with_capacity(
        64 * 1024,
        Decoding {
            input,
            decoder,
            ended: false,
        },
    )))
}

const UTF_8_MARK: &[u8] = "\u{feff}".as_bytes();

/// The byte for what is not valid in UTF-16: one that has no character in any encoding.
const NO_CHARACTER: u8 = 0x81;

/// Returns whether a file is UTF-8.
pub(super) fn is_utf_8(mut input: impl BufRead) -> io::Result<bool> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if std::str::from_utf8(&line).is_err() {
            return Ok(false);
        }
        line.clear();
    }
    Ok(true)
}

/// Returns whether Windows-1252 has no character for a byte. Decoders of web pages make a control character of it.
fn is_undefined(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
}

/// Decodes a file while it is read.
struct Decoding<R> {
    input: R,
    decoder: Decoder,
    ended: bool,
}

impl<R: BufRead> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // One character, or the byte of an invalid one, must fit.
        if out.len() < 8 {
            return Err(io::Error::other("the buffer is too small"));
        }
        let room = out.len() - 1;
        while !self.ended {
            let bytes = self.input.fill_buf()?;
            let last = bytes.is_empty();
            let undefined = match self.decoder.encoding() == WINDOWS_1252 {
                true => bytes.iter().position(|byte| is_undefined(*byte)),
                false => None,
            };
            if undefined == Some(0) {
                // After whole characters it is not UTF-8.
                out[0] = bytes[0];
                self.input.consume(1);
                return Ok(1);
            }
            let bytes = &bytes[..undefined.unwrap_or(bytes.len())];
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(bytes, &mut out[..room], last);
            self.input.consume(read);
            self.ended = last && result == DecoderResult::InputEmpty;
            if let DecoderResult::Malformed(..) = result {
                out[written] = NO_CHARACTER;
                return Ok(written + 1);
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &'static [u8], encoding: Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        let mut reader = decoded(bytes, encoding).expect("a reader");
        // No text of the tests contains this byte.
        reader.read_until(0, &mut text).expect("text");
        text
    }

    #[test]
    fn utf_16_is_known_by_its_mark() {
        assert_eq!(
            text(b"\xff\xfeA\0\xe9\0\n\0", Encoding::Utf8),
            "Aé\n".as_bytes()
        );
        assert_eq!(text(b"\xfe\xff\0A\0\xe9", Encoding::Utf8), "Aé".as_bytes());
        assert_eq!(text("Aé".as_bytes(), Encoding::Utf8), "Aé".as_bytes());
    }

    #[test]
    fn windows_1252_is_read_on_request() {
        assert_eq!(
            text(b"Caf\xe9 \x80", Encoding::Windows1252),
            "Café €".as_bytes()
        );
        assert_eq!(
            text("\u{feff}Café".as_bytes(), Encoding::Windows1252),
            "\u{feff}Café".as_bytes()
        );
        assert_eq!(text(b"\xff\xfeA\0", Encoding::Windows1252), "A".as_bytes());
    }

    #[test]
    fn bytes_without_a_character_are_invalid() {
        assert_eq!(
            text(b"M\x81\x8dx\x9d", Encoding::Windows1252),
            b"M\x81\x8dx\x9d"
        );
    }

    #[test]
    fn invalid_text_stays_invalid() {
        let half = text(b"\xff\xfeA\0\0\xd8B\0", Encoding::Utf8);
        assert_eq!(half, b"A\x81B");
        assert_eq!(text(b"\xff\xfeA\0\0", Encoding::Utf8), b"A\x81");
    }
}
