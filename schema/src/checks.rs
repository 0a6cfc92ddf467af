//! Every check, one file each: code, severity, title, what it catches, why, a wrong and a right example, the function.
//!
//! `candor explain`, `generated/docs/checks.md` and the tests read that one text. Codes are retired, never reused.
//!
//! | Codes | About | Found in |
//! | --- | --- | --- |
//! | `E00xx` | the form of a file | `schema/src/checks/` |
//! | `E01xx` | references | `schema/src/checks/` |
//! | `E02xx` | meaning | `schema/src/checks/` |
//! | `W03xx` | warnings; the catalogue stays usable | `schema/src/checks/` |
//! | `E04xx` | the derive | declared in `checks/derive.rs`, found in `macros/` |
//! | `E0501` | signatures, of one catalogue | `schema/src/checks/` |
//! | `E06xx`, `W06xx` | endpoints and bodies | `schema/src/checks/` |
//! | `E0502`… | signatures, between two catalogues | declared in `checks/signatures.rs`, found in `diff/signatures.rs` |
//!
//! `candor validate` finds nothing about a catalogue, so its findings have no code but a rule with a name
//! (`validate/src/engine/violation.rs`).
//!
//! One mistake makes one finding: a check is silent about what only follows from another's finding. Parts that could
//! not be read are remembered (`unread.rs`) for that.
//!
//! To add one: a file here, a line in [`CHECKS`], a folder `tests/cases/<code>/` with `bad.yaml` and `good.yaml`.

use crate::index::Index;
use crate::{Check, Finding};

pub mod alike_wire_name;
pub mod ambiguous_body;
pub mod backtracking_pattern;
pub mod bad_body;
pub mod bad_channel;
pub mod bad_encoding;
pub mod bad_endpoint;
pub mod bad_enum;
pub mod bad_example;
pub mod bad_handling;
pub mod bad_implication;
pub mod bad_metric;
pub mod bad_name;
pub mod bad_page;
pub mod bad_pattern;
pub mod bad_period;
pub mod bad_placeholder;
pub mod bad_relation;
pub mod bad_resource;
pub mod bad_review;
pub mod bad_unit;
pub mod bad_variable;
pub mod bad_version;
pub mod bad_waiver;
pub mod blank_text;
pub mod contradictory_identifier;
pub mod cyclic_derivation;
pub mod cyclic_object;
pub mod deprecated_without_successor;
pub mod derive;
pub mod duplicate_common;
pub mod duplicate_key;
pub mod empty_row;
pub mod expired;
pub mod free_text_by_default;
pub mod guessable_hash;
pub mod impossible_pattern;
pub mod invalid_yaml;
pub mod invisible_character;
pub mod leaking_derivation;
pub mod misplaced_bound;
pub mod misplaced_head;
pub mod missing_key;
pub mod missing_personal;
pub mod mixed_row;
pub mod near_duplicate_name;
pub mod nested_list;
pub mod open_label;
pub mod opt_in_without_switch;
pub mod required_opt_in;
pub mod reserved_name;
pub mod same_wire_name;
pub mod secret_literal;
pub mod signatures;
pub mod sometimes_absent;
pub mod stale_waiver;
pub mod too_many_series;
pub mod unbounded_json;
pub mod unbounded_personal;
pub mod unbounded_string;
pub mod undeclared_personal;
pub mod undisclosed_signal;
pub mod unknown_attribute;
pub mod unknown_channel;
pub mod unknown_endpoint;
pub mod unknown_key;
pub mod unknown_relation;
pub mod unknown_row;
pub mod unknown_signal;
pub mod unknown_type;
pub mod unknown_word;
pub mod unplaced_attribute;
pub mod unplaced_resource;
pub mod unreadable_file;
pub mod unsupported_version;
pub mod unused_attribute;
pub mod unused_channel;
pub mod unused_endpoint;
pub mod unused_object;
pub mod unused_switch;
pub mod wrong_type;

