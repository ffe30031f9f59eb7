//! The ids of applications and DataPages.

use crate::text_id::text_id;

text_id! {
    /// The id of an application: on v2 and v3 its external key. A text converts to it.
    ApplicationId
}

text_id! {
    /// The key of a DataPage, which Caspio calls its app key. A text converts to it.
    DataPageKey
}
