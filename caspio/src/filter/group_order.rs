//! Orders of groups by aggregates.

use super::expr::Operand;
use super::{Aggregate, Order};
use crate::field::kind;

/// Orders of groups by a value that is computed from their records. The struct that is read has a field with the same
/// aggregate.
impl<S, K: kind::Ordered> Aggregate<S, K> {
    /// Returns the order in which the groups with the smallest values come first.
    #[doc(alias("ascending", "ASC"))]
    pub fn asc(self) -> Order<S> {
        self.order(false)
    }

    /// Returns the order in which the groups with the greatest values come first, with a limit of at most one page.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::count_all;
    ///
    /// #[derive(CaspioRecord)]
    /// #[caspio(of = Contact)]
    /// struct PerCity {
    ///     city: Option<String>,
    ///     #[caspio(count)]
    ///     people: u64,
    /// }
    ///
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let cities = caspio.table::<Contact>().query().select::<PerCity>().group_by(|c| c.city);
    /// let largest = cities.order_by(|_| count_all().desc()).limit(10).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("descending", "DESC"))]
    pub fn desc(self) -> Order<S> {
        self.order(true)
    }

    fn order(self, descending: bool) -> Order<S> {
        let name = match &self.operand {
            Operand::Aggregate {
                function, column, ..
            } => aggregate_name(function, column.as_deref()),
            Operand::Column(name) => name.to_string(),
        };
        Order::by_aggregate(&name, descending, K::KIND)
    }
}

/// Returns the name of an aggregate in messages, and in orders until the name of a field replaces it.
pub(crate) fn aggregate_name(function: &str, column: Option<&str>) -> String {
    format!("{function}({})", column.unwrap_or("*"))
}
