#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: &'static str,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Elided {
    email: &str,
}

fn main() {}
