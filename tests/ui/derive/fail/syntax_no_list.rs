#[derive(caspio::CaspioTable)]
#[caspio = "Contacts"]
struct Contact {
    #[caspio]
    email: String,
}

fn main() {}
