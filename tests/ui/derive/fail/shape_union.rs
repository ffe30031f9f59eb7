#[derive(caspio::CaspioView)]
#[caspio(view = "Contacts")]
union Contact {
    number: i64,
    flag: bool,
}

fn main() {}
