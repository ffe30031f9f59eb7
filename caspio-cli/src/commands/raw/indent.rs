//! JSON with a line for each value, its numbers and the order of its members unchanged.

use crate::output::is_unsafe;
use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

/// Lays out text that is valid JSON. Characters that could take over a terminal are escaped, which JSON permits.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut rest = json.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => text(&mut rest, &mut out),
            '{' | '[' => {
                out.push(character);
                skip_blanks(&mut rest);
                match rest.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            character if character.is_ascii_whitespace() => {}
            character => out.push(character),
        }
    }
    out
}

/// Copies a text up to its end.
fn text(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('"');
    let mut is_escaped = false;
    for character in rest.by_ref() {
        match character {
            // Such characters are in the plane whose numbers have four digits.
            unsafe_one if is_unsafe(unsafe_one) => {
                let _ = write!(out, "\\u{:04x}", u32::from(unsafe_one));
            }
            character => out.push(character),
        }
        if character == '"' && !is_escaped {
            return;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(char::is_ascii_whitespace).is_some() {}
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn every_value_has_a_line_and_stays_as_it_is() {
        let json = r#" {"b":[1.50,{ } ,[ ]],"a,{":"x:\"}", "z" : 922337203685477.5807}"#;

        let expected = "{\n  \"b\": [\n    1.50,\n    {},\n    []\n  ],\n  \"a,{\": \"x:\\\"}\",\n  \
                        \"z\": 922337203685477.5807\n}";
        assert_eq!(indented(json), expected);
        assert_eq!(indented("12.50"), "12.50");
        assert_eq!(indented(r#""a\\""#), r#""a\\""#);
    }

    #[test]
    fn characters_for_terminals_are_escaped_as_json_does() {
        let json = "{\"exe.\u{202e}gpj\":\"\u{9b}2J\"}";

        let shown = indented(json);

        assert!(!shown.contains(['\u{202e}', '\u{9b}']), "{shown}");
        let value: Value = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(value["exe.\u{202e}gpj"], "\u{9b}2J");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\[\\]{}:,\" \\\\\n]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_layout_does_not_change_the_value(value in any_json()) {
            for json in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
                let again: Value = serde_json::from_str(&indented(&json)).expect("JSON");
                prop_assert_eq!(&again, &value);
            }
        }
    }
}
