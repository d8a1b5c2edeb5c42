//! Specs of any size: designs of twenty objects beside each other, three in ten of them views, some twenty lines for each.

use std::fmt::Write;

/// Objects and views of one design.
pub const OF_A_DESIGN: usize = 20;

/// A spec with that many objects and views. What is in it depends on nothing but the number.
pub fn spec(objects: usize) -> String {
    let mut text = String::from("system generated \"Many designs beside each other\" { clock store }\n\n");
    let (mut left, mut design) = (objects, 0);
    while left > 0 {
        let size = left.min(OF_A_DESIGN);
        write_design(&mut text, design, size);
        left -= size;
        design += 1;
    }
    text.push_str("fault client retry\nfault node crash\n");
    text
}

/// Groups of a contested object, the events it accepts and the view of them: whole groups first, then what is left of one.
fn write_design(text: &mut String, design: usize, size: usize) {
    let actors = "actor User@ : user { count 10M; retries; may crash after send }\nactor Timer@ : scheduler\n\n";
    put(text, actors, &format!("{design}"));
    for group in 0..size.div_ceil(3) {
        let id = format!("{design}_{group}");
        let left = size - 3 * group;
        let of_group =
            |part: &str| part.replace("User@", &format!("User{design}")).replace("Timer@", &format!("Timer{design}"));
        put(text, &of_group(CONTESTED), &id);
        put(text, &of_group(if left > 1 { BID } else { TOUCH }), &id);
        if left > 1 {
            put(text, &of_group(EVENT), &id);
        }
        if left > 2 {
            put(text, &of_group(VIEW), &id);
        }
    }
}

fn put(text: &mut String, part: &str, id: &str) {
    let _ = write!(text, "{}", part.replace('@', id));
}

const CONTESTED: &str = "\
/// One thing that many compete for.
object Item@ : process {
    key item_id: uuid
    end_time: timestamp
    best: money
    ownership: many writers, one winner per item_id
    evolution: state machine {
        OPEN -> ENDED on Close@ when now >= end_time
        terminal ENDED
    }
    ordering: total by acceptance within item_id
    population 10M
    size 1KB
}

operation Close@(item: Item@, request_id: uuid) by Timer@ {
    when item.status == OPEN and now >= item.end_time
    then item.status = ENDED
    once per request_id for 24h
}

requirement RC@ \"An item ends at its end time\" { Timer@ does Close@ }
invariant IC@ ordering \"what has ended stays so\" { transitions of Item@ }

";

const TOUCH: &str = "\
operation Touch@(item: Item@, amount: money, request_id: uuid) by User@ {
    when item.status == OPEN and now < item.end_time and amount > item.best
    then item.best = amount
    once per request_id for 24h
    latency p95 <= 200ms
}

requirement RT@ \"Users can bid on an item\" { User@ does Touch@ }
invariant IT@ eligibility \"only what beats the best is accepted\" { of Touch@ }

";

const BID: &str = "\
operation Offer@(item: Item@, amount: money, offer_id: uuid) by User@ {
    when item.status == OPEN and now < item.end_time and amount > item.best
    then item.best = amount, create Bid@(bid_id: offer_id, item_id: item.item_id, amount)
    once per offer_id for 24h
    latency p95 <= 200ms
    rate 1k/s, hottest item 10/s
}

requirement RO@ \"Users can bid on an item\" { User@ does Offer@ }
invariant IO@ eligibility \"accepted only if open, in time and higher\" {
    of Offer@
    for RO@
}
invariant IU@ uniqueness \"the same request has the same outcome\" { Offer@ once per offer_id for 24h }

";

const EVENT: &str = "\
/// What was offered and accepted.
object Bid@ : event {
    key bid_id: uuid
    item_id: uuid
    amount: money
    created_at: timestamp
    ownership: single writer User@
    evolution: append-only
    ordering: total by bid_id within item_id
    size 200B
}

";

const VIEW: &str = "\
/// What watchers see.
view Best@ of Bid@ {
    value = max(Bid@.amount) for each item_id
    staleness <= 1s
    read by User@ at 10k/s, same shape
    rebuild from Bid@
}

requirement RV@ \"Users see the highest bid\" { User@ reads Best@ }
invariant IV@ propagation \"the view is a second old at most\" { Best@ within 1s }

";
