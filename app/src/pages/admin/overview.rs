use leptos::prelude::*;

use super::{Section, office, plot, refused};
use crate::pages::{Page, Visit};

/// The house in figures: `/admin`.
pub async fn overview(visit: Visit) -> Page {
    let figures = match chat::house::figures(&visit.chat, visit.actor()).await {
        Ok(figures) => figures,
        Err(error) => return refused(&visit, &error).await,
    };
    office(&visit, Section::Overview, || {
        let rows = [
            ("People", figures.people.to_string()),
            ("Rooms", figures.rooms.to_string()),
            ("Messages", figures.messages.to_string()),
            ("Database", size(figures.bytes)),
            ("Connections now", figures.connections.to_string()),
        ];
        let rows = rows.map(|(name, value)| {
            view! {
                <div class="figure">
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        view! {
            <dl class="figures">{rows.collect_view()}</dl>
            <section>
                <h2>"Messages a minute, over the last day"</h2>
                {plot::plot(&figures.sends)}
            </section>
        }
        .into_any()
    })
    .await
}

fn size(bytes: i64) -> String {
    let mebibytes = bytes as f64 / (1024.0 * 1024.0);
    if mebibytes < 1024.0 { format!("{mebibytes:.1} MiB") } else { format!("{:.1} GiB", mebibytes / 1024.0) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_in_units_that_people_read() {
        assert_eq!([262_144, 5 << 20, 3 << 30].map(size), ["0.2 MiB", "5.0 MiB", "3.0 GiB"]);
    }
}
