//! Numbers of machines, cards and accounts: a pattern finds them, arithmetic says whether they are.

use std::net::Ipv6Addr;

use crate::audit::suspicious::detector::Part;

/// Four numbers of a byte each.
pub(super) fn is_ipv4(part: &Part<'_>) -> bool {
    part.found.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// A unique local address (fc00::/7) or one of the link (fe80::/10).
pub(super) fn is_private_ipv6(part: &Part<'_>) -> bool {
    let Ok(address) = part.found.parse::<Ipv6Addr>() else { return false };
    address.is_unique_local() || address.is_unicast_link_local()
}

/// Sixteen digits or about as many, of an issuer, whose last one checks the others.
pub(super) fn is_card(part: &Part<'_>) -> bool {
    let digits: Vec<u32> = part.found.chars().filter_map(|character| character.to_digit(10)).collect();
    let number = |length: usize| digits.iter().take(length).fold(0, |number, digit| number * 10 + digit);
    let has_length = match (number(2), number(4)) {
        (34 | 37, _) => digits.len() == 15,
        (36 | 38 | 39, _) | (_, 3000..=3059) => digits.len() == 14,
        (40..=49, _) => matches!(digits.len(), 13 | 16 | 19),
        (51..=55, _) | (_, 2221..=2720) => digits.len() == 16,
        (35 | 62 | 65, _) | (_, 6011) => matches!(digits.len(), 16..=19),
        _ => false,
    };
    has_length && is_luhn(&digits)
}

fn is_luhn(digits: &[u32]) -> bool {
    let weigh = |(position, digit): (usize, &u32)| match (position % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>().is_multiple_of(10)
}

/// The account number of a country that has them, of its length, that leaves 1 when divided by 97.
pub(super) fn is_iban(part: &Part<'_>) -> bool {
    const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 \
        DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 \
        KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 \
        PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";
    let number: String = part.found.chars().filter(|character| !character.is_whitespace()).collect();
    let is_of_country = |entry: &str| number.starts_with(&entry[..2]) && entry[2..].parse() == Ok(number.len());
    if !LENGTHS.split_whitespace().any(is_of_country) {
        return false;
    }
    let (head, tail) = number.split_at(4);
    let digits = tail.chars().chain(head.chars()).filter_map(|character| character.to_digit(36));
    digits.fold(0, |rest, digit| (rest * if digit > 9 { 100 } else { 10 } + digit) % 97) == 1
}

/// The address of a network card: not one that stands for none or all, and not a part of a longer fingerprint.
pub(super) fn is_mac(part: &Part<'_>) -> bool {
    let digits: String = part.found.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
    let is_dotted_or_dashed = part.found.contains(['-', '.']);
    let has_letter = digits.contains(|character: char| character.is_ascii_alphabetic());
    let goes_on = |text: &str, last: bool| {
        let mut characters = text.chars();
        let character = if last { characters.next_back() } else { characters.next() };
        character.is_some_and(|character| matches!(character, ':' | '-' | '.') || character.is_ascii_alphanumeric())
    };
    let after = part.after.trim_start_matches('.');
    digits.len() == 12
        && !digits.bytes().all(|byte| byte == digits.as_bytes()[0])
        && (has_letter || !is_dotted_or_dashed)
        && !goes_on(part.before, true)
        && !goes_on(after, false)
}
