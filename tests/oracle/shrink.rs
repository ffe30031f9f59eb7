//! Makes a failing case smaller as long as it fails in the same way.

use crate::case::Case;
use crate::check;
use crate::read::Failure;
use crate::server::TestServer;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many smaller cases are tried, and for how long.
const TRIES: usize = 500;
const TIME: Duration = Duration::from_secs(8);

/// Returns the smallest case found, and its failure.
pub(crate) async fn shrink(
    server: &mut TestServer,
    case: Case,
    failure: Failure,
) -> (Case, Failure) {
    let (mut case, mut failure) = (case, failure);
    let (mut tries, started) = (0, Instant::now());
    'smaller: loop {
        let tree = serde_json::to_value(&case).expect("a case is JSON");
        for smaller in smaller(&tree) {
            let Ok(smaller) = serde_json::from_value::<Case>(smaller) else {
                continue;
            };
            if !smaller.is_sound() || smaller == case {
                continue;
            }
            tries += 1;
            if tries > TRIES || started.elapsed() > TIME {
                return (case, failure);
            }
            match check::run(server, &smaller).await {
                Err(same) if same.label == failure.label => {
                    (case, failure) = (smaller, same);
                    continue 'smaller;
                }
                _ => {}
            }
        }
        return (case, failure);
    }
}

/// Returns the trees with one part replaced by something smaller, the largest steps first.
fn smaller(tree: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (member, simple) in [
        ("writes", json!([])),
        ("filters", json!([])),
        ("order", json!([])),
        ("having", json!([])),
        ("limit", json!(null)),
        ("page_size", json!(null)),
        ("concurrency", json!(1)),
        ("how", json!("Collect")),
        ("source", json!("Table")),
        ("record_type", json!("Full")),
        ("version", json!(3)),
    ] {
        let mut tree = tree.clone();
        tree[member] = simple;
        all.push(tree);
    }
    replace(tree, &|part| part, &mut all);
    all
}

/// Adds the trees in which one part of `tree`, which stands in `whole`, is smaller.
fn replace(tree: &Value, whole: &dyn Fn(Value) -> Value, all: &mut Vec<Value>) {
    match tree {
        Value::Number(number) => {
            let Some(number) = number.as_i64() else {
                all.push(whole(json!(0.5)));
                return;
            };
            for less in [0, 1, 2, number / 2, number - number / 8, number - 1] {
                if less.abs() < number.abs() {
                    all.push(whole(json!(less)));
                }
            }
        }
        Value::Bool(true) => all.push(whole(json!(false))),
        Value::String(text) if text.len() > 1 => {
            let end = text.char_indices().nth(text.chars().count() / 2);
            all.push(whole(json!(text[..end.map_or(0, |(at, _)| at)])));
        }
        Value::Array(items) => {
            for (start, end) in cuts(items.len()) {
                let mut fewer = items.clone();
                fewer.drain(start..end);
                all.push(whole(Value::Array(fewer)));
            }
            if items.len() > 60 {
                return;
            }
            for (at, item) in items.iter().enumerate() {
                let put = |part: Value| {
                    let mut items = items.clone();
                    items[at] = part;
                    whole(Value::Array(items))
                };
                replace(item, &put, all);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "Date" | "Guid") {
                    continue;
                }
                // A condition instead of those around it.
                for inner in inner(name, member) {
                    all.push(whole(inner));
                }
                let put = |part: Value| {
                    let mut members = members.clone();
                    members.insert(name.clone(), part);
                    whole(Value::Object(members))
                };
                replace(member, &put, all);
            }
        }
        _ => {}
    }
}

fn inner(name: &str, member: &Value) -> Vec<Value> {
    match (name, member) {
        ("And" | "Or", Value::Array(parts)) => parts.clone(),
        ("Not", part) => vec![part.clone()],
        _ => Vec::new(),
    }
}

/// Returns the parts of a list to leave out: halves, quarters, and so on to single items.
fn cuts(length: usize) -> Vec<(usize, usize)> {
    let mut cuts = Vec::new();
    let mut size = length;
    while size > 0 {
        let starts = (0..length).step_by(size);
        cuts.extend(starts.map(|start| (start, (start + size).min(length))));
        size /= 2;
        if cuts.len() > 80 {
            break;
        }
    }
    cuts
}
