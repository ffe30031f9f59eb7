use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    age: Option<i32>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    active: bool,
    interests: List<String>,
    #[caspio(read_only)]
    full_name: Option<String>,
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    status: String,
}

#[derive(CaspioView)]
#[caspio(view = "Active_Contacts")]
struct Active {
    #[caspio(pk)]
    pk_id: String,
    email: Option<String>,
}

fn write(caspio: Client) {
    let contacts = caspio.table::<Contact>();
    let view = caspio.view::<Active>();
    let new = Contact {
        pk_id: 0,
        first_name: "Ann".to_owned(),
        email: None,
        age: None,
        balance: None,
        joined: None,
        active: true,
        interests: List::from(["Cat"]),
        full_name: None,
    };
    let _ = contacts.insert(&new);
    let _ = contacts.insert(&new).returning();
    let _ = contacts.insert(&new).unique_by(|c| c.email);
    let _ = contacts
        .update(7)
        .set(|c| c.age.to(5))
        .set(|c| c.balance.to(5))
        .set(|c| c.balance.to(dec!(5.5)))
        .set(|c| c.email.to(Some("a")))
        .set(|c| c.email.to(None::<String>))
        .set(|c| c.interests.to(["Cat"]))
        .set(|c| c.joined.to_null())
        .set(|c| (c.age.to(5), c.joined.to_null()))
        .set(|c| vec![c.age.to(5), c.balance.to(5)])
        .set_row(&new);
    let _ = contacts.update(7).set(|c| c.age.to(5)).returning();
    let _ = contacts.insert(&new).unique_by(|_| "Email").returning();
    let _ = contacts.update_many([(7, (Contact::COLUMNS.age.to(5), Contact::COLUMNS.joined.to_null()))]);
    let _ = contacts.sync_many(|c| c.email, [&new]);
    let _ = contacts.sync_many(|_| "Email".to_owned(), [&new]);
    let _ = contacts.update_where(|c| c.age.is_null()).set(|c| c.age.to(1)).expect_count(2);
    let _ = contacts.update_where(|c| c.email.is_null()).set(|c| c.active.to(false));
    let _ = contacts.delete_where(|c| c.email.is_null()).expect_count(3);
    let _ = contacts.delete_all();
    let _ = contacts.delete(7);
    let _ = view.writable().update("7").set(|c| c.email.to("a"));
    let _ = view.writable().delete_where(|c| c.email.is_null());
}

fn main() {}
