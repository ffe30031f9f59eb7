//! The ids of tasks.

use crate::text_id::text_id;

text_id! {
    /// The id of a data import or export task: on v2 and v3 its external key.
    ///
    /// A text converts to it: `caspio.tasks().task("b7c3b7d5-4fa5-4725-86a2-6ca5ca797157")`.
    TaskId
}
