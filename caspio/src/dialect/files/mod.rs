//! The account's files and folders: every request, and the members of every response.
//!
//! v2 and v3 name a file and a folder by its external key, v4 by its id, a GUID. v2 lists the files and folders of a
//! folder together and without pages.

mod json;

pub(crate) use json::{
    FileJson, FolderJson, TogetherJson, UploadedJson, one_file, one_folder, uploaded,
};

use super::delete_without_body;
use super::url::{push_query, push_segment};
use caspio_core::http::{HeaderValue, header};
use caspio_core::http_client::Body;
use caspio_core::{Expect, Idempotency, Operation, Request, Url};
use serde_json::json;

/// The most files or folders that one call lists.
pub(crate) const ENTRIES_PER_PAGE: usize = 1000;

/// The operations on files of one version of the API.
///
/// For v2, `fileInfo`, and files and folders by their path or key beyond what programs use, are taken from v3: fact
/// `files-by-path-in-v2`.
#[derive(Debug)]
pub(crate) struct FileOperations {
    files: &'static [&'static str],
    folders: &'static [&'static str],
    /// The path of an upload of new files.
    uploads: &'static [&'static str],
    /// The parameter that names a folder.
    folder: &'static str,
    /// Whether one call lists the files and the folders of a folder, all of them.
    pub(crate) lists_together: bool,
    /// Whether there are searches, and new folders can be created.
    pub(crate) has_searches: bool,
}

pub(super) static V2: FileOperations = FileOperations {
    files: &["files"],
    folders: &["files", "folders"],
    uploads: &["files"],
    folder: "externalKey",
    lists_together: true,
    has_searches: false,
};

pub(super) static V3: FileOperations = FileOperations {
    lists_together: false,
    ..V2
};

/// The name of the parameter is inferred, fact `folders-of-v4`.
pub(super) static V4: FileOperations = FileOperations {
    files: &["fileAssets", "files"],
    folders: &["fileAssets", "folders"],
    uploads: &["fileAssets", "files", "bulk"],
    folder: "folderId",
    lists_together: false,
    has_searches: true,
};

/// How a file is named in a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FileAt<'a> {
    Id(&'a str),
    /// From the root folder, with a slash first.
    Path(&'a str),
}

/// What an upload does to a file of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storing {
    /// The service refuses the upload.
    New,
    /// The service replaces the file. One file only.
    Replacing,
}

impl Storing {
    /// Returns the name of the parts with files. v3 documents both, and for new files a program in production uses it
    /// in v4; v4's other name is inferred, fact `replaced-files-in-v4`.
    pub(crate) fn part(self) -> &'static str {
        match self {
            Self::New => "Files",
            Self::Replacing => "File",
        }
    }
}

impl FileOperations {
    /// The list of the files in a folder: one page, counted from 1, or all of them together with the folders.
    pub(crate) fn files(&self, base: &Url, folder: Option<&str>, page: usize) -> Url {
        self.listed(below(base, self.files), folder, page)
    }

    /// The list of the folders in a folder, as that of its files.
    pub(crate) fn folders(&self, base: &Url, folder: Option<&str>, page: usize) -> Url {
        let path = match self.lists_together {
            true => self.files,
            false => self.folders,
        };
        self.listed(below(base, path), folder, page)
    }

    fn listed(&self, url: Url, folder: Option<&str>, page: usize) -> Url {
        let url = self.in_folder(url, folder);
        match self.lists_together {
            true => url,
            false => paged(url, page),
        }
    }

    /// The name of one folder.
    pub(crate) fn folder_info(&self, base: &Url, folder: &str) -> Url {
        let mut url = below(base, self.folders);
        push_segment(&mut url, folder);
        url
    }

    /// The files of all folders whose names contain a text; `None` if the version cannot search.
    pub(crate) fn search_files(&self, base: &Url, name: &str, page: usize) -> Option<Url> {
        self.search(base, self.files, name, page)
    }

    /// The folders whose names contain a text. That it is like the search for files is inferred, fact
    /// `search-of-folders`.
    pub(crate) fn search_folders(&self, base: &Url, name: &str, page: usize) -> Option<Url> {
        self.search(base, self.folders, name, page)
    }

    fn search(&self, base: &Url, path: &[&str], name: &str, page: usize) -> Option<Url> {
        let mut url = self.has_searches.then(|| below(base, path))?;
        push_segment(&mut url, "search");
        push_query(&mut url, "name", name);
        Some(paged(url, page))
    }

    /// Creates a folder; `None` if the version cannot. The body is inferred, fact `new-folders-in-v4`.
    pub(crate) fn create_folder(
        &self,
        base: &Url,
        parent: Option<&str>,
        name: &str,
        operation: Operation,
    ) -> Option<Request> {
        let url = self.has_searches.then(|| below(base, self.folders))?;
        let url = self.in_folder(url, parent);
        Some(Request::post(url, operation).json(json!({ "name": name }).to_string()))
    }

