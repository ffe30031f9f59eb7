use caspio::record::{DecodeOwned, Source};

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    #[caspio(readonly)]
    total: f64,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Generic<T: 'static> {
    value: T,
}

fn read<T: DecodeOwned>() {}

fn main() {
    read::<Contact>();
    read::<Generic<i64>>();
    let _ = (Contact::COLUMNS.email, Contact::COLUMNS.total, <Contact as Source>::NAME);
}
