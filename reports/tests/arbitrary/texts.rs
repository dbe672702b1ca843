//! Names and sentences that would inject markup or code if they were not escaped.

use arbitrary::Result;

use super::Bytes;

/// In all of these an element, an attribute or an entity is called `x9`, unlike any of ours.
const HOSTILE: [&str; 24] = [
    "<x9>\"'&x9;",
    "\" x9=\"1",
    "' x9='1",
    "</script><x9 ",
    "</style><x9>",
    "--><x9>",
    "<!--<script><x9",
    "]]><x9>",
    "=1+x9",
    "+x9",
    "-x9",
    "@x9",
    "\t=x9",
    "\r\n=x9",
    "x;=x9",
    "\"\"=x9",
    "\u{1b}[31mx9\u{7}\0",
    "\u{202e}x9\u{2066}\u{200f}",
    "x9|x9\n| x9 |\\",
    "`x9` [x9](x9) ![x9](x9) **x9**",
    "../../x9",
    "/x9",
    "index",
    "\u{fffe}\u{feff}\u{10ffff}",
];

/// Up to `most` items.
pub(super) fn some<T>(
    u: &mut Bytes<'_>,
    most: usize,
    mut one: impl FnMut(&mut Bytes<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=most)?).map(|_| one(u)).collect()
}

/// A name: often one of a few, so that names recur.
pub(super) fn name(u: &mut Bytes<'_>) -> Result<String> {
    let usual = ["tokio", "smol", "go", "tcp-echo", "fork-join"];
    if u.ratio(1, 2)? { Ok((*u.choose(&usual)?).to_owned()) } else { text(u) }
}

/// Any text.
pub(super) fn text(u: &mut Bytes<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=9)? {
        0 => String::new(),
        1 => "a plain sentence".to_owned(),
        2 => String::from_utf8_lossy(u.bytes(u.len().min(12))?).into_owned(),
        3 => "x9 ".repeat(200),
        4 => "x9".repeat(200),
        5 => format!("{}{}", u.choose(&HOSTILE)?, u.choose(&HOSTILE)?),
        _ => (*u.choose(&HOSTILE)?).to_owned(),
    })
}

/// A few of them.
pub(super) fn texts(u: &mut Bytes<'_>) -> Result<Vec<String>> {
    some(u, 3, text)
}
