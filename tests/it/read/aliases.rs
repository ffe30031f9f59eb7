//! Expressions that have the name of a column, in orders and groups.

use caspio::filter::Order as SortOrder;
use caspio::prelude::*;
use caspio::record::{Decode, FieldInfo, Record, RowAccess};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde::de::MapAccess;
use serde_json::json;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Marks")]
struct Mark {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    points: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Mark)]
struct Replaced {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(expr = "ISNULL(Points, 3)")]
    points: i32,
    #[caspio(expr = "RIGHT(Name, 1)")]
    name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Mark)]
struct PerName {
    #[caspio(expr = "ISNULL(Name, 'none')")]
    name: String,
    #[caspio(max = points)]
    points: Option<i32>,
    #[caspio(count)]
    marks: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Mark)]
struct Last {
    #[caspio(expr = "RIGHT(Name, 1)")]
    last: Option<String>,
}

async fn marks(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Marks")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Points", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    for number in 0..60 {
        let name = (number % 7 != 0).then(|| format!("{}{}", 9 - number % 10, number % 13));
        let points = (number % 3 != 0).then_some(number % 8);
        env.emulator
            .insert("Marks", json!({ "Name": name, "Points": points }))
            .expect("an insert");
    }
    env
}

on_every_version! {
    async fn an_order_by_an_expression_of_the_struct_is_explained(version) {
        let env = marks(version).await;
        let last = env.caspio.table::<Mark>().select::<Last>();

        let sorted = last.order_by(|_| SortOrder::asc::<String>("Last")).limit(5);

        let error = sorted.collect().await.expect_err("not a column");
        assert_eq!(error.field(), Some("Last"), "{error}");
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("`Last` is an expression of the struct"), "{hint}");
    }

    async fn an_order_means_the_column_and_not_the_expression(version) {
        let env = marks(version).await;
        let marks = env.caspio.table::<Mark>();
        for page in [1, 4, 7, 1000] {
            let sorted = marks.order_by(|m| (m.points.asc(), m.name.desc())).page_size(page);
            let keys: Vec<i64> = sorted.clone().collect().await.expect("marks").iter().map(|m| m.pk_id).collect();
            let read = sorted.select::<Replaced>().collect().await.expect("marks");

            assert_eq!(read.iter().map(|m| m.pk_id).collect::<Vec<_>>(), keys, "pages of {page}");
            assert_eq!(keys.len(), 60);
            assert!(read.iter().all(|m| m.name.as_ref().is_none_or(|name| name.len() == 1)));
        }
    }

    async fn a_read_by_such_an_order_is_resumed(version) {
        let env = marks(version).await;
        let query = || {
            let marks = env.caspio.table::<Mark>();
            marks.order_by(|m| m.points.desc()).select::<Replaced>().page_size(8)
        };
        let all = query().collect().await.expect("marks");
        for taken in [0, 5, 8, 33, 60] {
            let mut stream = query().stream();
            for _ in 0..taken {
                stream.try_next().await.expect("a mark").expect("a mark");
            }
            let rest = query().resume_from(&stream.position()).collect().await;
            assert_eq!(rest.expect("the rest"), all[taken..]);
        }
    }

    async fn groups_are_continued_by_their_column(version) {
        let env = marks(version).await;
        let marks = env.caspio.table::<Mark>();
        let groups = || marks.query().select::<PerName>().group_by(|m| m.name);
        let all = groups().collect().await.expect("groups");

        assert_eq!(all[0].name, "none");
        assert_eq!(all.iter().map(|group| group.marks).sum::<u64>(), 60);
        for page in [1, 3, 10] {
            assert_eq!(groups().page_size(page).collect().await.expect("groups"), all);
            let descending = groups().order_by(|m| m.name.desc()).page_size(page).collect().await;
            let descending = descending.expect("groups");
            assert!(descending.iter().eq(all.iter().rev()));
        }
    }

    async fn groups_sorted_by_an_aggregate_are_read_in_one_call_or_refused(version) {
        let env = marks(version).await;
        let marks = env.caspio.table::<Mark>();
        let groups = || {
            let groups = marks.query().select::<PerName>().group_by(|m| m.name);
            groups.order_by(|m| m.points.desc())
        };
        env.emulator.reset_calls();
        let error = groups().collect().await.expect_err("a second page could not be read");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("1000")), "{error}");
        assert_eq!(env.emulator.calls().total(), 0);

        let mut stream = groups().limit(5).stream();
        let mut best = Vec::new();
        while let Some(group) = stream.try_next().await.expect("a group") {
            best.push(group.points);
        }
        assert_eq!(best.len(), 5);
        assert!(best.is_sorted_by(|a, b| a >= b));
        let resumed = groups().limit(10).resume_from(&stream.position()).collect().await;
        assert_eq!(resumed.expect_err("it cannot be continued").kind(), ErrorKind::Refused);
    }

    async fn an_expression_named_as_the_key_is_refused(version) {
        #[derive(Debug)]
        struct Negated;
        impl Record for Negated {
            type Source = RecordMap;
            type At<'p> = Self;
            const FIELDS: &'static [FieldInfo] = &[FieldInfo::new("Pk_Id", "").expression("-PK_ID")];
        }
        impl<'de> Decode<'de> for Negated {
            fn decode<A: MapAccess<'de>>(_: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
                Ok(Self)
            }
        }
        let env = marks(version).await;
        env.emulator.reset_calls();

        let read = env.caspio.table_named("Marks").query().select::<Negated>().collect().await;

        assert_eq!(read.expect_err("refused").kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn the_columns_that_only_the_read_needs_have_names_that_no_column_of_the_order_has() {
    let env = TestEnv::start().await;
    let marks = env.caspio.table::<Mark>();
    let flag = SortOrder::asc::<i32>("Order_1_Is_Null");

    let sorted = marks.order_by(|t| t.name.asc()).order_by(|_| flag);

    let explained = sorted.explain().expect("a call");
    let select = &explained.calls[0].select;
    assert!(select.contains(" AS Order_1_Is_Null_"), "{select}");
}
