use caspio::prelude::*;

#[derive(CaspioValue)]
union Either {
    number: i64,
    flag: bool,
}

#[derive(CaspioValue)]
struct Nothing;

#[derive(CaspioValue)]
struct Pair(i64, String);

#[derive(CaspioValue)]
struct Two {
    first: i64,
    second: i64,
}

#[derive(CaspioValue)]
struct Wrapped<T>(T);

#[derive(CaspioValue)]
struct Borrowed<'a>(&'a str);

#[derive(CaspioValue)]
enum Empty {}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    id: i64,
    pair: Pair,
    wrapped: Wrapped<i64>,
    empty: Option<Empty>,
}

fn main() {
    let _ = Order::COLUMNS.pair.eq(Pair(1, String::new()));
}
