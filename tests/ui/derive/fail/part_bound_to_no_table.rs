use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Contact)]
struct PerCity {
    city: String,
    #[caspio(count)]
    people: u64,
}

fn read(caspio: Client) {
    let _ = caspio.table::<PerCity>();
    let _ = PerCity::COLUMNS;
}

fn main() {}
