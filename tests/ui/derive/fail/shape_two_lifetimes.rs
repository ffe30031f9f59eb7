#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact<'a, 'b, T> {
    email: &'a str,
    name: &'b str,
    value: T,
}

fn main() {}
