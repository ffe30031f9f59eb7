//! The orders of an account as a web API.

use crate::errors::ApiError;
use axum::extract::{self, Path, State};
use axum::routing::get;
use axum::{Json, Router};
use caspio::prelude::*;
use caspio::read::Position;
use serde::{Deserialize, Serialize};

/// How many orders a page has.
const PAGE: u16 = 20;

/// An order, as it is in the table and in a response.
#[derive(Debug, CaspioTable, Serialize)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    status: Option<String>,
    total: Option<Decimal>,
    placed: Option<DateTime>,
}

/// What the query string asks for.
#[derive(Debug, Deserialize)]
struct Wanted {
    status: Option<String>,
    /// The least total.
    least: Option<Decimal>,
    /// The `next` of the page before.
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct Page {
    orders: Vec<Order>,
    /// Where the next page begins; null on the last one.
    next: Option<String>,
}

/// Returns the routes. A client is cheap to clone, and all requests share its token and its rate limiter.
pub(crate) fn router(caspio: Client) -> Router {
    Router::new()
        .route("/orders", get(list))
        .route("/orders/{id}", get(one))
        .with_state(caspio)
}

/// The largest orders first. One call.
async fn list(
    State(caspio): State<Client>,
    extract::Query(wanted): extract::Query<Wanted>,
) -> Result<Json<Page>, ApiError> {
    let after = wanted.after.as_deref().map(str::parse::<Position>);
    let after = after.transpose()?;
    let mut query = caspio.table::<Order>().order_by(|o| o.total.desc());
    if let Some(status) = wanted.status {
        query = query.filter(|o| o.status.eq(status));
    }
    if let Some(least) = wanted.least {
        query = query.filter(|o| o.total.ge(least));
    }
    let page = query.page(PAGE, after.as_ref()).await?;
    Ok(Json(Page {
        orders: page.records,
        next: page.next.map(|next| next.to_string()),
    }))
}

async fn one(State(caspio): State<Client>, Path(id): Path<i64>) -> Result<Json<Order>, ApiError> {
    let order = caspio.table::<Order>().get(id).await?;
    order.map(Json).ok_or(ApiError::Missing)
}
