//! A chart with all that belongs to it: title, units, direction, the finding, and its data.

use maud::{Markup, html};

use crate::ReportError;
use crate::chart::{ChartError, Description};

/// The figure: `scale` says units and direction, `drawn` is the chart, `table` its data.
pub(super) fn exhibit(
    about: &Description,
    scale: &str,
    drawn: Result<Option<Markup>, ChartError>,
    table: &Markup,
) -> Result<Markup, ReportError> {
    let drawn = drawn.map_err(|error| ReportError::Chart {
        chart: about.title.clone(),
        reason: error.to_string(),
    })?;
    Ok(html! {
        figure {
            figcaption {
                h3 { (about.title) }
                p.scale { (scale) }
                p.found { (about.finding) }
            }
            @match drawn {
                Some(svg) => div.scroll tabindex="0" role="group" aria-label=(about.title) { (svg) },
                None => p.empty { "Not drawable: no figure is finite." },
            }
            details.data {
                summary { "Data" }
                div.scroll tabindex="0" role="group" aria-label={ "Data: " (about.title) } { (table) }
            }
        }
    })
}
