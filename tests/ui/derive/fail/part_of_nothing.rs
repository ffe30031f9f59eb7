use caspio::CaspioRecord;

struct Contact;

#[derive(CaspioRecord)]
struct Missing {
    city: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Contact)]
struct NotATable {
    city: String,
    email: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Customer)]
struct Unknown {
    city: String,
}

fn main() {}
