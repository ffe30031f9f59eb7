#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    number: i64,
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    number: i64,
    city: String,
}

fn main() {}
