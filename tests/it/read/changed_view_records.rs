//! Views that repeat a `PK_ID` while their records are deleted and changed: every record is read once, or the read ends
//! with an error.

use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::{ApiVersion, ErrorKind, Result};
use caspio_tests::scripted::client_of;
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Row {
    #[caspio(pk)]
    pk_id: String,
    state: String,
    /// No two records have the same.
    name: String,
    note: u64,
}

#[derive(Clone, Debug, PartialEq, CaspioRecord)]
#[caspio(of = Row)]
struct Name {
    name: String,
}

fn row(pk_id: &str, state: &str, name: &str) -> Row {
    Row {
        pk_id: pk_id.to_owned(),
        state: state.to_owned(),
        name: name.to_owned(),
        note: 0,
    }
}

/// The two records of key `1,2` are equal in every order.
fn repeating() -> Vec<Row> {
    vec![
        row("1,1", "open", "a"),
        row("1,2", "open", "b"),
        row("1,2", "open", "c"),
        row("1,3", "open", "d"),
    ]
}

/// A view with the keys in the order of the records, and what happens to it before each call.
#[derive(Clone)]
struct View {
    rows: Arc<Mutex<Vec<Row>>>,
    calls: Arc<Mutex<usize>>,
}

impl View {
    fn of(rows: Vec<Row>) -> Self {
        Self {
            rows: Arc::new(Mutex::new(rows)),
            calls: Arc::default(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Row>)) {
        change(&mut self.rows.lock().expect("rows"));
    }

    fn delete(&self, name: &str) {
        self.change(|rows| rows.retain(|row| row.name != name));
    }

    /// Returns a client of the view, before each of whose calls something happens to it.
    fn client(&self, before: impl Fn(usize, &mut Vec<Row>) + Send + Sync + 'static) -> Client {
        let view = self.clone();
        client_of(ApiVersion::V3, move |url| {
            let mut calls = view.calls.lock().expect("calls");
            let mut rows = view.rows.lock().expect("rows");
            before(*calls, &mut rows);
            *calls += 1;
            response(&rows, url)
        })
    }

    fn quiet(&self) -> Client {
        self.client(|_, _| {})
    }
}

/// Returns the response of the emulated view, whose conditions are those of pages, of keys and of lists of names.
fn response(rows: &[Row], url: &str) -> String {
    let url = caspio::Url::parse(url).expect("a URL");
    let parameter = |name: &str| {
        let found = url.query_pairs().find(|(other, _)| other == name);
        found.map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let (condition, order) = (parameter("q.where"), parameter("q.orderBy"));
    let limit: usize = parameter("q.limit").parse().expect("a limit");
    let quoted = |text: &str, after: &str| {
        let (_, rest) = text.split_once(&format!("{after} N'"))?;
        Some(rest.split('\'').next().unwrap_or_default().to_owned())
    };
    let place = |row: &Row| {
        let state = order.starts_with("State").then(|| row.state.clone());
        (state, row.pk_id.clone())
    };
    let from = quoted(&condition, "PK_ID >=");
    let from = from.map(|key| (quoted(&condition, "State ="), key));
    let only = quoted(&condition, "PK_ID =");
    let is_listed = |row: &Row| {
        !condition.contains("Name IN") || condition.contains(&format!("N'{}'", row.name))
    };
    let mut found: Vec<&Row> = rows.iter().filter(|row| is_listed(row)).collect();
    found.retain(|row| from.as_ref().is_none_or(|from| place(row) >= *from));
    found.retain(|row| only.as_ref().is_none_or(|key| row.pk_id == *key));
    found.sort_by_key(|row| place(row));
    let json = |row: &&Row| {
        let Row {
            pk_id,
            state,
            name,
            note,
        } = row;
        format!(
            r#"{{"PK_ID":"{pk_id}","State":"{state}","Order_1_Is_Null":0,"Name":"{name}","Note":{note}}}"#
        )
    };
    let total = found.len();
    let found: Vec<String> = found.iter().take(limit).map(json).collect();
    let found = found.join(",");
    format!("{{\"Result\":[{found}],\"Pagination\":{{\"TotalCount\":{total}}}}}")
}

fn query(client: &Client, is_sorted: bool) -> Query<Row> {
    let rows = client.view::<Row>().query();
    match is_sorted {
        true => rows.order_by(|row| row.state.asc()),
        false => rows,
    }
}

fn assert_incomplete<T: std::fmt::Debug>(read: Result<T>) {
    let error = read.expect_err("a record that may be lost");
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert_eq!(error.key(), Some("PK_ID 1,2"), "{error}");
}

#[tokio::test]
async fn another_record_of_the_key_of_a_deleted_one_is_not_taken_for_it() {
    for is_sorted in [false, true] {
        for calls in [1, 2] {
            let client = View::of(repeating()).client(|call, rows| {
                if call == 1 {
                    rows.retain(|row| row.name != "b");
                }
            });

            let read = query(&client, is_sorted).page_size(2).concurrency(calls);

            assert_incomplete(read.collect().await);
        }
    }
}

#[tokio::test]
async fn another_record_is_not_taken_for_it_where_the_read_is_resumed() {
    for is_sorted in [false, true] {
        let view = View::of(repeating());
        let first = query(&view.quiet(), is_sorted).page_size(2).max_calls(1);
        let Collected::Partial(first) = first.collect_partial().await.expect("a page") else {
            panic!("the read is not complete");
        };
        let mut stream = query(&view.quiet(), is_sorted).stream();
        for _ in 0..2 {
            stream.try_next().await.expect("a page").expect("a record");
        }
        let mut pages = query(&view.quiet(), is_sorted).pages();
        let page = pages.try_next().await.expect("a page").expect("a page");
        view.delete("b");

        for position in [first.resume, stream.position(), page.position_after(2)] {
            let position: Position = position.to_string().parse().expect("a position");
            let rest = query(&view.quiet(), is_sorted).resume_from(&position);
            assert_incomplete(rest.collect().await);
        }
    }
}

#[tokio::test]
async fn another_record_is_not_taken_for_it_where_pages_are_asked_for() {
    for is_sorted in [false, true] {
        let view = View::of(repeating());
        let page = query(&view.quiet(), is_sorted).page(2, None).await;
        let page = page.expect("a page");
        view.delete("b");

        let next = query(&view.quiet(), is_sorted).page(2, page.next.as_ref());

        assert_incomplete(next.await);
    }
}

#[tokio::test]
async fn another_record_is_not_taken_for_it_where_a_list_is_read_in_parts() {
    let rows: Vec<Row> = repeating();
    let view = View::of(rows.iter().filter(|row| row.name != "c").cloned().collect());
    let mut names: Vec<String> = (0..200).map(|i| format!("{i:0>20}")).collect();
    names.extend(["a", "b", "c", "d"].map(str::to_owned));
    let query = |client: &Client| {
        let rows = client.view::<Row>();
        rows.filter(|row| row.name.in_(&names))
    };
    let client = view.quiet();
    let mut stream = query(&client).stream();
    for _ in 0..2 {
        stream.try_next().await.expect("a page").expect("a record");
    }
    let position = stream.position();
    let unchanged = query(&client).resume_from(&position).collect().await;
    assert_eq!(unchanged.expect("the rest"), [rows[3].clone()]);
    view.change(|found| *found = vec![rows[0].clone(), rows[2].clone(), rows[3].clone()]);

    let rest = query(&client).resume_from(&position).collect().await;

    assert_incomplete(rest);
}

#[tokio::test]
async fn a_position_of_a_view_belongs_to_the_columns_of_its_read() {
    let client = View::of(repeating()).quiet();
    let page = query(&client, false).page(1, None).await.expect("a page");
    let position = page.next.as_ref().expect("more records");

    let names = client.view::<Row>().query().select::<Name>();
    let error = names.resume_from(position).collect().await;

    let error = error.expect_err("other columns");
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("columns")));
}

