use caspio::attachment::Upload;
use caspio::prelude::*;

#[derive(CaspioView)]
#[caspio(view = "Active")]
struct Active {
    #[caspio(pk)]
    pk_id: String,
    photo: Option<String>,
}

fn main() {}

fn write(view: caspio::View<Active>) {
    let _ = view.attachment("1", |a| a.photo).upload(Upload::bytes("a.png", "a"));
    let _ = view.attachments(|a| a.photo).delete();
}
