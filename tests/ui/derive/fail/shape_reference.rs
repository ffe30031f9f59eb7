#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: &'static str,
}

fn main() {}
