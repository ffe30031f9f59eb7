use caspio::record::{Decode, DecodeOwned, Source};

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    #[caspio(readonly)]
    total: f64,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Generic<'a, T> {
    name: &'a str,
    value: T,
    #[caspio(readonly)]
    total: f64,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    email: String,
    #[caspio(summ = total)]
    total: f64,
}

fn read<T: DecodeOwned>() {}

fn borrow<'p, T: Decode<'p>>() {}

fn main() {
    read::<Contact>();
    borrow::<Generic<'_, i64>>();
    read::<Part>();
    let _ = (Contact::COLUMNS.email, Contact::COLUMNS.total, <Contact as Source>::NAME);
}
