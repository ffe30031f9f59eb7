// What each kind of column is compared with.
use caspio::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    nickname: Option<Box<str>>,
    age: Option<i32>,
    visits: u64,
    score: f64,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    born: Date,
    active: bool,
    token: uuid::Uuid,
    interests: List<String>,
}

fn texts(c: ContactColumns, owned: String) -> Filter<Contact> {
    let borrowed: &str = &owned;
    let cow: Cow<'_, str> = borrowed.into();
    let shared: Arc<str> = borrowed.into();
    c.first_name.eq("Ada")
        & c.first_name.ne(borrowed)
        & c.first_name.eq(&owned)
        & c.first_name.eq(&&owned)
        & c.nickname.lt(cow.clone())
        & c.nickname.gt(&cow)
        & c.nickname.le(shared)
        & c.nickname.in_(["a", "b"])
        & c.nickname.not_in(vec![owned.clone()])
        & c.nickname.in_(&[String::new()])
        & c.nickname.between("a", owned.clone())
        & c.first_name.like("A%")
        & c.first_name.starts_with(&owned)
        & c.first_name.ends_with('x'.to_string())
        & c.first_name.contains(owned)
}

fn numbers(c: ContactColumns, count: u8) -> Filter<Contact> {
    c.age.eq(30)
        & c.age.gt(-1)
        & c.age.ne(&30_i64)
        & c.visits.between(1, count)
        & c.visits.in_(1..=9)
        & c.visits.in_([1_u64, 2].iter())
        & c.pk_id.in_(Vec::<i64>::new())
        & c.score.ge(1.5)
        & c.score.lt(2)
        & c.score.eq(dec!(0.1))
        & c.balance.gt(1000)
        & c.balance.between(dec!(0.50), 3)
        & c.balance.eq(&dec!(1))
}

fn others(c: ContactColumns, at: DateTime, on: Date) -> Filter<Contact> {
    c.joined.gt(at)
        & c.joined.between(on, &at)
        & c.born.eq(on)
        & c.born.in_([on])
        & c.active.eq(true)
        & c.active.is_true()
        & c.active.is_false()
        & c.token.eq("6f9619ff-8b86-d011-b42d-00c04fc964ff")
        & c.token.in_([uuid::Uuid::nil()])
        & c.interests.is_null()
        & c.interests.is_not_null()
}

fn calendar(c: ContactColumns) -> Filter<Contact> {
    c.joined.since(7.days())
        | c.joined.since(1.year().months(6))
        | c.joined.in_the_next(90.minutes())
        | c.born.before_now()
        | c.born.on(Date::constant(2024, 2, 29))
}

fn main() {
    let c = Contact::COLUMNS;
    let at = DateTime::constant(2024, 2, 29, 12, 0, 0, 0);
    let all = texts(c, String::from("Ada")) & numbers(c, 3) & others(c, at, at.date()) & calendar(c);
    assert!(all.to_sql().contains("First_Name = N'Ada'"));
}
