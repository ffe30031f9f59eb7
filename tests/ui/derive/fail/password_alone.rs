#[derive(caspio::CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    #[caspio(password)]
    secret: caspio::Password,
}

fn main() {}
