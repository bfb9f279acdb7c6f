//! A day as a line, drawn by the server.

use std::fmt::Write;

use leptos::prelude::*;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 160.0;

/// The values from left to right, the highest at the top.
pub(super) fn plot(values: &[f64]) -> impl IntoView + use<> {
    let top = values.iter().copied().fold(0.0, f64::max);
    let description = format!("At most {top:.1} messages a minute.");
    view! {
        <figure class="plot">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=description.clone() preserveAspectRatio="none">
                <path d=line(values, top)></path>
            </svg>
            <figcaption>"24 hours ago to now. " {description}</figcaption>
        </figure>
    }
}

fn line(values: &[f64], top: f64) -> String {
    let step = WIDTH / values.len().saturating_sub(1).max(1) as f64;
    let scale = if top > 0.0 { (HEIGHT - 2.0) / top } else { 0.0 };
    let mut path = String::new();
    for (n, value) in values.iter().enumerate() {
        let command = if n == 0 { 'M' } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{:.1} {:.1}", n as f64 * step, HEIGHT - 1.0 - value * scale);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_highest_value_is_at_the_top_and_nothing_is_at_the_bottom() {
        assert_eq!(line(&[0.0, 2.0, 1.0], 2.0), "M0.0 159.0L360.0 1.0L720.0 80.0");
        assert_eq!(line(&[0.0, 0.0], 0.0), "M0.0 159.0L720.0 159.0");
        assert_eq!(line(&[], 0.0), "");
    }
}
