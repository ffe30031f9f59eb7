//! Requests and responses as the handlers see them.

pub(crate) mod call;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod refusal;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod target;
pub(crate) mod version;

pub(crate) use call::Call;
pub(crate) use refusal::Refusal;
pub(crate) use response::Response;
pub(crate) use version::Version;
