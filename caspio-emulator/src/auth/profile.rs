//! API profiles: a client id, its secret and its permissions.

use std::collections::HashMap;
use std::fmt;
use std::ops::BitOr;

/// The permissions of a profile on one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Read records, definitions, files or messages.
    pub const READ: Self = Self(1);
    /// Insert records.
    pub const INSERT: Self = Self(2);
    /// Update records.
    pub const UPDATE: Self = Self(4);
    /// Delete records or files.
    pub const DELETE: Self = Self(8);
    /// Change the definition; deploy an application, run a task.
    pub const DESIGN: Self = Self(16);
    /// All permissions.
    pub const ALL: Self = Self(31);

    pub(crate) fn covers(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// An API profile ("web services profile").
///
/// A new profile may access every object and create objects, as at Caspio. The first
/// [`grant`](Self::grant) turns "access to all objects" off.
#[derive(Clone)]
pub struct ApiProfile {
    client_id: String,
    client_secret: String,
    name: String,
    enabled: bool,
    may_create: bool,
    /// `None` means "access to all objects".
    grants: Option<HashMap<String, Rights>>,
}

impl ApiProfile {
    /// Creates a profile with all permissions.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            name: "Emulator".into(),
            enabled: true,
            may_create: true,
            grants: None,
        }
    }

    /// The profile of a caller without a token: no permissions.
    pub(crate) fn anonymous() -> Self {
        Self::new("", "").grant("", Rights::NONE).without_creating()
    }

    /// Sets the name of the profile.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Limits the profile to the granted objects, and grants `rights` on this one. An object is a
    /// table or view by name, a directory, webhook, task or application by name, or `Files`.
    #[must_use]
    pub fn grant(mut self, object: &str, rights: Rights) -> Self {
        self.grants
            .get_or_insert_default()
            .insert(object.to_lowercase(), rights);
        self
    }

    /// Removes the permission to create objects.
    #[must_use]
    pub fn without_creating(mut self) -> Self {
        self.may_create = false;
        self
    }

    /// Disables the profile: its calls are refused with `ProfileDisabled`.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// The name of the profile in `CreatedBy`; Caspio's own value there for a call over the API is
    /// not recorded.
    pub(crate) fn display_name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    pub(crate) fn may_create(&self) -> bool {
        self.may_create
    }

    pub(crate) fn may(&self, object: &str, wanted: Rights) -> bool {
        match &self.grants {
            None => true,
            Some(grants) => grants
                .get(&object.to_lowercase())
                .is_some_and(|rights| rights.covers(wanted)),
        }
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn client_secret(&self) -> &str {
        &self.client_secret
    }
}

impl fmt::Debug for ApiProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiProfile")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// All profiles of the account; the first has the credentials that the builder sets.
#[derive(Debug)]
pub(crate) struct Profiles(Vec<ApiProfile>);

impl Profiles {
    pub(crate) fn new(profiles: Vec<ApiProfile>) -> Self {
        Self(profiles)
    }

    pub(crate) fn find(&self, client_id: &str, client_secret: &str) -> Option<usize> {
        self.0.iter().position(|profile| {
            profile.client_id == client_id && profile.client_secret == client_secret
        })
    }

    pub(crate) fn get(&self, index: usize) -> Option<&ApiProfile> {
        self.0.get(index)
    }
}
