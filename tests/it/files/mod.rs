//! The files of an account.

mod basics;
mod layer;
mod many;
mod requests;
mod responses;
mod resumed;
mod uploads;

use bytes::Bytes;
use caspio::files::Folder;
use caspio_tests::on_every_version;

/// The names of the files in a folder, as they are listed.
async fn files_of(folder: &Folder) -> Vec<String> {
    let files = folder.list().await.expect("a list");
    files.into_iter().map(|file| file.name).collect()
}

/// Bytes that do not repeat.
fn content(length: usize) -> Bytes {
    let mut state = 1_u64;
    let bytes = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    });
    bytes.take(length).collect()
}
