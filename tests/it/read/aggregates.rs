//! Counts, sums, minima, maxima and existence: each keeps every clause of its query, or is refused.

use caspio::filter::{Order as SortOrder, column_named, count_all};
use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::{ApiVersion, Error, ErrorKind, RetryPolicy};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::scripted::client_of;
use caspio_tests::{Order, TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Amounts")]
struct Amount {
    #[caspio(pk)]
    pk_id: i64,
    class: Option<String>,
    pieces: Option<i32>,
    weight: Option<f64>,
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Amount)]
struct PerClass {
    class: Option<String>,
    #[caspio(count)]
    amounts: u64,
    #[caspio(sum = pieces)]
    total_pieces: Option<i64>,
    #[caspio(avg = pieces)]
    mean_pieces: Option<f64>,
    #[caspio(sum = weight)]
    total_weight: Option<f64>,
    #[caspio(sum = pieces)]
    total_pieces_as_float: Option<f64>,
    #[caspio(sum = pieces)]
    total_pieces_as_amount: Option<Decimal>,
    #[caspio(avg = pieces)]
    mean_pieces_as_amount: Option<Decimal>,
}

/// Twenty amounts of two classes; the pieces of a class are more than an `int` of T-SQL holds.
async fn amounts(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Amounts")
        .field(FieldDef::new("Class", DataType::Text255))
        .field(FieldDef::new("Pieces", DataType::Integer))
        .field(FieldDef::new("Weight", DataType::Number));
    env.emulator.create_table(table).expect("a table");
    for number in 0..20 {
        let class = if number % 2 == 0 { "even" } else { "odd" };
        let amount = json!({
            "Class": class, "Pieces": 2_000_000_000 + number, "Weight": f64::from(number) + 0.5,
        });
        env.emulator.insert("Amounts", amount).expect("an insert");
    }
    env.emulator.reset_calls();
    env
}

fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>, env: &TestEnv) {
    let error = result.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.hint().is_some(), "{error}");
    assert_eq!(error.resource(), Some("table \"Amounts\""), "{error}");
    assert_eq!(env.emulator.calls().total(), 0);
}

on_every_version! {
    async fn a_table_has_the_methods_of_its_query(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();

        assert_eq!(amounts.sum(|a| a.pieces).await.expect("a sum"), Some(40_000_000_190));
        assert_eq!(amounts.min(|a| a.weight).await.expect("a minimum"), Some(0.5));
        assert_eq!(amounts.max(|a| a.weight).await.expect("a maximum"), Some(19.5));
        assert!(amounts.exists().await.expect("an answer"));

        let page = amounts.page(5, None).await.expect("a page");
        let next = page.next.expect("more follow");
        let second = amounts.page(5, Some(&next)).await.expect("a page");
        let awaited = amounts.clone().await.expect("all");
        assert_eq!([page.records, second.records].concat(), awaited[..10]);
        assert_eq!(awaited, amounts.collect().await.expect("all"));

        let classes = amounts.select::<PerClass>().group_by(|a| a.class);
        let same = amounts.group_by(|a| a.class).select::<PerClass>();
        let classes = classes.collect().await.expect("groups");
        assert_eq!(classes.len(), 2);
        assert_eq!(classes, same.collect().await.expect("groups"));
    }
}

#[tokio::test]
async fn an_optional_condition_on_groups_restricts_nothing_if_it_is_absent() {
    let env = amounts(ApiVersion::V4).await;
    for (least, expected) in [(None, 2), (Some(20_000_000_095_i64), 1)] {
        let classes = env.caspio.table::<Amount>().select::<PerClass>();
        let classes = classes.group_by(|a| a.class);
        let heavy = classes.having(|a| least.map(|least| a.pieces.sum().gt(least)));
        assert_eq!(heavy.collect().await.expect("groups").len(), expected);
    }
}

