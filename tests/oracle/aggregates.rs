//! The aggregates of whole tables and views, as a program computes them with the SDK.

use crate::case::{Case, How};
use crate::content::Column;
use crate::into_cell::IntoCell;
use crate::read::{End, Failure};
use crate::records::{joined, table, view, wide};
use caspio::prelude::*;

macro_rules! aggregate {
    ($name:ident, $record:ty) => {
        pub(crate) async fn $name(
            case: &Case,
            query: Query<$record>,
        ) -> Result<Option<End>, Failure> {
            macro_rules! extreme {
                ($method:ident, $column:expr) => {
                    match $column {
                        Column::Key => query.$method(|c| c.pk_id).await?.into_cell(),
                        Column::Name => query.$method(|c| c.name).await?.into_cell(),
                        Column::Code => query.$method(|c| c.code).await?.into_cell(),
                        Column::Qty => query.$method(|c| c.qty).await?.into_cell(),
                        Column::Count => query.$method(|c| c.count).await?.into_cell(),
                        Column::Amount => query.$method(|c| c.amount).await?.into_cell(),
                        Column::Value => query.$method(|c| c.value).await?.into_cell(),
                        Column::At => query.$method(|c| c.at).await?.into_cell(),
                        Column::Auto => query.$method(|c| c.auto).await?.into_cell(),
                        Column::Known => query.$method(|c| c.known).await?.into_cell(),
                        other => panic!("{other:?} has no order"),
                    }
                };
            }
            Ok(Some(End::Value(match &case.how {
                How::Sum(Column::Qty) => query.sum(|c| c.qty).await?.into_cell(),
                How::Sum(Column::Amount) => query.sum(|c| c.amount).await?.into_cell(),
                How::Sum(_) => query.sum(|c| c.value).await?.into_cell(),
                How::Min(column) => extreme!(min, column),
                How::Max(column) => extreme!(max, column),
                _ => return Ok(None),
            })))
        }
    };
}

aggregate!(table_aggregate, table::Record);
aggregate!(view_aggregate, view::Record);
aggregate!(wide_aggregate, wide::Record);
aggregate!(joined_aggregate, joined::Record);
