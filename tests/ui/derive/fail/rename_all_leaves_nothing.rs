#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", rename_all = "PascalCase")]
struct Contact {
    email: String,
    __: i64,
}

fn main() {}
