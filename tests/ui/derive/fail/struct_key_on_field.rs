#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(rename_all = "PascalCase", table = "Contacts", crate = "caspio", view = "x")]
    email: String,
}

fn main() {}
