//! S1004: a product is preferred though nothing asks for what it can do.

use crate::Design;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::step_10_technology::market::Market;
use crate::step_10_technology::placing::groups;
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1004",
        slug: "preference-before-need",
        severity: Severity::Warning,
        page: include_str!("preference_before_need.md"),
        cites: &["S10-g1", "AP-5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let groups = groups(&design.technology);
    let preferred = market.products.iter().filter(|offered| offered.preference == Some(Preference::Preferred));
    // A product that can do nothing we know of is `unknown-technology`.
    let known = preferred.filter(|offered| offered.capabilities != Profile::default());
    let idle = known.filter(|offered| {
        let archives = offered.capabilities.has(Capability::Archive) && !design.technology.archived.is_empty();
        !archives && !groups.iter().any(|group| offered.gives(group.needs))
    });
    idle.map(|offered| {
        let can = Capability::ALL.iter().filter(|capability| offered.capabilities.has(**capability)).map(|it| it.word());
        let can: Vec<&str> = can.take(3).collect();
        let at = offered.technology;
        RULE.at(at, format!("`{}` is preferred, and nothing in this spec can be kept by it", offered.name))
            .label("preferred before anything needs it")
            .note("S10-g1: a product is chosen because it fits a capability that is needed, not because it is known or in fashion")
            .note("AP-5: a name that comes before the need locks the design in for no reason")
            .help(format!("leave it out; where something needs {}, it will be weighed with the others", can.join(", ")))
            .fix("leave the preference out", Applicability::Unsafe, Change::Remove(at.into()))
    })
    .collect()
}
