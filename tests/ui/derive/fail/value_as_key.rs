use caspio::prelude::*;

#[derive(CaspioValue)]
struct WithoutClone(i64);

#[derive(Clone, CaspioValue)]
struct Active(bool);

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    id: WithoutClone,
}

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    id: Active,
}

fn main() {}
