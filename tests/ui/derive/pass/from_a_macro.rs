// Attributes, types and names that come out of a user's own macro.
#![allow(dead_code)]

macro_rules! tables {
    ($($name:ident in $table:literal { $($field:ident as $column:literal: $ty:ty),* })*) => {$(
        #[derive(caspio::CaspioTable)]
        #[caspio(table = $table)]
        struct $name {
            #[caspio(pk)]
            pk_id: i64,
            $(#[caspio(rename = $column)] $field: $ty,)*
        }
    )*};
}

tables! {
    Contact in "Contacts" { email as "E_Mail": String, visits as "Visit_Count": Option<i64> }
    Order in "Orders" { total as "Sum": f64 }
}

macro_rules! totals {
    ($($name:ident of $table:ty { $($field:ident: $ty:ty = $of:ident,)* })*) => {$(
        #[derive(caspio::CaspioRecord)]
        #[caspio(of = $table)]
        struct $name<'a> {
            #[caspio(skip)]
            text: std::marker::PhantomData<&'a str>,
            $(#[caspio(max = $of)] $field: $ty,)*
        }
    )*};
}

totals! {
    Totals of Order { most: f64 = total, }
}

fn main() {
    assert_eq!(Contact::COLUMNS.email.name(), "E_Mail");
    assert_eq!(Order::COLUMNS.total.name(), "Sum");
}
