#[derive(caspio::CaspioTable)]
#[caspio(table)]
struct NoValue {
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = Contacts)]
struct NoQuotes {
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table("Contacts"))]
struct InAList {
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = )]
struct Nothing {
    email: String,
}

fn main() {}
