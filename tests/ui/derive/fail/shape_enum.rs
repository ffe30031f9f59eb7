#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
enum Contact {
    Person { email: String },
}

fn main() {}
