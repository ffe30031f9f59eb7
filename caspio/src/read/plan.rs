//! A query as data, without the record's type.

use super::after_cursor::{LookedUp, after as after_cursor, from as from_cursor, from_record};
use super::cursor::{Cursor, key_literal};
use super::key_segments::KeySegment;
use crate::client::Fingerprint;
use crate::concurrency::Concurrency;
use crate::dialect::{ListParams, Window};
use crate::filter::literal::Literal;
use crate::filter::sql::{is_key, quoted_name};
use crate::filter::{Expr, Operator, Order, OrderTerm};
use crate::record::{FieldInfo, Key, ObjectKind, Origin, PK_ID};
use crate::target::Target;
use caspio_schema::is_same_name;
use tokio::time::Instant;

/// The most records that one call returns.
pub(crate) const MAX_PAGE: u16 = 1000;

/// What to read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(super) fields: &'static [FieldInfo],
    /// Columns named at run time; with none and without fields, all columns are read.
    pub(super) columns: Vec<String>,
    /// Columns of lists that are read in parts, which are selected in addition.
    pub(super) list_columns: Vec<String>,
    /// Whether all columns are read, because the names of the record's leave no room in the URL.
    pub(super) all_columns: bool,
    /// Whether it is not selected which texts of the order are null, because that leaves no room in the URL.
    pub(super) without_null_flags: bool,
    pub(super) filter: Option<Expr>,
    order: Vec<OrderTerm>,
    /// The columns that records are grouped by; `None` reads the records themselves.
    pub(super) group: Option<Vec<OrderTerm>>,
    having: Option<Expr>,
    pub(crate) limit: Option<u64>,
    page_size: u16,
    /// How many calls may be in progress at once.
    pub(crate) concurrency: Concurrency,
    /// Whether another read continues after the limit.
    pub(super) continues: bool,
    /// The cursor at which an earlier read stopped.
    pub(crate) start: Option<Cursor>,
    /// The fingerprint of the query that this is a part of.
    pub(super) part_of: Option<Fingerprint>,
    pub(crate) max_calls: Option<u64>,
    pub(crate) deadline: Option<Instant>,
}

impl Plan {
    pub(crate) fn new(target: Target, fields: &'static [FieldInfo]) -> Self {
        Self {
            target,
            fields,
            columns: Vec::new(),
            list_columns: Vec::new(),
            all_columns: false,
            without_null_flags: false,
            filter: None,
            order: Vec::new(),
            group: None,
            having: None,
            limit: None,
            page_size: MAX_PAGE,
            concurrency: Concurrency::Calls(1),
            continues: false,
            start: None,
            part_of: None,
            max_calls: None,
            deadline: None,
        }
    }

    pub(crate) fn and_filter(&mut self, expr: Expr) {
        if !expr.is_everything() {
            self.filter = Some(and(self.filter.take(), expr));
        }
    }

