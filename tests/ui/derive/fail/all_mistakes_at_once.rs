#[derive(caspio::CaspioTable)]
#[caspio(tabel = "Contacts", rename_all = "Title_Snaek", pk)]
struct Contact {
    #[caspio(rename = "A", rename = "B")]
    email: String,
    #[caspio(defualt)]
    visits: i64,
    #[caspio(skip, read_only)]
    selected: bool,
    #[caspio(pk)]
    number: Option<i64>,
    pk_id: i64,
}

fn main() {}
