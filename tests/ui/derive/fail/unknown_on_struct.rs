#[derive(caspio::CaspioTable)]
#[caspio(tabel = "Contacts", renameAll = "none", colour = "red", table_name = "Contacts")]
struct Contact {
    email: String,
}

fn main() {}
