#[derive(caspio::CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    email: String,
    #[caspio(password)]
    secret: String,
    #[caspio(password)]
    second: Option<caspio::Password>,
}

fn main() {}
