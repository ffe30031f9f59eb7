//! Newtypes and enums of the program as the types of columns, on every version.

use caspio::field::Words;
use caspio::prelude::*;
use caspio::read::Position;
use caspio::{ApiVersion, CaspioInsert, ErrorKind, Patch};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};
use std::slice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, CaspioValue)]
struct TaskId(i64);

#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
struct ShortId {
    id: u32,
}

#[derive(Clone, Debug, PartialEq, CaspioValue)]
struct Code(String);

#[derive(Clone, Debug, PartialEq, CaspioValue)]
struct TaskKey(String);

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, CaspioValue)]
struct Points(i32);

#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
struct Price(Decimal);

#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
struct Due(DateTime);

#[derive(Clone, Debug, PartialEq, CaspioValue)]
struct Tags(List<Tag>);

/// Each word is one that is spelled in an odd way.
#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
#[caspio(rename_all = "Title Case")]
enum Status {
    Open,
    InProgress,
    #[caspio(rename = "O'Brien's")]
    Quoted,
    #[caspio(rename = "\"[x]\", \\ {y} & 50%_")]
    Signs,
    #[caspio(rename = "Größe \u{1F600}")]
    Unicode,
    #[caspio(rename = "one\r\ntwo\tthree")]
    Lines,
    #[caspio(rename = " leading")]
    Leading,
    #[caspio(rename = "null")]
    Null,
}

const STATES: [Status; 8] = [
    Status::Open,
    Status::InProgress,
    Status::Quoted,
    Status::Signs,
    Status::Unicode,
    Status::Lines,
    Status::Leading,
    Status::Null,
];

#[derive(Clone, Debug, PartialEq, CaspioValue)]
enum Tag {
    Red,
    #[caspio(rename = "O'Brien \"x\", y")]
    Quoted,
    #[caspio(other)]
    Other(Box<str>),
}

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Tasks")]
struct Task {
    #[caspio(pk)]
    id: TaskId,
    code: Code,
    status: Option<Status>,
    points: Option<Points>,
    price: Option<Price>,
    due: Option<Due>,
    tags: Tags,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Task)]
struct NewTask {
    code: Code,
    status: Option<Status>,
    points: Patch<Points>,
    price: Option<Price>,
    due: Option<Due>,
    tags: Tags,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Tasks")]
struct Required {
    #[caspio(pk)]
    id: ShortId,
    status: Status,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Tasks")]
struct Lenient {
    #[caspio(pk)]
    id: ShortId,
    status: Tag,
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Task)]
struct PerStatus {
    status: Option<Status>,
    #[caspio(max = points)]
    most: Option<Points>,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "All_Tasks")]
struct TaskOfView {
    #[caspio(pk)]
    key: TaskKey,
    code: Code,
}

async fn tasks(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Tasks")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("Status", DataType::Text255))
        .field(FieldDef::new("Points", DataType::Integer))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Due", DataType::DateTime))
        .field(FieldDef::new("Tags", DataType::ListText).list(["Red", "O'Brien \"x\", y", "Blue"]));
    let view = ViewDef::new("All_Tasks", "Tasks")
        .field("Tasks.Code")
        .editable("Tasks");
    env.emulator.create_table(table).expect("a table");
    env.emulator.create_view(view).expect("a view");
    env
}

fn task(number: i32, status: Option<Status>) -> NewTask {
    NewTask {
        code: Code(format!("C-{number}")),
        status,
        points: Points(number).into(),
        price: Some(Price(Decimal::new(i64::from(number) * 10_001, 4))),
        due: Some(Due(Date::constant(2024, 2, 29).at(9, 30, 0, 0))),
        tags: Tags(List::from([Tag::Quoted, Tag::Other("Blue".into())])),
    }
}

fn insert(env: &TestEnv, code: &str, status: Value) -> i64 {
    let record = json!({ "Code": code, "Status": status });
    env.emulator.insert("Tasks", record).expect("a record")
}

