//! Names of functions, short enough to read in a frame.

/// Drops type arguments, traits, hashes and numbers of closures from a demangled name:
/// `<tokio::sync::Mutex<T> as a::B>::lock::{{closure}}` → `tokio::sync::Mutex::lock::{closure}`.
pub fn shorten(name: &str) -> String {
    let name = name.trim();
    for prefix in
        ["core::ptr::drop_in_place::<", "core::ptr::drop_in_place<", "core::ptr::drop_glue::<"]
    {
        if let Some(dropped) = name.strip_prefix(prefix) {
            let end = closing(dropped).unwrap_or(dropped.len());
            return format!("drop {}", path(&dropped[..end]));
        }
    }
    path(name)
}

/// A path, which may begin with a type in angle brackets.
fn path(name: &str) -> String {
    let name = plain_type(name);
    let Some(inner) = name.strip_prefix('<') else { return segments(name) };
    let Some(end) = closing(inner) else { return segments(name) };
    let (of, rest) = (&inner[..end], &inner[end + 1..]);
    let of = top_level(of, " as ").map_or(of, |at| &of[..at]);
    path(of) + &segments(rest)
}

/// A type without references and `dyn`: these do not tell functions apart.
fn plain_type(mut name: &str) -> &str {
    name = name.trim();
    while let Some(rest) =
        ["&", "mut ", "dyn ", "*const ", "*mut "].iter().find_map(|word| name.strip_prefix(word))
    {
        name = rest.trim_start();
    }
    name
}

/// Keeps the text outside angle brackets.
fn segments(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut depth = 0_usize;
    let mut before = ' ';
    for c in name.chars() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            // It separates the frames of folded stacks.
            ';' if depth == 0 => short.push(','),
            _ if depth == 0 => short.push(c),
            _ => {}
        }
        before = c;
    }
    let parts = short.split("::").filter(|part| !is_noise(part));
    let parts: Vec<&str> =
        parts.map(|part| if is_closure(part) { "{closure}" } else { part }).collect();
    let joined = parts.join("::");
    // The rest of a path that began with a type.
    if short.starts_with("::") && !joined.is_empty() { format!("::{joined}") } else { joined }
}

fn is_closure(part: &str) -> bool {
    part.starts_with("{closure") || part.starts_with("{{closure")
}

/// Remains of type arguments, and parts that only distinguish copies of a function.
fn is_noise(part: &str) -> bool {
    let is_hash = part.len() == 17
        && part.starts_with('h')
        && part[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    part.is_empty() || is_hash || part.starts_with("{impl") || part.starts_with("{shim")
}

/// Where the bracket that encloses `text` ends.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before == '-' => {}
            '>' if depth == 0 => return Some(at),
            '>' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// The position of the first `word` outside angle brackets.
fn top_level(text: &str, word: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ if depth == 0 && text[at..].starts_with(word) => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_arguments_traits_and_hashes_are_dropped() {
        for (name, short) in [
            (
                "tokio::runtime::park::CachedParkThread::block_on",
                "tokio::runtime::park::CachedParkThread::block_on",
            ),
            ("tokio::task::spawn::spawn::<tokio::x::Y<u8>>", "tokio::task::spawn::spawn"),
            (
                "<tokio::runtime::task::core::Core<T,S> as core::future::Future>::poll::{{closure}}",
                "tokio::runtime::task::core::Core::poll::{closure}",
            ),
            (
                "<async_executor::Executor>::run::<u8, F>::{closure#0}",
                "async_executor::Executor::run::{closure}",
            ),
            ("<&mut dyn a::Trait<B> as c::D>::e", "a::Trait::e"),
            ("<<a::B as c::D>::E as f::G>::h", "a::B::E::h"),
            ("a::b::h0123456789abcdef", "a::b"),
            ("a::{impl#3}::b::{shim:vtable#0}", "a::b"),
            (
                "core::ops::function::FnOnce::call_once{{vtable.shim}}",
                "core::ops::function::FnOnce::call_once{{vtable.shim}}",
            ),
            ("malloc", "malloc"),
        ] {
            assert_eq!(shorten(name), short, "{name}");
        }
    }

    #[test]
    fn function_types_do_not_end_a_bracket() {
        assert_eq!(shorten("<a::B<fn(u8) -> u8> as c::D>::e"), "a::B::e");
        assert_eq!(shorten("a::b::<fn() -> c::D<u8>>::e"), "a::b::e");
    }

    #[test]
    fn dropping_names_what_is_dropped() {
        assert_eq!(
            shorten("core::ptr::drop_in_place::<tokio::task::JoinHandle<()>>"),
            "drop tokio::task::JoinHandle"
        );
        assert_eq!(shorten("core::ptr::drop_in_place<[u8; 8]>"), "drop [u8, 8]");
    }

    #[test]
    fn unusual_names_are_kept() {
        for name in
            ["<", ">", "<<", "a<b", "<a as ", "::", "", "a;b", "ä<ö>::ü", "h0123456789abcdeé"]
        {
            assert!(!shorten(name).contains(';'), "{name}");
        }
        assert_eq!(shorten("ä<ö>::ü"), "ä::ü");
    }
}
