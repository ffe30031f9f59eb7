#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(renam = "E_Mail")]
    email: String,
    #[caspio(readonly)]
    total: f64,
    #[caspio(primary_key)]
    number: i64,
    #[caspio(column = "Town")]
    city: String,
    #[caspio(unique)]
    code: String,
}

fn main() {}
