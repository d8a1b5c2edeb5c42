//! Which fact a line of an export states: an id for its comment, made of nothing an author can write.

use sysd_rules::proof::{Fact, Term};

/// `alert(alert 3, metric 5, 50%)`: the relation and its columns, things by kind and number.
pub fn id(fact: &Fact) -> String {
    let columns = fact.terms.iter().filter_map(|term| match term {
        Term::None => None,
        Term::Entity(entity) => Some(format!("{} {}", entity.noun(), number(&format!("{entity:?}")))),
        Term::Word(word) => Some((*word).to_owned()),
        Term::Quantity(quantity) => Some(quantity.to_string()),
    });
    format!("{}({})", fact.relation, columns.collect::<Vec<_>>().join(", "))
}

/// The number in `Alert(Alert(3))`.
fn number(shown: &str) -> String {
    shown.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use sysd_rules::fact;
    use sysd_rules::fact::{Alert, Metric};
    use sysd_rules::quantity::{Dimension, Quantity};

    #[test]
    fn an_id_says_relation_and_columns() {
        let fact = fact!(alert, Alert(3), Metric(15), Quantity::whole(50, Dimension::Percent));
        assert_eq!(super::id(&fact), "alert(alert 3, metric 15, 50%)");
    }
}
