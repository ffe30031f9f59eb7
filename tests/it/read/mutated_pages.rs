//! Pages that were changed at random: each is an error, or read with exactly the rows and values that it holds.

use caspio::prelude::*;
use caspio_tests::scripted::client_of;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Values")]
struct Values {
    #[caspio(pk)]
    pk_id: i64,
    text: String,
    number: f64,
    short: Option<f32>,
    whole: Option<i32>,
    amount: Decimal,
    at: Option<DateTime>,
    yes: bool,
    list: List<String>,
}

/// An object as its members, in their order.
#[derive(Debug)]
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl Members {
    /// Returns all values of a name, which is compared without case.
    fn all<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m str> {
        let members = self.0.iter();
        let found = members.filter(move |(member, _)| member.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.get())
    }

    fn holds(&self, name: &str, matches: impl Fn(&str) -> bool) -> bool {
        self.all(name).any(matches)
    }
}

fn rows(page: &str) -> Option<Vec<Members>> {
    let members: Members = serde_json::from_str(page).ok()?;
    let rows: Vec<&str> = members.all("Result").collect();
    let [rows] = rows[..] else { return None };
    serde_json::from_str(rows).ok()
}

fn is_text(raw: &str, text: &str) -> bool {
    serde_json::from_str::<String>(raw).is_ok_and(|found| found == text)
}

fn is_blank(raw: &str) -> bool {
    raw == "null" || raw == "\"\""
}

fn is_decimal(raw: &str, number: Decimal) -> bool {
    let digits = raw.trim_matches('"');
    let found = Decimal::from_str_exact(digits).or_else(|_| Decimal::from_scientific(digits));
    found.is_ok_and(|found| found == number)
}

#[allow(clippy::float_cmp, reason = "the same float is the same value")]
fn is_float(raw: &str, number: f64) -> bool {
    raw.parse::<f64>().is_ok_and(|found| found == number)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "an `f32` holds rounded numbers"
)]
fn is_short(raw: &str, number: f32) -> bool {
    raw.parse::<f64>()
        .is_ok_and(|found| found as f32 == number && number.is_finite())
}

fn is_list(raw: &str, list: &[String]) -> bool {
    if raw == "null" {
        return list.is_empty();
    }
    let values: Vec<Box<RawValue>> = match serde_json::from_str::<Members>(raw) {
        Ok(members) => members.0.into_iter().map(|(_, value)| value).collect(),
        Err(_) => serde_json::from_str(raw).unwrap_or_default(),
    };
    values.len() == list.len()
        && values
            .iter()
            .zip(list)
            .all(|(raw, text)| is_text(raw.get(), text))
}

impl Values {
    /// Whether each value is one that the row holds.
    fn is_in(&self, row: &Members) -> bool {
        row.holds("PK_ID", |raw| is_decimal(raw, self.pk_id.into()))
            && row.holds("Text", |raw| is_text(raw, &self.text))
            && row.holds("Number", |raw| is_float(raw, self.number))
            && match self.short {
                Some(short) => row.holds("Short", |raw| is_short(raw, short)),
                None => row.holds("Short", is_blank),
            }
            && match self.whole {
                Some(whole) => row.holds("Whole", |raw| is_float(raw, whole.into())),
                None => row.holds("Whole", is_blank),
            }
            && row.holds("Amount", |raw| is_decimal(raw, self.amount))
            && match self.at {
                Some(at) => row.holds("At", |raw| {
                    raw.trim_matches('"')
                        .parse::<DateTime>()
                        .is_ok_and(|found| found == at)
                }),
                None => row.holds("At", |raw| raw == "null"),
            }
            && row.holds("Yes", |raw| raw == self.yes.to_string())
            && row.holds("List", |raw| is_list(raw, &self.list))
    }
}

/// Numbers that a seed decides.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).expect("a small number")
    }

    fn of<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

