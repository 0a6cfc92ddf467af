//! Finds the roles of a table's columns: by the words of the heading, by the cells, or as the user says.

use std::collections::BTreeMap;
use std::str::FromStr;

use candor_schema::Collected;

use super::page::Table;

/// The role of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Says yes for what is collected by default, else no.
    Collected,
    /// Names what is collected: with a phrase, or with a name on the wire.
    Data,
    Description,
    Example,
    Type,
    Unit,
    /// Says yes for what is always there, else no.
    Required,
}

impl Role {
    const WORDS: [(&str, Role); 7] = [
        ("collected", Role::Collected),
        ("data", Role::Data),
        ("description", Role::Description),
        ("example", Role::Example),
        ("type", Role::Type),
        ("unit", Role::Unit),
        ("required", Role::Required),
    ];
}

/// `data=1,description=2`: columns by number from 1, or by the words of their headings.
#[derive(Debug, Clone)]
pub struct ColumnsArgument(Vec<(Role, String)>);

impl FromStr for ColumnsArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pair = |part: &str| {
            let (role, column) = part.split_once('=').ok_or_else(|| format!("`{part}` is no pair such as `data=1`"))?;
            let known = Role::WORDS.iter().find(|(word, _)| *word == role.trim());
            let words = Role::WORDS.map(|(word, _)| word).join(", ");
            let (_, role) = known.ok_or_else(|| format!("`{role}` is none of {words}"))?;
            Ok((*role, column.trim().to_lowercase()))
        };
        let columns = text.split(',').map(pair).collect::<Result<Vec<_>, String>>()?;
        match columns.iter().any(|(role, _)| *role == Role::Data) {
            true => Ok(ColumnsArgument(columns)),
            false => Err("`data=…` says which column names what is collected".to_owned()),
        }
    }
}

/// The columns of a table, by what they say.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    roles: BTreeMap<Role, usize>,
    /// Other columns with their headings: what they say is kept as a note.
    pub others: Vec<(usize, String)>,
}

impl Columns {
    /// The columns of a table that lists what is collected. `None` when it lists something else.
    pub fn of(table: &Table, told: Option<&ColumnsArgument>) -> Option<Columns> {
        let roles = match told {
            Some(told) => told_roles(table, told)?,
            None => guessed_roles(table)?,
        };
        let is_other = |position: &usize| !roles.values().any(|other| other == position);
        let others = (0..table.heading.len()).filter(is_other);
        let others = others.map(|position| (position, table.heading[position].replace('`', ""))).collect();
        Some(Columns { roles, others })
    }

    pub fn has(&self, role: Role) -> bool {
        self.roles.contains_key(&role)
    }

    /// Returns the cell of this role; an empty text if there is none.
    pub fn cell<'c>(&self, cells: &'c [String], role: Role) -> &'c str {
        self.roles.get(&role).and_then(|position| cells.get(*position)).map_or("", String::as_str)
    }
}

fn told_roles(table: &Table, told: &ColumnsArgument) -> Option<BTreeMap<Role, usize>> {
    let position = |column: &String| match column.parse::<usize>() {
        Ok(number) => number.checked_sub(1).filter(|position| *position < table.heading.len()),
        Err(_) => table.heading.iter().position(|heading| heading.replace('`', "").to_lowercase() == *column),
    };
    told.0.iter().map(|(role, column)| Some((*role, position(column)?))).collect()
}

/// Words of headings, most telling first.
const HEADINGS: [(Role, &[&str]); 7] = [
    (
        Role::Collected,
        &[
            "defaulted",
            "collected",
            "by default",
            "default",
            "enabled",
            "기본값",
            "افتراضي",
            "padrão",
            "par défaut",
            "standard",
        ],
    ),
    (Role::Example, &["example", "sample", "exemplo", "beispiel", "exemple"]),
    (Role::Type, &["type", "data type", "tipo", "typ"]),
    (Role::Unit, &["unit"]),
    (Role::Required, &["required", "mandatory"]),
    (
        Role::Data,
        &[
            "data",
            "metric name",
            "metric",
            "name",
            "property",
            "field",
            "attribute",
            "key",
            "event",
            "item",
            "information",
            "데이터",
            "البيانات",
            "dados",
            "données",
            "daten",
            "what",
        ],
    ),
    (
        Role::Description,
        &[
            "description",
            "reason",
            "specifics",
            "details",
            "explanation",
            "meaning",
            "purpose",
            "value",
            "notes",
            "why",
            "사유",
            "السبب",
            "razão",
            "raison",
            "grund",
            "beschreibung",
            "descrição",
        ],
    ),
];

/// Headings of tables about switches, which list nothing that is collected.
const SWITCHES: [&str; 8] =
    ["variable", "option", "flag", "command", "setting", "switch", "argument", "environment variable"];

/// Headings of what has no role here.
const OTHERS: [&str; 7] = ["since", "version", "retention", "expires", "owner", "until", "link"];

