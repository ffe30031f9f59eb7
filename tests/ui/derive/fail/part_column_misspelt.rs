#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: String,
    age: i64,
    #[caspio(skip)]
    chosen: bool,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    citty: String,
    chosen: bool,
    #[caspio(column = town)]
    place: String,
    #[caspio(sum = ages)]
    years: i64,
}

fn main() {}
