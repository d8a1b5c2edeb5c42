//! S1009: what commits together is decided into two products.

use super::stores;
use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_10_technology::market::Market;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1009",
        slug: "stores-split-transaction",
        severity: Severity::Error,
        page: include_str!("stores_split_transaction.md"),
        cites: &["A-49", "A-37", "S10-d1", "S10-e2"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let stores = stores(design);
    let found = stores.iter().enumerate().filter_map(|(place, (decision, choice, group))| {
        let own = market.named(&choice.word)?.technology;
        let (first, other, _) = stores[..place].iter().find(|(_, other, of)| {
            of == group && market.named(&other.word).is_some_and(|offered| offered.technology != own)
        })?;
        let tie = design.technology.together.iter().find(|(one, _, _)| group.members.contains(one))?;
        Some(
            RULE.at(*decision, format!("`{}` and `{}` would keep two halves of one transaction", other.word, choice.word))
                .label("another product than the first half")
                .with(*first, "the first half")
                .note(format!("{}: what changes in one transaction is kept by one product; between two, a crash leaves one half", tie.2))
                .help(format!("decide on one of the two for both, or cut the write in two and let `{}` follow by events", choice.word))
                .because(fact!(together, tie.0, tie.1)),
        )
    });
    found.collect()
}
