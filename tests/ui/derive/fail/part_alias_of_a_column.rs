#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(rename = "Town")]
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part<'a> {
    city: &'a str,
    #[caspio(count)]
    town: i64,
}

fn main() {}
