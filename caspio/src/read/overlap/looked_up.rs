//! Pages in whose condition the service looks up the record's values, or which of them are null.

use super::Overlap;
use crate::dialect::ListParams;
use crate::read::after_cursor::LookedUp;
use crate::read::cursor::Cursor;
use crate::read::plan::Plan;
use crate::read::shown_values::{not_compared, with_known_nulls};
use crate::read::url_budget::fits;
use bytes::Bytes;
use caspio_core::{Error, Result};

impl Overlap {
    /// Whether the page is requested by a look-up of the record's floats before any other call.
    pub(super) fn begins_with_look_up(&self) -> bool {
        let left = self.calls.left(&self.plan);
        self.plan
            .looks_up_floats(&self.record, self.seen.shown(), left)
    }

    /// Whether only a look-up of the record's floats can find the page with the calls that are left.
    pub(super) fn has_calls_for_look_up_only(&self) -> bool {
        let left = self.calls.left(&self.plan);
        self.plan.needs_calls_for_look_up(&self.record, left)
    }

    /// Returns the page by a look-up of the record's floats; `None` if it does not begin with the record, or if there
    /// is no such call. One call, or two if it is not known which texts of the record are null.
    pub(super) async fn by_look_up(&self) -> Result<Option<Bytes>> {
        let (likely, other) = self.ways(&self.record);
        let has_blanks = other.is_some();
        let ways = match self.plan.unknown_blanks(&self.record) > 1 {
            true => [self.known_nulls().await?, None],
            false => [Some(likely), other],
        };
        for way in ways.into_iter().flatten() {
            if let Some(body) = self.looked_up(&way, self.size).await?
                && let Some(page) = self.proven_page(body)?
            {
                if has_blanks {
                    let alike = way.compared() != self.record.values;
                    self.seen.blanks_are_alike(alike);
                }
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// Finds out which of the record's texts are null, and returns the page that begins with the record; `None` if that
    /// was known already, or if there is no such page. At most two calls.
    pub(super) async fn by_known_nulls(&self) -> Result<Option<Bytes>> {
        if self.plan.unknown_blanks(&self.record) == 0 {
            return Ok(None);
        }
        let known = self.known_nulls().await?;
        let params = known.and_then(|known| self.params_from(&known, self.size));
        match params {
            Some(params) => self.proven_page(self.call(params)?.await?),
            None => Ok(None),
        }
    }

    /// Returns the page after a record or group that only its key identifies.
    ///
    /// # Errors
    ///
    /// `moved`: the record or group was changed or deleted.
    pub(super) async fn by_key(&self, moved: Error) -> Result<Bytes> {
        let looked_up = self.looked_up(&self.record, self.size).await?;
        let is_looked_up = looked_up.is_some();
        if let Some(body) = looked_up
            && let Some(page) = self.proven_page(body)?
        {
            self.seen.digits_are_cut(true);
            return Ok(page);
        }
        if let Some(page) = self.by_earlier().await? {
            return Ok(page);
        }
        if is_looked_up || !self.plan.has_floats(&self.record) {
            return Err(moved);
        }
        Err(not_compared(&self.client, &self.plan, &self.calls, &self.record).await?)
    }

    pub(super) async fn known_nulls(&self) -> Result<Option<Cursor>> {
        with_known_nulls(&self.client, &self.plan, &self.calls, &self.record).await
    }

    /// Returns the page that begins with a record whose floats the service looks up; `None` if the record has no
    /// floats, or if the call does not fit into a URL.
    pub(super) async fn looked_up(&self, first: &Cursor, size: u16) -> Result<Option<Bytes>> {
        let params = self.plan.params_looked_up(first, size);
        let mut params = params.filter(|params| fits(&self.client, &self.plan, params));
        match params.next() {
            Some(params) => self.unless_invalid(params).await,
            None => Ok(None),
        }
    }

    /// Returns the parameters of the call for a record and those after it; `None` if they do not fit into a URL.
    pub(super) fn params_from(&self, first: &Cursor, size: u16) -> Option<ListParams> {
        let shorter: Vec<Plan> = self.plan.shorter().collect();
        let plans = || std::iter::once(&*self.plan).chain(&shorter);
        let with_values = plans().map(|plan| plan.params_from(first, size));
        let of_record = |plan: &Plan| plan.params_from_record(first, size, LookedUp::LongTexts);
        let of_record = plans().filter_map(of_record);
        let mut ways = with_values.chain(of_record);
        ways.find(|params| fits(&self.client, &self.plan, params))
    }
}
