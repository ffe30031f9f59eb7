//! The form of one record, as HTML.

use super::entry::{Control, Entry};
use super::html::Html;
use super::place::Place;
use super::record_form::RecordForm;
use crate::store::field::Field;
use crate::store::list;
use caspio_schema::DataType;

/// Writes the form.
pub(super) fn write(page: &mut Html, form: &RecordForm, place: &Place<'_>) {
    page.raw(
        "<form id=\"record\" class=\"record\" method=\"post\" action=\"/_emulator/page/records/",
    )
    .raw(match form.key {
        None => "add\">",
        Some(_) => "change\">",
    });
    hidden(page, "id", place.id);
    hidden(page, "search", place.search);
    hidden(page, "page", place.page);
    page.raw("<h4>");
    match form.key {
        None => page.raw("New record"),
        Some(key) => page.raw("Record ").text(key),
    };
    page.raw("</h4>");
    if let Some(key) = form.key {
        hidden(page, "key", key);
    }
    if let Some(failure) = &form.failure {
        page.raw("<p class=\"error\" role=\"alert\">")
            .text(failure)
            .raw("</p>");
    }
    for (field, control, entry) in form.fields() {
        one(page, field, control, entry, form.error(field));
    }
    page.raw("<p class=\"buttons\"><button class=\"main\">Save</button> ");
    if form.key.is_some() {
        page.raw("<button formaction=\"/_emulator/page/records/delete\">Delete</button> ");
    }
    page.raw("<a href=\"")
        .text(place)
        .raw("#tables\">Cancel</a></p></form>");
}

fn hidden(page: &mut Html, name: &'static str, value: impl std::fmt::Display) {
    page.raw("<input type=\"hidden\" name=\"")
        .raw(name)
        .raw("\" value=\"")
        .text(value)
        .raw("\">");
}

fn one(page: &mut Html, field: &Field, control: Control, entry: &Entry, error: Option<&str>) {
    page.raw("<div class=\"entry\"><label for=\"f")
        .text(field.id)
        .raw("\"><b>")
        .text(&field.name)
        .raw("</b> <small>")
        .text(if field.is_formula() {
            "FORMULA"
        } else {
            field.ty.name()
        })
        .raw(if field.unique { ", unique" } else { "" })
        .raw("</small></label><div>");
    match control {
        Control::Text => text(page, field, entry, error),
        Control::Line => line(page, field, entry, error),
        Control::YesNo => yes_no(page, field, entry, error),
        Control::List => list(page, field, entry, error),
        Control::Password => password(page, field, error),
        Control::ReadOnly => read_only(page, field, entry),
    }
    if let Some(error) = error {
        page.raw("<p class=\"error\" id=\"e")
            .text(field.id)
            .raw("\">")
            .text(error)
            .raw("</p>");
    }
    page.raw("</div></div>");
}

/// Writes the start of a control up to its own attributes.
fn start(page: &mut Html, tag: &'static str, field: &Field, error: Option<&str>) {
    page.raw(tag).raw(" id=\"f").text(field.id).raw("\"");
    if error.is_some() {
        page.raw(" aria-invalid=\"true\" aria-describedby=\"e")
            .text(field.id)
            .raw("\"");
    }
}

/// Writes the name of the field's values.
fn name(page: &mut Html, field: &Field) {
    page.raw(" name=\"f").text(field.id).raw("\"");
}

fn text(page: &mut Html, field: &Field, entry: &Entry, error: Option<&str>) {
    start(page, "<textarea", field, error);
    name(page, field);
    page.raw(match field.ty {
        DataType::Text64000 => " rows=\"4\">",
        _ => " rows=\"1\">",
    });
    // HTML leaves out a line break that follows the tag.
    page.raw("\n")
        .text(&entry.text)
        .raw("</textarea><label class=\"null\"><input type=\"checkbox\" name=\"n")
        .text(field.id)
        .raw(if entry.is_null { "\" checked>" } else { "\">" })
        .raw(" null if empty</label>");
}

fn line(page: &mut Html, field: &Field, entry: &Entry, error: Option<&str>) {
    start(page, "<input autocomplete=\"off\"", field, error);
    name(page, field);
    page.raw(match field.ty {
        DataType::DateTime => " placeholder=\"2022-01-24T20:30:51\"",
        DataType::File => " placeholder=\"/Folder/file.png\"",
        _ => " inputmode=\"decimal\"",
    });
    page.raw(" value=\"").text(&entry.text).raw("\">");
}

fn yes_no(page: &mut Html, field: &Field, entry: &Entry, error: Option<&str>) {
    start(page, "<select", field, error);
    name(page, field);
    page.raw("><option>no</option>")
        .raw(match entry.text == "yes" {
            true => "<option selected>yes</option></select>",
            false => "<option>yes</option></select>",
        });
}

fn list(page: &mut Html, field: &Field, entry: &Entry, error: Option<&str>) {
    start(page, "<fieldset", field, error);
    // Browsers send a box only if it is ticked.
    page.raw("><input type=\"hidden\"");
    name(page, field);
    page.raw(" value=\"\">");
    for (key, value) in field.list.iter() {
        page.raw("<label><input type=\"checkbox\"");
        name(page, field);
        page.raw(" value=\"")
            .text(key)
            .raw(match entry.keys.contains(&key) {
                true => "\" checked> ",
                false => "\"> ",
            })
            .text(list::label(value))
            .raw("</label> ");
    }
    page.raw("</fieldset>");
}

/// A password is never part of the page, not even one that was just typed.
fn password(page: &mut Html, field: &Field, error: Option<&str>) {
    start(
        page,
        "<input type=\"password\" autocomplete=\"new-password\"",
        field,
        error,
    );
    name(page, field);
    page.raw("> <small>an empty one changes nothing; it is not kept in this form</small>");
}

fn read_only(page: &mut Html, field: &Field, entry: &Entry) {
    page.raw("<output id=\"f").text(field.id).raw("\">");
    if entry.is_null || (entry.text.is_empty() && entry.keys.is_empty()) {
        page.raw("<span class=\"null\">null</span>");
    } else {
        page.text(&entry.text);
    }
    page.raw("</output>");
}
