//! The columns that a read selects and sorts by.

use super::plan::Plan;
use crate::decode::RawRow;
use crate::filter::sql::{aggregate, is_key, quoted_name};
use crate::filter::{Expr, OrderTerm, aggregate_name};
use crate::record::{FieldInfo, Origin, PK_ID};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use caspio_schema::Kind;
use caspio_schema::is_same_name;

/// A column of the order.
pub(super) struct SortColumn {
    pub(super) term: OrderTerm,
    /// The name under which the column is selected where an expression of the record has its own name:
    /// T-SQL's `ORDER BY` would mean the expression, and `WHERE` the column.
    alias: Option<String>,
    /// The name under which it is selected whether the value is null. Null and an empty text may be shown alike.
    null_flag: Option<String>,
}

impl SortColumn {
    /// The name of the column in the response.
    pub(super) fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.term.name)
    }

    /// Whether a row has null in the column; `None` if the response does not show it.
    pub(super) fn is_null(&self, row: &RawRow<'_>) -> Option<bool> {
        let flag = row.get(self.null_flag.as_ref()?)?;
        match flag.get().trim_matches('"') {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }
    }

    fn order_sql(&self) -> String {
        let name = self.name().to_owned();
        let term = OrderTerm {
            name,
            ..self.term.clone()
        };
        term.to_sql()
    }

    pub(super) fn select_sql(&self) -> String {
        let column = quoted_name(&self.term.name);
        match &self.alias {
            Some(alias) => format!("{column} AS {alias}"),
            None => column,
        }
    }

    pub(super) fn select_null_flag_sql(&self) -> Option<String> {
        let column = quoted_name(&self.term.name);
        let flag = self.null_flag.as_ref()?;
        Some(format!(
            "CASE WHEN {column} IS NULL THEN 1 ELSE 0 END AS {flag}"
        ))
    }
}

impl Plan {
    /// Returns the record's columns, and the key and the columns of the order, which the next page needs.
    pub(super) fn select(&self) -> String {
        if self.columns().next().is_none() || self.all_columns {
            return String::new();
        }
        let named = self.columns.iter().chain(&self.list_columns);
        let named = named.map(|name| quoted_name(name));
        let mut columns: Vec<String> = self.fields.iter().map(selected).chain(named).collect();
        let sort = self.sort_columns();
        let others = sort.iter().filter(|column| !self.selects(column.name()));
        columns.extend(others.map(SortColumn::select_sql));
        columns.extend(sort.iter().filter_map(SortColumn::select_null_flag_sql));
        if !self.is_grouped() && !self.selects(PK_ID) {
            columns.push(PK_ID.to_owned());
        }
        columns.extend(
            self.group_key()
                .map(|name| format!("MIN({PK_ID}) AS {name}")),
        );
        columns.join(",")
    }

    /// Returns the user's order with the key as its last term: without a total order, Caspio's pages can
    /// lose and repeat records.
    pub(super) fn order_sql(&self) -> String {
        let sort = self.sort_columns();
        let mut terms: Vec<String> = sort.iter().map(SortColumn::order_sql).collect();
        if !self.is_grouped() {
            let direction = if self.key_descends() { " DESC" } else { "" };
            terms.push(format!("{PK_ID}{direction}"));
        }
        terms.join(",")
    }

    /// Returns the columns of the order before the key.
    pub(super) fn sort_columns(&self) -> Vec<SortColumn> {
        let terms = self.terms().into_iter().zip(1..);
        let shows_nulls = self.shows_nulls();
        let column = |(term, number): (OrderTerm, usize)| {
            let name = format!("Order_{number}");
            let has_flag = shows_nulls && term.kind == Kind::Text && !self.is_expression(&term);
            SortColumn {
                null_flag: has_flag.then(|| self.free_name(&format!("{name}_Is_Null"))),
                alias: self.is_shadowed(&term).then(|| self.free_name(&name)),
                term,
            }
        };
        terms.map(column).collect()
    }

    /// Whether the read also selects which texts of its order are null. A read of all columns selects nothing.
    fn shows_nulls(&self) -> bool {
        !self.without_null_flags && !self.all_columns && self.columns().next().is_some()
    }

