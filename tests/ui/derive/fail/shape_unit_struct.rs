#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact;

fn main() {}