/// A small generator of random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

fn random_rows(random: &mut Random) -> Vec<Row> {
    let keys = 1 + random.below(8);
    let rows = (0..random.below(12)).map(|number| {
        let state = ["done", "open"][random.below(2)];
        row(
            &format!("1,{}", random.below(keys)),
            state,
            &format!("{number}"),
        )
    });
    rows.collect()
}

/// Deletes a record, changes its note, or inserts one with the key of another.
fn write(random: &mut Random, rows: &mut Vec<Row>, touched: &mut Vec<String>, number: usize) {
    let Some(index) = rows.len().checked_sub(1).map(|last| random.below(last + 1)) else {
        return;
    };
    match random.below(3) {
        0 => touched.push(rows.remove(index).name),
        1 => {
            rows[index].note += 1;
            touched.push(rows[index].name.clone());
        }
        _ => {
            let name = format!("new {number}");
            touched.push(name.clone());
            rows.push(Row {
                name,
                ..rows[index].clone()
            });
        }
    }
}

/// Reads a view in one of the ways in which a program can.
async fn read(client: &Client, random: &mut Random) -> (Vec<Row>, Result<()>) {
    let is_sorted = random.below(2) == 0;
    let size = 1 + random.below(4) as u16;
    let way = random.below(3);
    let query = || query(client, is_sorted).page_size(size);
    let mut read = Vec::new();
    let mut position: Option<Position> = None;
    loop {
        let resumed = match &position {
            Some(position) if way != 1 => query().resume_from(position),
            _ => query(),
        };
        match way {
            0 => {
                let mut stream = resumed.concurrency(1 + random.below(2)).stream();
                loop {
                    match stream.try_next().await {
                        Ok(Some(row)) => read.push(row),
                        Ok(None) => return (read, Ok(())),
                        Err(error) => return (read, Err(error)),
                    }
                    if random.below(4) == 0 {
                        break;
                    }
                }
                position = Some(stream.position());
            }
            1 => match resumed.page(size, position.as_ref()).await {
                Ok(page) => {
                    read.extend(page.records);
                    position = page.next;
                    if position.is_none() {
                        return (read, Ok(()));
                    }
                }
                Err(error) => return (read, Err(error)),
            },
            _ => match resumed.max_calls(2).collect_partial().await {
                Ok(Collected::Complete(rows)) => {
                    read.extend(rows);
                    return (read, Ok(()));
                }
                Ok(Collected::Partial(part)) => {
                    read.extend(part.records);
                    position = Some(part.resume);
                    let reason = part.reason;
                    if !reason.to_string().contains("max_calls") {
                        return (read, Err(reason));
                    }
                }
                Err(error) => return (read, Err(error)),
            },
        }
    }
}

