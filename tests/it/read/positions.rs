//! Positions: what their text shows, where they are valid, and the pages of a web endpoint.

use caspio::auth::BearerToken;
use caspio::prelude::*;
use caspio::read::Position;
use caspio::{ApiVersion, ClientBuilder, ErrorKind};
use caspio_emulator::Emulator;
use caspio_tests::{Contact, Order, TestEnv, on_every_version};
use std::sync::Arc;

on_every_version! {
    async fn pages_are_read_one_call_each_to_the_last_record(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(240)).version(version).await;
        let orders = env.caspio.table::<Order>();
        let by_status = || orders.order_by(|o| (o.status.desc(), o.total.asc()));

        for query in [orders.query(), orders.query().concurrency(8), by_status()] {
            let all = query.clone().collect().await.expect("all orders");
            for size in [1, 20, 80, 239, 240, 241, 1000] {
                env.emulator.reset_calls();
                let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
                loop {
                    let page = query.clone().page(size, after.as_ref()).await.expect("a page");
                    read.extend(page.records);
                    pages += 1;
                    let Some(next) = page.next else { break };
                    after = Some(next.to_string().parse().expect("a position"));
                }
                assert!(read == all, "{size} a page: {} of {}", read.len(), all.len());
                assert_eq!(pages, all.len().div_ceil(size.into()));
                assert_eq!(env.emulator.calls().records_reads(), pages as u64);
            }
        }
        let none = orders.filter(|o| o.quantity.lt(-1)).page(20, None).await.expect("a page");
        assert!(none.records.is_empty() && none.next.is_none());
    }

    async fn a_list_of_work_is_read_page_by_page_while_its_records_leave_it(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let active = || contacts.filter(|c| c.active.eq(true)).order_by(|c| c.last_name.asc());
        let all: Vec<i64> = active().collect().await.expect("contacts").iter().map(|c| c.pk_id).collect();

        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = active().page(5, after.as_ref()).await.expect("a page");
            for contact in &page.records {
                read.push(contact.pk_id);
                contacts.update(contact.pk_id).set(|c| c.active.to(false)).await.expect("done");
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(all.len() > 10);
        assert_eq!(read, all);
    }

    async fn a_page_of_as_many_records_as_a_call_returns_is_exact(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(2_000)).version(version).await;
        let orders = env.caspio.table::<Order>();

        for query in [orders.query(), orders.order_by(|o| o.total.asc())] {
            for size in [998, 999, 1000] {
                let first = query.clone().page(size, None).await.expect("a page");
                let second = query.clone().page(size, first.next.as_ref()).await.expect("a page");

                assert_eq!(first.records.len() + second.records.len(), 2 * usize::from(size));
                assert_eq!(second.next.is_some(), size < 1000);
            }
        }
    }

    async fn pages_of_a_long_list_are_complete(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let all = contacts.collect().await.expect("all contacts");
        let emails: Vec<String> = all.iter().filter_map(|c| c.email.clone()).take(300).collect();
        let query = || contacts.filter(|c| c.email.in_(&emails));
        let expected = query().collect().await.expect("contacts");

        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = query().page(70, after.as_ref()).await.expect("a page");
            read.extend(page.records);
            after = page.next;
            if after.is_none() {
                break;
            }
        }

        assert_eq!(read, expected);
    }

    // A `HashSet` has another order in each process.
    async fn a_position_is_of_a_list_in_any_order(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(60)).version(version).await;
        let orders = env.caspio.table::<Order>();
        let query = |keys: &[i64]| orders.filter(|o| !o.pk_id.in_(keys) & o.quantity.in_(0..50));
        let first = query(&[3, 1, 2]).page(5, None).await.expect("a page");

        let next = query(&[2, 3, 1, 3]).page(5, first.next.as_ref()).await;

        let keys: Vec<i64> = next.expect("a page").records.iter().map(|o| o.pk_id).collect();
        let all = query(&[1, 2, 3]).collect().await.expect("all orders");
        assert_eq!(keys, all[5..10].iter().map(|o| o.pk_id).collect::<Vec<_>>());
        let other = query(&[1, 2]).page(5, first.next.as_ref()).await;
        assert_eq!(other.expect_err("another query").kind(), ErrorKind::Refused);
    }

    async fn a_limit_counts_from_the_position(version) {
        let env = TestEnv::with(Emulator::builder().sample_orders(100)).version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.collect().await.expect("all orders");

        let mut stream = orders.limit(20).stream();
        let first: Vec<Order> = stream.by_ref().try_collect().await.expect("twenty orders");
        let position = stream.position();
        let more = orders.limit(20).resume_from(&position).collect().await;
        let next = orders.query().resume_from(&position).first().await;

        assert_eq!(first, all[..20]);
        assert_eq!(more.expect("twenty more"), all[20..40]);
        assert_eq!(next.expect("an order"), Some(all[20].clone()));
    }

    async fn a_position_is_text_for_a_url_that_shows_no_values(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let by_key = orders.query().page(20, None).await.expect("a page").next.expect("more");
        let again = orders.query().page(20, None).await.expect("a page").next.expect("more");
        assert_eq!(by_key.to_string(), again.to_string());
        assert!(by_key.to_string().len() <= 64, "{by_key}");

        let secret = orders.filter(|o| o.status.eq("Shipped")).order_by(|o| o.status.asc());
        let by_status = secret.page(20, None).await.expect("a page").next.expect("more");
        for text in [by_key.to_string(), by_status.to_string()] {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            assert!(text.chars().all(is_plain), "{text}");
            assert!(!text.contains("Shipped"));
        }
        let json = serde_json::to_string(&by_status).expect("JSON");
        assert_eq!(json, format!("\"{by_status}\""));
        let read: Position = serde_json::from_str(&json).expect("a position");
        assert_eq!(read, by_status);
    }

    async fn an_altered_position_is_refused_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let query = || orders.order_by(|o| o.total.desc());
        let position = query().page(20, None).await.expect("a page").next.expect("more");
        let text = position.to_string();
        env.emulator.reset_calls();

        let mut altered: Vec<String> = (0..text.len()).map(|cut| text[..cut].to_owned()).collect();
        for (index, old) in text.char_indices() {
            for new in ["A", "B", "_", "z", "+", "%2B"] {
                if !new.starts_with(old) {
                    altered.push(format!("{}{new}{}", &text[..index], &text[index + 1..]));
                }
            }
        }
        altered.extend(["null", "{}", "ä", "' OR 1=1 --"].map(str::to_owned));
        altered.push(format!("{text}A"));

        for text in altered {
            let read = match text.parse::<Position>() {
                Ok(position) => query().page(20, Some(&position)).await.map(drop),
                Err(error) => Err(error),
            };
            let error = read.expect_err("an altered position");
            assert_eq!(error.kind(), ErrorKind::Refused, "{text}: {error}");
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_page_refuses_what_it_would_ignore(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let start = orders.stream().position();

        let pages = [
            orders.query().page(0, None).await,
            orders.query().page(1001, None).await,
            orders.limit(50).page(20, None).await,
            orders.query().resume_from(&start).page(20, None).await,
            orders.filter(|o| o.quantity.gt(1)).page(20, Some(&start)).await,
            orders.order_by(|o| o.total.asc()).page(20, Some(&start)).await,
        ];

        for page in pages {
            assert_eq!(page.expect_err("refused").kind(), ErrorKind::Refused);
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }
}

#[tokio::test]
async fn positions_are_shared_by_clients_with_the_same_secret_only() {
    let env = TestEnv::start().await;
    let (id, secret) = (env.emulator.client_id(), env.emulator.client_secret());
    let builder = || Client::builder().account(env.emulator.url());
    let start = |builder: ClientBuilder| {
        let caspio = builder.build().expect("a client");
        caspio.table::<Order>().stream().position().to_string()
    };
    let token = || Arc::new(BearerToken::new("token").expect("a token"));

    let own = start(builder().credentials(id, secret));
    assert_eq!(
        own,
        start(
            builder()
                .credentials(id, secret)
                .api_version(ApiVersion::V4)
        )
    );
    assert_ne!(own, start(builder().credentials(id, "another")));
    assert_ne!(
        own,
        start(builder().credentials(id, secret).position_secret("ours"))
    );
    assert_ne!(
        start(builder().auth(token())),
        start(builder().auth(token()))
    );
    let shared = start(builder().auth(token()).position_secret("ours"));
    assert_eq!(
        shared,
        start(builder().auth(token()).position_secret("ours"))
    );

    let foreign: Position = shared.parse().expect("a position");
    let read = env
        .caspio
        .table::<Order>()
        .query()
        .page(20, Some(&foreign))
        .await;
    assert_eq!(read.expect_err("another secret").kind(), ErrorKind::Refused);
    let empty = builder().auth(token()).position_secret("").build();
    assert_eq!(
        empty.expect_err("an empty secret").kind(),
        ErrorKind::Config
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_dropped_and_resumed_again_and_again_is_complete() {
    let env = TestEnv::with(Emulator::builder().sample_orders(3_000)).await;
    let gaps = "PK_ID < 2000 AND PK_ID % 30 <> 0";
    env.emulator.delete("Orders", gaps).expect("a delete");
    let orders = env.caspio.table::<Order>();
    let by_status = || orders.order_by(|o| o.status.asc());
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |end: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) % end
    };

    for run in 0..12 {
        let query = || {
            if run % 3 == 0 {
                by_status()
            } else {
                orders.query()
            }
        };
        let all = query().collect().await.expect("all orders");
        let (mut read, mut position): (Vec<Order>, Option<Position>) = (Vec::new(), None);
        loop {
            let page = 1 + below(60) as u16;
            let mut next = query().page_size(page).concurrency(1 + below(6) as usize);
            if let Some(position) = &position {
                next = next.resume_from(position);
            }
            let mut stream = next.stream();
            let take = below(400) as usize;
            let part: Vec<Order> = (&mut stream)
                .take(take)
                .try_collect()
                .await
                .expect("orders");
            position = Some(stream.position());
            let is_end = part.len() < take;
            read.extend(part);
            if is_end {
                break;
            }
        }
        assert!(read == all, "run {run}: {} of {}", read.len(), all.len());
    }
}

#[tokio::test]
async fn a_position_belongs_to_the_host_and_port_of_its_account() {
    let client = |url: &str| {
        Client::builder()
            .account(url)
            .credentials("id", "secret")
            .position_secret("one secret for all clients")
            .build()
            .expect("a client")
    };
    let position = client("http://127.0.0.1:4001").table::<Order>().stream();
    let position = position.position();
    let resumed = |url: &str| {
        let orders = client(url).table::<Order>().query();
        orders.resume_from(&position).explain()
    };

    resumed("http://127.0.0.1:4001").expect("the same account");
    for other in ["http://127.0.0.1:4002", "http://localhost:4001", "b3poa"] {
        let error = resumed(other).expect_err("another account");
        assert_eq!(error.kind(), ErrorKind::Refused, "{other}: {error}");
    }
}
