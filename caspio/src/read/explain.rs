//! The calls of a query, without making them.

use super::after_cursor::LookedUp;
use super::cursor::Cursor;
use super::page_call::PageCall;
use super::plan::{MAX_PAGE, Plan};
use super::query::Query;
use super::url_budget::{Split, fits};
use crate::client::Client;
use crate::dialect::{ListParams, Window};
use crate::record::Record;
use caspio_core::{Result, Url};
use std::fmt;

/// The calls that a query makes to read its records; see [`Query::explain`].
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::Explanation;
///
/// let latest = caspio.table::<Order>().order_by(|o| o.placed.desc()).limit(20);
/// let explanation: Explanation = latest.explain()?;
/// assert_eq!(explanation.most_calls, Some(1));
/// assert_eq!(explanation.calls[0].order_by, "Placed DESC,PK_ID");
/// println!("{explanation}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The first call of each part of the read: one, unless a list is too long for one URL or the read is
    /// concurrent.
    ///
    /// Later calls also have the place of the last record in their condition.
    pub calls: Vec<ExplainedCall>,
    /// The most calls that the read makes; `None` if that depends on how many records there are. Retries, token
    /// requests and the one call of v4 that finds the id of a table do not count.
    pub most_calls: Option<u64>,
}

/// A call of a query; see [`Query::explain`].
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::ExplainedCall;
///
/// let explanation = caspio.table::<Order>().filter(|o| o.status.eq("Open")).explain()?;
/// let call: &ExplainedCall = &explanation.calls[0];
/// assert_eq!(call.condition, "Status = N'Open'");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExplainedCall {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, percent-encoded. On v4 it contains the name of the table or view where the call contains its id.
    pub path: String,
    /// The columns, as T-SQL; empty for all columns.
    pub select: String,
    /// The condition, as T-SQL; empty for all records.
    pub condition: String,
    /// The columns that records are grouped by, and the condition on groups, as T-SQL.
    pub group_by: String,
    /// The order, as T-SQL.
    pub order_by: String,
    /// The most records that the call returns; `None` if no number is sent.
    pub limit: Option<u16>,
    url: Url,
}

impl<R: Record> Query<R> {
    /// Returns the calls that reading the query's records makes, with their clauses. Makes no call.
    ///
    /// # Errors
    ///
    /// `Refused` or `Incomplete`: the query is refused before any call, with the same error as when it is read.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
    /// println!("{}", open.explain()?);
    /// // GET /integrations/rest/v3/tables/Orders/records
    /// //   q.select             PK_ID,Contact_Id,Quantity,Total,Status,Placed
    /// //   q.where              Status = N'Open'
    /// //   q.orderBy            PK_ID
    /// //   q.limit              1000
    /// //   q.getPaginationInfo  true
    /// // and a call for every further page, which begins after the last record
    /// # Ok(())
    /// # }
    /// ```
    pub fn explain(&self) -> Result<Explanation> {
        let (client, _, split) = self.clone().into_pagers();
        match split? {
            Split::InTurn(first, rest) => {
                let most_calls = most_calls(&first, &rest);
                explanation(&client, std::iter::once(&*first).chain(&rest), most_calls)
            }
            Split::Merged(plans) => {
                let most_calls = plans.first().and_then(|plan| plan.max_calls);
                explanation(&client, plans.iter(), most_calls)
            }
        }
    }
}

fn explanation<'p>(
    client: &Client,
    plans: impl Iterator<Item = &'p Plan>,
    most_calls: Option<u64>,
) -> Result<Explanation> {
    let mut calls = Vec::new();
    for plan in plans.filter(|plan| plan.limit != Some(0)) {
        calls.push(explained(client, plan, first_params(client, plan)?));
        if plan.is_divisible() {
            calls.push(explained(client, plan, plan.key_range_params()));
        }
    }
    let none = calls.is_empty().then_some(0);
    Ok(Explanation {
        calls,
        most_calls: none.or(most_calls),
    })
}

