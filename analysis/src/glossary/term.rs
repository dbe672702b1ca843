//! A term, and its name in each library.

/// A term and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Name in links: lower-case words joined by `-`.
    pub name: String,
    /// The word.
    pub title: String,
    /// Other forms that a text may have, such as a plural.
    pub forms: Vec<String>,
    /// Its meaning, in two sentences.
    pub meaning: String,
    /// Its name in each library.
    pub called: Vec<Called>,
}

/// The name of a term in one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The library, or the operating system.
    pub by: String,
    /// The name there; `None` if there is no equivalent.
    pub name: Option<String>,
    /// Why there is no equivalent, or how it differs; may be empty.
    pub remark: String,
}

/// The words of a text, in lower case.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

impl Term {
    /// Whether the [`words`] of a text contain the term, or one of its forms, in any case.
    pub fn is_in(&self, text: &[String]) -> bool {
        let mut forms = std::iter::once(&self.title).chain(&self.forms).map(|form| words(form));
        forms.any(|form| !form.is_empty() && text.windows(form.len()).any(|window| window == form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn term_is_found_as_a_whole_word_in_any_case_and_form() {
        let term = Term {
            name: "event-loop".into(),
            title: "Event loop".into(),
            forms: vec!["loops".into(), String::new()],
            meaning: String::new(),
            called: Vec::new(),
        };
        for text in ["the event loop", "An Event-Loop.", "event\nloop", "two loops"] {
            assert!(term.is_in(&words(text)), "{text}");
        }
        for text in ["", "a plain loop", "events loop", "eventloop", "loopsided"] {
            assert!(!term.is_in(&words(text)), "{text}");
        }
    }
}
