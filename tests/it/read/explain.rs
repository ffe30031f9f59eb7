//! The calls of a query, explained before they are made.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{Account, ApiVersion, ErrorKind};
use caspio_emulator::Emulator;
use caspio_tests::{Contact, Order, TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};

/// Keeps the URL of every read of records.
#[derive(Debug)]
struct Watched {
    inner: ReqwestService,
    seen: Arc<Mutex<Vec<String>>>,
}

impl HttpService for Watched {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let url = request.uri().to_string();
        if url.contains("/records") {
            self.seen.lock().expect("no panic").push(url);
        }
        async move { self.inner.call(request).await }.boxed()
    }
}

async fn watched(version: ApiVersion) -> (Emulator, Client, Arc<Mutex<Vec<String>>>) {
    let emulator = Emulator::builder()
        .sample_orders(40)
        .start()
        .await
        .expect("an emulator");
    let account = Account::new(&emulator.url()).expect("an account");
    let seen = Arc::default();
    let service = Watched {
        inner: ReqwestService::for_account(&account).expect("a service"),
        seen: Arc::clone(&seen),
    };
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .http_service(Arc::new(service))
        .build()
        .expect("a client");
    (emulator, caspio, seen)
}

/// Returns the text with every `%` escape decoded.
fn decoded(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || {
            char::from(rest.next().expect("a digit"))
                .to_digit(16)
                .expect("a digit")
        };
        bytes.push(if byte == b'%' {
            u8::try_from(digit() * 16 + digit()).expect("a byte")
        } else {
            byte
        });
    }
    String::from_utf8(bytes).expect("text")
}

/// Its pages begin with a group of the page before, whose total may be shown with fewer digits than it has.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
#[allow(dead_code, reason = "it is not read")]
struct PerTotal {
    total: Decimal,
    #[caspio(count)]
    orders: u64,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "Active_Contacts")]
#[allow(dead_code, reason = "it is not read")]
struct ActiveContact {
    last_name: Option<String>,
}

/// All orders as one row.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
#[allow(dead_code, reason = "it is not read")]
struct All {
    #[caspio(count)]
    orders: u64,
}

/// Reads three records, and compares the call for the next two with the explained one.
async fn is_made<R>(query: caspio::Query<R>, seen: &Mutex<Vec<String>>)
where
    R: caspio::record::DecodeOwned,
{
    let mut stream = query.clone().stream();
    for _ in 0..3 {
        stream.try_next().await.expect("a record").expect("more");
    }
    let rest = query.resume_from(&stream.position()).limit(2);
    let explanation = rest.explain().expect("an explanation");
    seen.lock().expect("no panic").clear();

    rest.collect().await.expect("the records");

    let made = std::mem::take(&mut *seen.lock().expect("no panic"));
    let (made, call) = (decoded(&made[0]), &explanation.calls[0]);
    for clause in [&call.select, &call.condition, &call.order_by] {
        assert!(made.contains(&**clause), "{made}\n{explanation}");
    }
    let limit = format!("limit={}&", call.limit.expect("a limit"));
    assert!(format!("{made}&").contains(&limit), "{made}\n{explanation}");
}

