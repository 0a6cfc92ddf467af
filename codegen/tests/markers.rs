//! Markers in hand-written pages: what is replaced, what is left alone, what is refused.

mod support;

use candor_codegen::markers::refresh;
use support::{DEMO, catalogue};

/// Refreshes a page, and once more: that changes nothing.
#[track_caller]
fn fresh(text: &str) -> String {
    let demo = catalogue(DEMO);
    let once = refresh(&demo, text).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(refresh(&demo, &once).as_ref(), Ok(&once), "refreshing twice");
    once
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(fresh(text), expected);
}

/// The page has no marker in it that counts.
#[track_caller]
fn untouched(text: &str) {
    check(text, text);
}

/// The page has these errors, and no others.
#[track_caller]
fn refused(text: &str, expected: &[&str]) {
    refused_with(DEMO, text, expected);
}

#[track_caller]
fn refused_with(demo: &str, text: &str, expected: &[&str]) {
    let errors = refresh(&catalogue(demo), text).expect_err("the markers are wrong");
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn replaces_what_stands_between() {
    check(
        "# Page\n<!-- candor:note -->\nold\n<!-- /candor:note -->\nrest",
        "# Page\n<!-- candor:note -->\n\nMind the table.\n\n<!-- /candor:note -->\nrest",
    );
}

#[test]
fn mdx_comments() {
    check(
        "{/* candor:intro */}{/* /candor:intro */}",
        "{/* candor:intro */}\n\nHello **you**.\n\n{/* /candor:intro */}",
    );
}

#[test]
fn every_part() {
    for name in ["table", "signals", "switches", "intro", "note", "section:Before", "section:After"] {
        let page = fresh(&format!("<!-- candor:{name} -->\n<!-- /candor:{name} -->\n"));
        let part = candor_codegen::docs::section(&catalogue(DEMO), name).expect(name);
        assert_eq!(page, format!("<!-- candor:{name} -->\n\n{part}\n<!-- /candor:{name} -->\n"));
    }
}

#[test]
fn spaces_in_markers() {
    check(
        "<!--candor:note--><!--  /  candor: note  -->",
        "<!--candor:note-->\n\nMind the table.\n\n<!--  /  candor: note  -->",
    );
}

#[test]
fn several_regions_keep_what_is_between_them() {
    check(
        "a <!-- candor:note -->x<!-- /candor:note --> b <!-- candor:note -->y<!-- /candor:note --> c",
        "a <!-- candor:note -->\n\nMind the table.\n\n<!-- /candor:note --> b <!-- candor:note -->\n\nMind the table.\n\n<!-- /candor:note --> c",
    );
}

#[test]
fn line_endings_stay() {
    let page = fresh("# Page\r\n<!-- candor:table -->\r\n<!-- /candor:table -->\r\n");
    assert_eq!(page.matches('\n').count(), page.matches("\r\n").count());
    check(
        "<!-- candor:note -->\r\nold\r\n<!-- /candor:note -->\r\n",
        "<!-- candor:note -->\r\n\r\nMind the table.\r\n\r\n<!-- /candor:note -->\r\n",
    );
}

#[test]
fn pages_without_markers() {
    untouched("");
    untouched("no newline at the end");
    untouched("<!-- a comment -->\r\n{/* another */}\n<!-- candor -->\n<!-- candor-table: x -->");
}

#[test]
fn fenced_code() {
    untouched("```\n<!-- candor:table -->\n```\n");
    untouched("~~~ md\n<!-- candor:nonsense -->\n```\n<!-- /candor:table -->\n~~~~\n");
    untouched("````md\n```\n<!-- candor:table -->\n```\n````\n");
    untouched("- item\n\n    ```\n    <!-- candor:table -->\n    ```\n");
    untouched("1. ```\n   <!-- candor:table -->\n   ```\n");
    untouched("```md\n- ```\n> ```\n    ```\n<!-- candor:table -->\n```\n");
    untouched("> ```\n> <!-- candor:table -->\n> ```\n");
    untouched("```\r\n<!-- candor:table -->\r\n```\r\n");
}

#[test]
fn after_code() {
    for code in ["```\nx\n```\n", "```one line```\n", "~~~\n```\n~~~\n", "`` ` ``", "`", r"\`"] {
        let page = fresh(&format!("{code}<!-- candor:note --><!-- /candor:note -->"));
        assert!(page.contains("Mind"), "{page}");
    }
}

#[test]
fn inline_code() {
    untouched("Write `<!-- candor:table -->` above it.");
    untouched("Write ``<!-- candor:table --> ` `` above it.");
    untouched(r"Write \<!-- candor:table --> above it.");
}

#[test]
fn many_quotes() {
    untouched(&format!("{}\n", ">".repeat(1_000_000)));
    untouched(&format!("{}\n", "` `` ".repeat(1_000)));
}

#[test]
fn unknown_names() {
    refused(
        "<!-- candor:tabel --><!-- /candor:tabel -->\n\nx <!-- candor:section:before --><!-- /candor:section:before -->",
        &[
            "1:1: there is no `tabel` to put here; did you mean `table`?",
            "3:3: there is no `section:before` to put here; did you mean `section:Before`?",
        ],
    );
    refused(
        "<!-- candor: --><!-- /candor: -->",
        &[
            "1:1: there is no `` to put here; there are: table, signals, switches, intro, note, section:Before, section:After",
        ],
    );
}

#[test]
fn unclosed() {
    refused(
        "\n  é <!-- candor:table -->\n",
        &["2:5: `table` is opened here, but never closed; close it with `/candor:table`"],
    );
}

#[test]
fn closed_without_being_open() {
    refused(
        "<!-- candor:note --><!-- /candor:note -->\n<!-- /candor:table -->",
        &["2:1: `table` is closed here, but was never opened"],
    );
}

#[test]
fn wrong_closing_name() {
    refused(
        "<!-- candor:table -->\n<!-- /candor:tabel -->",
        &["2:1: `tabel` is closed here, but `table` is open; close it with `/candor:table`"],
    );
}

#[test]
fn nested() {
    refused(
        "<!-- candor:table -->\n<!-- candor:note -->\n<!-- /candor:note -->\n<!-- /candor:table -->",
        &["2:1: `note` stands inside `table`, which replaces it; put one after the other"],
    );
}

#[test]
fn first_of_two_unclosed() {
    refused(
        "<!-- candor:table -->\n<!-- candor:note -->\n<!-- /candor:note -->",
        &["1:1: `table` is opened here, but never closed; close it with `/candor:table`"],
    );
}

#[test]
fn second_of_two_unclosed() {
    refused(
        "<!-- candor:table -->\n<!-- candor:note -->\n<!-- /candor:table -->",
        &["2:1: `note` is opened here, but never closed; close it with `/candor:note`"],
    );
}

#[test]
fn unended_marker() {
    refused(
        "<!-- candor:table\n-->\n{/* candor:note */",
        &["1:1: this marker does not end on its line", "3:1: this marker does not end on its line"],
    );
}

#[test]
fn markers_in_unclosed_code() {
    refused(
        "text\n```\n<!-- candor:table -->\n<!-- /candor:table -->\n",
        &["2:1: a code block starts here and never ends, so the markers in it are only text; end the code block"],
    );
    untouched("```\nno marker in it");
}

#[test]
fn all_errors_at_once() {
    refused(
        "<!-- /candor:note -->\n<!-- candor:nope --><!-- /candor:nope -->\n<!-- candor:intro -->",
        &[
            "1:1: `note` is closed here, but was never opened",
            "2:1: there is no `nope` to put here; did you mean `note`?",
            "3:1: `intro` is opened here, but never closed; close it with `/candor:intro`",
        ],
    );
}

#[test]
fn page_text_with_markers_of_its_own() {
    let with = |intro: &str| DEMO.replace("intro: Hello **you**.", &format!("intro: \"{intro}\""));
    let page = "<!-- candor:intro --><!-- /candor:intro -->";
    refused_with(
        &with("<!-- candor:table -->"),
        page,
        &["1:1: the text of `intro` has a marker or an unclosed code block of its own; mend the text in the catalogue"],
    );
    refused_with(
        &with("```\\nnever closed"),
        page,
        &["1:1: the text of `intro` has a marker or an unclosed code block of its own; mend the text in the catalogue"],
    );
}

#[test]
fn briefs_and_examples_never_become_markers() {
    let text = DEMO
        .replace("brief: number of runs", "brief: '<!-- candor:table --> {/* candor:table */} ` ```'")
        .replace("examples: [fast]", "examples: [fast, slow]")
        .replace("title: Details", "title: '`<!-- /candor:table -->`'");
    let demo = catalogue(&text);
    let page = "<!-- candor:table --><!-- /candor:table -->\n<!-- candor:signals --><!-- /candor:signals -->\n";
    let once = refresh(&demo, page).expect("the markers are right");
    assert_eq!(refresh(&demo, &once), Ok(once));
}