/// The function of a check. Those that are made on the way, in reading or after all others, have none.
pub type Run = fn(&Index<'_>, &mut Vec<Finding>);

/// All checks, by code.
pub const CHECKS: &[(&Check, Option<Run>)] = &[
    (&invalid_yaml::CHECK, None),
    (&wrong_type::CHECK, None),
    (&unknown_key::CHECK, None),
    (&duplicate_key::CHECK, Some(duplicate_key::check_duplicate_entry)),
    (&missing_key::CHECK, None),
    (&bad_name::CHECK, Some(bad_name::check_bad_name)),
    (&unsupported_version::CHECK, Some(unsupported_version::check_unsupported_version)),
    (&unreadable_file::CHECK, None),
    (&unknown_word::CHECK, None),
    (&misplaced_head::CHECK, None),
    (&bad_version::CHECK, Some(bad_version::check_bad_version)),
    (&bad_variable::CHECK, Some(bad_variable::check_bad_variable)),
    (&bad_waiver::CHECK, Some(bad_waiver::check_bad_waiver)),
    (&invisible_character::CHECK, None),
    (&bad_period::CHECK, None),
    (&unknown_row::CHECK, Some(unknown_row::check_unknown_row)),
    (&unknown_attribute::CHECK, Some(unknown_attribute::check_unknown_attribute)),
    (&unknown_type::CHECK, Some(unknown_type::check_unknown_type)),
    (&cyclic_object::CHECK, Some(cyclic_object::check_cyclic_object)),
    (&unused_attribute::CHECK, Some(unused_attribute::check_unused_attribute)),
    (&empty_row::CHECK, Some(empty_row::check_empty_row)),
    (&unused_object::CHECK, Some(unused_object::check_unused_object)),
    (&duplicate_common::CHECK, Some(duplicate_common::check_duplicate_common)),
    (&unknown_signal::CHECK, Some(unknown_signal::check_unknown_signal)),
    (&cyclic_derivation::CHECK, Some(cyclic_derivation::check_cyclic_derivation)),
    (&unknown_channel::CHECK, Some(unknown_channel::check_unknown_channel)),
    (&unknown_relation::CHECK, Some(unknown_relation::check_unknown_relation)),
    (&mixed_row::CHECK, Some(mixed_row::check_mixed_row)),
    (&required_opt_in::CHECK, Some(required_opt_in::check_required_opt_in)),
    (&unbounded_string::CHECK, Some(unbounded_string::check_unbounded_string)),
    (&bad_enum::CHECK, Some(bad_enum::check_bad_enum)),
    (&bad_example::CHECK, Some(bad_example::check_bad_example)),
    (&misplaced_bound::CHECK, Some(misplaced_bound::check_misplaced_bound)),
    (&leaking_derivation::CHECK, Some(leaking_derivation::check_leaking_derivation)),
    (&same_wire_name::CHECK, Some(same_wire_name::check_same_wire_name)),
    (&undisclosed_signal::CHECK, Some(undisclosed_signal::check_undisclosed_signal)),
    (&bad_pattern::CHECK, Some(bad_pattern::check_bad_pattern)),
    (&bad_encoding::CHECK, Some(bad_encoding::check_bad_encoding)),
    (&opt_in_without_switch::CHECK, Some(opt_in_without_switch::check_opt_in_without_switch)),
    (&blank_text::CHECK, Some(blank_text::check_blank_text)),
    (&nested_list::CHECK, Some(nested_list::check_nested_list)),
    (&unbounded_personal::CHECK, Some(unbounded_personal::check_unbounded_personal)),
    (&contradictory_identifier::CHECK, Some(contradictory_identifier::check_contradictory_identifier)),
    (&impossible_pattern::CHECK, Some(impossible_pattern::check_impossible_pattern)),
    (&backtracking_pattern::CHECK, Some(backtracking_pattern::check_backtracking_pattern)),
    (&missing_personal::CHECK, Some(missing_personal::check_missing_personal)),
    (&guessable_hash::CHECK, Some(guessable_hash::check_guessable_hash)),
    (&bad_channel::CHECK, Some(bad_channel::check_bad_channel)),
    (&bad_implication::CHECK, Some(bad_implication::check_bad_implication)),
    (&reserved_name::CHECK, Some(reserved_name::check_reserved_name)),
    (&bad_body::CHECK, Some(bad_body::check_bad_body)),
    (&bad_resource::CHECK, Some(bad_resource::check_bad_resource)),
    (&bad_handling::CHECK, Some(bad_handling::check_bad_handling)),
    (&bad_unit::CHECK, Some(bad_unit::check_bad_unit)),
    (&bad_page::CHECK, Some(bad_page::check_bad_page)),
    (&bad_relation::CHECK, Some(bad_relation::check_bad_relation)),
    (&unbounded_json::CHECK, Some(unbounded_json::check_unbounded_json)),
    (&bad_metric::CHECK, Some(bad_metric::check_bad_metric)),
    (&open_label::CHECK, Some(open_label::check_open_label)),
    (&too_many_series::CHECK, Some(too_many_series::check_too_many_series)),
    (&bad_review::CHECK, Some(bad_review::check_bad_review)),
    (&bad_endpoint::CHECK, Some(bad_endpoint::check_bad_endpoint)),
    (&unknown_endpoint::CHECK, Some(unknown_endpoint::check_unknown_endpoint)),
    (&unused_endpoint::CHECK, Some(unused_endpoint::check_unused_endpoint)),
    (&bad_placeholder::CHECK, Some(bad_placeholder::check_bad_placeholder)),
    (&unplaced_attribute::CHECK, Some(unplaced_attribute::check_unplaced_attribute)),
    (&ambiguous_body::CHECK, Some(ambiguous_body::check_ambiguous_body)),
    (&deprecated_without_successor::CHECK, Some(deprecated_without_successor::check_deprecated_without_successor)),
    (&near_duplicate_name::CHECK, Some(near_duplicate_name::check_near_duplicate_name)),
    (&alike_wire_name::CHECK, Some(alike_wire_name::check_alike_wire_name)),
    (&undeclared_personal::CHECK, Some(undeclared_personal::check_undeclared_personal)),
    (&stale_waiver::CHECK, None),
    (&free_text_by_default::CHECK, Some(free_text_by_default::check_free_text_by_default)),
    (&unused_switch::CHECK, Some(unused_switch::check_unused_switch)),
    (&unused_channel::CHECK, Some(unused_channel::check_unused_channel)),
    (&expired::CHECK, Some(expired::check_expired)),
    (&sometimes_absent::CHECK, Some(sometimes_absent::check_sometimes_absent)),
    (&secret_literal::CHECK, Some(secret_literal::check_secret_literal)),
    (&unplaced_resource::CHECK, Some(unplaced_resource::check_unplaced_resource)),
];

/// Every check, those of the derive and of `candor diff` included.
pub fn all() -> impl Iterator<Item = &'static Check> {
    CHECKS
        .iter()
        .map(|(check, _)| *check)
        .chain(derive::CHECKS.iter().copied())
        .chain(signatures::CHECKS.iter().copied())
}

/// The check with this code.
pub fn by_code(code: &str) -> Option<&'static Check> {
    all().find(|check| check.code.eq_ignore_ascii_case(code))
}
