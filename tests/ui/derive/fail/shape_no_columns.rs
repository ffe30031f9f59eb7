#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Empty {}

#[derive(caspio::CaspioView)]
#[caspio(view = "Contacts")]
struct OnlySkipped {
    #[caspio(skip)]
    selected: bool,
}

fn main() {}
