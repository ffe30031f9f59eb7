//! Orders by texts that are longer than a URL.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Long_Texts")]
struct Text {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    text: Option<String>,
    number: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Text)]
struct Group {
    name: Option<String>,
    text: Option<String>,
    #[caspio(count)]
    texts: u64,
}

/// Forty records: short texts, long ones of several alphabets, doubles and nulls.
async fn texts(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Long_Texts")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Text", DataType::Text64000))
        .field(FieldDef::new("Number", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    for number in 0..40_usize {
        let name = match number % 5 {
            0 => None,
            1 => Some(format!("short {}", number % 3)),
            _ => Some(format!("{}{}", "\u{5b57}".repeat(250), number % 7)),
        };
        let text =
            (number % 9 > 0).then(|| format!("{}'{}", "it's \u{1F600} ".repeat(300), number % 4));
        let record = json!({ "Name": name, "Text": text, "Number": number % 3 });
        env.emulator
            .insert("Long_Texts", record)
            .expect("an insert");
    }
    env.emulator.reset_calls();
    env
}

on_every_version! {
    async fn any_order_by_long_texts_is_complete(version) {
        let env = texts(version).await;
        let texts = env.caspio.table::<Text>();
        for descending in [false, true] {
            let direct = |asc, desc| if descending { desc } else { asc };
            for (name, order) in [
                ("name", vec![direct(Text::COLUMNS.name.asc(), Text::COLUMNS.name.desc())]),
                ("text", vec![direct(Text::COLUMNS.text.asc(), Text::COLUMNS.text.desc())]),
                ("several", vec![
                    direct(Text::COLUMNS.number.desc(), Text::COLUMNS.number.asc()),
                    direct(Text::COLUMNS.text.asc(), Text::COLUMNS.text.desc()),
                    direct(Text::COLUMNS.name.desc(), Text::COLUMNS.name.asc()),
                    direct(Text::COLUMNS.pk_id.desc(), Text::COLUMNS.pk_id.asc()),
                ]),
            ] {
                let query = || texts.query().order_by(|_| order.clone());
                let all = query().collect().await.expect("one page");
                assert_eq!(all.len(), 40);
                for page in [1, 3, 17] {
                    env.emulator.reset_calls();
                    let read = query().page_size(page).collect().await.expect("all texts");

                    assert_eq!(read, all, "by {name}, pages of {page}");
                    assert!(env.emulator.calls().records_reads() <= 40_u64.div_ceil(page.into()) + 1);
                }
                let limited = query().page_size(3).limit(10).collect().await.expect("ten texts");
                assert_eq!(limited, all[..10]);
            }
        }
    }

    async fn aggregates_after_a_long_text_are_of_the_records_after_it(version) {
        let env = texts(version).await;
        let query = || env.caspio.table::<Text>().order_by(|t| (t.text.desc(), t.name.asc()));
        for size in 1..40 {
            let page = query().page(size, None).await.expect("a page");
            let rest = query().resume_from(&page.next.expect("more"));
            env.emulator.reset_calls();

            assert_eq!(rest.count().await.expect("a count"), 40 - u64::from(size));
            assert!(env.emulator.calls().records_reads() <= 2);
        }
    }

    async fn groups_of_long_texts_are_complete(version) {
        let env = texts(version).await;
        let groups = || {
            let texts = env.caspio.table::<Text>().query().select::<Group>();
            texts.group_by(|t| (t.name, t.text))
        };
        let all = groups().collect().await.expect("one page");
        assert_eq!(all.iter().map(|group| group.texts).sum::<u64>(), 40);
        for page in [1, 4] {
            let read = groups().page_size(page).collect().await;
            assert_eq!(read.expect("all groups"), all, "pages of {page}");
            let descending = groups().order_by(|t| (t.name.desc(), t.text.desc())).page_size(page);
            assert!(descending.collect().await.expect("all groups").iter().eq(all.iter().rev()));
        }
    }

    async fn a_long_condition_with_an_order_by_text_is_complete_or_refused_at_once(version) {
        let env = texts(version).await;
        let texts = env.caspio.table::<Text>();
        let mut refused = 0;
        for length in (1_300..1_900).step_by(10) {
            let text = "x".repeat(length);
            env.emulator.reset_calls();
            let query = texts.filter(|t| t.name.ne(&text) | t.name.is_null());
            let read = query.order_by(|t| (t.name.desc(), t.number.asc())).page_size(3).collect().await;
            match read {
                Ok(all) => assert_eq!(all.len(), 40),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
                    assert_eq!(env.emulator.calls().total(), 0, "{length}: {error}");
                    refused += 1;
                }
            }
        }
        assert!((1..60).contains(&refused));
    }

    async fn a_limited_read_of_long_texts_is_resumed(version) {
        let env = texts(version).await;
        let texts = env.caspio.table::<Text>();
        let records = || texts.order_by(|t| t.name.desc()).limit(20);
        let groups = || texts.query().select::<Group>().group_by(|t| (t.name, t.text)).limit(12);
        let all = records().collect().await.expect("twenty texts");
        let all_groups = groups().collect().await.expect("twelve groups");
        for taken in [1, 5, 11] {
            let mut stream = records().stream();
            let mut group_stream = groups().stream();
            for _ in 0..taken {
                stream.try_next().await.expect("a text").expect("a text");
                group_stream.try_next().await.expect("a group").expect("a group");
            }
            let left = (20 - taken) as u64;
            let rest = records().limit(left).resume_from(&stream.position()).collect().await;
            assert_eq!(rest.expect("the rest"), all[taken..]);
            let left = (12 - taken) as u64;
            let rest = groups().limit(left).resume_from(&group_stream.position()).collect().await;
            assert_eq!(rest.expect("the rest"), all_groups[taken..]);
        }
    }

    async fn a_read_of_long_texts_continues_when_others_change(version) {
        let env = texts(version).await;
        let texts = env.caspio.table::<Text>();
        let query = || texts.order_by(|t| t.name.desc()).page_size(6);
        let all = query().collect().await.expect("all texts");
        let mut stream = query().stream();
        for _ in 0..6 {
            stream.try_next().await.expect("a text").expect("a text");
        }
        env.emulator.delete("Long_Texts", &format!("PK_ID = {}", all[2].pk_id)).expect("a delete");
        env.emulator.delete("Long_Texts", &format!("PK_ID = {}", all[6].pk_id)).expect("a delete");

        let rest: Vec<Text> = stream.try_collect().await.expect("the rest");

        assert_eq!(rest, all[7..]);
    }

    async fn a_lost_place_among_long_texts_is_an_error(version) {
        for change in ["deleted", "moved"] {
            for lost in [1, 6] {
                let env = texts(version).await;
                let texts = env.caspio.table::<Text>();
                let query = || texts.order_by(|t| t.name.desc()).page_size(6);
                let all = query().collect().await.expect("all texts");
                let mut stream = query().stream();
                for _ in 0..6 {
                    stream.try_next().await.expect("a text").expect("a text");
                }
                for text in &all[6 - lost..6] {
                    if change == "deleted" {
                        texts.delete(text.pk_id).await.expect("a delete");
                    } else {
                        let moved = texts.update(text.pk_id).set(|t| t.name.to("x")).await;
                        moved.expect("an update");
                    }
                }

                let rest: caspio::Result<Vec<Text>> = stream.try_collect().await;

                if lost == 1 {
                    let mut rest = rest.expect("a text before it is still there");
                    rest.retain(|text| text.name.as_deref() != Some("x"));
                    assert_eq!(rest, all[6..]);
                } else {
                    let error = rest.expect_err("the place is lost");
                    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
                    assert_eq!(error.key(), Some(&*format!("PK_ID {}", all[5].pk_id)));
                    assert!(error.hint().is_some_and(|hint| hint.contains("read again")), "{error}");
                }
            }
        }
    }
}