on_every_version! {
    async fn sums_and_averages_of_integers_exceed_32_bits(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();

        let sum = amounts.query().sum(|a| a.pieces).await.expect("a sum");
        let classes = amounts.query().select::<PerClass>().group_by(|a| a.class);
        let classes = classes.collect().await.expect("two classes");

        assert_eq!(sum, Some(40_000_000_190));
        let mean = amounts.avg(|a| a.pieces).await.expect("an average");
        assert_eq!(mean, Some(2_000_000_009));
        let mean = amounts.filter(|a| a.class.eq("odd")).avg(|a| a.pieces).await.expect("an average");
        assert_eq!(mean, Some(2_000_000_010));
        let even = PerClass {
            class: Some("even".to_owned()),
            amounts: 10,
            total_pieces: Some(20_000_000_090),
            mean_pieces: Some(2_000_000_009.0),
            total_weight: Some(95.0),
            total_pieces_as_float: Some(20_000_000_090.0),
            total_pieces_as_amount: Some(dec!(20_000_000_090)),
            mean_pieces_as_amount: Some(dec!(2_000_000_009)),
        };
        assert_eq!(classes.first(), Some(&even));
    }

    async fn a_limit_and_an_order_are_refused_where_they_would_be_ignored(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();

        assert_refused(amounts.limit(3).sum(|a| a.pieces).await, &env);
        assert_refused(amounts.limit(3).min(|a| a.pieces).await, &env);
        assert_refused(amounts.order_by(|a| a.pieces.asc()).limit(3).max(|a| a.pieces).await, &env);

        let most = amounts.order_by(|a| a.pieces.asc()).max(|a| a.pieces).await;
        assert_eq!(most.expect("a maximum"), Some(2_000_000_019));
        assert_eq!(amounts.order_by(|a| a.weight.desc()).limit(3).count().await.expect("a count"), 3);
        assert_eq!(amounts.limit(30).count().await.expect("a count"), 20);
    }

    async fn a_limit_of_zero_takes_no_call(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();

        assert!(!amounts.limit(0).exists().await.expect("an answer"));
        assert_eq!(amounts.limit(0).count().await.expect("a count"), 0);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn groups_are_refused_or_checked_for(version) {
        let env = amounts(version).await;
        let groups = || env.caspio.table::<Amount>().query().select::<PerClass>().group_by(|a| a.class);

        assert_refused(groups().count().await, &env);
        assert_refused(groups().sum(|a| a.pieces).await, &env);
        assert_refused(groups().max(|a| a.class).await, &env);

        assert!(groups().exists().await.expect("an answer"));
        assert!(!groups().filter(|a| a.pieces.lt(0)).exists().await.expect("an answer"));
    }

    async fn groups_are_sorted_by_what_is_computed_of_them(version) {
        let env = amounts(version).await;
        env.emulator.insert("Amounts", json!({ "Class": "odd", "Weight": -500 })).expect("an insert");
        env.emulator.reset_calls();
        let amounts = env.caspio.table::<Amount>();
        let classes = || amounts.query().select::<PerClass>().group_by(|a| a.class);

        let most = classes().order_by(|_| count_all().desc()).limit(1).collect().await;
        let fewest = classes().order_by(|_| count_all().asc()).limit(1).collect().await;
        let heaviest = classes().order_by(|a| (a.weight.sum().desc(), a.class.asc())).limit(2).collect().await;

        let names = |groups: Result<Vec<PerClass>, Error>| {
            let groups = groups.expect("groups").into_iter();
            groups.map(|group| group.class.expect("a class")).collect::<Vec<_>>()
        };
        assert_eq!(names(most), ["odd"]);
        assert_eq!(names(fewest), ["even"]);
        assert_eq!(names(heaviest), ["even", "odd"]);
        assert_eq!(env.emulator.calls().records_reads(), 3);

        env.emulator.reset_calls();
        assert_refused(classes().order_by(|a| a.weight.max().desc()).limit(1).collect().await, &env);
        assert_refused(classes().order_by(|_| count_all().desc()).page_size(1).collect().await, &env);
        assert_refused(amounts.order_by(|_| count_all().desc()).limit(1).collect().await, &env);
    }

    async fn groups_sorted_by_an_aggregate_have_no_later_page(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();
        let classes = || {
            let classes = amounts.query().select::<PerClass>().group_by(|a| a.class);
            classes.order_by(|_| count_all().desc())
        };
        let mut stream = classes().limit(1).stream();
        while stream.try_next().await.expect("a group").is_some() {}
        let rest = || classes().limit(1).resume_from(&stream.position());
        env.emulator.reset_calls();

        assert_refused(rest().exists().await, &env);
        assert_refused(classes().page(1, None).await.map(|page| page.records), &env);
        let error = rest().collect().await.expect_err("no place to resume at");
        assert!(error.hint().is_some_and(|hint| hint.contains("from the start")), "{error:?}");
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_condition_on_groups_without_groups_is_refused(version) {
        let env = amounts(version).await;
        let query = || env.caspio.table::<Amount>().query().having(|a| a.pieces.count().gt(1));

        assert_refused(query().count().await, &env);
        assert_refused(query().exists().await, &env);
        assert_refused(query().sum(|a| a.pieces).await, &env);
        assert_refused(query().collect().await, &env);
    }

    async fn aggregates_begin_at_the_position_of_their_query(version) {
        let env = amounts(version).await;
        let amounts = env.caspio.table::<Amount>();
        let query = || amounts.order_by(|a| a.weight.desc());
        let mut stream = query().stream();
        let mut left = 20;
        while let Some(amount) = stream.try_next().await.expect("an amount") {
            left -= 1;
            let rest = || query().resume_from(&stream.position());

            assert_eq!(rest().count().await.expect("a count"), left);
            assert_eq!(rest().limit(15).count().await.expect("a count"), left.min(15));
            assert_eq!(rest().exists().await.expect("an answer"), left > 0);
            let least = rest().min(|a| a.weight).await.expect("a minimum");
            assert_eq!(least, (left > 0).then_some(0.5));
            let most = rest().max(|a| a.weight).await.expect("a maximum");
            assert_eq!(most, (left > 0).then(|| amount.weight.expect("a weight") - 1.0));
        }
        let other = amounts.query().resume_from(&stream.position()).count().await;
        assert_eq!(other.expect_err("the position of another order").kind(), ErrorKind::Refused);
    }
}

/// All records as one row.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
struct Totals {
    #[caspio(count)]
    orders: u64,
    #[caspio(sum = total)]
    total: Option<Decimal>,
    #[caspio(max = placed)]
    last: Option<DateTime>,
}

on_every_version! {
    async fn aggregates_without_groups_are_those_of_all_records(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let count = orders.query().count().await.expect("a count");
        let total = orders.sum(|o| o.total).await.expect("a sum");
        let last = orders.max(|o| o.placed).await.expect("a maximum");
        let all = orders.select::<Totals>();
        env.emulator.reset_calls();

        let first = all.clone().first().await.expect("a read").expect("a row");
        assert_eq!((first.orders, first.total, first.last), (count, total, last));
        assert_eq!(env.emulator.calls().total(), 1);
        assert_eq!(all.clone().collect().await.expect("a read").len(), 1);
        assert_eq!(all.clone().page_size(1).collect().await.expect("a read").len(), 1);
        let page = all.clone().page(1, None).await.expect("a page");
        assert_eq!(page.records.len(), 1);
        assert!(page.next.is_none());

        let mut stream = all.clone().stream();
        stream.try_next().await.expect("a read").expect("a row");
        let position = stream.position();
        assert_eq!(all.clone().resume_from(&position).collect().await.expect("the rest").len(), 0);
        assert!(!all.clone().resume_from(&position).exists().await.expect("the rest"));
        let page = all.clone().page(1, Some(&position)).await.expect("a page");
        assert_eq!((page.records.len(), page.next), (0, None));

        let none = all.filter(|o| o.pk_id.lt(0)).first().await.expect("a read").expect("a row");
        assert_eq!((none.orders, none.total, none.last), (0, None, None));
    }

    async fn an_average_has_the_type_of_its_sum(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Amounts")
            .field(FieldDef::new("Class", DataType::Text255))
            .field(FieldDef::new("Pieces", DataType::Integer))
            .field(FieldDef::new("Weight", DataType::Number))
            .field(FieldDef::new("Price", DataType::Currency));
        env.emulator.create_table(table).expect("a table");
        for (pieces, weight, price) in [(Some(-3), 1.0, "1.0001"), (Some(-4), 2.0, "2.0002"), (None, 2.5, "3.0003")] {
            let row = json!({ "Class": "a", "Pieces": pieces, "Weight": weight, "Price": price });
            env.emulator.insert("Amounts", row).expect("an insert");
        }
        let (amounts, named) = (env.caspio.table::<Amount>(), env.caspio.table_named("Amounts"));

        // The fraction is cut, toward zero: -3.5.
        assert_eq!(amounts.avg(|a| a.pieces).await.expect("an average"), Some(-3));
        let weight = amounts.query().avg(|a| a.weight).await.expect("an average").expect("a number");
        assert!((weight - 5.5 / 3.0).abs() < 1e-12, "{weight}");
        let price = named.avg(|c| c.column::<Decimal>("Price")).await.expect("an average");
        assert_eq!(price, Some(dec!(2.0002)));
        assert_eq!(named.avg(|_| column_named::<i32>("Pieces")).await.expect("an average"), Some(-3));
        let none = amounts.filter(|a| a.class.eq("b"));
        assert_eq!(none.avg(|a| a.weight).await.expect("an average"), None);

        env.emulator.reset_calls();
        let limited = amounts.query().limit(2).avg(|a| a.pieces).await;
        assert_refused(limited, &env);
        let grouped = amounts.group_by(|a| a.class).avg(|a| a.pieces).await;
        assert_refused(grouped, &env);
    }

    async fn an_aggregate_that_does_not_fit_names_its_column(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let error = contacts.max(|_| column_named::<i32>("Last_Name")).await.expect_err("a text");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("Last_Name")));
        assert_eq!((error.key(), error.operation()), (None, Some("records.list")));
        assert!(!error.to_string().contains("of its page"), "{error}");
        assert!(!error.to_string().contains("value:"), "{error}");
        assert!(error.to_string().contains("MAX(Last_Name)"), "{error}");
    }

    async fn an_order_of_another_type_is_a_mistake_of_the_program(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let sorted = contacts.order_by(|_| SortOrder::asc::<i32>("Last_Name"));
        let error = sorted.page_size(5).collect().await.expect_err("a text");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("Last_Name")));
        assert!(error.to_string().contains("Integer"), "{error}");
        assert!(error.to_string().contains("Order::asc"), "{error}");
    }
}

