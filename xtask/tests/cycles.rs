//! Checks that files of a crate do not import each other, directly or in a cycle.
//!
//! A file imports another when one of its paths leads to an item defined there. Re-exports, traits and code
//! under `#[cfg(test)]` do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::str::FromStr;

use cargo_metadata::MetadataCommand;
use proc_macro2::{TokenStream, TokenTree};

/// A path from the root of the crate.
type Module = Vec<String>;
type Crate = BTreeMap<Module, File>;

/// The paths that a file uses, and the items that it defines.
#[derive(Default)]
struct File {
    paths: Vec<Module>,
    exports: Vec<Module>,
    traits: BTreeSet<String>,
}

/// Reads the modules below a folder.
fn read(folder: &Path, module: &[String], files: &mut Crate) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let is_root = matches!(name.as_str(), "lib" | "main" | "mod");
        let inner = if is_root { module.to_vec() } else { [module, &[name]].concat() };
        if path.is_dir() {
            read(&path, &inner, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("a readable source");
            let tokens = TokenStream::from_str(&source).expect("Rust tokens");
            scan(tokens, &inner, &[], false, files.entry(inner.clone()).or_default());
        }
    }
}

/// Collects the paths among some tokens of a module; inside the braces of a `use`, all begin with `prefix`.
fn scan(tokens: TokenStream, module: &[String], prefix: &[String], export: bool, file: &mut File) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.to_string() == word);
    let group = |at: usize| matches!(tokens.get(at), Some(TokenTree::Group(_)));
    let (mut at, mut export) = (0, export);
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(_) if is(at, "#") && tokens.get(at + 1).is_some_and(is_test) => {
                let brace = |at: &usize| is(*at, ";") || tokens[*at].to_string().starts_with('{');
                at = (at..tokens.len()).find(brace).unwrap_or(at);
            }
            TokenTree::Group(group) => scan(group.stream(), module, &[], false, file),
            TokenTree::Ident(_) if is(at, "as") && !prefix.is_empty() => at += 1,
            TokenTree::Ident(_) => {
                let start = at;
                let mut path = prefix.to_vec();
                path.push(tokens[at].to_string());
                while is(at + 1, ":") && is(at + 2, ":") && !group(at + 3) && at + 3 < tokens.len()
                {
                    path.push(tokens[at + 3].to_string());
                    at += 3;
                }
                export |=
                    is(start, "use") && (1..3).any(|back| start >= back && is(start - back, "pub"));
                if is(start, "trait") {
                    file.traits.extend(tokens.get(at + 1).map(ToString::to_string));
                } else if let (true, Some(TokenTree::Group(group))) =
                    (is(at + 1, ":") && is(at + 2, ":"), tokens.get(at + 3))
                {
                    scan(group.stream(), module, &path, export, file);
                    at += 3;
                } else if path.len() > 1 {
                    let paths = if export { &mut file.exports } else { &mut file.paths };
                    paths.push(absolute(&path, module));
                }
            }
            _ => export &= !is(at, ";"),
        }
        at += 1;
    }
}

/// Whether an attribute limits the following item to tests.
fn is_test(attribute: &TokenTree) -> bool {
    let text = attribute.to_string();
    text.starts_with("[cfg (test") || text.starts_with("[cfg (all (test")
}

/// A path from the root of the crate.
fn absolute(path: &[String], module: &[String]) -> Module {
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [module, &path[1..]].concat(),
        _ => [&module[..module.len().saturating_sub(ups)], &path[ups..]].concat(),
    }
}

/// The file that a path leads to, through imported modules and re-exports; `None` for a trait.
fn home<'c>(files: &'c Crate, path: &[String]) -> Option<&'c Module> {
    let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
    let (module, file) = files.get_key_value(&path[..length])?;
    let Some(name) = path.get(length) else { return Some(module) };
    let is_import = |target: &&Module| {
        target.last() == Some(name) && *target != module && files.contains_key(*target)
    };
    if let Some(import) = file.paths.iter().find(is_import) {
        return home(files, &[import, &path[length + 1..]].concat());
    }
    let exports = file.exports.iter().filter_map(|target| {
        let (last, rest) = target.split_last()?;
        let target =
            if last == "*" { &[rest, std::slice::from_ref(name)].concat() } else { target };
        (target.last() == Some(name) && !target.starts_with(&path[..=length]))
            .then(|| home(files, target))
    });
    let elsewhere = exports.flatten().find(|found| *found != module);
    elsewhere.or_else(|| (!file.traits.contains(name)).then_some(module))
}

/// The imports that are part of a cycle.
fn loops(files: &Crate) -> Vec<String> {
    let imports: BTreeMap<&Module, BTreeSet<&Module>> = files
        .iter()
        .map(|(module, file)| {
            (module, file.paths.iter().filter_map(|path| home(files, path)).collect())
        })
        .collect();
    let leads = |from: &Module, to: &Module| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(module) = open.pop() {
            open.extend(imports[module].iter().filter(|next| seen.insert(**next)));
        }
        seen.contains(to)
    };
    let edges = imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (*from, *to)));
    let looping = edges.filter(|(from, to)| from != to && leads(to, from));
    looping.map(|(from, to)| format!("{} -> {}", from.join("::"), to.join("::"))).collect()
}

#[test]
fn no_crate_has_an_import_cycle() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    for package in metadata.workspace_packages() {
        let folder = package.manifest_path.parent().expect("a folder").join("src");
        let mut files = Crate::new();
        read(folder.as_std_path(), &[], &mut files);
        let looping = loops(&files);
        assert!(
            looping.is_empty(),
            "{}: imports that are part of a cycle: {looping:#?}",
            package.name
        );
    }
}
