//! S1002: capabilities that no product gives together.

use super::capability_without_product::impossible;
use super::{declared, place};
use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::step_10_technology::market::{Market, Offered};
use crate::step_10_technology::placing::{Group, groups};
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1002",
        slug: "capabilities-apart",
        severity: Severity::Error,
        page: include_str!("capabilities_apart.md"),
        cites: &["S10-g1", "S10-d1", "S10-d3", "A-80", "A-49"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let found = groups(&design.technology).into_iter().filter_map(|group| {
        let missing = impossible(&market, group.needs);
        // One alone is `capability-without-product`.
        (missing.len() > 1).then(|| finding(design, &market, &group, &missing)).flatten()
    });
    found.collect()
}

fn finding(design: &Design, market: &Market, group: &Group, missing: &[Capability]) -> Option<Finding> {
    let at = place(design, group)?;
    let words: Vec<String> = missing.iter().map(|capability| format!("`{capability}`")).collect();
    let (last, first) = words.split_last()?;
    let words = format!("{} and {last}", first.join(", "));
    let finding = RULE
        .at(at, format!("`{}` needs {words} of one product, and none gives them together", design.name(at)))
        .label("one product must keep it");
    let finding = declared(group).into_iter().filter(|other| *other != at).take(3).fold(finding, |finding, other| {
        finding.with(other, "kept with it: they change in one transaction")
    });
    let finding = missing.iter().fold(finding, |finding, capability| {
        let asking = group.members.iter().find_map(|what| {
            let mut needs = design.technology.needs_of(*what);
            needs.find(|(needed, _)| needed == capability).map(|(_, rule)| (*what, rule))
        });
        match asking {
            Some((what, rule)) => finding
                .note(format!("{rule}: `{}` needs {}", design.name(what), capability.gloss().trim_end_matches('.').to_lowercase()))
                .because(fact!(needs, what, *capability)),
            None => finding,
        }
    });
    let needs = Profile::of(missing.iter().copied());
    let nearest = market.products.iter().filter(|offered| offered.capabilities.0 & needs.0 != 0).min_by_key(|offered| distance(offered, needs));
    let finding = match nearest {
        Some(offered) => finding.note(format!("nearest is `{}`: {}", offered.name, obstacle(offered, needs))),
        None => finding,
    };
    Some(finding.help("keep apart what need not commit together, ask for less load or freshness, or declare a product that gives both"))
}

fn distance(offered: &Offered, needs: Profile) -> usize {
    offered.lacks(needs).len() + usize::from(offered.preference == Some(Preference::Forbidden))
}

fn obstacle(offered: &Offered, needs: Profile) -> String {
    let lacks: Vec<&str> = offered.lacks(needs).iter().map(|capability| capability.word()).collect();
    match (lacks.as_slice(), offered.apart(needs)) {
        ([], Some(apart)) => apart.why.to_owned(),
        ([], None) => "it is forbidden".to_owned(),
        (lacks, _) => format!("it has no {}", lacks.join(", no ")),
    }
}
