//! Random changes of a body.

use crate::random::Random;

/// What takes the place of a value in JSON.
const VALUES: [&str; 26] = [
    "null",
    "true",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "1e-400",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999999999999999",
    "0.1234567890123456789012345678901",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"0001-01-01T00:00:00\"",
    "\"9999-12-31T23:59:60.9999999Z\"",
    "\"2024-02-30T00:00:00\"",
    "[]",
    "{}",
    "[null]",
    "{\"\":{}}",
    "{\"1\":\"a\",\"1\":\"b\"}",
    "NaN",
    "'x'",
];

/// How deep a nested value is.
const DEPTH: usize = 10_000;

/// Replaces, adds and removes single bytes.
pub(crate) fn change_bytes(body: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.between(1, 4) {
        let at = random.below(body.len() as u64 + 1) as usize;
        let byte = random.pick(b"\0\x1f \"\\,:[]{}0-+.eE\x7f\x80\xc3\xff");
        match random.below(3) {
            0 => body.insert(at, byte),
            1 if at < body.len() => body[at] = byte,
            _ if at < body.len() => drop(body.remove(at)),
            _ => {}
        }
    }
}

/// Writes a part of the body once more, for example a record or a member.
pub(crate) fn repeat_part(body: &mut Vec<u8>, random: &mut Random) {
    let commas = places(body, |byte| matches!(byte, b',' | b'{' | b'['));
    if commas.len() < 2 {
        return;
    }
    let (one, other) = (random.pick(&commas), random.pick(&commas));
    let part = body[one.min(other)..one.max(other)].to_vec();
    let at = random.pick(&commas);
    body.splice(at..at, part);
}

/// Replaces what follows a colon or a comma up to the next sign of JSON.
pub(crate) fn replace_value(body: &mut Vec<u8>, random: &mut Random) {
    let starts = places(body, |byte| matches!(byte, b':' | b',' | b'['));
    if starts.is_empty() {
        return;
    }
    let start = random.pick(&starts) + 1;
    let rest = body[start..].iter();
    let length = rest
        .take_while(|byte| !matches!(byte, b',' | b'}' | b']'))
        .count();
    let value = match random.below(20) {
        0 => nested(random),
        1 => format!("\"{}\"", "x".repeat(100_000)).into_bytes(),
        _ => random.pick(&VALUES).as_bytes().to_vec(),
    };
    body.splice(start..start + length, value);
}

/// A value that is nested deeply.
pub(crate) fn nested(random: &mut Random) -> Vec<u8> {
    let (open, close) = random.pick(&[("[", "]"), ("{\"a\":", "}"), ("{\"Result\":[", "]}")]);
    let end = match random.percent(50) {
        true => close.repeat(DEPTH),
        false => String::new(),
    };
    format!("{}1{end}", open.repeat(DEPTH)).into_bytes()
}

fn places(body: &[u8], is_sought: impl Fn(u8) -> bool) -> Vec<usize> {
    let bytes = body.iter().enumerate();
    bytes
        .filter(|(_, byte)| is_sought(**byte))
        .map(|(at, _)| at)
        .collect()
}
