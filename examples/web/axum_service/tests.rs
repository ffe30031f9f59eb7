//! The service against an emulator.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower::ServiceExt;

struct Service {
    emulator: Emulator,
    caspio: Client,
}

impl Service {
    async fn start() -> Self {
        let emulator = Emulator::builder().sample_orders(95);
        let emulator = emulator.start().await.expect("an emulator");
        let caspio = Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .retry(RetryPolicy::none())
            .build()
            .expect("a client");
        Self { emulator, caspio }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let service = orders::router(self.caspio.clone());
        let response = service.oneshot(request).await.expect("a response");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        let body = String::from_utf8(body.expect("a body").into()).expect("text");
        (status, body)
    }

    async fn page(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }
}

fn keys(page: &Value) -> Vec<i64> {
    let orders = page["orders"].as_array().expect("orders").iter();
    orders
        .map(|order| order["pk_id"].as_i64().expect("a key"))
        .collect()
}

#[tokio::test]
async fn the_pages_have_every_order_once_in_one_call_each() {
    let service = Service::start().await;
    let mut path = "/orders".to_owned();
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let page = service.page(&path).await;
        seen.extend(keys(&page));
        pages += 1;
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/orders?after={next}");
    }

    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!((pages, seen.len(), distinct.len()), (5, 95, 95));
    assert_eq!(service.emulator.calls().records_reads(), 5);
}

#[tokio::test]
async fn filters_restrict_the_orders() {
    let service = Service::start().await;

    let page = service.page("/orders?status=Shipped&least=100.50").await;

    let orders = page["orders"].as_array().expect("orders");
    assert!(!orders.is_empty());
    for order in orders {
        assert_eq!(order["status"], "Shipped");
        let total: f64 = order["total"]
            .as_str()
            .expect("text")
            .parse()
            .expect("a number");
        assert!(total >= 100.5, "{order}");
    }
    assert!(keys(&service.page("/orders?status=%27%20OR%201%3D1%20--").await).is_empty());
}

#[tokio::test]
async fn one_order_is_found_by_its_key() {
    let service = Service::start().await;

    assert_eq!(service.page("/orders/7").await["pk_id"], 7);
    assert_eq!(service.get("/orders/9999").await.0, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/orders/x").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_wrong_position_is_400_without_a_call() {
    let service = Service::start().await;
    let page = service.page("/orders").await;
    let next = page["next"].as_str().expect("a position").to_owned();
    service.emulator.reset_calls();

    for path in [
        "/orders?after=nonsense".to_owned(),
        format!("/orders?after=A{next}"),
        format!("/orders?status=Shipped&after={next}"),
        "/orders?least=much".to_owned(),
    ] {
        let (status, body) = service.get(&path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
    }
    assert_eq!(service.emulator.calls().total(), 0);
}

#[tokio::test]
async fn errors_have_their_status_and_name_nothing_of_the_account() {
    let service = Service::start().await;
    service.page("/orders").await;
    for (fault, expected) in [
        (Fault::RateLimit, StatusCode::SERVICE_UNAVAILABLE),
        (Fault::BadGateway, StatusCode::BAD_GATEWAY),
        (Fault::Reset, StatusCode::BAD_GATEWAY),
    ] {
        let name = format!("{fault:?}");
        let rule = Rule::new(fault).rate(1.0);
        service.emulator.set_faults(Faults::none().rule(rule));

        let (status, body) = service.get("/orders").await;

        assert_eq!(status, expected, "{name}: {body}");
        assert!(!body.contains("Orders"), "{name}: {body}");
    }
}

#[tokio::test]
async fn a_request_in_progress_gets_its_response_when_the_service_stops() {
    let service = Service::start().await;
    let slow = Rule::new(Fault::SlowDrip).operation("ListTableRecords");
    service
        .emulator
        .set_faults(Faults::none().rule(slow.rate(1.0)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, service.caspio.clone(), async {
        drop(stopped.await);
    }));
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /orders HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n";
    connection.write_all(request).await.expect("sent");
    while service.emulator.calls().records_reads() == 0 {
        tokio::task::yield_now().await;
    }

    stop.send(()).expect("it serves");
    let mut response = String::new();
    connection
        .read_to_string(&mut response)
        .await
        .expect("a response");

    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("\"next\""), "{response}");
    serving.await.expect("it ended").expect("without an error");
}