#[tokio::test]
async fn no_record_that_is_there_throughout_is_lost_or_read_twice() {
    let mut complete = 0;
    for seed in 0..1_000 {
        let mut random = Random(seed);
        random.below(1);
        let rows = random_rows(&mut random);
        let view = View::of(rows.clone());
        let touched = Arc::new(Mutex::new(Vec::new()));
        let (written, writes) = (Arc::clone(&touched), Mutex::new(Random(seed + 1_000_000)));
        let client = view.client(move |call, rows| {
            let mut random = writes.lock().expect("random numbers");
            if call > 0 && random.below(3) == 0 {
                write(&mut random, rows, &mut written.lock().expect("names"), call);
            }
        });

        let (read, end) = read(&client, &mut random).await;

        let touched = touched.lock().expect("names");
        for row in &rows {
            let times = read.iter().filter(|read| read.name == row.name).count();
            let least = usize::from(end.is_ok() && !touched.contains(&row.name));
            assert!(
                (least..=1).contains(&times),
                "seed {seed}: {row:?} came {times} times"
            );
        }
        match end {
            Ok(()) => complete += 1,
            Err(error) => {
                let is_honest = match error.kind() {
                    ErrorKind::Incomplete => !touched.is_empty(),
                    ErrorKind::Protocol => {
                        error.to_string().contains("same PK_ID")
                            || error.to_string().contains("came twice")
                    }
                    _ => false,
                };
                assert!(is_honest, "seed {seed}: {error}");
            }
        }
    }
    assert!(complete > 300, "{complete} reads are complete");
}

