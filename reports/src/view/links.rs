//! Links between pages.

use super::group::Group;
use super::runner::Runner;
use super::workload::Workload;

/// Folder of the workloads' pages.
pub(crate) const WORKLOADS: &str = "w";
/// Folder of the runners' pages.
pub(crate) const RUNNERS: &str = "r";

/// The page of all machines, in the folder of the first machine's site.
pub(crate) const MACHINES_PAGE: &str = "machines.html";

/// The links of a page. Every link is relative, so that the site works at any address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// Everything is on one page.
    OnePage,
    /// From a page in the folder of the site.
    Top,
    /// From a page in a folder below it.
    Below,
}

impl Links {
    /// A file in the folder of the site.
    pub(crate) fn file(self, name: &str) -> String {
        let up = if self == Self::Below { "../" } else { "" };
        format!("{up}{name}")
    }

    /// A page in the folder of the site: `index`, `method`.
    pub(crate) fn page(self, name: &str) -> String {
        match self {
            Self::OnePage => format!("#{name}"),
            _ => self.file(&format!("{name}.html")),
        }
    }

    /// A target on a page in the folder of the site.
    pub(crate) fn part(self, page: &str, anchor: &str) -> String {
        match self {
            Self::OnePage => format!("#{anchor}"),
            _ => format!("{}#{anchor}", self.page(page)),
        }
    }

    /// A workload.
    pub(crate) fn workload(self, workload: &Workload<'_>) -> String {
        self.below(WORKLOADS, &workload.slug)
    }

    /// A comparison of a workload, from another page. A single-page site shows one per workload.
    pub(crate) fn group(self, workload: &Workload<'_>, group: &Group<'_>) -> String {
        match self {
            Self::OnePage => self.workload(workload),
            _ => format!("{}#{}", self.workload(workload), group.anchor),
        }
    }

    /// A runner.
    pub(crate) fn runner(self, runner: &Runner<'_>) -> String {
        self.below(RUNNERS, &runner.slug)
    }

    fn below(self, folder: &str, slug: &str) -> String {
        match self {
            Self::OnePage => format!("#{}", anchor(folder, slug)),
            _ => self.file(&format!("{folder}/{slug}.html")),
        }
    }
}

/// The `id` of a section that is a separate page in a site with several pages.
pub(crate) fn anchor(folder: &str, slug: &str) -> String {
    format!("{folder}-{slug}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_reaches_every_page() {
        assert_eq!(Links::Top.page("method"), "method.html");
        assert_eq!(Links::Below.page("method"), "../method.html");
        assert_eq!(Links::OnePage.page("method"), "#method");
        assert_eq!(Links::Below.part("claims", "claim-a"), "../claims.html#claim-a");
        assert_eq!(Links::OnePage.part("claims", "claim-a"), "#claim-a");
        assert_eq!(Links::Below.below(RUNNERS, "smol"), "../r/smol.html");
        assert_eq!(Links::OnePage.below(RUNNERS, "smol"), "#r-smol");
    }
}
