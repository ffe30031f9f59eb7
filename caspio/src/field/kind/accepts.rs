//! Which values a column can be set to.

use super::{Currency, DateTime, Guid, Integer, List, Number, Opaque, Text, YesNo};

/// Kinds of columns that can be set to values of kind `K`.
///
/// ```no_run
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let order = caspio.table::<Order>().update(7);
/// order.set(|o| o.total.to(20)).await?; // Currency, set to an Integer
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be set to a value of kind `{K}`",
    label = "this value does not fit the column",
    note = "what columns take: `Text` text, `Integer` whole numbers (a `usize` as `i64::try_from(n)?`), `Number` any number, `Currency` `Decimal` as in `dec!(1.50)` or whole numbers, `DateTime` a `DateTime` or `Date` as in `date!(\"2024-01-31\")`, `YesNo` `bool`, `List` a `List`",
    note = "a column is set to null by `.set(|c| c.column.to_null())`"
)]
pub trait Accepts<K> {}

impl<K> Accepts<K> for K {}

/// Null, which [`Column::to_null`](crate::Column::to_null) sets.
///
/// There are no values of this kind. It gives every kind of column a second impl: with a single one the compiler
/// reports a type mismatch, and none of the notes above.
#[derive(Clone, Copy, Debug)]
pub enum ToNull {}

macro_rules! accepts {
    ($($column:ident: $($value:ident)*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Accepts<$value> for $column {}
    )*)*};
}

accepts! {
    Text: ToNull;
    Integer: ToNull;
    DateTime: ToNull;
    YesNo: ToNull;
    List: ToNull;
    Number: Integer Currency;
    Currency: Integer;
    Guid: Text;
    Opaque: Text Integer Number Currency DateTime YesNo Guid List;
}
