//! Projections, groups, borrowed and generic records, and dates, read through the emulator.

use caspio::prelude::*;
use caspio_tests::{Order, TestEnv};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Order)]
struct PerStatus {
    status: String,
    #[caspio(count)]
    orders: u64,
    #[caspio(sum = quantity)]
    pieces: i64,
    #[caspio(max = placed)]
    latest: DateTime,
    #[caspio(expr = "YEAR(MIN(Placed))")]
    since: i16,
}

impl PerStatus {
    fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.pieces += i64::from(order.quantity);
        self.latest = self.latest.max(order.placed);
        self.since = self.since.min(order.placed.year());
    }

    fn none(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            orders: 0,
            pieces: 0,
            latest: DateTime::MIN,
            since: i16::MAX,
        }
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
struct Placed<'a> {
    #[caspio(pk)]
    id: i64,
    #[caspio(column = status)]
    state: &'a str,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Row<'a> {
    #[caspio(pk)]
    pk_id: i64,
    status: &'a str,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Total<T> {
    total: T,
}

#[tokio::test]
async fn groups_are_computed_by_the_service() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table::<Order>();

    let mut expected: BTreeMap<String, PerStatus> = BTreeMap::new();
    for order in orders.collect().await.expect("orders") {
        let group = expected.entry(order.status.clone());
        group
            .or_insert_with(|| PerStatus::none(&order.status))
            .add(&order);
    }
    let groups = orders.query().select::<PerStatus>().group_by(|c| c.status);
    let groups = groups.collect().await.expect("groups");

    assert!(groups.len() > 1);
    assert_eq!(groups, expected.into_values().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_projection_is_read_in_the_order_of_its_table() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table::<Order>();

    let mut all = orders.collect().await.expect("orders");
    all.sort_by_key(|order| (std::cmp::Reverse(order.quantity), order.pk_id));
    let parts = orders
        .order_by(|c| c.quantity.desc())
        .select::<Placed<'_>>();
    let mut pages = parts.page_size(70).pages();
    let mut read = Vec::new();
    while let Some(page) = pages.try_next().await.expect("a page") {
        let parts = page.records().expect("records");
        read.extend(parts.iter().map(|part| (part.id, part.state.to_owned())));
    }

    let all = all.into_iter().map(|order| (order.pk_id, order.status));
    assert_eq!(read, all.collect::<Vec<_>>());
}

#[tokio::test]
async fn records_borrow_from_their_pages() {
    let env = TestEnv::start().await;
    let expected = env.caspio.table::<Order>().collect().await;

    let rows = env.caspio.table::<Row<'_>>();
    let mut pages = rows.query().pages();
    let mut read = Vec::new();
    while let Some(page) = pages.try_next().await.expect("a page") {
        let rows = page.records().expect("records");
        read.extend(rows.iter().map(|row| (row.pk_id, row.status.to_owned())));
    }

    let expected = expected.expect("orders").into_iter();
    let expected = expected.map(|order| (order.pk_id, order.status));
    assert_eq!(read, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn one_struct_reads_a_column_as_several_types() {
    let env = TestEnv::start().await;
    let caspio = &env.caspio;

    let exact = caspio.table::<Total<Decimal>>().collect().await;
    let near = caspio.table::<Total<f64>>().collect().await;

    let exact = exact.expect("decimals").into_iter();
    let near = near.expect("floats").into_iter();
    for (exact, near) in exact.zip(near) {
        assert_eq!(exact.total.to_string().parse(), Ok(near.total));
    }
}

#[tokio::test]
async fn dates_are_compared_with_days_and_with_now() {
    let env = TestEnv::start().await;
    let caspio = &env.caspio;
    let orders = caspio.table::<Order>();
    let all = orders.collect().await.expect("orders");
    let day = all[0].placed.date();

    let of_the_day = orders.filter(|c| c.placed.on(day)).count().await;
    let past = orders.filter(|c| c.placed.before_now()).count().await;
    let lately = orders.filter(|c| c.placed.since(200.years().days(3)));
    let coming = orders.filter(|c| c.placed.in_the_next(200.years()));

    let expected = all.iter().filter(|order| order.placed.date() == day);
    assert_eq!(of_the_day.expect("a count"), expected.count() as u64);
    let lately = lately.count().await.expect("a count");
    let coming = coming.count().await.expect("a count");
    assert_eq!(lately, all.len() as u64);
    assert_eq!(past.expect("a count") + coming, lately);
}

#[tokio::test]
async fn a_date_is_the_whole_day_in_every_comparison() {
    let env = TestEnv::start().await;
    let orders = env.caspio.table::<Order>();
    let all = orders.collect().await.expect("orders");
    let days: Vec<Date> = all.iter().map(|order| order.placed.date()).collect();
    let (day, other) = (days[0], days[days.len() / 2]);
    let (low, high) = (day.min(other), day.max(other));
    let c = Order::COLUMNS.placed;

    type Case<'a> = (&'static str, Filter<Order>, &'a dyn Fn(Date) -> bool);
    let cases: [Case<'_>; 9] = [
        ("eq", c.eq(day), &|placed| placed == day),
        ("ne", c.ne(day), &|placed| placed != day),
        ("lt", c.lt(day), &|placed| placed < day),
        ("le", c.le(day), &|placed| placed <= day),
        ("gt", c.gt(day), &|placed| placed > day),
        ("ge", c.ge(day), &|placed| placed >= day),
        ("between", c.between(low, high), &|placed| {
            (low..=high).contains(&placed)
        }),
        ("in_", c.in_([day, other]), &|placed| {
            [day, other].contains(&placed)
        }),
        ("not_in", c.not_in([day, other]), &|placed| {
            ![day, other].contains(&placed)
        }),
    ];
    for (name, condition, holds) in cases {
        let expected = days.iter().filter(|placed| holds(**placed)).count() as u64;
        let found = orders.filter_by(condition).count().await.expect(name);
        assert_eq!(found, expected, "{name}");
    }
}
