use caspio::Password;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    email: String,
    secret: Password,
}

fn main() {}
