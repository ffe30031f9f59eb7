use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    email: Option<String>,
}

async fn write(caspio: Client) -> caspio::Result<()> {
    caspio.table::<Contact>().set_password(7, |c| c.email, "secret").await
}

fn main() {}