/// Returns the parameters of the first call of a read. That of a resumed one may begin with the record of its position.
fn first_params(client: &Client, plan: &Plan) -> Result<ListParams> {
    let size = plan.page_size(plan.limit);
    let record = plan.start.as_ref().filter(|start| plan.overlaps_at(start));
    let left = plan.max_calls.unwrap_or(u64::MAX);
    let looks_up = |record: &Cursor| plan.looks_up_floats(record, record.shown, left);
    let overlapping = record.and_then(|record| {
        let shorter: Vec<Plan> = plan.shorter().collect();
        let with_record = size.saturating_add(1).min(MAX_PAGE);
        let (likely, _) = plan.ways(record, record.shown);
        let mut by_values = std::iter::once(plan)
            .chain(&shorter)
            .map(|plan| plan.params_from(&likely, with_record));
        let fits = |params: &ListParams| fits(client, plan, params);
        // Another call may follow if texts fit only where they are looked up.
        let by_values = by_values.find(fits)?;
        let mut looked_up = plan.params_looked_up(&likely, with_record);
        let looked_up = looks_up(record).then(|| looked_up.find(fits));
        Some(looked_up.flatten().unwrap_or(by_values))
    });
    let looked_up = match &plan.start {
        Some(record) if looks_up(record) => LookedUp::LongTextsAndFloats,
        _ => LookedUp::LongTexts,
    };
    match overlapping {
        Some(params) => Ok(params),
        None => Ok(PageCall::new(client, plan, &plan.beginning(), size, looked_up)?.params),
    }
}

fn explained(client: &Client, plan: &Plan, params: ListParams) -> ExplainedCall {
    let records = client.records_url_by_name(&plan.target);
    let url = client.dialect().list_url(records, &params);
    ExplainedCall {
        method: "GET",
        path: url.path().to_owned(),
        select: params.select,
        condition: params.filter,
        group_by: params.group_by,
        order_by: params.order_by,
        limit: match params.window {
            Window::Default => None,
            Window::First(count) => Some(count),
        },
        url,
    }
}

/// Returns the most calls of reads that follow one another, if the number of records does not matter.
fn most_calls(first: &Plan, rest: &[Plan]) -> Option<u64> {
    let page = u64::from(first.page_size(None));
    let most_rows = first.is_one_row().then_some(1).or(first.limit);
    let pages = most_rows.map(|rows| rows.div_ceil(page));
    let known = if rest.is_empty() {
        // A page that begins with a record of the page before may take calls to find that one.
        let is_first_page = |pages: &u64| *pages <= 1 && first.start.is_none();
        let overlap = first.pages_overlap() || first.group_key().is_some();
        let is_known = |pages: &u64| is_first_page(pages) || !overlap;
        let pages = pages.filter(|_| !first.is_divisible());
        pages.filter(is_known)
    } else {
        // The parts of a list of keys: no part has more records than keys.
        let parts = std::iter::once(first).chain(rest);
        let calls = parts.map(|part| Some(part.listed_keys()? / page + 1));
        calls.sum()
    };
    [known, first.max_calls].into_iter().flatten().min()
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in &self.calls {
            writeln!(f, "{call}")?;
        }
        match (self.calls.len(), self.most_calls) {
            (0, _) => f.write_str("no call"),
            (1, Some(1)) => f.write_str("one call in total"),
            (_, Some(most)) => write!(f, "at most {most} calls in total"),
            (_, None) => {
                f.write_str("and a call for every further page, which begins after the last record")
            }
        }
    }
}

/// The call with its parameters as they are sent, before percent-encoding.
impl fmt::Display for ExplainedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let width = self.url.query_pairs().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or(0);
        for (name, value) in self.url.query_pairs() {
            write!(f, "\n  {name:width$}  {value}")?;
        }
        Ok(())
    }
}
