//! Values as they may be shown: their shape, without what they say.

/// A text with every letter replaced by `x` or `X` and every digit by `9`; the rest shows how it is built.
pub(super) fn shape(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut shape: String = text.chars().take(LONGEST).map(blur).collect();
    if text.chars().nth(LONGEST).is_some() {
        shape.push_str(&format!("… ({} characters)", text.chars().count()));
    }
    shape
}

fn blur(character: char) -> char {
    match character {
        'A'..='Z' => 'X',
        '0'..='9' => '9',
        ' '..='~' if !character.is_ascii_alphabetic() => character,
        _ if character.is_whitespace() => ' ',
        _ if character.is_uppercase() => 'X',
        _ => 'x',
    }
}

/// A secret: nothing of it but the beginning that all of its kind share, and its length.
pub(super) fn secret(public: &str, secret: &str) -> String {
    format!("{public}… ({} characters)", secret.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (text, expected) in [
            ("", ""),
            ("alice@example.com", "xxxxx@xxxxxxx.xxx"),
            ("Zürich, 8004\n", "Xxxxxx, 9999 "),
            ("[{\"a\": null}]", "[{\"x\": xxxx}]"),
            ("\u{202e}漢", "xx"),
        ] {
            assert_eq!(shape(text), expected);
        }
        assert_eq!(shape(&"a1".repeat(50)), format!("{}… (100 characters)", "x9".repeat(24)));
    }
}
