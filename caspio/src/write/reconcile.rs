//! Rows whose answer was lost, looked for by a column whose values tell them apart.

use super::canonical::Identity;
use super::key_lookup::Look;
use super::unique::{LOOKS, SENDS, is_unique};
use crate::bulk::sender::{Sender, Sending};
use crate::client::Client;
use crate::record::Key;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

/// The column by which rows are looked for.
#[derive(Clone, Debug)]
pub(crate) struct Resolve {
    pub(crate) column: Cow<'static, str>,
    /// The program's own client, which reads.
    pub(crate) client: Client,
    pub(crate) target: Target,
}

impl Resolve {
    /// The results with the doubt taken out of them: rows that are found have their keys, and those that
    /// are not are sent again where Caspio would refuse a double.
    pub(crate) async fn settle(
        &self,
        sender: &Sender,
        rows: &[Sending],
        mut results: Vec<Result<Key>>,
    ) -> Vec<Result<Key>> {
        let mut open = in_doubt(&results);
        let ambiguous = doubles(rows);
        open.retain(|at| {
            rows[*at]
                .mark
                .as_ref()
                .is_some_and(|(mark, _)| !ambiguous.contains_key(mark))
        });
        for send in 1..=SENDS {
            if open.is_empty() {
                return results;
            }
            let unique = is_unique(&self.client, &self.target, &self.column).await;
            // Where a double is refused, sending again is the surer look.
            let looks = match unique && send < SENDS {
                true => &LOOKS[..1],
                false => &LOOKS[..],
            };
            if let Err(error) = self.look(rows, &mut open, &mut results, looks).await {
                tracing::warn!(%error, "rows whose answer was lost could not be looked for");
                return results;
            }
            if !unique || send == SENDS {
                break;
            }
            let again: Vec<&Sending> = open.iter().map(|at| &rows[*at]).collect();
            let answers = sender.send(&again).await;
            // A refusal may mean that the row is there; the next look tells.
            open = open
                .into_iter()
                .zip(answers)
                .filter_map(|(at, answer)| {
                    let failed = answer.is_err();
                    results[at] = answer;
                    failed.then_some(at)
                })
                .collect();
        }
        for at in open {
            self.leave_open(&mut results[at], &rows[at]);
        }
        results
    }

    fn leave_open(&self, result: &mut Result<Key>, row: &Sending) {
        // A refusal now says nothing of the first time.
        if let Err(error) = result {
            let error = error.clone().with_maybe_applied(true);
            *result = Err(row.body.tell(error).with_hint(format!(
                "no record with this {} was found so far; it may still appear",
                self.column
            )));
        }
    }

    /// Looks for the rows that are open, and takes those that are found out.
    async fn look(
        &self,
        rows: &[Sending],
        open: &mut Vec<usize>,
        results: &mut [Result<Key>],
        looks: &[Duration],
    ) -> Result<()> {
        let mut looked = Ok(());
        for wait in looks {
            if open.is_empty() {
                break;
            }
            tokio::time::sleep(*wait).await;
            // A look that fails is made up for by the next.
            let found = match self.found(rows, open).await {
                Ok(found) => found,
                Err(error) => {
                    looked = Err(error);
                    continue;
                }
            };
            looked = Ok(());
            open.retain(|at| {
                let mark = rows[*at].mark.as_ref();
                let key = mark.and_then(|(mark, _)| found.get(mark));
                if let Some(key) = key {
                    results[*at] = Ok(key.clone());
                }
                key.is_none()
            });
        }
        looked
    }

    async fn found(&self, rows: &[Sending], open: &[usize]) -> Result<HashMap<Identity, Key>> {
        let look = Look::new(&self.client, &self.target, [self.column.as_ref()]);
        let marks = open.iter().filter_map(|at| rows[*at].mark.as_ref());
        let literals = marks.map(|(_, literal)| literal.clone()).collect();
        let mut found = HashMap::new();
        look.listed(&self.column, literals, 4, |key, row| {
            if let Some(mark) = row.get(&self.column).and_then(Identity::read) {
                found.entry(mark).or_insert(key);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }
}

fn in_doubt(results: &[Result<Key>]) -> Vec<usize> {
    let doubtful = |result: &Result<Key>| result.as_ref().is_err_and(Error::maybe_applied);
    let places = results.iter().enumerate();
    places
        .filter(|(_, result)| doubtful(result))
        .map(|(at, _)| at)
        .collect()
}

/// The values that several rows share, of which a look cannot say whose record it found.
fn doubles(rows: &[Sending]) -> HashMap<&Identity, usize> {
    let mut counts: HashMap<&Identity, usize> = HashMap::new();
    for (mark, _) in rows.iter().filter_map(|row| row.mark.as_ref()) {
        *counts.entry(mark).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    counts
}