    /// Returns the columns that only the read needs, and no record has.
    pub(super) fn hidden_columns(&self) -> Vec<String> {
        let columns = self.sort_columns().into_iter();
        columns.filter_map(|column| column.null_flag).collect()
    }

    /// Returns the same read by shorter URLs, the next shorter one first: one that does not select which texts are
    /// null, and one of all columns.
    pub(super) fn shorter(&self) -> impl Iterator<Item = Self> + use<> {
        let without_flags = self.without_null_flags();
        let all_columns = self.reading_all_columns();
        [without_flags, all_columns].into_iter().flatten()
    }

    /// Returns the same read without the columns that show which texts are null; `None` if it has none.
    pub(super) fn without_null_flags(&self) -> Option<Self> {
        let has_flags =
            self.shows_nulls() && self.terms().iter().any(|term| term.kind == Kind::Text);
        has_flags.then(|| {
            let mut plan = self.clone();
            plan.without_null_flags = true;
            plan
        })
    }

    /// Returns the plan of calls for single records, which also select which texts of the order are null.
    pub(super) fn with_null_flags(&self) -> Self {
        let mut plan = self.clone();
        plan.without_null_flags = false;
        plan.all_columns = false;
        if plan.columns().next().is_none() {
            plan.columns.push(PK_ID.to_owned());
        }
        plan
    }

    /// Returns the name under which the key of one record of each group is read; `None` if groups need none.
    ///
    /// In that record the service looks up the texts of a group that do not fit into a URL. The key also identifies a
    /// group whose texts, floats or decimals are shown as those of another one.
    pub(super) fn group_key(&self) -> Option<String> {
        let is_needed =
            |term: &OrderTerm| matches!(term.kind, Kind::Text | Kind::Number | Kind::Currency);
        (self.is_grouped() && self.terms().iter().any(is_needed))
            .then(|| self.free_name("Group_Key"))
    }

    /// Returns the same read without `select`, which returns all columns; `None` if the record has expressions
    /// or shows every column that it reads.
    pub(super) fn reading_all_columns(&self) -> Option<Self> {
        let is_named = !self.columns.is_empty() || !self.list_columns.is_empty();
        let is_possible = !self.is_grouped() && !is_named;
        (is_possible && self.computed().next().is_none()).then(|| {
            let mut plan = self.clone();
            plan.all_columns = true;
            plan
        })
    }

    /// Returns the record's expressions with their T-SQL.
    pub(super) fn computed_columns(&self) -> Vec<(&'static str, String)> {
        self.computed()
            .map(|field| (field.name, selected(field)))
            .collect()
    }

    /// Returns why later pages could not continue the order of the read, if they could not.
    pub(super) fn order_error(&self) -> Option<Error> {
        let refused = |message: String, hint: String| {
            Error::new(ErrorKind::Refused, message)
                .with_operation("records.list")
                .with_resource(self.target.to_string())
                .with_hint(hint)
        };
        let key = self.computed().find(|field| is_key(field.name));
        if let Some(key) = key.filter(|_| !self.is_grouped()) {
            let message = format!("an expression has the name of the key, `{}`", key.name);
            return Some(refused(
                message,
                "give the field of the struct another `rename`".to_owned(),
            ));
        }
        let terms = self.terms();
        if let Some(term) = terms.iter().find(|term| term.is_aggregate) {
            let message = format!(
                "the read is sorted by {}, which it does not read",
                term.name
            );
            let hint = "group the records with `group_by`, and read a struct that has a field of this aggregate, such as `#[caspio(count)]`";
            return Some(refused(message, hint.to_owned()));
        }
        let expression = terms.iter().find(|term| self.is_expression(term))?;
        if self.is_one_page() && self.start.is_none() {
            return None;
        }
        let message = format!(
            "the groups are sorted by the expression `{}`, after which a later call cannot begin",
            expression.name
        );
        let hint = match self.start {
            Some(_) => {
                "read them again from the start, or sort by the columns of the groups".to_owned()
            }
            None => format!(
                "`collect` them with a limit of at most {}, or sort by the columns of the groups",
                self.page_size(None)
            ),
        };
        Some(refused(message, hint))
    }

