//! Finds what a browser would take for markup, without a browser.

/// Fails where data became an element, an attribute or an entity: those of `texts` are called `x9`.
pub(super) fn check(name: &str, page: &str) {
    let mut rest = page;
    loop {
        let (text, tag) = rest.split_once('<').unwrap_or((rest, ""));
        assert!(!text.contains("&x9"), "{name}: an entity in {}", shown(text));
        if tag.is_empty() {
            return;
        }
        assert!(tag.starts_with("!DOCTYPE") || !tag.starts_with('!'), "{name}: <{}", shown(tag));
        let (element, after) = element(name, tag);
        rest = if ["script", "style"].contains(&element) { behind_raw(name, after) } else { after };
    }
}

/// The rest after a text without markup, to the end of its element.
fn behind_raw<'a>(name: &str, text: &'a str) -> &'a str {
    let (raw, rest) = text.split_once("</").expect("the element ends");
    assert!(rest.starts_with("script>") || rest.starts_with("style>"), "{name}: </{}", shown(rest));
    // After the first, a browser would look for the end of another; the second is data.
    assert!(!raw.contains("<!--") && !raw.contains("<x9"), "{name}: {raw}");
    rest
}

/// The name of an element that begins here, without a `/`, and what comes after its tag.
fn element<'a>(name: &str, tag: &'a str) -> (&'a str, &'a str) {
    let end = tag.find([' ', '>', '/', '\n']).unwrap_or(tag.len());
    // An end tag.
    let end = if end == 0 { tag.find('>').unwrap_or(tag.len()) } else { end };
    let (element, mut rest) = tag.split_at(end);
    assert!(!element.is_empty() && !element.contains('9'), "{name}: <{}", shown(tag));
    loop {
        rest = rest.trim_start_matches([' ', '\n', '/', '?']);
        if let Some(after) = rest.strip_prefix('>') {
            return (element, after);
        }
        let end = rest.find(['=', ' ', '>', '/', '\n']).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-!:".contains(c);
        let fits = !attribute.is_empty() && attribute.chars().all(plain);
        assert!(fits && !attribute.contains('9'), "{name}: <{}", shown(tag));
        rest = match after.strip_prefix("=\"") {
            Some(value) => {
                let (value, after) = value.split_once('"').expect("the value ends");
                let plain = !value.contains('<') && !value.contains("&x9");
                assert!(plain, "{name}: {attribute}={}", shown(value));
                after
            }
            None => after,
        };
    }
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
