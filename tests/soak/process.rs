//! What a process uses.

use std::fs;
use tokio::runtime::Handle;

/// What this process uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// The tasks of the runtime that have not ended.
    pub(crate) tasks: usize,
    /// The open connections.
    pub(crate) sockets: usize,
    /// The open files and others, without connections.
    pub(crate) files: usize,
    /// The resident memory that is not backed by files, in kilobytes.
    pub(crate) memory: u64,
}

impl Use {
    pub(crate) fn of_this_process(runtime: &Handle) -> Self {
        let open = fs::read_dir("/proc/self/fd").expect("a list of open files");
        let targets = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        let is_socket =
            |target: &std::path::PathBuf| target.to_string_lossy().starts_with("socket:");
        let (sockets, files): (Vec<_>, Vec<_>) = targets.partition(is_socket);
        Self {
            tasks: runtime.metrics().num_alive_tasks(),
            sockets: sockets.len(),
            files: files.len(),
            memory: memory(),
        }
    }
}

fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.expect("the memory in use")
}
