//! Product sentences to the beginning of a spec: actor, operation and state as the words suggest, holes for all the rest.
//!
//! The guesses are those of the Step 1 verb table (S1-r1 to S1-r8) and of word order; whoever reads the file corrects them. What a
//! sentence says besides stands above what was made of it, as a comment.

mod sentence;

use std::collections::BTreeMap;
use std::fmt::Write;

use sentence::{Guess, sentence};
use sysd_rules::step_01_normalization::tables::row;
use sysd_rules::vocabulary::UiVerb;

/// A spec from one product sentence a line.
pub fn skeleton(system: &str, text: &str) -> String {
    let mut guesses: Vec<Guess> = text.lines().filter_map(sentence).map(Guess::new).collect();
    // "An auction ends": what others act on does nothing by itself, something makes it.
    let nouns: Vec<String> = guesses.iter().filter_map(|guess| guess.noun.clone()).collect();
    for guess in &mut guesses {
        if guess.verb == Some(UiVerb::Update) && nouns.contains(&guess.actor) {
            guess.noun = Some(std::mem::replace(&mut guess.actor, "Scheduler".to_owned()));
        }
        if guess.every.is_some() && !guess.computes {
            guess.actor = "Scheduler".to_owned();
        }
    }
    let mut spec = Spec::default();
    guesses.iter().for_each(|guess| spec.add(guess));
    crate::syntax::print::format(&spec.print(system))
}

/// The items of a spec, each named once, in the order they were first needed.
#[derive(Default)]
struct Spec {
    /// What each name stands for.
    names: BTreeMap<String, &'static str>,
    actors: String,
    requirements: String,
    objects: String,
    operations: String,
    views: String,
    invariants: String,
    count: usize,
}

impl Spec {
    fn add(&mut self, guess: &Guess) {
        self.count += 1;
        let text = quoted(guess.sentence);
        let body = match (guess.forbids, guess.is_understood()) {
            (true, _) => self.forbid(guess),
            (_, true) => {
                let touches = std::iter::successors(Some(guess), |guess| guess.then.as_deref());
                touches.map(|guess| self.touch(guess)).collect::<Vec<_>>().join("; ")
            }
            (_, false) => {
                let _ = writeln!(self.requirements, "// not understood: who does, reads or is told what?");
                String::new()
            }
        };
        let _ = writeln!(self.requirements, "requirement R{} {text} {{ {body} }}", self.count);
    }

    fn touch(&mut self, guess: &Guess) -> String {
        match guess.verb {
            Some(UiVerb::View) => self.read(guess),
            Some(UiVerb::Search) => self.search(guess),
            Some(UiVerb::GetNotification) => self.notify(guess),
            Some(UiVerb::Create) => self.create(guess, &guess.state(), "?"),
            Some(UiVerb::React) => self.create(guess, &guess.doing, "event"),
            Some(UiVerb::Subscribe) => {
                self.create(guess, &format!("{}Subscription", guess.noun.as_deref().unwrap_or_default()), "intent")
            }
            Some(UiVerb::Update | UiVerb::Bid) | None => self.change(guess),
        }
    }

    /// What must not be is no operation: it is what every operation must keep.
    fn forbid(&mut self, guess: &Guess) -> String {
        let (text, of) = (quoted(guess.sentence.trim_end_matches('.')), self.count);
        let _ = write!(
            self.invariants,
            "// R{of} forbids something: say what holds of the state at all times\n\
             invariant I{of} {text} {{\n    holds ?\n    for R{of}\n}}\n\n"
        );
        String::new()
    }

