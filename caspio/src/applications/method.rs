//! The ways in which a DataPage is embedded or linked.

use std::fmt;

/// A way in which a DataPage is embedded in a web page, or linked.
///
/// v2 knows all of them. v3 documents `Iframe`, `Url`, `Embedded` and `Net`; it is inferred that v4 has the same, fact
/// `deployment-methods-in-v4`. Another one is refused there without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeploymentMethod {
    /// An `iframe`.
    Iframe,
    /// A frame.
    Frame,
    /// The URL of the page.
    Url,
    /// A link to the page.
    Link,
    /// A script that embeds the page.
    Embedded,
    /// For ASP.NET, which v3 calls `Net`.
    Net,
    /// For PHP.
    Php,
    /// For ASP.
    Asp,
    /// For ASPX.
    Aspx,
    /// For Facebook.
    Facebook,
    /// A frame for WordPress.
    WordPressFrame,
    /// An embedded page for WordPress.
    WordPressEmbed,
}

impl DeploymentMethod {
    /// The letter by which every version knows the method.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Iframe => 'I',
            Self::Frame => 'F',
            Self::Url => 'U',
            Self::Link => 'L',
            Self::Embedded => 'E',
            Self::Net => 'N',
            Self::Php => 'P',
            Self::Asp => 'A',
            Self::Aspx => 'X',
            Self::Facebook => 'B',
            Self::WordPressFrame => 'Y',
            Self::WordPressEmbed => 'Z',
        }
    }
}

impl fmt::Display for DeploymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
