#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk, rename = "Number", default, with = "module")]
    number: i64,
}

fn main() {}