on_every_version! {
    async fn a_newtype_is_its_inner_value_in_reads_writes_and_keys(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table::<Task>();

        let id = TaskId(tasks.insert(&task(7, None)).await.expect("a key"));
        let read = tasks.get(id).await.expect("a read").expect("a task");
        let expected = task(7, None);
        assert_eq!((read.id, &read.code), (id, &expected.code));
        assert_eq!((read.points, read.price), (Some(Points(7)), expected.price));
        assert_eq!((read.due, &read.tags), (expected.due, &expected.tags));
        assert_eq!(i64::from(read.id), id.0);

        let update = tasks.update(read.id).set(|t| (t.code.to(Code("C-8".into())), t.points.to(Points(8))));
        update.await.expect("an update");
        let many = tasks.get_many([id, TaskId(99)]).await.expect("a read");
        assert_eq!(many.len(), 1);
        assert_eq!(many[&id.0].code, Code("C-8".into()));
        let mut changed = read.clone();
        changed.code = Code("C-8".into());
        changed.points = None;
        tasks.save(&read, &changed).await.expect("a save");
        assert_eq!(tasks.get(&id).await.expect("a read").expect("a task").points, None);
        tasks.delete(id).await.expect("a deletion");
        assert_eq!(env.emulator.count("Tasks").expect("a count"), 0);
    }

    async fn a_newtype_is_its_inner_value_in_conditions_and_aggregates(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table::<Task>();
        let rows: Vec<NewTask> = (1..=9).map(|number| task(number, None)).collect();
        let report = tasks.insert_many(&rows).await.expect("a report");
        assert!(report.failed().is_empty(), "{report:?}");

        let c = Task::COLUMNS;
        for (filter, count) in [
            (c.points.ge(Points(8)), 2),
            (c.points.eq(8), 1),
            (c.points.in_([Points(1), Points(2)]), 2),
            (c.points.between(Points(2), Points(4)), 3),
            (c.code.eq(Code("c-3 ".into())), 1),
            (c.price.eq(Price(dec!(1.0001))), 1),
            (c.due.le(Due(datetime!("2024-02-29T09:30:00"))), 9),
            (c.id.ne(TaskId(0)), 9),
        ] {
            let sql = filter.to_sql();
            let found = tasks.filter(|_| filter).count().await.expect("a count");
            assert_eq!(found, count, "{sql}");
        }
        let raw = tasks.query().filter_raw("Points > ? AND Code <> ?", (Points(7), Code("C-9".into())));
        assert_eq!(raw.count().await.expect("a count"), 1);
        let most: Option<Points> = tasks.query().max(|t| t.points).await.expect("a maximum");
        assert_eq!(most, Some(Points(9)));
        let sum: Option<i64> = tasks.query().sum(|t| t.points).await.expect("a sum");
        assert_eq!(sum, Some(45));
    }

    async fn positions_and_syncs_take_newtypes(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table::<Task>();
        let rows: Vec<NewTask> = (1..=9).map(|number| task(number, Some(Status::Quoted))).collect();
        for run in 0..2 {
            let report = tasks.sync_many(|t| t.code, &rows).await.expect("a report");
            assert!(report.failed().is_empty(), "{report:?}");
            assert_eq!(report.inserted, [9, 0][run]);
            assert_eq!(report.updated, 0);
        }

        let query = tasks.order_by(|t| (t.points.desc(), t.code.asc()));
        let (mut read, mut after) = (Vec::new(), None::<Position>);
        loop {
            let page = query.clone().page(4, after.as_ref()).await.expect("a page");
            read.extend(page.records.into_iter().filter_map(|task| task.points));
            let Some(next) = page.next else { break };
            after = Some(next.to_string().parse().expect("a position"));
        }
        assert_eq!(read, (1..=9).rev().map(Points).collect::<Vec<_>>());
    }

    async fn a_text_key_of_a_view_is_a_newtype(version) {
        let env = tasks(version).await;
        insert(&env, "A", json!("Open"));
        let view = env.caspio.view::<TaskOfView>();

        let task = view.query().first().await.expect("a read").expect("a task");
        let again = view.get(&task.key).await.expect("a read").expect("the task");
        assert_eq!((&again.key, again.code), (&task.key, Code("A".into())));
        view.writable().delete(task.key).await.expect("a deletion");
        assert_eq!(env.emulator.count("Tasks").expect("a count"), 0);
    }

    async fn every_word_is_written_read_and_found(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table::<Task>();
        for (number, status) in (1..).zip(STATES) {
            tasks.insert(&task(number, Some(status))).await.expect("an insert");
        }

        let read = tasks.order_by(|t| t.points.asc()).collect().await.expect("the tasks");
        let states: Vec<Status> = read.iter().filter_map(|task| task.status).collect();
        assert_eq!(states, STATES);
        for (status, task) in STATES.iter().zip(&read) {
            let found = tasks.filter(|t| t.status.eq(*status)).collect().await.expect("the tasks");
            assert_eq!(found, slice::from_ref(task), "{status:?}");
        }
        let found = tasks.filter(|t| t.status.in_(STATES)).count().await.expect("a count");
        assert_eq!(found, STATES.len() as u64);
        let found = tasks.filter(|t| t.status.not_in([Status::Open, Status::Lines])).count();
        assert_eq!(found.await.expect("a count"), STATES.len() as u64 - 2);
        let groups = tasks.query().select::<PerStatus>().group_by(|t| t.status).collect();
        assert_eq!(groups.await.expect("the groups").len(), STATES.len());
    }

    async fn a_word_is_read_in_any_case_and_with_blanks_at_its_end(version) {
        let env = tasks(version).await;
        let keys = ["open", "OPEN ", "In progress   ", "GRÖßE \u{1F600}", "o'brien's"]
            .map(|word| insert(&env, &format!("{word:?}-{}", word.len()), json!(word)));
        let tasks = env.caspio.table::<Required>();

        let read = tasks.get_many(keys).await.expect("the tasks");

        let states: Vec<Status> = read.values().map(|task| task.status).collect();
        let expected = [Status::Open, Status::Open, Status::InProgress, Status::Unicode, Status::Quoted];
        assert_eq!(states, expected);
        let id = ShortId { id: u32::try_from(keys[0]).expect("a key") };
        assert_eq!(read[&keys[0]].id, id);
        let found = tasks.filter(|t| t.status.eq(Status::Open)).count().await.expect("a count");
        assert_eq!(found, 2);
    }

    async fn an_empty_text_and_null_are_none(version) {
        let env = tasks(version).await;
        for (code, status) in [("A", json!("")), ("B", Value::Null), ("C", json!("  "))] {
            insert(&env, code, status);
        }
        let tasks = env.caspio.table::<Task>();

        let read = tasks.collect().await.expect("the tasks");

        assert!(read.len() == 3 && read.iter().all(|task| task.status.is_none()), "{read:?}");
        let error = env.caspio.table::<Required>().collect().await.expect_err("no word");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("Status")));
    }

    async fn an_unknown_word_is_named_with_its_record_and_the_known_words(version) {
        let env = tasks(version).await;
        insert(&env, "A", json!("Open"));
        let key = insert(&env, "B", json!("Closed"));

        let error = env.caspio.table::<Task>().collect().await.expect_err("an unknown word");

        let message = format!("{error} {}", error.hint().unwrap_or_default());
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("Status")));
        assert!(error.key().is_some_and(|found| found.contains(&key.to_string())), "{error:?}");
        for part in ["\"Closed\"", "\"Open\", \"In Progress\"", "or \"null\"", "Tasks", "#[caspio(other)]"] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }

    async fn an_unknown_word_is_kept_by_the_variant_for_others(version) {
        let env = tasks(version).await;
        let key = insert(&env, "A", json!(" red, or not"));
        let tasks = env.caspio.table::<Lenient>();
        let other = Tag::Other(" red, or not".into());

        let read = tasks.get(key).await.expect("a read").expect("the task");
        assert_eq!(read.status, other);
        tasks.update(read.id).set(|t| t.status.to(Tag::Red)).await.expect("an update");
        tasks.update(key).set(|t| t.status.to(other.clone())).await.expect("an update");
        let found = tasks.filter(|t| t.status.eq(&other)).collect().await.expect("the tasks");
        assert_eq!(found, [read]);
    }

    async fn words_of_a_list_are_written_by_value(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table::<Task>();
        let id = tasks.insert(&task(1, None)).await.expect("an insert");

        for tags in [vec![], vec![Tag::Red], vec![Tag::Red, Tag::Quoted, Tag::Other("Blue".into())]] {
            tasks.update(id).set(|t| t.tags.to(tags.clone())).await.expect("an update");
            let read = tasks.get(id).await.expect("a read").expect("the task");
            assert_eq!(read.tags, Tags(tags.into()));
        }
        let unknown = Tag::Other("Mauve".into());
        let error = tasks.update(id).set(|t| t.tags.to([unknown])).await.expect_err("not in the list");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Tags")));
        assert!(error.to_string().contains("\"Mauve\" is not in the list"), "{error}");
    }

    async fn a_map_takes_and_returns_values_of_ones_own(version) {
        let env = tasks(version).await;
        let tasks = env.caspio.table_named("Tasks");
        let mut row = RecordMap::from([("Code", Code("A".into()))]);
        row.insert("Status", Status::Quoted);
        row.insert("Points", Points(5));
        row.insert("Tags", Tags(List::from([Tag::Quoted])));

        let id = tasks.insert(&row).await.expect("an insert");

        let read = tasks.get(id).await.expect("a read").expect("the record");
        assert_eq!(read.get_as::<Status>("Status").expect("a word"), Status::Quoted);
        assert_eq!(read.get_as::<Option<Points>>("Points").expect("points"), Some(Points(5)));
        assert_eq!(read.get_as::<Tags>("Tags").expect("tags").0.into_vec(), [Tag::Quoted]);
        let typed = tasks.filter(|c| c.column::<Status>("Status").eq(Status::Quoted));
        assert_eq!(typed.count().await.expect("a count"), 1);
    }
}

