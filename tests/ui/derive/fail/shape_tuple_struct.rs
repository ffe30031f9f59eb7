#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact(i64, String);

fn main() {}
