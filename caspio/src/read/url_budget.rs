//! What fits into one URL: the columns that a read names, the cursor of its later pages, and its lists.

use super::after_cursor::LookedUp;
use super::cursor::Cursor;
use super::key_segments::KeySegment;
use super::list_parts::{NoParts, Parts, parts};
use super::plan::{MAX_PAGE, Plan};
use crate::client::{Client, Fingerprint};
use crate::concurrency::Concurrency;
use crate::dialect::{self, ListParams};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// The longest URL that the service takes, by its documentation; it returns 414 for longer ones.
pub(crate) const MAX_URI: usize = 2047;
/// The length of v4's ids, which stand in a URL instead of the name.
const ID_LENGTH: usize = 6;

/// The reads that a plan takes.
#[derive(Debug)]
pub(super) enum Split {
    /// One after the other, in the plan's order.
    InTurn(Box<Plan>, Vec<Plan>),
    /// Several at once, whose records are merged by key.
    Merged(Vec<Plan>),
}

impl Split {
    fn one(plan: Plan) -> Self {
        Self::InTurn(Box::new(plan), Vec::new())
    }

    fn len(&self) -> usize {
        match self {
            Self::InTurn(_, rest) => 1 + rest.len(),
            Self::Merged(plans) => plans.len(),
        }
    }

    /// Identifies the parts as the whole query, for positions. A single part can have a shorter list than the query.
    pub(super) fn identified_as(mut self, query: Fingerprint) -> Self {
        let parts: Vec<&mut Plan> = match &mut self {
            Self::InTurn(first, rest) => std::iter::once(&mut **first).chain(rest).collect(),
            Self::Merged(parts) => parts.iter_mut().collect(),
        };
        for part in parts {
            part.part_of = Some(query);
        }
        self
    }
}

/// Returns the reads that together have the result of a plan, and whose URLs all fit.
///
/// The names of many columns do not fit, or leave no room for a list: then all columns are read. A condition
/// that leaves no room for segments of keys is read one page after the other.
///
/// # Errors
///
/// `Refused`: the URL of the first or of a later page would be too long.
pub(super) fn split(client: &Client, plan: Plan) -> Result<Split> {
    if let Some(error) = plan.order_error() {
        return Err(error);
    }
    let without_flags = plan.without_null_flags();
    let wide = plan.reading_all_columns();
    let one_by_one = |plan: &Plan| {
        let mut plan = plan.clone();
        plan.concurrency = Concurrency::Calls(1);
        plan
    };
    let unsplit = [Some(&plan), without_flags.as_ref(), wide.as_ref()];
    let unsplit = unsplit.into_iter().flatten();
    let ways = unsplit
        .clone()
        .cloned()
        .chain(unsplit.clone().map(one_by_one));
    let fits = |plan: &Plan, texts| longest(client, plan, texts) <= MAX_URI;
    // A later page whose texts are long may read all columns.
    let never_breaks_off = unsplit.map(one_by_one).any(|plan| fits(&plan, Texts::Long));
    if never_breaks_off && let Some(plan) = ways.into_iter().find(|plan| fits(plan, Texts::Short)) {
        return Ok(Split::one(plan));
    }
    let narrow = split_lists(client, &one_by_one(without_flags.as_ref().unwrap_or(&plan)));
    let Some(wide) = wide
        .as_ref()
        .map(|wide| split_lists(client, &one_by_one(wide)))
    else {
        return narrow;
    };
    match (&narrow, &wide) {
        (Ok(narrow), Ok(wide)) if saves_calls(narrow.len(), wide.len()) => {}
        (Ok(_), _) => return narrow,
        (Err(_), _) => {}
    }
    wide
}

/// Whether reading all columns takes so few calls that the columns nobody needs do not matter.
pub(super) fn saves_calls(narrow: usize, wide: usize) -> bool {
    wide * 4 <= narrow * 3
}

fn split_lists(client: &Client, plan: &Plan) -> Result<Split> {
    let room = |plan: &Plan| MAX_URI.saturating_sub(longest(client, plan, Texts::Long));
    let parts = parts(plan, room);
    let has_one_part = parts.as_ref().is_ok_and(|parts| parts.plans.len() == 1);
    if !has_one_part && !matches!(parts, Err(NoParts::NoList)) && !plan.is_by_key() {
        let hint = match plan.is_grouped() {
            true => "split the list, and combine the groups of its parts",
            false => "read the records without `order_by` and sort them, or split the list",
        };
        return Err(too_long(client, plan, hint));
    }
    let Parts { mut plans, in_turn } = parts.map_err(|error| match error {
        NoParts::NoList if plan.is_one_page() => too_long(
            client,
            plan,
            "shorten or split the condition, or read fewer columns",
        ),
        NoParts::NoList => too_long(
            client,
            plan,
            "shorten or split the condition, read fewer columns, or set a limit of at most a page: \
             later pages need room for the record at which they begin",
        ),
        NoParts::NoRoom => too_long(
            client,
            plan,
            "restrict the records further, or read fewer columns",
        ),
        NoParts::TooMany(calls) => {
            let message = format!("the lists of the condition take {calls} calls");
            refused(plan, message)
                .with_hint("split the longest list yourself, or shorten the lists")
        }
    })?;
    let most = plan.max_calls.filter(|_| !in_turn);
    if most.is_some_and(|most| most < plans.len() as u64) {
        return Err(over_budget(plan, plans.len()));
    }
    if in_turn && !plans.is_empty() {
        let first = plans.remove(0);
        return Ok(Split::InTurn(Box::new(first), plans));
    }
    Ok(Split::Merged(plans))
}