/// Returns a client of a view that repeats a key, whose rows are chosen by the URL.
fn client_of_tied(rows: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Client {
    client_of(ApiVersion::V3, move |url| {
        let url = caspio::Url::parse(url).expect("a URL");
        let parameter = |name: &str| {
            let found = url.query_pairs().find(|(other, _)| other == name);
            found.map_or_else(String::new, |(_, value)| value.into_owned())
        };
        let mut rows = rows(&parameter("q.where"));
        let total = rows.len();
        rows.truncate(parameter("q.limit").parse().expect("a limit"));
        let rows = rows.join(",");
        format!("{{\"Result\":[{rows}],\"Pagination\":{{\"TotalCount\":{total}}}}}")
    })
}

fn assert_tied<T: std::fmt::Debug>(read: Result<T>) {
    let error = read.expect_err("a record that was delivered");
    let is_known = matches!(error.kind(), ErrorKind::Incomplete | ErrorKind::Protocol);
    assert!(is_known, "{error}");
    assert_eq!(error.key(), Some("PK_ID 1,2"), "{error}");
}

fn tied_row(pk_id: &str, state: &str, name: &str) -> String {
    format!(
        r#"{{"PK_ID":"{pk_id}","State":"{state}","Order_1_Is_Null":0,"Order_2_Is_Null":0,"Score":0.5,"Name":"{name}","Note":0}}"#
    )
}

/// The service takes texts that differ in case and blanks for equal, and returns equal rows in any order.
#[tokio::test]
async fn records_of_one_key_and_equal_texts_are_read_once_or_the_read_fails() {
    for (first, second) in [("a ", "a"), ("A", "a"), ("É", "e\u{301}")] {
        for after in [[0, 1], [1, 0]] {
            let client = client_of_tied(move |condition| {
                let before = tied_row("1,1", first, "a");
                let tied = [tied_row("1,2", first, "b"), tied_row("1,2", second, "c")];
                let last = tied_row("1,3", "z", "d");
                match () {
                    () if condition.contains("PK_ID >=") => after
                        .map(|at| tied[at].clone())
                        .into_iter()
                        .chain([last])
                        .collect(),
                    () if condition.contains("PK_ID =") => vec![tied[0].clone()],
                    () => [before].into_iter().chain(tied).chain([last]).collect(),
                }
            });
            let query = || client.view::<Row>().query().order_by(|row| row.state.asc());
            let page = query().page(3, None).await.expect("a page");
            let position = page.next.expect("a position");

            assert_tied(query().page(3, Some(&position)).await);
            assert_tied(query().resume_from(&position).collect().await);
            assert_tied(query().page_size(3).collect().await);
        }
    }
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "V")]
struct Scored {
    #[caspio(pk)]
    pk_id: String,
    state: String,
    score: f64,
    name: String,
}

/// The place of a record that was deleted is found by the record before it, which can be one of two that are equal.
#[tokio::test]
async fn a_page_from_one_of_two_records_that_are_equal_does_not_repeat_the_other_one() {
    let client = client_of_tied(|condition| {
        let before = tied_row("1,1", "a", "a");
        let (upper, lower) = (tied_row("1,2", "A", "b"), tied_row("1,2", "a", "c"));
        let (deleted, last) = (tied_row("1,4", "a", "d"), tied_row("1,5", "a", "e"));
        match () {
            () if condition.contains("PK_ID IN") => vec![before, upper, lower],
            () if condition.contains("PK_ID >= N'1,4'") => vec![last],
            () if condition.contains("PK_ID >= N'1,2'") => vec![lower, upper, last],
            () if condition.contains("PK_ID = N'1,4'") => vec![],
            () => vec![before, upper, lower, deleted, last],
        }
    });
    let query = || {
        let rows = client.view::<Scored>().query();
        rows.order_by(|row| (row.state.asc(), row.score.asc()))
    };
    let page = query().page(4, None).await.expect("a page");
    let names: Vec<_> = page.records.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);

    let read = query().page(4, page.next.as_ref()).await;

    let error = read.expect_err("a record that may be delivered twice");
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
}
