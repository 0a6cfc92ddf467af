//! E-mail addresses, of any top-level domain there is, also with letters beyond ASCII.

use std::ops::Range;

/// Finds the e-mail addresses of a text.
pub(super) fn mails(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut last = 0;
    text.match_indices('@').filter_map(move |(at, _)| {
        let start = start_of_local(text, last, at)?;
        let end = end_of_domain(text, at + 1);
        last = at + 1;
        is_mail(text, start, at, end).then_some(start..end)
    })
}

/// Finds the start of the part before the `@`.
fn start_of_local(text: &str, last: usize, at: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let is_part = |character: &char| character.is_alphanumeric() || "._%+-".contains(*character);
    let local = text[last..at].chars().rev().take_while(is_part).map(char::len_utf8).sum::<usize>();
    let trimmed = text[at - local..at].trim_start_matches(|character: char| !character.is_alphanumeric());
    Some(at - trimmed.len()).filter(|_| !trimmed.is_empty() && trimmed.chars().count() <= LONGEST)
}

fn end_of_domain(text: &str, start: usize) -> usize {
    let is_part = |character: &char| character.is_alphanumeric() || matches!(character, '.' | '-');
    let domain = text[start..].chars().take_while(is_part).map(char::len_utf8).sum::<usize>();
    start + text[start..start + domain].trim_end_matches(['.', '-']).len()
}

/// `react@18.2.0`, `model@us.anthropic`, `icon@2x.ai`, `git@host:path` and the user of an address are none.
fn is_mail(text: &str, start: usize, at: usize, end: usize) -> bool {
    let (before, local, domain, after) = (&text[..start], &text[start..at], &text[at + 1..end], &text[end..]);
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_user = word.rsplit_once("://").is_some_and(|(_, inside)| !inside.contains(['/', '?', '#', '=']));
    // `name@` in front of a scope (`@scope/name@1.0`), of a remote path, or of a call is none.
    let is_other = local == "git" || after.starts_with(":/") || after.starts_with(['(', '@']) || before.ends_with('@');
    is_domain(domain) && !is_version(domain) && !is_other && !is_user
}

fn is_domain(domain: &str) -> bool {
    const PRIVATE: [&str; 11] =
        ["internal", "intranet", "corp", "lan", "local", "localdomain", "home", "test", "example", "invalid", "onion"];
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let Some((rest, top)) = domain.rsplit_once('.') else { return false };
    let top = top.to_lowercase();
    let is_top = !top.is_ascii() || tld::exist(&top) || PRIVATE.contains(&top.as_str());
    is_top && rest.split('.').all(is_label)
}

/// Numbers of a version, or the scale of an image, stand where a domain would. Some providers of mail are numbers.
fn is_version(domain: &str) -> bool {
    const PROVIDERS: [&str; 7] = ["163.com", "126.com", "139.com", "189.cn", "189.com", "360.cn", "263.net"];
    let domain = domain.to_ascii_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let is_digits = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = |label: &str| is_digits(label.strip_prefix('v').unwrap_or(label));
    let is_scale = |label: &str| label.strip_suffix('x').or(label.strip_suffix("dpi")).is_some_and(is_digits);
    let named = labels.get(labels.len().wrapping_sub(2)).copied().unwrap_or_default();
    let starts_as_version =
        labels.len() > 2 && is_number(labels[0]) && labels[1].starts_with(|c: char| c.is_ascii_digit());
    !PROVIDERS.contains(&domain.as_str()) && (is_number(named) || is_scale(named) || starts_as_version)
}
