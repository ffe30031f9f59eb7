use caspio::prelude::*;

#[derive(CaspioValue)]
#[caspio(rename_all = "snake_case", transparent, serde, colour)]
struct Id(#[caspio(pk)] i64);

#[derive(CaspioValue)]
#[caspio(rename_all = "snakecase", serde = "yes", serde, other, table = "Orders")]
enum Status {
    #[caspio(rename)]
    Open,
    #[caspio(rename = 7)]
    Closed,
    #[caspio(alias = "c")]
    Cancelled,
    #[caspio(serde)]
    Sent,
    #[caspio(fallback)]
    Paid,
    #[caspio(rename(read = "a"))]
    Late,
}

fn main() {}
