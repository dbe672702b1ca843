//! A chart with its title, units, direction, finding and data.

use maud::{Markup, html};

use crate::ReportError;
use crate::chart::{ChartError, Description};

/// The figure: `scale` describes units and direction, `drawn` is the chart, `table` its data.
pub(super) fn with_data(
    about: &Description,
    scale: &str,
    drawn: Result<Option<Markup>, ChartError>,
    table: &Markup,
) -> Result<Markup, ReportError> {
    let drawn = drawing(about, drawn)?;
    Ok(html! {
        figure {
            figcaption {
                h3 { (about.title) }
                p.scale { (scale) }
                p.found { (about.finding) }
            }
            @match drawn {
                Some(drawing) => (drawing),
                None => p.empty { "Not drawable: no figure is finite." },
            }
            details.data {
                summary { "Data" }
                div.scroll tabindex="0" role="group" aria-label={ "Data: " (about.title) } { (table) }
            }
        }
    })
}

/// A chart in a scrolling container; `None` if nothing could be drawn.
pub(super) fn drawing(
    about: &Description,
    drawn: Result<Option<Markup>, ChartError>,
) -> Result<Option<Markup>, ReportError> {
    let drawn = drawn.map_err(|error| ReportError::chart(&about.title, &error))?;
    Ok(drawn.map(|svg| {
        html! {
            div.scroll tabindex="0" role="group" aria-label=(about.title) { (svg) }
        }
    }))
}
