//! S1005: a product of which nothing is known.

use crate::Design;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::step_10_technology::catalogue::CATALOGUE;
use crate::step_10_technology::market::Market;
use crate::table::Profile;
use crate::vocabulary::{Preference, Topic, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1005",
        slug: "unknown-technology",
        severity: Severity::Warning,
        page: include_str!("unknown_technology.md"),
        cites: &["S10-g1", "S10-o1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    // To forbid what is not in the catalogue forbids nothing, and harms nobody.
    let empty = market.products.iter().filter(|offered| {
        let said = design.facts.provides.iter().any(|(technology, _)| *technology == offered.technology);
        offered.capabilities == Profile::default() && !said && offered.preference != Some(Preference::Forbidden)
    });
    let declared = empty.map(|offered| finding(offered.technology, &offered.name, &format!("add `provides \"…\"` with what it can do: {}", some())));
    let decided = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Store && !choice.word.is_empty() && choice.word != "?");
    let decided = decided.filter(|(_, choice)| market.named(&choice.word).is_none()).map(|(decision, choice)| {
        let help = format!("declare it: `technology {} {{ provides \"…\" }}`", identifier(&choice.word));
        finding(*decision, &choice.word, &help)
    });
    declared.chain(decided).collect()
}

fn finding(at: impl Into<Site>, name: &str, help: &str) -> Finding {
    let nearest = CATALOGUE.iter().map(|product| (strsim::jaro_winkler(&product.name.to_lowercase(), &name.to_lowercase()), product.name));
    let nearest = nearest.filter(|(score, _)| *score > 0.85).max_by(|one, other| one.0.total_cmp(&other.0));
    let finding = RULE
        .at(at, format!("nothing is known of `{name}`"))
        .label("not in the catalogue")
        .note("S10-g1: a product is chosen by what it can do, so one of which that is not said is never chosen");
    match nearest {
        Some((_, known)) => finding.help(format!("did you mean `{known}`?")),
        None => finding.help(help),
    }
}

/// A few capabilities, as an example.
fn some() -> String {
    Capability::ALL.iter().take(4).map(|capability| capability.word()).collect::<Vec<_>>().join(", ") + ", …"
}

fn identifier(word: &str) -> String {
    word.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}
