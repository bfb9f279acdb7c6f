//! Bold, italic, strike-through and what is hidden: which runs of `*`, `_`, `~` and `|` belong together. The rules are those of CommonMark 0.31, 6.2.

use super::token::{SPOILER, Token};

/// How many runs may wait for their counterpart. When one more comes, the oldest is given up. It bounds the depth of the output,
/// and the time that a run looks back.
pub(super) const MAX_OPEN: usize = 16;

/// Finds the runs that belong together. Emphasis never crosses the edge of a link.
pub(super) fn pair(tokens: &mut [Token<'_>]) {
    // Runs that wait; None is the start of a link.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut links = 0;
    for at in 0..tokens.len() {
        let waits = match &tokens[at] {
            Token::LinkStart(_) => {
                links += 1;
                Some(None)
            }
            Token::LinkEnd => {
                links -= 1;
                while open.pop().flatten().is_some() {}
                None
            }
            // Nothing to be pressed stands within a link.
            Token::Run(run) if links > 0 && run.mark == b'|' => None,
            Token::Run(_) => close(tokens, at, &mut open).then_some(Some(at)),
            _ => None,
        };
        if let Some(waiting) = waits {
            if open.len() == MAX_OPEN {
                open.remove(0);
            }
            open.push(waiting);
        }
    }
}

/// Lets a run close those before it. True when something of it is left that may open.
fn close(tokens: &mut [Token<'_>], at: usize, open: &mut Vec<Option<usize>>) -> bool {
    let (before, rest) = tokens.split_at_mut(at);
    let Some(Token::Run(closer)) = rest.first_mut() else { return false };
    while closer.closes && closer.left > 0 {
        let mut waiting = open.iter().rev().map_while(|&place| place);
        let Some(above) = waiting.position(|place| matches!(&before[place], Token::Run(opener) if opener.fits(closer))) else {
            break;
        };
        open.truncate(open.len() - above);
        let Some(Some(Token::Run(opener))) = open.last().copied().flatten().map(|place| before.get_mut(place)) else { break };
        let (used, name) = match (closer.mark, opener.left.min(closer.left)) {
            (b'~', both) => (both, "del"),
            (b'|', both) => (both, SPOILER),
            (_, 1) => (1, "em"),
            _ => (2, "strong"),
        };
        opener.left -= used;
        opener.opening.push(name);
        closer.left -= used;
        closer.closing.push(name);
        if opener.left == 0 {
            open.pop();
        }
    }
    closer.opens && closer.left > 0
}