const PAGE: &str = r#"{"Result":[{"PK_ID":1,"Text":"a \"b\" \u00fc","Number":1.5,"Short":0.25,"Whole":-3,"Amount":922337203685477.5807,"At":"2024-01-02T03:04:05.607","Yes":true,"List":{"1":"Cat","3":"Frog"}},{"PK_ID":2,"Text":"","Number":2e-7,"Short":null,"Whole":null,"Amount":0.10,"At":null,"Yes":false,"List":null},{"PK_ID":30,"Text":"ä🟢","Number":-0.0,"Short":"","Whole":"","Amount":12,"At":"1999-12-31T00:00:00","Yes":true,"List":{}},{"PK_ID":400,"Text":"null","Number":9007199254740993,"Short":1e3,"Whole":2.0,"Amount":-5,"At":"2024-02-29T23:59:59.997","Yes":false,"List":["x","x"]}],"Pagination":null}"#;

/// Texts that a mutation inserts.
const TEXTS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "0",
    "9",
    "-",
    ".",
    "e",
    "E5",
    "1e999",
    "null",
    "true",
    "false",
    "\"\"",
    "\\ud83d",
    "\\u0000",
    "\u{0}",
    "\n",
    " ",
    "{}",
    "[]",
    "\"PK_ID\":7,",
    "\"pk_id\":\"7\",",
    "\"Result\":[],",
    "99999999999999999999",
    "9007199254740993.0",
    "0.12345678901234567890123456789012345",
    "_",
    "\"x\":{},",
    "\u{feff}",
    "NaN",
    "-Infinity",
    "1_0",
    "\"2024-01-01T00:00:00Z\"",
    "{\"1\":null}",
];

fn mutated(random: &mut Random) -> String {
    let mut page: Vec<char> = PAGE.chars().collect();
    for _ in 0..=random.below(3) {
        let start = random.below(page.len());
        let end = (start + random.below(12)).min(page.len());
        match random.below(7) {
            0 => drop(page.drain(start..end)),
            1 => {
                let doubled = page[start..end].to_vec();
                page.splice(end..end, doubled);
            }
            2 => {
                let moved: Vec<char> = page.drain(start..end).collect();
                let place = random.below(page.len());
                page.splice(place..place, moved);
            }
            3 => page.truncate(start.max(1)),
            4 => {
                let digit = char::from(b'0' + u8::try_from(random.below(10)).expect("a digit"));
                if page[start].is_ascii_digit() {
                    page[start] = digit;
                }
            }
            5 => drop(page.splice(start..end, random.of(&TEXTS).chars())),
            _ => drop(page.splice(start..start, random.of(&TEXTS).chars())),
        }
    }
    page.into_iter().collect()
}

fn cases() -> u64 {
    let cases = std::env::var("CASPIO_TEST_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(4_000)
}

#[tokio::test]
async fn the_page_itself_is_read() {
    let caspio = client_of(caspio::ApiVersion::V3, |_| PAGE.to_owned());

    let read = caspio.table::<Values>().collect().await.expect("the page");

    let rows = rows(PAGE).expect("the rows");
    assert!(
        read.iter()
            .zip(&rows)
            .all(|(record, row)| record.is_in(row))
    );
    assert_eq!(read.len(), rows.len());
}

#[tokio::test]
async fn a_changed_page_is_an_error_or_is_read_unchanged() {
    let mut complete = 0_u64;
    for case in 1..=cases() {
        let page = mutated(&mut Random(case.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let served = page.clone();
        let caspio = client_of(caspio::ApiVersion::V3, move |_| served.clone());
        let read = caspio.table::<Values>().collect().await;
        let keys = caspio.table_named("Values").collect().await;
        if let Ok(maps) = keys {
            let rows = rows(&page);
            let rows = rows.unwrap_or_else(|| panic!("case {case}: maps of {page}"));
            assert_eq!(maps.len(), rows.len(), "case {case}: {page}");
        }
        let Ok(read) = read else { continue };
        complete += 1;
        let rows = rows(&page).unwrap_or_else(|| panic!("case {case}: read from {page}"));
        assert_eq!(read.len(), rows.len(), "case {case}: {page}");
        for (record, row) in read.iter().zip(&rows) {
            assert!(
                record.is_in(row),
                "case {case}: {record:?} is not in {page}"
            );
        }
    }
    assert!(complete > cases() / 20, "{complete} pages were read");
}