    fn read(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.kind, "?");
        let wanted = guess.noun.clone().filter(|noun| *noun != guess.kind).unwrap_or(format!("{}View", guess.kind));
        let (view, is_new) = self.claim(&wanted, "view", "View");
        if is_new {
            let mut comments = String::new();
            let mut staleness = "?";
            if let Some(within) = &guess.within {
                staleness = within;
            } else if let Some((often, length)) = guess.every {
                let _ = writeln!(comments, "// \"{often}\": computed that often, so up to that old");
                staleness = length;
            }
            if guess.computes {
                let _ = writeln!(
                    comments,
                    "// computed from many: say how, as `view {view} of {object} = sum(…) for each …`"
                );
            }
            left(&mut comments, guess);
            let _ = write!(
                self.views,
                "{comments}view {view} of {object} {{\n    staleness <= {staleness}\n    read by {actor} at ?\n    rebuild from ?\n}}\n\n"
            );
        }
        format!("{actor} reads {view}")
    }

    fn search(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.kind, "?");
        let (query, is_new) = self.claim(&guess.action(), "query", "Query");
        if is_new {
            let mut comments = String::new();
            left(&mut comments, guess);
            let body = format!("    reads {object}\n    freshness <= ?\n{}    rate ?\n", latency(guess));
            let _ = write!(self.views, "{comments}query {query}(text: text) by {actor} {{\n{body}}}\n\n");
        }
        format!("{actor} queries {query}")
    }

    /// Somebody has to notice before anybody can be told.
    fn notify(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let evaluator = self.actor("Evaluator");
        let (event, _) = self.claim(guess.noun.as_deref().unwrap_or("Notice"), "event", "Event");
        let body = format!("    when ?\n    announces {event} to {actor}\n    once per request_id\n");
        self.operation(&format!("Detect{event}"), "request_id: uuid", &evaluator, guess, &body);
        format!("{actor} is told of {event}")
    }

    fn create(&mut self, guess: &Guess, object: &str, class: &'static str) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(object, class);
        let key = snake(&object);
        let body = format!("    then create {object}({key}_id)\n    once per request_id\n");
        let parameters = format!("{key}_id: uuid, request_id: uuid");
        let operation = self.operation(&guess.action(), &parameters, &actor, guess, &body);
        format!("{actor} does {operation}")
    }

    fn change(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.state(), "?");
        let parameters = format!("{}: {object}, request_id: uuid", snake(&object));
        let body = "    when ?\n    then ?\n    once per request_id\n";
        let operation = self.operation(&guess.action(), &parameters, &actor, guess, body);
        format!("{actor} does {operation}")
    }

    fn actor(&mut self, wanted: &str) -> String {
        let (actor, is_new) = self.claim(wanted, "actor", "Actor");
        if is_new {
            let _ = writeln!(self.actors, "actor {actor} : {}", kind(&actor));
        }
        actor
    }

    fn object(&mut self, wanted: &str, class: &'static str) -> String {
        let (object, is_new) = self.claim(wanted, "object", "Record");
        if is_new {
            let class = if class == "?" { String::new() } else { format!(" : {class}") };
            let key = snake(&object);
            let _ = write!(
                self.objects,
                "object {object}{class} {{\n    key {key}_id: uuid\n    ownership: ?\n    evolution: ?\n    ordering: ?\n}}\n\n"
            );
        }
        object
    }

    fn operation(&mut self, wanted: &str, parameters: &str, actor: &str, guess: &Guess, body: &str) -> String {
        let (operation, is_new) = self.claim(wanted, "operation", "Operation");
        if is_new {
            match guess.verb.and_then(row) {
                Some(row) => _ = writeln!(self.operations, "// {}", row.why),
                None => _ = writeln!(self.operations, "// no verb that is known: taken for a change of what is there"),
            }
            if let Some((often, _)) = guess.every {
                let _ = writeln!(self.operations, "// \"{often}\": the scheduler starts it");
            }
            left(&mut self.operations, guess);
            let latency = latency(guess);
            let _ = write!(
                self.operations,
                "operation {operation}({parameters}) by {actor} {{\n{body}{latency}    rate ?\n}}\n\n"
            );
        }
        operation
    }

    /// A name for a thing of a kind, and whether it is new. Where a thing of another kind has the name, it gets a suffix.
    fn claim(&mut self, wanted: &str, kind: &'static str, suffix: &str) -> (String, bool) {
        let mut name = wanted.to_owned();
        while self.names.get(&name).is_some_and(|taken| *taken != kind) {
            name += suffix;
        }
        let is_new = self.names.insert(name.clone(), kind).is_none();
        (name, is_new)
    }

    fn print(&self, system: &str) -> String {
        let requirements = if self.count == 1 { "sentence" } else { "sentences" };
        let head = format!(
            "// From {} product {requirements}; actors, operations and names are guesses. `?` stands for what is not\n\
             // decided yet, and `sysd check --complete` lists what is missing.\n",
            self.count
        );
        let parts = [&self.actors, &self.requirements, &self.objects, &self.operations, &self.views, &self.invariants];
        let parts = parts.into_iter().map(|part| part.trim_end()).filter(|part| !part.is_empty());
        let parts: String = parts.map(|part| format!("\n{part}\n")).collect();
        format!("{head}system {system} {{\n    clock ?\n}}\n{parts}")
    }
}

/// What of the sentence is in no clause.
fn left(comments: &mut String, guess: &Guess) {
    for rest in &guess.rest {
        let _ = writeln!(comments, "// not taken up: \"{rest}\"");
    }
}

/// "within 200 ms", of nearly all requests.
fn latency(guess: &Guess) -> String {
    guess.within.as_ref().map_or(String::new(), |within| format!("    latency p95 <= {within}\n"))
}

/// In quotes, as a text.
fn quoted(sentence: &str) -> String {
    format!("\"{}\"", sentence.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What sort of actor such a name suggests.
fn kind(actor: &str) -> &'static str {
    let lower = actor.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match () {
        () if has(&["schedul", "cron", "timer"]) => "scheduler",
        () if has(&["admin", "moderator", "operator"]) => "admin",
        () if has(&["partner", "bank", "provider", "supplier"]) => "external partner",
        () if has(&["system", "service", "evaluator", "pipeline", "worker", "backend", "server", "dispatcher"]) => {
            "internal service"
        }
        () if has(&["client", "app", "device", "browser", "sensor"]) => "client",
        () => "user",
    }
}

/// `PriceAlert` → `price_alert`
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (index, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && index > 0 && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests;