    /// Whether one call reads all groups, because no later call can begin after an expression of their order. It is
    /// not documented what the total of groups counts, so it does not show that there are more.
    pub(super) fn has_one_page_of_groups(&self) -> bool {
        self.terms().iter().any(|term| self.is_expression(term))
    }

    /// Selects also the columns of the lists, unless all columns are selected.
    pub(super) fn also_select_lists(&mut self) {
        if self.columns().next().is_none() {
            return;
        }
        let columns = self.conditions().filter_map(|condition| match condition {
            Expr::In { column, .. } => Some(column.to_string()),
            _ => None,
        });
        for column in columns.collect::<Vec<_>>() {
            if !self.selects(&column) {
                self.list_columns.push(column);
            }
        }
    }

    /// Returns a term of the order by the name of the field that holds its aggregate, if it is one of groups.
    pub(super) fn of_field(&self, term: &OrderTerm) -> OrderTerm {
        let is_same = |field: &&FieldInfo| match field.origin {
            Origin::Aggregate { function, column } => {
                let column = (!column.is_empty()).then_some(column);
                is_same_name(&aggregate_name(function, column), &term.name)
            }
            _ => false,
        };
        let mut fields = self.fields.iter();
        let field = fields.find(|field| term.is_aggregate && self.is_grouped() && is_same(field));
        match field {
            Some(field) => OrderTerm {
                name: field.name.to_owned(),
                is_aggregate: false,
                ..term.clone()
            },
            None => term.clone(),
        }
    }

    /// Whether a column is an expression of the record that is read.
    pub(super) fn computes(&self, column: &str) -> bool {
        self.computed()
            .any(|field| is_same_name(field.name, column))
    }

    fn computed(&self) -> impl Iterator<Item = &'static FieldInfo> {
        let fields = self.fields.iter();
        fields.filter(|field| field.origin != Origin::Column)
    }

    fn selects(&self, name: &str) -> bool {
        self.columns().any(|selected| is_same_name(selected, name))
    }

    fn has_namesake(&self, term: &OrderTerm) -> bool {
        self.computes(&term.name)
    }

    /// Whether the term is a column of the table, and the name also that of an expression.
    fn is_shadowed(&self, term: &OrderTerm) -> bool {
        self.has_namesake(term) && !self.is_expression(term)
    }

    /// Whether the term can only mean an expression: groups have no other columns than those they are grouped
    /// by.
    fn is_expression(&self, term: &OrderTerm) -> bool {
        if !self.is_grouped() {
            return false;
        }
        let mut group = self.group.iter().flatten();
        let is_grouped_by = group.any(|column| is_same_name(&column.name, &term.name));
        !is_grouped_by && self.has_namesake(term)
    }

    /// Returns a name that no column of the record or of the order has.
    fn free_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        let terms = self.terms();
        let sorts = |name: &str| terms.iter().any(|term| is_same_name(&term.name, name));
        while self.selects(&name) || sorts(&name) {
            name.push('_');
        }
        name
    }
}

/// Returns a column as it is written in `select`.
fn selected(field: &FieldInfo) -> String {
    let name = quoted_name(field.name);
    match field.origin {
        Origin::Expression(sql) => format!("{sql} AS {name}"),
        Origin::Aggregate {
            function,
            column: "",
        } => {
            format!("{function}(*) AS {name}")
        }
        Origin::Aggregate { function, column } => {
            let of_integers = may_be_integers(field.kind);
            let aggregate = aggregate(function, column, of_integers);
            format!("{aggregate} AS {name}")
        }
        _ => name,
    }
}

/// Whether the aggregated column may be of kind Integer, by the kind of the field that holds the aggregate: each kind
/// of numbers holds sums and averages of integers.
fn may_be_integers(kind: Option<Kind>) -> bool {
    kind.is_none_or(|kind| matches!(kind, Kind::Integer | Kind::Number | Kind::Currency))
}
