#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    last_name: String,
}

fn main() {
    let _ = Contact::COLUMNS.lastname;
}
