//! The shards of a merged run: which machine measured which workloads.

use maud::{Markup, html};
use runtime_bench_results::run::Run;
use runtime_bench_results::shard::MergedShard;

use super::header::moment;
use crate::format;
use crate::table::head;

/// The table, for a merged run.
pub(super) fn section(run: &Run) -> Markup {
    html! {
        @if !run.shards.is_empty() {
            h2 #shards { "Shards" }
            div.prose {
                p {
                    "The plan was split by workload across machines of one kind. Each comparison \
                     was measured "
                    "on one machine; its noise and stalls are those of that machine."
                }
            }
            div.scroll tabindex="0" role="group" aria-label="Shards" {
                table.figures.verdicts {
                    (head(["Shard", "Run", "Started", "Duration", "Machine", "Workloads"]))
                    tbody { @for own in &run.shards { (row(own)) } }
                }
            }
        }
    }
}

fn row(own: &MergedShard) -> Markup {
    html! {
        tr {
            th scope="row" { (own.shard.index) " of " (own.shard.of) }
            td { code { (own.id) } }
            td { (moment(&own.started)) }
            td {
                @match own.end {
                    Some(end) => { (format::number(end.elapsed_s)) "\u{a0}s" }
                    None => "unfinished",
                }
            }
            td.reason { (own.environment.label()) }
            td.reason { (own.shard.workloads.join(", ")) }
        }
    }
}
