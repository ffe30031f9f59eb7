#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk = true)]
    pk_id: i64,
    #[caspio(rename = 1)]
    email: String,
    #[caspio(rename)]
    phone: String,
    #[caspio(default = 3)]
    visits: i64,
    #[caspio(default = "3 + 4")]
    weight: i64,
    #[caspio(read_only("yes"))]
    total: f64,
    #[caspio(with)]
    score: i64,
    #[caspio(with = "not a module")]
    level: i64,
    #[caspio(skip = "always")]
    selected: bool,
}

fn main() {}
