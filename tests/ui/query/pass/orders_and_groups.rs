// Orders of one and several terms, groups, and conditions on them.
use caspio::filter::{Order, count_all};
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    city: Option<String>,
    age: Option<i32>,
    active: bool,
    balance: Decimal,
    joined: DateTime,
}

#[derive(CaspioRecord)]
#[caspio(of = Contact)]
#[allow(dead_code)]
struct PerCity {
    city: Option<String>,
    active: bool,
    #[caspio(count)]
    people: u64,
    #[caspio(avg = balance)]
    mean: Option<Decimal>,
    #[caspio(expr = "YEAR(MAX(Joined))")]
    year: i32,
}

fn orders(caspio: &Client, fields: &[(&str, bool)]) {
    let contacts = caspio.table::<Contact>();
    let _ = contacts.order_by(|c| c.age.asc());
    let _ = contacts.order_by(|c| (c.age.asc(), c.city.desc()));
    let _ = contacts.order_by(|c| (c.age.asc(), c.city.desc(), c.pk_id.desc()));
    let _ = contacts.order_by(|c| (c.active.desc(), c.joined.desc()));
    let _ = contacts.order_by(|c| [c.age.asc(), c.city.desc(), c.joined.asc(), c.balance.asc()]);
    let _ = contacts.order_by(|c| {
        let term = |(name, descends): &(&str, bool)| match (*name, *descends) {
            ("city", true) => c.city.desc(),
            ("city", false) => c.city.asc(),
            _ => c.age.asc(),
        };
        fields.iter().map(term).collect::<Vec<Order<Contact>>>()
    });
}

fn groups(caspio: &Client) {
    let contacts = caspio.table::<Contact>();
    let _ = contacts.query().select::<PerCity>().group_by(|c| c.city);
    let _ = contacts
        .filter(|c| c.age.ge(18))
        .select::<PerCity>()
        .group_by(|c| (c.city, c.active))
        .having(|c| count_all().gt(10) & c.balance.sum().ge(dec!(1.50)))
        .having(|c| c.joined.max().lt(Date::constant(2024, 1, 1)) | c.city.count().ne(0))
        .having(|c| c.age.avg().le(40) | c.city.min().eq("Rome"))
        .having(|c| Some(18).map(|age| c.age.min().ge(age)));
    let _ = contacts.select::<PerCity>();
    let _ = contacts.group_by(|c| c.city);
    let cities = || contacts.query().select::<PerCity>().group_by(|c| c.city);
    let _ = cities().order_by(|_| count_all().desc()).limit(10);
    let _ = cities().order_by(|c| c.age.count().desc());
    let _ = cities().order_by(|c| (count_all().desc(), c.balance.sum().asc(), c.city.asc()));
}

async fn answers(caspio: &Client) -> caspio::Result<()> {
    let contacts = caspio.table::<Contact>();
    let _: Option<i64> = contacts.query().sum(|c| c.age).await?;
    let _: Option<Decimal> = contacts.query().sum(|c| c.balance).await?;
    let _: Option<String> = contacts.query().max(|c| c.city).await?;
    let _: Option<DateTime> = contacts.filter(|c| c.active.is_true()).min(|c| c.joined).await?;
    let cities = contacts.query().select::<PerCity>().group_by(|c| c.city);
    let _: Option<i64> = contacts.sum(|c| c.age).await?;
    let _: Option<String> = contacts.min(|c| c.city).await?;
    let _: Option<String> = contacts.max(|c| c.city).await?;
    let _: bool = contacts.exists().await?;
    let stream = contacts.concurrency(4).max_calls(20).stream();
    let rest = contacts.resume_from(&stream.position());
    let _ = (rest, contacts.max_calls(20), contacts.deadline(std::time::Duration::from_secs(9)));
    let _: Vec<Contact> = contacts.page(20, None).await?.records;
    let _: Vec<Contact> = caspio.table::<Contact>().await?;
    let _: Vec<PerCity> = cities.order_by(|c| c.city.desc()).collect().await?;
    Ok(())
}

fn main() {
    let _ = (orders, groups, answers);
}
