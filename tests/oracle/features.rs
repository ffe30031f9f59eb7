//! What cases use, so that cases with a fault that is known and not yet repaired can be left out.

use crate::case::{Case, How, RecordType, Source};
use crate::condition::Condition;
use crate::content::Column;
use crate::refusals::SHORT;

/// Something that a case uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// A column twice in an order.
    ColumnTwice,
    /// Expressions with the name of a column.
    Alias,
    /// Aggregates of fewer records than the condition selects, or of groups.
    AggregateClauses,
    /// More digits of money in a map than a float has.
    MoneyInMaps,
    /// An order or groups by long text.
    LongTextOrder,
    /// A condition that does not fit into one URL.
    LongCondition,
    /// Several calls at once.
    Ahead,
    /// The number of calls of a read with several calls at once.
    CallsAhead,
}

/// Features that are left out in every run.
const OFF: &[Feature] = &[];

const ALL: [Feature; 8] = [
    Feature::ColumnTwice,
    Feature::Alias,
    Feature::AggregateClauses,
    Feature::MoneyInMaps,
    Feature::LongTextOrder,
    Feature::LongCondition,
    Feature::Ahead,
    Feature::CallsAhead,
];

/// Returns the features to leave out: those of the list, and those that `CASPIO_TEST_OFF` names
/// instead.
pub(crate) fn off() -> Vec<Feature> {
    let Ok(named) = std::env::var("CASPIO_TEST_OFF") else {
        return OFF.to_vec();
    };
    let is_named = |feature: &Feature| named.split(',').any(|name| name == format!("{feature:?}"));
    ALL.into_iter().filter(is_named).collect()
}

/// Whether a case uses one of the features.
pub(crate) fn uses(case: &Case, features: &[Feature]) -> bool {
    features.iter().any(|feature| has(case, *feature))
}

fn has(case: &Case, feature: Feature) -> bool {
    let sorts = |column| case.order.iter().any(|term| term.0 == column);
    match feature {
        Feature::ColumnTwice => Column::SORTED
            .into_iter()
            .any(|column| case.order.iter().filter(|term| term.0 == column).count() > 1),
        Feature::Alias => {
            case.record_type == RecordType::ByNameAlias
                || (case.record_type == RecordType::Alias && !case.order.is_empty())
        }
        Feature::AggregateClauses => {
            matches!(case.how, How::CountAfter(_))
                || (case.how.is_aggregate()
                    && (case.limit.is_some() || case.record_type.is_grouped()))
        }
        Feature::MoneyInMaps => case.source == Source::Map && case.content.extreme,
        Feature::LongTextOrder => {
            case.content.extreme
                && (sorts(Column::Name) || case.record_type.group().contains(&Column::Name))
        }
        Feature::LongCondition => {
            let lengths = case.filters.iter().map(Condition::encoded_length);
            lengths.sum::<usize>() > SHORT
        }
        Feature::Ahead => case.is_concurrent(),
        Feature::CallsAhead => false,
    }
}