#[test]
fn words_convert_by_the_rules_of_caspio() {
    assert_eq!(Status::WORDS.len(), STATES.len());
    for status in STATES {
        assert_eq!(Status::from_word(status.word()), Some(status));
        assert_eq!(
            Status::from_word(&format!("{}  ", status.word().to_lowercase())),
            Some(status)
        );
    }
    assert_eq!(Status::from_word("InProgress"), None);
    assert_eq!(Status::nth(STATES.len()), None);
}

#[test]
fn an_empty_word_is_a_word() {
    #[derive(Debug, PartialEq, CaspioValue)]
    enum Answer {
        Yes,
        #[caspio(rename = "")]
        None,
    }

    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Answers")]
    struct Row {
        answer: Option<Answer>,
    }

    let read = |row: &str| {
        caspio::codegen_support::decode_row::<Row>(row)
            .expect("a record")
            .answer
    };
    assert_eq!(read(r#"{"Answer":""}"#), Some(Answer::None));
    assert_eq!(read(r#"{"Answer":" "}"#), Some(Answer::None));
    assert_eq!(read(r#"{"Answer":null}"#), None);
    assert_eq!(read(r#"{"Answer":"yes"}"#), Some(Answer::Yes));
}

#[test]
fn a_default_stands_for_null_an_empty_text_and_a_missing_column() {
    #[derive(Debug, Default, PartialEq, CaspioValue)]
    enum Level {
        #[default]
        Low,
        High,
    }

    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Alarms")]
    struct Row {
        #[caspio(default)]
        level: Level,
        color: Option<Tag>,
        size: Option<Points>,
    }

    let read = |row: &str| caspio::codegen_support::decode_row::<Row>(row).expect("a record");
    let blank = read(r#"{"Level":"","Color":"","Size":""}"#);
    assert_eq!(
        (blank.level, blank.color, blank.size),
        (Level::Low, None, None)
    );
    let null = read(r#"{"Level":null,"Color":null,"Size":null}"#);
    assert_eq!(
        (null.level, null.color, null.size),
        (Level::Low, None, None)
    );
    let set = read(r#"{"Level":"HIGH","Color":"mauve","Size":7.0}"#);
    assert_eq!((set.level, set.size), (Level::High, Some(Points(7))));
    assert_eq!(set.color, Some(Tag::Other("mauve".into())));
    let missing = read(r#"{"Color":null,"Size":null}"#);
    assert_eq!(missing.level, Level::Low);
}
