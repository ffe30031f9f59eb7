//! Checks every row of the table in the documentation of the responses.

use super::*;

const TABLE: &str = include_str!("../../classify/responses.md");

#[tokio::test(start_paused = true)]
async fn every_row_of_the_table_of_responses_holds() {
    let rows: Vec<_> = TABLE.lines().filter_map(cells).collect();
    assert!(rows.len() > 40, "{} rows", rows.len());

    for [status, body, kind, read, update, insertion] in rows {
        let reply = reply(status, body);
        for (request, expected) in [
            (get as fn() -> Request, read),
            (put, update),
            (insert, insertion),
        ] {
            let found = outcome(request(), reply.clone()).await;
            assert_eq!(
                found,
                (kind.to_owned(), expected.to_owned()),
                "{status} {body}"
            );
        }
    }
}

/// The cells of a row of the table; `None` for other lines.
fn cells(line: &str) -> Option<[&str; 6]> {
    let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<_> = line.split(" | ").map(str::trim).collect();
    let cells: [&str; 6] = cells.try_into().expect("six cells");
    (cells[0] != "status").then_some(cells)
}

fn reply(status: &str, body: &str) -> Reply {
    let kind = match body {
        "no connection" => HttpErrorKind::NeverSent,
        "no response in time" => HttpErrorKind::Timeout,
        "connection lost" => HttpErrorKind::Interrupted,
        "response of an earlier request" => HttpErrorKind::Repeated,
        "larger than allowed" => HttpErrorKind::TooLarge,
        "the request's own body fails" => HttpErrorKind::Unsendable,
        _ => {
            let status = status.parse().expect("a status");
            return Reply::new(status, text(body));
        }
    };
    assert_eq!(status, "none");
    Reply::fail(kind)
}

fn text(body: &str) -> String {
    match body {
        "empty" => String::new(),
        "HTML" => HTML.to_owned(),
        json => json.trim_matches('`').to_owned(),
    }
}

fn put() -> Request {
    Request::put(records(), Operation::new("records.update")).json("{}")
}

/// Sends a request to a service that always gives this reply.
async fn outcome(request: Request, reply: Reply) -> (String, String) {
    let script = Arc::new(Script::by(move |_| reply.clone()));
    let transport = builder(&script).build().expect("settings");
    let error = match transport.send(request).await {
        Ok(_) => return ("none".to_owned(), "success".to_owned()),
        Err(error) => error,
    };
    let words = match (script.calls() > 1, error.maybe_applied()) {
        (false, false) => "fails",
        (true, false) => "repeated",
        (false, true) => "unresolved",
        (true, true) => "repeated, unresolved",
    };
    (format!("{:?}", error.kind()), words.to_owned())
}