#[tokio::test]
async fn existence_of_groups_keeps_their_condition() {
    let env = amounts(caspio::ApiVersion::V4).await;
    let groups = || {
        let amounts = env.caspio.table::<Amount>();
        amounts.query().select::<PerClass>().group_by(|a| a.class)
    };

    let large = groups().having(|a| a.pieces.count().gt(1000));
    assert_eq!(large.clone().collect().await.expect("no group"), []);
    assert!(!large.exists().await.expect("an answer"));
    let heavy = groups().having(|a| a.pieces.sum().gt(20_000_000_095_i64));
    assert_eq!(heavy.clone().collect().await.expect("a group").len(), 1);
    assert!(heavy.exists().await.expect("an answer"));

    let v3 = amounts(caspio::ApiVersion::V3).await;
    let groups = v3
        .caspio
        .table::<Amount>()
        .query()
        .select::<PerClass>()
        .group_by(|a| a.class);
    assert_refused(
        groups.having(|a| a.pieces.count().gt(1)).exists().await,
        &v3,
    );
}

/// Gives the same response to every read.
#[derive(Debug)]
struct Always(&'static str);

impl HttpService for Always {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let body = match request.uri().path() {
            "/oauth/token" => r#"{"access_token":"tok","token_type":"bearer","expires_in":86399}"#,
            _ => self.0,
        };
        async move { Ok(http::Response::new(Body::from(body))) }.boxed()
    }
}