fn guessed_roles(table: &Table) -> Option<BTreeMap<Role, usize>> {
    let headings: Vec<_> = table.heading.iter().map(|heading| heading.replace('`', "").to_lowercase()).collect();
    if headings.iter().any(|heading| SWITCHES.iter().any(|switch| heading.starts_with(switch))) {
        return None;
    }
    let mut roles = BTreeMap::new();
    let is_free = |roles: &BTreeMap<Role, usize>, position: usize| !roles.values().any(|taken| *taken == position);
    for (role, words) in HEADINGS {
        // A word that comes first in the list says more than one that comes first on the page.
        let named = words.iter().find_map(|word| {
            (0..headings.len()).find(|position| is_free(&roles, *position) && has_word(&headings[*position], word))
        });
        let named = named.filter(|position| role != Role::Collected || says_yes_or_no(table, *position, 1));
        roles.extend(named.map(|position| (role, position)));
    }
    let by_cells = |roles: &BTreeMap<Role, usize>| {
        (0..headings.len()).find(|position| is_free(roles, *position) && says_yes_or_no(table, *position, 2))
    };
    if let Some(position) = (!roles.contains_key(&Role::Collected)).then(|| by_cells(&roles)).flatten() {
        roles.insert(Role::Collected, position);
    }
    let says_other = |position: &usize| OTHERS.iter().any(|word| has_word(&headings[*position], word));
    for role in [Role::Data, Role::Description] {
        let free = (0..headings.len()).find(|position| is_free(&roles, *position) && !says_other(position));
        if let Some(position) = free.filter(|_| !roles.contains_key(&role) && roles.contains_key(&Role::Collected)) {
            roles.insert(role, position);
        }
    }
    let says_more = roles.len() > 1 || headings.len() > 1 && roles.contains_key(&Role::Data);
    (roles.contains_key(&Role::Data) && says_more).then_some(roles)
}

fn has_word(heading: &str, word: &str) -> bool {
    let mut words = heading.split(|char: char| !char.is_alphanumeric());
    heading == word
        || heading.contains(' ') && word.contains(' ') && heading.contains(word)
        || words.any(|own| own == word || own.strip_suffix('s') == Some(word))
}

/// Returns true if at least one of `part` cells says yes or no.
fn says_yes_or_no(table: &Table, position: usize, part: usize) -> bool {
    let cells = table.rows.iter().filter_map(|(_, cells)| cells.get(position));
    let known = cells.filter(|cell| yes_or_no(cell).is_some()).count();
    known > 0 && (part == 1 || known * part >= table.rows.len())
}

/// Yes or no, in the languages of pages that were seen, or as a mark; and a remark behind it.
pub fn yes_or_no(cell: &str) -> Option<(Collected, &str)> {
    const YES: [&str; 20] = [
        "yes", "sim", "نعم", "예", "네", "ja", "oui", "sí", "si", "sì", "да", "はい", "是", "✓", "✔", "✅", "☑", "✔️",
        "tak", "always",
    ];
    const NO: [&str; 18] = [
        "no",
        "não",
        "لا",
        "아니오",
        "아니요",
        "nein",
        "non",
        "нет",
        "いいえ",
        "否",
        "✗",
        "✘",
        "❌",
        "☒",
        "✖",
        "nie",
        "opt-in",
        "✖️",
    ];
    let cell = cell.trim().trim_matches('`');
    let end = cell.find(|char: char| char.is_whitespace() || "(,;.:–—".contains(char)).unwrap_or(cell.len());
    let (word, remark) = cell.split_at(end);
    let word = word.to_lowercase();
    let remark = remark.trim_matches(|char: char| char.is_whitespace() || ",;.:–—".contains(char));
    if YES.contains(&word.as_str()) {
        Some((Collected::Default, remark))
    } else {
        NO.contains(&word.as_str()).then_some((Collected::OptIn, remark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(heading: &str, cells: &[&str]) -> Vec<(Role, usize)> {
        let split = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let rows = cells.iter().map(|line| (1, split(line))).collect();
        let table = Table { line: 1, heading: split(heading), rows };
        Columns::of(&table, None).map(|columns| columns.roles.into_iter().collect()).unwrap_or_default()
    }

    #[test]
    fn headings_say_what_columns_are() {
        use Role::*;
        assert_eq!(
            roles("Defaulted | Data | Reason and Specifics", &["Yes | a | b"]),
            [(Collected, 0), (Data, 1), (Description, 2)]
        );
        assert_eq!(
            roles("Metric name | Description | Example", &["`a` | b | true"]),
            [(Data, 0), (Description, 1), (Example, 2)]
        );
        assert_eq!(roles("D | Data | S", &["✓ | a | b", "✗ | c | d"]), [(Collected, 0), (Data, 1), (Description, 2)]);
        assert_eq!(roles("SDK versions | Data", &["All | a"]), [(Data, 1)]);
        assert_eq!(roles("Variable | Default | Description", &["X | no | y"]), []);
        assert_eq!(roles("A | B", &["x | y"]), []);
    }

    #[test]
    fn yes_and_no_in_many_words() {
        for (cell, expected) in [
            ("Yes (anonymised)", Some((Collected::Default, "(anonymised)"))),
            ("`no`", Some((Collected::OptIn, ""))),
            ("✅", Some((Collected::Default, ""))),
            ("아니오", Some((Collected::OptIn, ""))),
            ("No, only hashed", Some((Collected::OptIn, "only hashed"))),
            ("not", None),
            ("", None),
        ] {
            assert_eq!(yes_or_no(cell), expected, "{cell}");
        }
    }
}
