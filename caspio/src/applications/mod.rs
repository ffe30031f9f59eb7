//! Bridge applications with their DataPages, and Flex applications.
//!
//! ```no_run
//! use caspio::applications::DeploymentMethod;
//! use caspio::prelude::*;
//!
//! # async fn example(caspio: Client) -> caspio::Result<()> {
//! for application in caspio.applications().list().await? {
//!     println!("{:?}: {:?} DataPages", application.name, application.data_pages);
//! }
//! let desk = caspio.applications().application("09d18152-7c45-44f1-a0e6-5ffe18881b60");
//! let page = desk.data_page("409550008f83dc4dd4554a07b7bf");
//! page.deploy().await?;
//! println!("{}", page.code(DeploymentMethod::Url).await?);
//! # Ok(())
//! # }
//! ```
//!
//! The API lists applications and DataPages, and deploys them; they are made in Caspio.

mod application;
mod data_page;
mod flex;
mod id;
mod list;
mod method;
mod resource;

pub use application::{Application, ApplicationInfo};
pub use data_page::{DataPage, DataPageInfo};
pub use flex::{FlexApplication, FlexApplications};
pub use id::{ApplicationId, DataPageKey};
pub use list::Applications;
pub use method::DeploymentMethod;