on_every_version! {
    async fn the_explained_calls_are_those_that_are_made(version) {
        let (_emulator, caspio, seen) = watched(version).await;
        let orders = caspio.table::<Order>();
        let statuses = (0..200).map(|n| format!("Unknown status {n}")).chain(["Open".to_owned()]);
        for query in [
            orders.query(),
            orders.filter(|o| o.status.eq("Rock'n'Roll & 100%+")).order_by(|o| o.total.desc()),
            orders.limit(7),
            orders.query().concurrency(4),
            orders.filter(|o| o.pk_id.in_((0..1000).map(|n| n * 3))),
            orders.filter(|o| o.status.in_(statuses)),
            orders.limit(0),
        ] {
            seen.lock().expect("no panic").clear();
            let explanation = query.explain().expect("an explanation");
            assert!(seen.lock().expect("no panic").is_empty());

            query.collect().await.expect("the orders");

            let mut made = std::mem::take(&mut *seen.lock().expect("no panic"));
            // The range of keys is read only after a full first page.
            assert!(made.len() <= explanation.calls.len(), "{explanation}");
            assert!(explanation.most_calls.is_none_or(|most| made.len() as u64 <= most), "{explanation}");
            let text = explanation.to_string();
            made.sort();
            for url in made {
                let url = decoded(&url);
                let of_call = explanation.calls.iter().any(|call| {
                    assert_eq!(call.method, "GET");
                    assert!(text.contains(&call.path) && text.contains(&call.condition));
                    [&call.select, &call.condition, &call.order_by].iter().all(|clause| url.contains(*clause))
                        && call.limit.is_none_or(|limit| format!("{url}&").contains(&format!("limit={limit}&")))
                });
                assert!(of_call, "{url}\n{text}");
            }
        }
    }

    async fn the_explained_call_of_a_resumed_query_is_that_which_is_made(version) {
        let (_emulator, caspio, seen) = watched(version).await;
        let orders = caspio.table::<Order>();
        for query in [
            orders.query(),
            orders.order_by(|o| o.total.desc()),
            orders.order_by(|o| o.status.asc()),
            orders.order_by(|o| (o.placed.desc(), o.total.asc())),
        ] {
            is_made(query, &seen).await;
        }
        is_made(orders.query().select::<PerTotal>().group_by(|o| o.total), &seen).await;
        is_made(caspio.view::<ActiveContact>().query(), &seen).await;
    }

    async fn the_number_of_calls_is_known_where_it_can_be(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let orders = env.caspio.table::<Order>();
        let most = |query: caspio::Query<Order>| query.explain().expect("an explanation").most_calls;

        assert_eq!(most(orders.query()), None);
        assert_eq!(most(orders.query().concurrency(3)), None);
        assert_eq!(most(orders.limit(0)), Some(0));
        assert_eq!(most(orders.limit(1000)), Some(1));
        assert_eq!(most(orders.limit(1001)), Some(2));
        assert_eq!(most(orders.query().max_calls(5)), Some(5));
        assert_eq!(most(orders.limit(9000).max_calls(5)), Some(5));
        let by_total = orders.query().select::<PerTotal>().group_by(|o| o.total);
        assert_eq!(by_total.clone().limit(1000).explain().expect("groups").most_calls, Some(1));
        assert_eq!(by_total.limit(2000).explain().expect("groups").most_calls, None);
        assert_eq!(orders.query().select::<All>().explain().expect("a row").most_calls, Some(1));
        let keys = orders.filter(|o| o.pk_id.in_((0..1000).map(|n| n * 3)));
        let parts = keys.explain().expect("an explanation");
        assert_eq!(parts.most_calls, Some(parts.calls.len() as u64));
        assert!(parts.calls.len() > 1);
    }

    async fn a_refused_query_is_refused_by_its_explanation(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let names: Vec<String> = (0..500).map(|n| format!("Name {n}")).collect();

        let sorted = contacts.filter(|c| c.last_name.in_(&names)).order_by(|c| c.age.asc());
        let unbound = contacts.filter_raw("Age > ?", ());

        for query in [sorted, unbound] {
            let error = query.explain().expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused);
            assert_eq!(query.collect().await.expect_err("refused").to_string(), error.to_string());
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn an_explanation_reads_well() {
    let caspio = Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .build()
        .expect("a client");
    let orders = caspio
        .table::<Order>()
        .filter(|o| o.status.eq("O'Neil"))
        .order_by(|o| o.total.desc());

    let text = orders
        .limit(20)
        .explain()
        .expect("an explanation")
        .to_string();

    assert_eq!(
        text,
        "GET /integrations/rest/v3/tables/Orders/records
  q.select             PK_ID,Quantity,Total,Placed,Status
  q.where              Status = N'O''Neil'
  q.orderBy            Total DESC,PK_ID
  q.limit              20
  q.getPaginationInfo  true
one call in total"
    );
}
