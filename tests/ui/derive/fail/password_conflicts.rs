use caspio::Password;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    email: String,
    #[caspio(password, read_only)]
    a: Password,
    #[caspio(password, default)]
    b: Password,
    #[caspio(password, with = "module")]
    c: Password,
    #[caspio(password, to = "function")]
    d: Password,
    #[caspio(pk, password)]
    e: Password,
    #[caspio(skip, password)]
    f: Password,
    #[caspio(password = "yes")]
    g: Password,
}

fn main() {}
