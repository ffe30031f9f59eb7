#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    #[caspio(skip, rename = "Selected", read_only, default)]
    selected: bool,
    #[caspio(pk, skip)]
    pk_id: i64,
    #[caspio(skip, with = "module")]
    score: i64,
}

fn main() {}
