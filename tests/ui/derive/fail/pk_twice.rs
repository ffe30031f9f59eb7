#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(pk)]
    number: i64,
}

fn main() {}