    /// The name, size and dates of one file.
    pub(crate) fn file_info(&self, base: &Url, file: FileAt<'_>) -> Url {
        self.of_file(base, file, &["fileInfo"])
    }

    /// Downloads one file.
    pub(crate) fn download(&self, base: &Url, file: FileAt<'_>, operation: Operation) -> Request {
        let constant = HeaderValue::from_static;
        Request::get(self.of_file(base, file, &[]), operation)
            .expect(Expect::Anything)
            .header(header::ACCEPT, constant("application/octet-stream"))
    }

    /// Deletes one file. By its path it is not repeated: another program may have stored another file there since.
    pub(crate) fn delete(&self, base: &Url, file: FileAt<'_>, operation: Operation) -> Request {
        let request = delete_without_body(self.of_file(base, file, &[]), operation);
        match file {
            FileAt::Id(_) => request,
            FileAt::Path(_) => request.idempotency(Idempotency::NotIdempotent),
        }
    }

    /// That v4 names the path as v3 does is inferred, fact `paths-of-files-in-v4`.
    fn of_file(&self, base: &Url, file: FileAt<'_>, part: &[&str]) -> Url {
        let mut url = below(base, self.files);
        match file {
            FileAt::Id(id) => push_segment(&mut url, id),
            FileAt::Path(_) => push_segment(&mut url, "path"),
        }
        let mut url = below(&url, part);
        if let FileAt::Path(path) = file {
            push_query(&mut url, "filePath", path);
        }
        url
    }

    /// Uploads files into a folder, as a form.
    pub(crate) fn upload(
        &self,
        base: &Url,
        folder: Option<&str>,
        storing: Storing,
        (content_type, form): (HeaderValue, Body),
        operation: Operation,
    ) -> Request {
        let request = match storing {
            Storing::New => {
                Request::post(self.in_folder(below(base, self.uploads), folder), operation)
            }
            Storing::Replacing => {
                Request::put(self.in_folder(below(base, self.files), folder), operation)
            }
        };
        request
            .header(header::CONTENT_TYPE, content_type)
            .body(form)
    }

    /// The root folder is the one that no parameter names.
    fn in_folder(&self, mut url: Url, folder: Option<&str>) -> Url {
        if let Some(folder) = folder {
            push_query(&mut url, self.folder, folder);
        }
        url
    }
}

fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    for step in path {
        push_segment(&mut url, step);
    }
    url
}

fn paged(mut url: Url, page: usize) -> Url {
    push_query(&mut url, "pageNumber", &page.to_string());
    push_query(&mut url, "pageSize", &ENTRIES_PER_PAGE.to_string());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("http://127.0.0.1/rest").expect("a url")
    }

    fn path(url: &Url) -> &str {
        &url[::url::Position::BeforePath..]
    }

    #[test]
    fn lists_of_each_version() {
        let base = base();

        assert_eq!(path(&V2.files(&base, None, 1)), "/rest/files");
        assert_eq!(
            path(&V2.folders(&base, Some("k-1"), 1)),
            "/rest/files?externalKey=k-1"
        );
        assert_eq!(
            path(&V3.files(&base, Some("k-1"), 2)),
            "/rest/files?externalKey=k-1&pageNumber=2&pageSize=1000"
        );
        assert_eq!(
            path(&V3.folders(&base, None, 1)),
            "/rest/files/folders?pageNumber=1&pageSize=1000"
        );
        assert_eq!(
            path(&V4.folders(&base, Some("k-1"), 1)),
            "/rest/fileAssets/folders?folderId=k-1&pageNumber=1&pageSize=1000"
        );
        assert!(V3.search_files(&base, "a", 1).is_none());
    }

    #[test]
    fn a_path_is_a_parameter_and_no_part_of_the_urls_path() {
        let base = base();
        let at = FileAt::Path("/My Photos/a&b=ü.png");

        assert_eq!(
            path(&V3.file_info(&base, at)),
            "/rest/files/path/fileInfo?filePath=%2FMy%20Photos%2Fa%26b%3D%C3%BC.png"
        );
        let operation = Operation::new("files.delete");
        let by_path = V4.delete(&base, at, operation.clone());
        assert!(path(by_path.url()).starts_with("/rest/fileAssets/files/path?filePath="));
        assert!(!by_path.is_idempotent());
        let by_id = V4.delete(&base, FileAt::Id("k-1"), operation);
        assert_eq!(path(by_id.url()), "/rest/fileAssets/files/k-1");
        assert!(by_id.is_idempotent());
    }
}
