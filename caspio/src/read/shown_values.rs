//! Values that the service may show in another way than it compares them, and which values they may be.
//!
//! Null and an empty text may be shown alike, and a float with fewer digits than it has. A struct may declare a column
//! of floats as `Decimal`, so that its values are taken for floats.

use super::after_cursor::{LookedUp, tied};
use super::budget::Calls;
use super::cursor::{Cursor, Value, key_literal};
use super::plan::{MAX_PAGE, Plan, key_is};
use super::row_cursor::cursors;
use super::seen::Shown;
use super::selection::SortColumn;
use super::url_budget::fits;
use crate::client::Client;
use crate::dialect::{ListParams, Window};
use crate::filter::literal::Literal;
use crate::filter::{Expr, Operator, OrderTerm};
use crate::record::{Key, PK_ID, with_key};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::Kind;

/// Floats whose relative difference is smaller may be shown alike: fifteen digits are always shown.
const SHOWN_ALIKE: f64 = 1e-14;

impl Plan {
    /// Whether the page after a record or group begins with it.
    pub(super) fn overlaps_at(&self, cursor: &Cursor) -> bool {
        self.pages_overlap() || self.is_grouped() && self.ambiguous(cursor).next().is_some()
    }

    /// Returns the columns in which the cursor's value may not be the one that the service compares.
    pub(super) fn ambiguous(&self, cursor: &Cursor) -> impl Iterator<Item = usize> {
        let terms = self.terms().into_iter().zip(&cursor.values).enumerate();
        let shows_nulls = cursor.nulls.is_some();
        let indices = terms.filter(|(_, (term, value))| match term.kind {
            Kind::Text if shows_nulls => false,
            _ => is_ambiguous(term, value.as_ref()),
        });
        indices
            .map(|(index, _)| index)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Returns the cursor with null for an empty text and the reverse; `None` if it has neither, or if it is known
    /// which it has.
    pub(super) fn with_blanks_exchanged(&self, cursor: &Cursor) -> Option<Cursor> {
        if cursor.nulls.is_some() {
            return None;
        }
        let mut exchanged = cursor.clone();
        for (value, term) in exchanged.values.iter_mut().zip(self.terms()) {
            match value {
                None if term.kind == Kind::Text => *value = Some(Value::Text(String::new())),
                Some(Value::Text(text)) if text.is_empty() => *value = None,
                _ => {}
            }
        }
        (exchanged != *cursor).then_some(exchanged)
    }

    /// Returns the values that the service may compare where it shows those of a record, the likely ones first.
    pub(super) fn ways(&self, record: &Cursor, shown: Shown) -> (Cursor, Option<Cursor>) {
        match self.with_blanks_exchanged(record) {
            Some(other) if shown.blanks_alike => (other, Some(record.clone())),
            other => (record.clone(), other),
        }
    }

    /// Whether the page after a record is requested by a look-up of its floats before any other call: they were shown
    /// with fewer digits than they have, or the calls that are left suffice for nothing else.
    pub(super) fn looks_up_floats(&self, record: &Cursor, shown: Shown, left: u64) -> bool {
        let is_cut = shown.digits_cut && self.has_floats(record);
        is_cut || self.needs_calls_for_look_up(record, left)
    }

    /// Whether a record's floats may have more digits than they are shown with, and a look-up takes all calls that are
    /// left.
    pub(super) fn needs_calls_for_look_up(&self, record: &Cursor, left: u64) -> bool {
        let needed = 1 + u64::from(self.unknown_blanks(record) > 0);
        let terms = self.terms();
        let mut values = terms.iter().zip(&record.values);
        let may_be_cut = values.any(|(term, value)| match value {
            Some(value) if value.may_be_float(term) => value.has_few_digits(),
            _ => false,
        });
        left <= needed && may_be_cut
    }

    /// Returns the parameters of the calls for the page that begins with a record, in which the service looks up its
    /// floats, longer ones first; none if it has no floats.
    pub(super) fn params_looked_up(
        &self,
        first: &Cursor,
        size: u16,
    ) -> impl Iterator<Item = ListParams> + use<> {
        let plans = std::iter::once(self.clone()).chain(self.shorter());
        let params = plans
            .filter(|plan| plan.has_floats(first))
            .filter_map(|plan| plan.params_from_record(first, size, LookedUp::LongTextsAndFloats));
        params.collect::<Vec<_>>().into_iter()
    }

    /// Returns the number of columns in which it is not known whether the cursor has null or an empty text.
    pub(super) fn unknown_blanks(&self, cursor: &Cursor) -> usize {
        let terms = self.terms();
        let is_text = |index: &usize| {
            terms
                .get(*index)
                .is_some_and(|term| term.kind == Kind::Text)
        };
        self.ambiguous(cursor).filter(is_text).count()
    }

    /// Whether the cursor has a number that may be shown with fewer digits than it has.
    pub(super) fn has_floats(&self, cursor: &Cursor) -> bool {
        let terms = self.terms();
        let mut values = terms.iter().zip(&cursor.values);
        values.any(|(term, value)| value.as_ref().is_some_and(|value| value.may_be_float(term)))
    }

    /// Returns the parameters of the call for one record's values in the columns of the order. A record that
    /// does not meet the condition any more is not returned.
    pub(super) fn params_of_record(&self, key: &Key) -> ListParams {
        let record = key_is(key);
        self.params_of_one(match &self.filter {
            Some(filter) => filter.clone().and(record),
            None => record,
        })
    }

    /// Returns the parameters of the call for the values of several records that meet the condition.
    pub(super) fn params_of_records(&self, keys: &[Key]) -> ListParams {
        let items = keys.iter().map(key_literal).collect();
        let records = Expr::In {
            column: PK_ID.into(),
            items,
        };
        let params = self.params_of_one(match &self.filter {
            Some(filter) => filter.clone().and(records),
            None => records,
        });
        ListParams {
            // A view may repeat a key.
            window: Window::First(MAX_PAGE),
            ..params
        }
    }

    /// Returns the parameters of the call for a record whose values the service takes for those of the cursor, whether
    /// or not the record meets the condition. Texts that are not empty are left out: they may be too long for a URL,
    /// and the service compares them as it shows them.
    fn params_of_equal(&self, key: &Key, cursor: &Cursor) -> ListParams {
        let is_blank = |value: &Option<Value>| match value {
            Some(Value::Text(text)) => text.is_empty(),
            _ => true,
        };
        let values = self.terms().into_iter().zip(cursor.compared());
        let values = values.filter(|(_, value)| is_blank(value));
        let equal = values.map(|(term, value)| {
            let literal = value.as_ref().and_then(Value::literal);
            tied(&term.name, literal)
        });
        self.params_of_one(equal.fold(key_is(key), Expr::and))
    }

    /// Returns the parameters of the call for any record with a value that may be shown as one of the cursor's
    /// ambiguous ones.
    pub(super) fn params_of_alike(&self, cursor: &Cursor) -> ListParams {
        let terms = self.terms();
        let alike = self.ambiguous(cursor);
        let alike = alike.map(|index| alike_to(&terms[index], cursor.values[index].as_ref()));
        let alike = alike.fold(Expr::NOTHING, Expr::or);
        self.params_of_one(match &self.filter {
            Some(filter) => filter.clone().and(alike),
            None => alike,
        })
    }

    fn params_of_one(&self, filter: Expr) -> ListParams {
        let sort = self.sort_columns();
        let columns = sort.iter().map(SortColumn::select_sql);
        let key = match self.group_key() {
            Some(name) => format!("{PK_ID} AS {name}"),
            None => PK_ID.to_owned(),
        };
        let flags = sort.iter().filter_map(SortColumn::select_null_flag_sql);
        let columns: Vec<String> = columns.chain(flags).chain([key]).collect();
        ListParams {
            select: columns.join(","),
            filter: filter.to_sql(),
            window: Window::First(1),
            ..ListParams::default()
        }
    }
}

fn is_ambiguous(term: &OrderTerm, value: Option<&Value>) -> bool {
    match value {
        None => term.kind == Kind::Text,
        Some(Value::Text(text)) => text.is_empty(),
        Some(value) => value.may_be_float(term),
    }
}

/// Returns the condition for the values that may be shown as this one.
fn alike_to(term: &OrderTerm, value: Option<&Value>) -> Expr {
    let compare = |operator, literal| Expr::compare(term.name.clone(), operator, literal);
    let Some(Value::Float(digits) | Value::Number(digits)) = value else {
        let empty = compare(Operator::Eq, Literal::text(""));
        return empty.or(Expr::null(term.name.clone(), true));
    };
    let float = digits.to_f64();
    let distance = float.abs() * SHOWN_ALIKE;
    // Beyond the greatest float is infinity, which T-SQL has no literal for.
    let (low, high) = (
        (float - distance).max(f64::MIN),
        (float + distance).min(f64::MAX),
    );
    let low = compare(Operator::Ge, Literal::float(low));
    low.and(compare(Operator::Le, Literal::float(high)))
}

/// Asks the service for the values that it compares, and returns the cursor with them; `None` if the record was
/// deleted or changed, so that its values are not known any more. At most two calls.
pub(super) async fn as_compared(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    shown: &Cursor,
) -> Result<Option<Cursor>> {
    let Some(key) = &shown.key else {
        return Ok(None);
    };
    let ways = match plan.unknown_blanks(shown) > 1 {
        true => {
            let known = with_known_nulls(client, plan, calls, shown).await?;
            if !plan.has_floats(shown) {
                return Ok(known);
            }
            [known, None]
        }
        false => [Some(shown.clone()), plan.with_blanks_exchanged(shown)],
    };
    for cursor in ways.into_iter().flatten() {
        let params = plan.params_of_equal(key, &cursor);
        let body = match calls.list(client, plan, params)?.await {
            // An empty text cannot be compared with a column of GUIDs.
            Err(error) if error.kind() == ErrorKind::Invalid && cursor != *shown => continue,
            body => body?,
        };
        let found = cursors(&body, client.dialect(), plan)?;
        // Another value that is shown now comes from a later change.
        if found
            .iter()
            .any(|found| found.key == shown.key && found.has_equal_values(shown))
        {
            return Ok(Some(cursor));
        }
    }
    Ok(None)
}

/// Asks the service which of a record's values are null, and returns the cursor with that; `None` if the record was
/// deleted or changed. At most one call.
pub(super) async fn with_known_nulls(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    shown: &Cursor,
) -> Result<Option<Cursor>> {
    let Some(key) = &shown.key else {
        return Ok(None);
    };
    let plan = plan.with_null_flags();
    let params = plan.params_of_one(key_is(key));
    if !fits(client, &plan, &params) {
        return Ok(None);
    }
    let body = calls.list(client, &plan, params)?.await?;
    let mut found = cursors(&body, client.dialect(), &plan)?.into_iter();
    let found = found.find(|found| found.key == shown.key && found.has_equal_values(shown));
    Ok(found.map(|found| Cursor {
        nulls: found.nulls,
        ..shown.clone()
    }))
}

/// Returns the error for a record whose values do not lead back to its place in the order. One call.
pub(super) async fn not_compared(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    shown: &Cursor,
) -> Result<Error> {
    let now = as_it_is_now(client, plan, calls, shown).await?;
    let is_unchanged = |now: Cursor| now.key == shown.key && now.has_equal_values(shown);
    Ok(match now.is_some_and(is_unchanged) {
        true => not_found(plan, shown),
        false => place_lost(plan, shown),
    })
}

/// Returns the record of a cursor with the values that it has now; `None` if it was deleted, or does not meet the
/// condition any more. One call.
pub(super) async fn as_it_is_now(
    client: &Client,
    plan: &Plan,
    calls: &Calls,
    shown: &Cursor,
) -> Result<Option<Cursor>> {
    let Some(key) = &shown.key else {
        return Ok(None);
    };
    let body = calls.list(client, plan, plan.params_of_record(key))?;
    let found = cursors(&body.await?, client.dialect(), plan)?;
    Ok(found.into_iter().next())
}

/// Returns the error for a record that exists, but is not found by its values.
pub(super) fn not_found(plan: &Plan, cursor: &Cursor) -> Error {
    let terms = plan.terms();
    let columns: Vec<&str> = terms.iter().map(|term| term.name.as_str()).collect();
    let message = format!(
        "the record at which the read is continued is not found by its value in {}",
        columns.join(" and ")
    );
    let error = Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("the service shows another value than it compares; sort by other columns, or by the key");
    match &cursor.key {
        Some(key) => with_key(error, key),
        None => error,
    }
}

/// Returns the error for a place in the order that is not known, because its record was deleted or changed.
pub(super) fn place_lost(plan: &Plan, cursor: &Cursor) -> Error {
    let terms = plan.terms();
    let columns = plan.ambiguous(cursor).map(|index| &*terms[index].name);
    let columns: Vec<&str> = columns.collect();
    let message = format!(
        "the record at which the read is continued was changed or deleted, and the value that it had in {} may \
         be shown in another way than it is compared",
        columns.join(" and ")
    );
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint(
            "this read cannot be resumed; read again, or sort by the key or a column without nulls, floats and decimals",
        );
    match &cursor.key {
        Some(key) => with_key(error, key),
        None => error,
    }
}
