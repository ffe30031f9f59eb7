struct Status;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    status: Status,
}

fn main() {}
