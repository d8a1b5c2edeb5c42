//! S1902: a price of something that the cost model does not count, or per a unit it has not.

use crate::Design;
use crate::finding::*;
use crate::quantity::Dimension;
use crate::step_19_costs::CostKind;
use crate::step_19_costs::money::{kind_of, read};
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1902",
        slug: "unreadable-price",
        severity: Severity::Error,
        page: include_str!("unreadable_price.md"),
        cites: &["S19-p3", "A-77"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let findings = facts.price.iter().filter_map(|(price, unit, amount)| {
        let name = facts.name(*price);
        if amount.is_negative() {
            return Some(RULE.at(*price, format!("`{name}` costs {amount}, less than nothing")).label("negative").note("S19-p3: what is used is paid for").help("write the price as a positive amount"));
        }
        if read(facts, *price, unit, *amount).is_some() {
            return None;
        }
        let currency = match amount.dimension {
            Dimension::Money(currency) => currency,
            _ => {
                return Some(
                    RULE.at(*price, format!("`{name}` costs {amount}, which is no money"))
                        .label("no currency")
                        .note("S19-p3: what is used is paid for")
                        .help("write the currency behind the amount: `0.10USD`"),
                );
            }
        };
        let kinds: Vec<&str> = CostKind::ALL.iter().map(|kind| kind.word()).collect();
        Some(match kind_of(name) {
            None => RULE
                .at(*price, format!("the cost model does not count `{name}`"))
                .label("priced, and used by nothing")
                .note(format!("S19-p3: what is paid for is {}", kinds.join(", ")))
                .help("name the price after what it is of: `storage: 0.10USD per GB month`"),
            Some(kind) => RULE
                .at(*price, format!("{kind} is not sold per `{unit}`"))
                .label("a unit of something else")
                .note("A-77: usage and price must be in units of the same thing, or their product is no cost")
                .help(format!("write it like `{}`", kind.example(currency))),
        })
    });
    findings.collect()
}