fn orders_of(response: &'static str) -> caspio::Query<Order> {
    let caspio = Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .http_service(Arc::new(Always(response)))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    caspio.table::<Order>().query()
}

#[tokio::test]
async fn a_response_that_is_not_one_value_is_an_error() {
    for response in [
        r#"{"Result":[{"Column1":5}]}"#,
        r#"{"Result":[]}"#,
        r#"{"Result":[{}]}"#,
        r#"{"Result":[{"Value":5},{"Value":6}]}"#,
    ] {
        let protocol =
            |error: Error| assert_eq!(error.kind(), ErrorKind::Protocol, "{response}: {error}");
        protocol(orders_of(response).count().await.expect_err("no count"));
        protocol(
            orders_of(response)
                .sum(|o| o.quantity)
                .await
                .expect_err("no sum"),
        );
        protocol(
            orders_of(response)
                .max(|o| o.quantity)
                .await
                .expect_err("no maximum"),
        );
    }
    for response in [
        r#"{"Result":[{"Value":-5}]}"#,
        r#"{"Result":[{"Value":null}]}"#,
    ] {
        let error = orders_of(response).count().await.expect_err("no count");
        assert_eq!(error.kind(), ErrorKind::Protocol, "{response}: {error}");
    }
    let nothing = orders_of(r#"{"Result":[{"Value":null}]}"#);
    assert_eq!(
        nothing.sum(|o| o.quantity).await.expect("a sum of nothing"),
        None
    );
    for (version, response, exists) in [
        (ApiVersion::V2, r#"{"Result":[]}"#, Some(false)),
        (ApiVersion::V2, r#"{"Result":[{"PK_ID":1}]}"#, Some(true)),
        (ApiVersion::V3, r#"{"Result":[]}"#, None),
        (ApiVersion::V3, r#"{"Result":[],"Pagination":null}"#, None),
        (
            ApiVersion::V3,
            r#"{"Result":[],"Pagination":{"TotalCount":0}}"#,
            Some(false),
        ),
        (
            ApiVersion::V3,
            r#"{"Result":[],"Pagination":{"TotalCount":3}}"#,
            None,
        ),
        (ApiVersion::V3, r#"{"Result":[{"PK_ID":1}]}"#, Some(true)),
        (
            ApiVersion::V4,
            r#"{"data":[],"pagination":{"totalCount":0}}"#,
            Some(false),
        ),
        (ApiVersion::V4, r#"{"data":[],"pagination":{}}"#, None),
        (
            ApiVersion::V4,
            r#"{"data":[],"pagination":{"totalCount":"0"}}"#,
            Some(false),
        ),
        (
            ApiVersion::V4,
            r#"{"data":[],"pagination":{"totalCount":"none"}}"#,
            None,
        ),
        (
            ApiVersion::V4,
            r#"{"data":[{"PK_ID":1}],"pagination":{"totalCount":1}}"#,
            Some(true),
        ),
    ] {
        let caspio = client_of(version, move |url| match url.contains("/records") {
            true => response.to_owned(),
            false => r#"{"data":[{"tableId":"abcdef","name":"Orders"}]}"#.to_owned(),
        });
        match (caspio.table::<Order>().query().exists().await, exists) {
            (Ok(found), Some(exists)) if found == exists => {}
            (Err(error), None) if error.kind() == ErrorKind::Protocol => {}
            (found, _) => panic!("{version:?}: {response}: {found:?}"),
        }
    }
    let error = orders_of(r#"{"Other":[]}"#)
        .exists()
        .await
        .expect_err("no records");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}
