//! The machines that runs were made on: a site for each, never one for several.

use runtime_bench_results::history::Machine;

use crate::Options;
use crate::ReportError;
use crate::data;
use crate::files::File;
use crate::page;
use crate::view::{Slugs, View};

/// Folder of the sites of all machines but the first.
const MACHINES: &str = "m";

/// The machines.
pub(crate) struct Fleet<'a> {
    sites: Vec<Site<'a>>,
}

/// The pages of one machine.
pub(crate) struct Site<'a> {
    /// Where it lies: empty, or a folder and a `/`.
    pub(crate) folder: String,
    /// What it shows.
    pub(crate) view: View<'a>,
}

impl<'a> Fleet<'a> {
    /// The first machine is that of the newest run; its site is the site.
    pub(crate) fn new(machines: Vec<Machine<'a>>) -> Self {
        let several = machines.len() > 1;
        let mut slugs = Slugs::default();
        let site = |(place, machine): (usize, Machine<'a>)| {
            let slug = slugs.next(&machine.label);
            let (folder, up) = match place {
                0 => (String::new(), ""),
                _ => (format!("{MACHINES}/{slug}/"), "../../"),
            };
            Some(Site { folder, view: View::new(machine, several.then_some(up))? })
        };
        Self { sites: machines.into_iter().enumerate().filter_map(site).collect() }
    }

    /// A site for each machine, that of the newest run first.
    pub(crate) fn sites(&self) -> &[Site<'a>] {
        &self.sites
    }

    /// The machines side by side, where there are several.
    pub(crate) fn page(&self, options: Options) -> Option<File<'static>> {
        (self.sites.len() > 1 && !options.single_file).then(|| page::machines(&self.sites))
    }
}

impl<'a> Site<'a> {
    /// Its files, the first page first.
    pub(crate) fn files(&self, options: Options) -> Result<Vec<File<'a>>, ReportError> {
        let mut files = if options.single_file {
            vec![page::one_page(&self.view)?]
        } else {
            page::folder(&self.view)?
        };
        files.extend(page::snapshot(&self.view)?);
        files.extend(data::files(&self.view)?);
        for file in &mut files {
            file.path.insert_str(0, &self.folder);
        }
        Ok(files)
    }
}