    /// Returns the conditions that every record must meet.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Expr> {
        let all = match &self.filter {
            Some(Expr::And(parts)) => parts.as_slice(),
            Some(only) => std::slice::from_ref(only),
            None => &[],
        };
        all.iter()
    }

    pub(super) fn conditions_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let all = match &mut self.filter {
            Some(Expr::And(parts)) => parts.as_mut_slice(),
            Some(only) => std::slice::from_mut(only),
            None => &mut [],
        };
        all.iter_mut()
    }

    pub(crate) fn then_by<S>(&mut self, order: Vec<Order<S>>) {
        self.order.extend(order.into_iter().map(|order| order.term));
    }

    pub(crate) fn group_by(&mut self, columns: Vec<OrderTerm>) {
        self.group.get_or_insert_default().extend(columns);
    }

    pub(crate) fn and_having(&mut self, expr: Expr) {
        if !expr.is_everything() {
            self.having = Some(and(self.having.take(), expr));
        }
    }

    /// Reads the columns of another record.
    pub(crate) fn select_fields(&mut self, fields: &'static [FieldInfo]) {
        self.fields = fields;
    }

    /// Reads these columns.
    pub(super) fn select_columns(&mut self, columns: Vec<String>) {
        self.columns.clear();
        for name in columns {
            // The service would return a column that is named twice under another name.
            if !self
                .columns
                .iter()
                .any(|earlier| is_same_name(earlier, &name))
            {
                self.columns.push(name);
            }
        }
    }

    /// Returns the columns that the read names.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let of_lists = self.list_columns.iter().map(String::as_str);
        self.record_columns().chain(of_lists)
    }

    /// Returns the columns that the record and the program name.
    pub(super) fn record_columns(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().map(|field| field.name);
        fields.chain(self.columns.iter().map(String::as_str))
    }

    /// Returns the struct's field that holds a column.
    pub(super) fn member(&self, column: &str) -> Option<&'static str> {
        let mut fields = self.fields.iter();
        let field = fields.find(|field| is_same_name(field.name, column))?;
        Some(field.member)
    }

    /// Whether rows are groups of records, which have no key. Aggregates alone are those of one group, all records.
    pub(crate) fn is_grouped(&self) -> bool {
        self.group.is_some() || self.has_only_aggregates()
    }

    fn has_only_aggregates(&self) -> bool {
        let is_aggregate = |field: &FieldInfo| matches!(field.origin, Origin::Aggregate { .. });
        self.columns.is_empty() && !self.fields.is_empty() && self.fields.iter().all(is_aggregate)
    }

    /// Whether the only row is that of one group, all records.
    pub(super) fn is_one_row(&self) -> bool {
        self.is_grouped() && self.group.iter().flatten().next().is_none()
    }

    pub(crate) fn has_having(&self) -> bool {
        self.having.is_some()
    }

    pub(crate) fn set_page_size(&mut self, size: u16) {
        self.page_size = size.clamp(1, MAX_PAGE);
    }

    /// Returns how many records a call requests if this many may remain.
    pub(crate) fn page_size(&self, remaining: Option<u64>) -> u16 {
        let left = remaining.unwrap_or(u64::MAX);
        let left = u16::try_from(left).unwrap_or(u16::MAX);
        // A full page would be followed by a call for the next one, which no cursor begins.
        let size = if self.is_one_row() {
            MAX_PAGE
        } else {
            self.page_size
        };
        left.min(size).max(1)
    }

    /// Whether several calls may be in progress at once.
    pub(super) fn is_concurrent(&self) -> bool {
        self.concurrency.most() > 1
    }

    /// Whether the read can be cut into segments of keys that are read at once.
    ///
    /// Only numbers have ranges, so a view cannot be cut, and neither can a read in another order than
    /// that of the keys.
    pub(crate) fn is_divisible(&self) -> bool {
        // One call reads a limit of one page.
        let is_one_page = self
            .limit
            .is_some_and(|limit| limit <= self.page_size.into());
        self.is_concurrent()
            && !is_one_page
            && self.target.kind == ObjectKind::Table
            && !self.is_grouped()
            && self.terms().is_empty()
            && !self.key_descends()
    }

    /// Returns a hash that identifies the query, for positions.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        if let Some(query) = self.part_of {
            return query;
        }
        let clauses = [
            self.target.to_string(),
            self.filter_of_position(),
            self.order_sql(),
            self.group_sql(),
        ];
        let clauses = clauses.into_iter().chain(self.columns_of_position());
        let clauses: Vec<String> = clauses.collect();
        Fingerprint::of(&clauses.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Returns the columns that positions belong to, of a view: the next page begins with a row that has the same
    /// values in all of them.
    fn columns_of_position(&self) -> Option<String> {
        let is_of_view = self.target.kind == ObjectKind::View && !self.is_grouped();
        is_of_view.then(|| {
            let columns = self.record_columns().map(str::to_lowercase);
            columns.collect::<Vec<_>>().join(",")
        })
    }

    /// Returns the parameters of the call for the first records of a segment.
    pub(crate) fn params(&self, segment: &KeySegment, size: u16) -> ListParams {
        ListParams {
            select: self.select(),
            filter: self.filter_within(segment),
            group_by: self.group_sql(),
            order_by: self.order_sql(),
            window: Window::First(size),
            total: true,
        }
    }

    /// Returns the parameters of the call for the record of a cursor and the first ones after it, in whose condition
    /// the service looks up these values of the cursor; `None` if the cursor is of no record.
    pub(super) fn params_from_record(
        &self,
        cursor: &Cursor,
        size: u16,
        looked_up: LookedUp,
    ) -> Option<ListParams> {
        let direction = (!self.is_grouped()).then_some(self.key_descends());
        let source = &self.target.name;
        let from = from_record(cursor, &self.terms(), direction, source, looked_up)?;
        Some(self.params_with(from, size))
    }

    /// Returns the parameters of the call for a record or group in the read's order and the first ones after
    /// it.
    pub(super) fn params_from(&self, cursor: &Cursor, size: u16) -> ListParams {
        let direction = (!self.is_grouped()).then_some(self.key_descends());
        let from = from_cursor(cursor, &self.terms(), direction);
        self.params_with(from, size)
    }

    /// Returns the parameters of the call for the first records that meet the query's condition and another one.
    fn params_with(&self, condition: Expr, size: u16) -> ListParams {
        let segment = KeySegment::default();
        ListParams {
            filter: self.filter_and(Some(condition), &segment),
            ..self.params(&segment, size)
        }
    }

    /// Whether a page after the first one begins with the last record of the page before, to check that
    /// nothing is between them.
    ///
    /// A condition with a record's key alone is certainly right for a table. One with other values may not
    /// be: the response can show null and an empty text alike, or fewer digits than a float has. And a
    /// view's keys may not be unique.
    pub(super) fn pages_overlap(&self) -> bool {
        !self.is_grouped() && (self.target.kind == ObjectKind::View || !self.terms().is_empty())
    }

    /// Returns the key that the read begins after, in the order of keys.
    pub(super) fn first_key(&self) -> Option<i64> {
        let by_key = self.terms().is_empty() && !self.key_descends();
        self.beginning().low().filter(|_| by_key)
    }

    /// Returns the segment of all records after the position where an earlier read stopped.
    pub(crate) fn beginning(&self) -> KeySegment {
        KeySegment {
            after: self.start.clone(),
            until: None,
        }
    }

    /// Returns the parameters of the call that checks for any record or group.
    pub(super) fn probe(&self) -> ListParams {
        if self.is_grouped() {
            return self.params(&self.beginning(), 1);
        }
        ListParams {
            select: PK_ID.to_owned(),
            window: Window::First(1),
            total: true,
            ..self.aggregate_params("")
        }
    }

    /// Returns the parameters of the call that aggregates the records. An aggregate's single row takes no
    /// page size and no order.
    pub(super) fn aggregate_params(&self, select: &str) -> ListParams {
        ListParams {
            select: select.to_owned(),
            filter: self.filter_within(&self.beginning()),
            ..ListParams::default()
        }
    }

    /// Returns the parameters of the call that reads the range of keys.
    pub(crate) fn key_range_params(&self) -> ListParams {
        let select = format!("MIN({PK_ID}) AS Low,MAX({PK_ID}) AS High,COUNT(*) AS Records");
        self.aggregate_params(&select)
    }

    /// Returns the query's own condition as T-SQL, in which the order of a list's values makes no difference.
    fn filter_of_position(&self) -> String {
        let filter = self.filter.as_ref().map(Expr::with_sorted_lists);
        filter.as_ref().map(Expr::to_sql).unwrap_or_default()
    }

    /// Returns the terms of the order before the key, each column once: terms after the key would sort
    /// nothing, and SQL Server refuses a column that is there twice. Groups are sorted by the user's order
    /// and then by the columns they are grouped by, and have no key.
    pub(crate) fn terms(&self) -> Vec<OrderTerm> {
        let key = self.order.iter().position(|term| is_key(&term.name));
        let end = key.filter(|_| !self.is_grouped());
        let ordered = self.order[..end.unwrap_or(self.order.len())].iter();
        let ordered: Vec<OrderTerm> = ordered.map(|term| self.of_field(term)).collect();
        each_once(ordered.iter().chain(self.group.iter().flatten()))
    }

    /// Whether the key, the last term of every order, descends.
    pub(crate) fn key_descends(&self) -> bool {
        let key = self.order.iter().find(|term| is_key(&term.name));
        key.is_some_and(|term| term.descending)
    }

    fn group_sql(&self) -> String {
        let columns = each_once(self.group.iter().flatten()).into_iter();
        let columns: Vec<String> = columns.map(|column| quoted_name(&column.name)).collect();
        match &self.having {
            Some(having) => format!("{} HAVING {}", columns.join(","), having.to_sql()),
            None => columns.join(","),
        }
    }

    fn filter_within(&self, segment: &KeySegment) -> String {
        let after = segment.after.as_ref().map(|cursor| {
            let mut cursor = cursor.clone();
            // Groups are not sorted by the key of one of their records.
            cursor.key = cursor.key.filter(|_| !self.is_grouped());
            after_cursor(&cursor, &self.terms(), self.key_descends())
        });
        self.filter_and(after, segment)
    }

    fn filter_and(&self, after: Option<Expr>, segment: &KeySegment) -> String {
        let until = segment
            .until
            .map(|key| Expr::compare(PK_ID, Operator::Le, Literal::integer(key)));
        let parts = [self.filter.clone(), after, until];
        let all = parts.into_iter().flatten().reduce(Expr::and);
        all.map(|expr| expr.to_sql()).unwrap_or_default()
    }
}

/// Returns the terms without those whose column an earlier term has.
fn each_once<'t>(terms: impl Iterator<Item = &'t OrderTerm>) -> Vec<OrderTerm> {
    let mut kept: Vec<OrderTerm> = Vec::new();
    for term in terms {
        if !kept
            .iter()
            .any(|earlier| is_same_name(&earlier.name, &term.name))
        {
            kept.push(term.clone());
        }
    }
    kept
}

fn and(first: Option<Expr>, second: Expr) -> Expr {
    match first {
        Some(first) => first.and(second),
        None => second,
    }
}

/// Returns the condition for one record.
pub(crate) fn key_is(key: &Key) -> Expr {
    Expr::compare(PK_ID, Operator::Eq, key_literal(key))
}
