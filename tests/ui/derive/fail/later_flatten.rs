struct Address;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    #[caspio(flatten)]
    address: Address,
}

fn main() {}
