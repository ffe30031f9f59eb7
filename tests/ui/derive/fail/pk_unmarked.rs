#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct ByRule {
    pk_id: i64,
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct ByName {
    #[caspio(rename = "pk_id")]
    number: i64,
}

fn main() {}
