//! What to write where a line of the checklist is not so of something and no finding says more.

/// What an author would write for a thing that the line is not true of; an imperative, in the words of the language.
pub fn advice(line: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, advice)| *advice)
}

#[rustfmt::skip]
static ADVICE: &[(&[&str], &str)] = &[
    (&["CK-1a", "CK-1b"], "say what its sentence comes down to: `{ Actor does Operation }`, `{ Actor reads View }`"),
    (&["CK-2a"], "say of what class it is: `object Name : entity`"),
    (&["CK-2b"], "say what it is computed from: `view Name of Object`"),
    (&["CK-2c"], "declare the operation that creates or changes it, or who does outside this spec: `written by Actor`"),
    (&["CK-3a"], "declare its axes: `ownership: …`, `evolution: …`, `ordering: …`"),
    (&["CK-3b"], "name the scope of its order: `ordering: total by field within field`"),
    (&["CK-4a"], "state what must hold for it: an `invariant` with `for` and its name"),
    (&["CK-4b", "CK-6b", "CK-6c"], "declare `ownership` and `evolution` of what it is about, so that a row of 6.2 gives a mechanism"),
    (&["CK-5a", "CK-5b"], "say what it is about: `of Operation`, `holds …`, `Operation once per key`"),
    (&["CK-6a"], "give the invariants it enforces a type: `invariant I1 eligibility`"),
    (&["CK-6d", "CK-8c", "CK-9d", "CK-14a"], "say how one request is told from another: `once per request_id for 1d`"),
    (&["CK-7a", "CK-9b"], "let one object carry it, and make whatever is computed from it a `view`"),
    (&["CK-7b"], "take one of its sources out of the circle: `view Name of Object`"),
    (&["CK-7c"], "say from what it is rebuilt: `rebuild from Object`"),
    (&["CK-8a"], "say what the operation does: `then …`"),
    (&["CK-8b"], "list its transitions: `evolution: state machine { A -> B on Operation }`"),
    (&["CK-9a"], "declare its key: `key name: uuid`"),
    (&["CK-9c", "CK-11b"], "name the scope of its contest: `ownership: … per field`"),
    (&["CK-10a", "CK-10b"], "allow a `technology` that provides what it needs"),
    (&["CK-11a", "CK-11c"], "say what lives where: `service Name { owns Object }`"),
    (&["CK-12a", "CK-12b", "CK-12c", "CK-15c"], "say how old an answer may be: `staleness <= 2s`"),
    (&["CK-13a", "CK-20a", "CK-20b"], "say how often it runs: `rate 100/s`"),
    (&["CK-13b", "CK-13c", "CK-17b"], "say how much of it meets one instance: `rate 100/s, hottest instance 10/s`"),
    (&["CK-14b"], "give what is counted a key, so that a second copy of it is recognised: `key event_id: uuid`"),
    (&["CK-14c", "CK-17a", "CK-18b"], "declare what can fail, and where: `fault client retry`, `fault node crash`"),
    (&["CK-15a", "CK-15d", "CK-16a", "CK-18a", "CK-18c"], "say what is promised: `latency p95 <= 200ms`"),
    (&["CK-15b"], "say what is counted as a violation: give its invariant a statement, such as `holds …`"),
    (&["CK-19a", "CK-20c"], "say how often it is written and how large it is: `rate 100/s`, `size 1KB`"),
    (&["CK-19b"], "say what it costs: `price { storage: 0.02USD }`"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::LINES;

    #[test]
    fn there_is_advice_for_every_line_and_for_no_other() {
        assert!(LINES.iter().all(|line| advice(line.id).is_some()));
        let advised: usize = ADVICE.iter().map(|(lines, _)| lines.len()).sum();
        assert_eq!(advised, LINES.len());
    }
}