/// The texts at which a page may end, in the columns of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Texts {
    Short,
    /// Longer than a URL, so that the service has to look them up.
    Long,
}

/// Returns the length of the longest URL that a call of the read can have; see [`PageCall`](super::page_call).
fn longest(client: &Client, plan: &Plan, texts: Texts) -> usize {
    let size = plan.page_size(None);
    let segment = if plan.is_one_page() {
        plan.beginning()
    } else {
        KeySegment {
            after: Some(plan.longest_cursor(texts)),
            until: plan.is_divisible().then_some(i32::MAX.into()),
        }
    };
    let with_record = size.saturating_add(1).min(MAX_PAGE);
    let spelled = match segment.after.as_ref() {
        Some(record) if plan.overlaps_at(record) => plan.params_from(record, with_record),
        _ => plan.params(&segment, size),
    };
    let page = if fits(client, plan, &spelled) {
        spelled
    } else {
        let record = segment.after.as_ref().filter(|_| segment.until.is_none());
        let of_record = record
            .and_then(|record| plan.params_from_record(record, with_record, LookedUp::LongTexts));
        of_record.unwrap_or(spelled)
    };
    let range = plan.is_divisible().then(|| plan.key_range_params());
    // Floats may be shown with fewer digits than they have, which only a later page shows.
    let looked_up = segment.after.as_ref().filter(|_| texts == Texts::Long);
    let looked_up = looked_up.filter(|record| plan.has_floats(record));
    let looked_up = looked_up.and_then(|record| {
        plan.params_from_record(record, with_record, LookedUp::LongTextsAndFloats)
    });
    let lengths = [Some(page), range, looked_up].into_iter().flatten();
    let lengths = lengths.map(|params| length(client, plan, &params));
    lengths.max().unwrap_or(0)
}

/// Returns the length of a read's URL, without a cursor.
pub(super) fn uri_length(client: &Client, plan: &Plan) -> usize {
    length(
        client,
        plan,
        &plan.params(&KeySegment::default(), plan.page_size(None)),
    )
}

/// Whether the URL of a call fits.
pub(super) fn fits(client: &Client, plan: &Plan, params: &ListParams) -> bool {
    length(client, plan, params) <= MAX_URI
}

/// Returns the length of a URL, with an id of v4 for a shorter name.
fn length(client: &Client, plan: &Plan, params: &ListParams) -> usize {
    let url = client.records_url_by_name(&plan.target);
    let length = client.dialect().list_url(url, params).as_str().len();
    if client.dialect().capabilities().identifies_by_id {
        let name = dialect::encoded_length(&plan.target.name);
        length + ID_LENGTH.saturating_sub(name)
    } else {
        length
    }
}

fn too_long(client: &Client, plan: &Plan, hint: &str) -> Error {
    let length = longest(client, plan, Texts::Long);
    let mut message =
        format!("the read's URL has {length} characters, the service accepts at most {MAX_URI}");
    let computed = plan.computed_columns();
    let columns: usize = computed
        .iter()
        .map(|(_, sql)| dialect::encoded_length(sql))
        .sum();
    if columns > MAX_URI / 2 {
        let names: Vec<String> = computed
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let names = names.join(", ");
        message = format!("{message}; {columns} of them are of the expressions {names}");
    }
    refused(plan, message).with_hint(hint.to_owned())
}

/// The error of a page whose cursor is too long.
pub(super) fn later_too_long(client: &Client, plan: &Plan, params: &ListParams) -> Error {
    let length = length(client, plan, params);
    let message = format!(
        "the page after this place in the order has a URL of {length} characters, the service accepts at most {MAX_URI}"
    );
    refused(plan, message).with_hint("sort or group by a shorter column, or shorten the condition")
}

/// A merged read delivers no record before every part has returned a page.
fn over_budget(plan: &Plan, parts: usize) -> Error {
    let message = format!("the list takes {parts} calls, more than `max_calls` permits");
    Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("no call was made; raise `max_calls`, or read a shorter list")
}

fn refused(plan: &Plan, message: String) -> Error {
    Error::new(ErrorKind::Refused, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
}

impl Plan {
    /// Whether one call reads all records, and no other read continues after them.
    pub(super) fn is_one_page(&self) -> bool {
        let page = u64::from(self.page_size(None));
        let is_one_page = self.limit.is_some_and(|limit| limit <= page);
        is_one_page && !self.continues && !self.is_divisible()
    }

    fn longest_cursor(&self, texts: Texts) -> Cursor {
        let has_key = !self.is_grouped() || self.group_key().is_some();
        let text = match texts {
            Texts::Short => String::new(),
            Texts::Long => "x".repeat(MAX_URI),
        };
        Cursor::longest(has_key.then_some(self.target.kind), &self.terms(), &text)
    }

    /// Whether the records come in the order of their keys.
    fn is_by_key(&self) -> bool {
        !self.is_grouped() && self.terms().is_empty() && !self.key_descends()
    }
}
