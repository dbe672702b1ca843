//! The machines of runs, each with its own site.

use runtime_bench_analysis::history::Machine;

use super::View;
use super::slugs::Slugs;

/// Folder of the sites of all machines but the first.
const MACHINES: &str = "m";

/// One machine, and the folder of its site.
#[derive(Debug)]
pub(crate) struct MachineView<'a> {
    /// The folder of its site: empty, or a path that ends with `/`.
    pub(crate) folder: String,
    /// The view of its site.
    pub(crate) view: View<'a>,
}

impl<'a> MachineView<'a> {
    /// The first machine is that of the newest run; its site is at the top folder, which is published at this
    /// address.
    pub(crate) fn all(machines: Vec<Machine<'a>>, url: Option<&str>) -> Vec<Self> {
        let several = machines.len() > 1;
        let mut slugs = Slugs::default();
        let site = |(place, machine): (usize, Machine<'a>)| {
            let slug = slugs.next(&machine.label);
            let (folder, up) = match place {
                0 => (String::new(), ""),
                _ => (format!("{MACHINES}/{slug}/"), "../../"),
            };
            let view = View::new(machine, several.then_some(up))?;
            let address = url.map(|url| format!("{}/{folder}", url.trim_end_matches('/')));
            Some(Self { folder, view: View { address, ..view } })
        };
        machines.into_iter().enumerate().filter_map(site).collect()
    }
}
