//! The state of one translation.

use sqlparser::ast::Ident;

use super::{Catalog, Denied, Source, Term, TsqlError, Type, pool::Pool, scope::Scope};

/// How deep expressions may nest in each other, whatever the parser lets through.
const MAX_DEPTH: usize = 120;

/// Where an aggregate may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregates {
    /// In a select list or an order.
    Allowed,
    /// In a `HAVING` or within a window: window functions may not stand there.
    NoWindows,
    /// Inside another aggregate.
    Nested,
    /// In a `WHERE`, a `GROUP BY` or a join.
    Refused,
}

/// Whether the moment of the query is fixed now or asked for whenever the SQL runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Fixed,
    Running,
}

/// Translates expressions over a stack of scopes, the innermost last.
pub(super) struct Translator<'c> {
    pub(super) catalog: &'c dyn Catalog,
    pub(super) pool: Pool,
    pub(super) scopes: Vec<Scope>,
    pub(super) aggregates: Aggregates,
    pub(super) moment: Moment,
    aliases: usize,
    depth: usize,
}

impl<'c> Translator<'c> {
    pub(super) fn new(catalog: &'c dyn Catalog, moment: Moment) -> Self {
        Self {
            catalog,
            pool: Pool::default(),
            scopes: Vec::new(),
            aggregates: Aggregates::Refused,
            moment,
            aliases: 0,
            depth: 0,
        }
    }

    /// Looks a source up.
    pub(super) fn source(&self, name: &str) -> Result<Source, TsqlError> {
        self.catalog.source(name).map_err(|denied| match denied {
            Denied::NotPermitted => TsqlError::NotAllowed,
            Denied::Unknown => TsqlError::UnknownObject,
        })
    }

    /// Returns an alias that no other source of the query has.
    pub(super) fn alias(&mut self) -> String {
        let alias = format!("s{}", self.aliases);
        self.aliases += 1;
        alias
    }

    /// The innermost scope; without one there are no columns.
    pub(super) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Runs a part of the translation one level deeper.
    pub(super) fn deeper<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, TsqlError>,
    ) -> Result<T, TsqlError> {
        if self.depth >= MAX_DEPTH {
            return Err(TsqlError::TooLong);
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// Runs a part of the translation where aggregates are allowed or not.
    pub(super) fn with_aggregates<T>(
        &mut self,
        aggregates: Aggregates,
        part: impl FnOnce(&mut Self) -> Result<T, TsqlError>,
    ) -> Result<T, TsqlError> {
        let before = std::mem::replace(&mut self.aggregates, aggregates);
        let result = part(self);
        self.aggregates = before;
        result
    }

    /// Resolves a column name, from the innermost scope outwards.
    pub(super) fn column(&mut self, parts: &[Ident]) -> Result<Term, TsqlError> {
        let (qualifier, name) = match parts {
            [name] => (None, name.value.as_str()),
            [qualifier, name] => (Some(qualifier.value.as_str()), name.value.as_str()),
            _ => return Err(TsqlError::NotAllowed),
        };
        for (distance, scope) in self.scopes.iter_mut().rev().enumerate() {
            let Some((bound, column)) = scope.find(qualifier, name)? else {
                continue;
            };
            if !column.selectable || column.ty == Type::Password {
                return Err(TsqlError::NotAllowed);
            }
            let term = match distance {
                0 => bound.term(column),
                _ => bound.outer_term(column)?,
            };
            let name = column.name.clone();
            scope.used += 1;
            if !scope.keys.contains(&term.sql) {
                scope.loose.push(name);
            }
            return Ok(term);
        }
        Err(TsqlError::unknown_field(name))
    }

    /// The name by which a column is defined.
    pub(super) fn defined_name(&self, qualifier: Option<&str>, name: &str) -> Option<String> {
        let mut scopes = self.scopes.iter().rev();
        scopes.find_map(|scope| {
            let (_, column) = scope.find(qualifier, name).ok()??;
            Some(column.name.clone())
        })
    }

    /// Forgets the loose columns of the innermost scope since then.
    pub(super) fn tighten(&mut self, before: usize) {
        self.scope().loose.truncate(before);
    }
}
