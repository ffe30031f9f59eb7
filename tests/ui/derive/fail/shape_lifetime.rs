#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact<'a> {
    email: &'a str,
}

fn main() {}
