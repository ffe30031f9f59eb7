//! The links of documents lead to files.

use crate::exceptions::check;
use crate::source::{read_text, root, texts};

#[test]
fn links_of_documents_lead_to_files() {
    let mut documents = texts();
    documents.retain(|(path, _)| path.ends_with(".md"));
    documents.push(("llms.txt".to_owned(), read_text("llms.txt")));

    let mut broken = Vec::new();
    for (path, text) in &documents {
        let document = root().join(path);
        let folder = document.parent().expect("a file is in a folder");
        let missing = targets(text)
            .into_iter()
            .filter(|target| !folder.join(target).exists());
        broken.extend(missing.map(|target| format!("{path}: {target}")));
    }

    check("links_of_documents_lead_to_files", broken);
}

/// The files that a document links to. Links to the web, within the document and of rustdoc are left out.
fn targets(text: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        let links = line.split("](").skip(1).filter(|_| !is_code);
        let links = links.filter_map(|rest| rest.split([')', '#', ' ']).next());
        targets.extend(links.filter(|target| !target.is_empty() && !target.contains(':')));
    }
    targets
}

#[test]
fn targets_are_found() {
    let text = "[a](b.md), [c](d.md#e) [web](https://x.y) [here](#z) [item](crate::A)\n```\n[f](g.md)\n```\n";

    assert_eq!(targets(text), ["b.md", "d.md"]);
}
