// Conditions in conditions, and queries built in parts.
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Contact {
    city: Option<String>,
    age: Option<i32>,
    filter: bool,
    eq: i64,
}

fn adult() -> Filter<Contact> {
    Contact::COLUMNS.age.ge(18)
}

fn queries(caspio: Client, cities: &[String], only_adults: bool) {
    let contacts = caspio.table::<Contact>();
    let mut query = contacts
        .filter(|c| !(c.city.is_null() | c.age.is_null()) & (c.filter.is_true() | !adult()))
        .filter(|c| c.city.in_(cities))
        .filter(|c| c.eq.eq(3).or(c.eq.eq(4)).and(adult()));
    if only_adults {
        query = query.filter_by(adult());
    }
    let fixed = |c: ContactColumns| c.city.eq("Rome");
    let _ = query.filter(fixed).filter(fixed).limit(3);
}

fn main() {
    let nested = (0..50).fold(adult(), |all, age| !(all | Contact::COLUMNS.age.eq(age)));
    assert!(nested.to_sql().starts_with("NOT ("));
    let _ = queries;
}
