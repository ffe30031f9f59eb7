use caspio::{Date, Decimal, List};

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: Option<String>,
    active: bool,
    balance: Option<Decimal>,
    tags: List<String>,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    #[caspio(sum = city)]
    cities: i64,
    #[caspio(avg = active)]
    average: f64,
    #[caspio(max = tags)]
    tag: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Results {
    #[caspio(count)]
    people: String,
    #[caspio(sum = balance)]
    balance: f64,
    #[caspio(min = city)]
    city: Option<Date>,
}

fn main() {}
