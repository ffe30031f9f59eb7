//! What the user of a generator chose.

/// The user's options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) uuid: bool,
    pub(crate) list_enums: bool,
    pub(crate) key_types: bool,
    pub(crate) singular: bool,
    pub(crate) inserts: bool,
}
