//! Text for people that says nothing, or breaks the table.

use crate::index::Index;
use crate::model::{AskModel, ConsentModel, Located};
use crate::{Check, Finding, Severity};

/// Found by [`check_blank_text`].
pub const CHECK: Check = Check {
    code: "E0214",
    severity: Severity::Error,
    waivable: false,
    title: "blank text",
    what: "A `title`, a `brief`, an `ask` or `service` is empty or nothing but white space, or has a line break.",
    why: "These texts are the table that people read. Each is a phrase on one line.",
    wrong: "rows:\n  usage: {title: \"\"}\n",
    right: "rows:\n  usage: {title: Usage}\n",
};

/// Looks at every title and brief.
pub fn check_blank_text(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    check_texts("title", &model.title, findings);
    check_texts("service", &model.service, findings);
    if let Some(docs) = &model.docs {
        check_texts("title", &docs.title, findings);
        check_texts("title", &docs.table_title, findings);
        check_texts(
            "title",
            docs.before.iter().chain(&docs.after).filter_map(|section| section.title.as_ref()),
            findings,
        );
    }
    if let Some(consent) = &model.consent {
        check_texts("title", consent.channels.iter().filter_map(|(_, channel)| channel.title.as_ref()), findings);
        check_texts("brief", consent.channels.iter().filter_map(|(_, channel)| channel.brief.as_ref()), findings);
        check_texts("ask", question(consent).as_ref(), findings);
    }
    check_texts("title", model.rows.iter().filter_map(|(_, row)| row.title.as_ref()), findings);
    check_texts("brief", model.attributes.iter().filter_map(|(_, attribute)| attribute.brief.as_ref()), findings);
    check_texts("brief", model.objects.iter().filter_map(|(_, object)| object.brief.as_ref()), findings);
    check_texts("brief", index.signals().filter_map(|(_, _, signal)| signal.brief.as_ref()), findings);
}

/// The question that the program asks first, as a text.
fn question(consent: &ConsentModel) -> Option<Located<String>> {
    let ask = consent.ask.as_ref()?;
    match &ask.value {
        AskModel::Flag(_) => None,
        AskModel::Question(question) => Some(Located { value: question.clone(), place: ask.place }),
    }
}

fn check_texts<'m>(key: &str, texts: impl IntoIterator<Item = &'m Located<String>>, findings: &mut Vec<Finding>) {
    for text in texts {
        if text.value.trim().is_empty() {
            findings
                .push(CHECK.at(text.place, format!("this `{key}` is empty")).help("say what it is, in a few words"));
        } else if text.value.contains(['\n', '\r']) {
            findings.push(
                CHECK
                    .at(text.place, format!("this `{key}` has a line break"))
                    .help("write it on one line, or fold it with `>-`"),
            );
        }
    }
}
