use caspio::prelude::*;

#[derive(CaspioValue)]
enum Status {
    Open,
    Closed(i64),
    #[caspio(rename = "Open")]
    Again,
    #[caspio(other, rename = "x")]
    Other(String),
    #[caspio(other)]
    More(String),
    #[caspio(other)]
    Named { word: String },
    #[caspio(other)]
    Nothing,
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    id: i64,
    status: Status,
}

fn main() {
    let _ = Order::COLUMNS.status.eq(Status::Open);
}
