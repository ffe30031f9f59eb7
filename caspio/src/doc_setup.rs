// Records that the examples in the documentation share:
// `# mod setup { include!("doc_setup.rs"); } use setup::*;`.

#[allow(unused_imports)]
pub use caspio::prelude::*;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
pub struct Contact {
    #[caspio(pk)]
    pub pk_id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub city: Option<String>,
    pub age: Option<i32>,
    pub score: Option<f64>,
    pub balance: Option<Decimal>,
    pub joined: Option<DateTime>,
    pub active: bool,
    pub interests: List<String>,
}

#[derive(Clone, Debug, Default, CaspioInsert)]
#[caspio(table = Contact)]
pub struct NewContact {
    pub first_name: String,
    pub email: String,
    pub city: caspio::Patch<String>,
}

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Orders")]
pub struct Order {
    #[caspio(pk)]
    pub pk_id: i64,
    pub contact_id: Option<i64>,
    pub quantity: i32,
    pub total: Decimal,
    pub status: String,
    pub placed: DateTime,
}

#[derive(Clone, Debug, CaspioView)]
#[caspio(view = "Active_Contacts")]
pub struct ActiveContact {
    #[caspio(pk)]
    pub pk_id: String,
    pub first_name: String,
    pub email: Option<String>,
    pub city: Option<String>,
}

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Members")]
pub struct Member {
    #[caspio(pk)]
    pub pk_id: i64,
    pub email: String,
    #[caspio(password)]
    pub secret: caspio::Password,
}
