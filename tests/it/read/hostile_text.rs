//! No value can end its literal.

use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::TestEnv;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The number of texts that are sent; `CASPIO_TEST_CASES` changes it, for example to 100,000.
const CASES: usize = 2_000;
/// The number of texts that one call searches for.
const BATCH: usize = 8;
/// The most texts in the table: every call searches all of them.
const HELD: usize = 2_000;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Texts")]
struct Text {
    #[caspio(pk)]
    pk_id: i64,
    text: String,
}

/// Quotes, brackets, comments, NUL, 4-byte characters, wildcards, percent signs, and any text.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("'".to_owned()),
        Just("''".to_owned()),
        Just("' OR 1=1 --".to_owned()),
        Just("/* */".to_owned()),
        Just("[x]".to_owned()),
        Just("]".to_owned()),
        Just("%_".to_owned()),
        Just("\0".to_owned()),
        Just("\u{1F600}".to_owned()),
        Just("N'".to_owned()),
        Just("%27".to_owned()),
        Just(";".to_owned()),
        Just("\\".to_owned()),
        Just("\\\n".to_owned()),
        Just("\\\r\n".to_owned()),
        Just("?".to_owned()),
        Just("\u{FEFF}\r\n\t".to_owned()),
        any::<String>().prop_map(|text| text.chars().take(12).collect()),
    ];
    proptest::collection::vec(pieces, 1..5).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Text)]
struct Group {
    text: String,
}

/// A `\` before a line break continues a text on the next line in T-SQL.
#[tokio::test]
async fn a_backslash_before_a_line_break_is_part_of_a_text() {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let table = TableDef::new("Texts").field(FieldDef::new("Text", DataType::Text255));
    env.emulator.create_table(table).expect("a table");
    let held = [
        "a", "a\\\nz", "ab", "az", "b\\\r\nb", "bb", "c\\\nx", "cm", "cx",
    ];
    for text in held {
        let record = serde_json::json!({ "Text": text });
        env.emulator.insert("Texts", record).expect("an insert");
    }
    let texts = env.caspio.table::<Text>();

    for page_size in 1..4 {
        let groups = texts.select::<Group>().group_by(|t| t.text);
        let groups = groups
            .page_size(page_size)
            .collect()
            .await
            .expect("the groups");
        let groups: Vec<_> = groups.iter().map(|group| &*group.text).collect();
        assert_eq!(groups, held);
        let read = texts.order_by(|t| t.text.desc()).page_size(page_size);
        assert_eq!(read.collect().await.expect("the texts").len(), held.len());
    }
    for text in held {
        let found = texts.filter(|t| t.text.eq(text)).collect().await;
        let found: Vec<_> = found
            .expect("a text")
            .into_iter()
            .map(|one| one.text)
            .collect();
        assert_eq!(found, [text]);
    }
    texts
        .delete_where(|t| t.text.starts_with("a\\\n"))
        .await
        .expect("a delete");
    let kept = texts.filter(|t| t.text.starts_with("a")).count().await;
    assert_eq!(kept.expect("a count"), 3);
}

#[tokio::test]
async fn every_text_finds_exactly_the_record_that_holds_it() {
    let cases = std::env::var("CASPIO_TEST_CASES").map_or(CASES, |cases| {
        cases.parse().expect("CASPIO_TEST_CASES is a number")
    });
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let table = TableDef::new("Texts").field(FieldDef::new("Text", DataType::Text64000));
    env.emulator.create_table(table).expect("a table");
    let texts = env.caspio.table::<Text>();
    let mut runner = TestRunner::deterministic();

    for batch in 0..cases.div_ceil(BATCH) {
        if batch > 0 && (batch * BATCH).is_multiple_of(HELD) {
            env.emulator.delete("Texts", "PK_ID > 0").expect("a delete");
        }
        let wanted: Vec<String> = (0..BATCH)
            .map(|number| {
                let tree = hostile().new_tree(&mut runner).expect("a text");
                // A unique prefix separates texts that the collation treats as equal.
                format!("{batch}.{number}:{}.", tree.current())
            })
            .collect();
        for text in &wanted {
            let record = serde_json::json!({ "Text": text });
            env.emulator.insert("Texts", record).expect("an insert");
        }
        let found = texts
            .filter(|t| t.text.in_(&wanted))
            .collect()
            .await
            .expect("the texts");
        let found: Vec<&String> = found.iter().map(|record| &record.text).collect();
        assert_eq!(found, wanted.iter().collect::<Vec<_>>());

        let one = texts
            .filter(|t| t.text.eq(&wanted[0]))
            .collect()
            .await
            .expect("one text");
        assert_eq!(one.len(), 1, "{:?}", wanted[0]);
        let part = texts
            .filter(|t| t.text.ends_with(&wanted[1]))
            .collect()
            .await
            .expect("one text");
        assert_eq!(part.len(), 1, "{:?}", wanted[1]);
        assert!(part[0].pk_id > one[0].pk_id);

        let (first, second) = (wanted[0].as_str(), wanted[1].as_str());
        let raw = texts.filter_raw("Text=?OR(Text)IN(/* ' */?)-- '", (first, second));
        let raw = raw.filter(|t| t.pk_id.gt(0)).collect().await;
        assert_eq!(raw.expect("two texts").len(), 2, "{first:?} {second:?}");
    }

    let by_text = || texts.order_by(|t| t.text.desc());
    let all = by_text().collect().await.expect("all texts");
    let read = by_text().page_size(97).collect().await;
    let read = read.expect("all texts").into_iter().map(|text| text.pk_id);
    assert!(read.eq(all.iter().map(|text| text.pk_id)));
}
