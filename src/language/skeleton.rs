//! Product sentences to the beginning of a spec: actor, operation and state as the words suggest, holes for all the rest.
//!
//! The guesses are those of the Step 1 verb table (S1-r1 to S1-r8) and of word order; whoever reads the file corrects them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use sysd_rules::step_01_normalization::tables::{VERBS, find_verb, row, words};
use sysd_rules::vocabulary::UiVerb;

/// A spec from one product sentence a line. Empty lines and headings are no sentences, bullets no part of one.
pub fn skeleton(system: &str, text: &str) -> String {
    let mut guesses: Vec<Guess> = text.lines().filter_map(sentence).map(Guess::new).collect();
    // "An auction ends": what others act on does nothing by itself, something makes it.
    let nouns: Vec<String> = guesses.iter().filter_map(|guess| guess.noun.clone()).collect();
    for guess in &mut guesses {
        if guess.verb == Some(UiVerb::Update) && nouns.contains(&guess.actor) {
            guess.noun = Some(std::mem::replace(&mut guess.actor, "Scheduler".to_owned()));
        }
    }
    let mut spec = Spec::default();
    guesses.iter().for_each(|guess| spec.add(guess));
    spec.print(system)
}

/// What a sentence seems to say.
struct Guess<'t> {
    sentence: &'t str,
    verb: Option<UiVerb>,
    /// The verb as a name: `Create`, `GoOnline`.
    doing: String,
    actor: String,
    /// What is acted on or seen, where it is named: `CurrentHighestBid`.
    noun: Option<String>,
    /// Its last word, what it is one of: `Bid`.
    kind: String,
}

impl<'t> Guess<'t> {
    fn new(sentence: &'t str) -> Self {
        let found = find_verb(sentence);
        let end = sentence.len();
        let (verb, at) = found.map_or((None, end..end), |(verb, at)| (Some(verb), at));
        let actor = run(sentence, 0..at.start);
        let mut noun = run(sentence, at.end..end);
        // "Users get price-drop notifications": here what it is about stands before the verb.
        if verb == Some(UiVerb::GetNotification) && noun.is_empty() {
            noun = run(sentence, actor.last().map_or(0, |word| word.end)..at.start);
        }
        let last = noun.last().cloned();
        Guess {
            sentence,
            verb,
            doing: pascal(&base(&sentence[at]).replace(" an ", " ").replace(" a ", " ")),
            actor: named(sentence, &actor).unwrap_or("User".into()),
            noun: named(sentence, &noun),
            kind: last.and_then(|last| named(sentence, &[last])).unwrap_or("Thing".into()),
        }
    }

    /// `CreateAuction`
    fn action(&self) -> String {
        format!("{}{}", self.doing, self.noun.as_deref().unwrap_or_default())
    }

    /// `Auction`; where a sentence like "drivers go online" does not say what is changed, it is about the driver.
    fn state(&self) -> String {
        self.noun.clone().unwrap_or_else(|| format!("{}State", self.actor))
    }
}

/// The sentence of a line.
fn sentence(line: &str) -> Option<&str> {
    let line = line.trim();
    let behind_digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let line = behind_digits.strip_prefix(['.', ')']).filter(|_| behind_digits.len() < line.len()).unwrap_or(line);
    let line = line.trim_start_matches(['-', '*', '•', ' ', '\t']);
    (!line.starts_with('#') && line.contains(char::is_alphanumeric)).then_some(line)
}

/// Words that name nothing.
#[rustfmt::skip]
const SMALL: &[&str] = &[
    "a", "able", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "before", "by", "can", "could",
    "during", "each", "every", "for", "from", "get", "gets", "her", "his", "how", "if", "in", "into", "is", "it", "its", "may",
    "must", "near", "nearby", "need", "needs", "new", "no", "now", "of", "on", "only", "or", "other", "our", "over", "own",
    "receive", "receives", "right", "shall", "should", "than", "that", "the", "their", "them", "then", "there", "they", "this",
    "to", "up", "via", "want", "wants", "was", "we", "were", "what", "when", "where", "which", "while", "who", "will", "with",
    "within",
];

/// The first words in a row, at most three, that name something.
fn run(sentence: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let names = |word: &Range<usize>| !SMALL.contains(&sentence[word.clone()].to_lowercase().as_str());
    let words = words(sentence).into_iter().filter(|word| within.start <= word.start && word.end <= within.end);
    words.skip_while(|word| !names(word)).take_while(names).take(3).collect()
}

/// `CurrentHighestBid`, of one thing where there are several.
fn named(sentence: &str, words: &[Range<usize>]) -> Option<String> {
    let (last, others) = words.split_last()?;
    let mut name: String = others.iter().map(|word| pascal(&sentence[word.clone()])).collect();
    name += &pascal(&singular(&sentence[last.clone()]));
    Some(name).filter(|name| !name.is_empty())
}

/// The letters and digits a name can have, each word with a capital.
fn pascal(words: &str) -> String {
    let mut name = String::new();
    for word in words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        name.push_str(&word[..1].to_ascii_uppercase());
        name.push_str(&word[1..]);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn singular(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let cut = |bytes: usize| word[..word.len() - bytes].to_owned();
    match () {
        () if lower.ends_with("ies") && lower.len() > 4 => cut(3) + "y",
        () if ["sses", "xes", "ches", "shes"].iter().any(|end| lower.ends_with(end)) => cut(2),
        () if ["ss", "us", "is"].iter().any(|end| lower.ends_with(end)) || lower.len() < 3 => word.to_owned(),
        () if lower.ends_with('s') => cut(1),
        () => word.to_owned(),
    }
}

/// "creates" → "create": the spelling listed before it that it begins with, if any.
fn base(spelt: &str) -> String {
    let spelt = spelt.to_lowercase();
    let stem = spelt.split(' ').next().unwrap_or_default().trim_end_matches('s').trim_end_matches('e').to_owned();
    let listed = VERBS.iter().filter(|row| row.words.contains(&spelt.as_str())).flat_map(|row| row.words);
    let same = |word: &&&str| word.starts_with(&stem) && word.split(' ').count() == spelt.split(' ').count();
    listed.filter(same).min_by_key(|word| word.len()).map_or(spelt.clone(), |word| (*word).to_owned())
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
    count: usize,
}

impl Spec {
    fn add(&mut self, guess: &Guess) {
        let touch = match guess.verb {
            None => String::new(),
            Some(UiVerb::View) => self.read(guess),
            Some(UiVerb::Search) => self.search(guess),
            Some(UiVerb::GetNotification) => self.notify(guess),
            Some(UiVerb::Create) => self.create(guess, &guess.state(), "?"),
            Some(UiVerb::React) => self.create(guess, &guess.doing, "event"),
            Some(UiVerb::Subscribe) => {
                self.create(guess, &format!("{}Subscription", guess.noun.as_deref().unwrap_or_default()), "intent")
            }
            Some(UiVerb::Update | UiVerb::Bid) => self.change(guess),
        };
        self.count += 1;
        let text = guess.sentence.replace('\\', "\\\\").replace('"', "\\\"");
        let body = if touch.is_empty() { "{ }".to_owned() } else { format!("{{ {touch} }}") };
        let _ = writeln!(self.requirements, "requirement R{} \"{text}\" {body}", self.count);
    }

    fn read(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.kind, "?");
        let wanted = guess.noun.clone().filter(|noun| *noun != guess.kind).unwrap_or(format!("{}View", guess.kind));
        let (view, is_new) = self.claim(&wanted, "view", "View");
        if is_new {
            let _ = write!(
                self.views,
                "view {view} of {object} {{\n    staleness <= ?\n    read by {actor} at ?\n    rebuild from ?\n}}\n\n"
            );
        }
        format!("{actor} reads {view}")
    }

    fn search(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.kind, "?");
        let (query, is_new) = self.claim(&guess.action(), "query", "Query");
        if is_new {
            let body = format!("    reads {object}\n    freshness <= ?\n    rate ?\n");
            let _ = write!(self.views, "query {query}(text: text) by {actor} {{\n{body}}}\n\n");
        }
        format!("{actor} queries {query}")
    }

    /// Somebody has to notice before anybody can be told.
    fn notify(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let evaluator = self.actor("Evaluator");
        let (event, _) = self.claim(guess.noun.as_deref().unwrap_or("Notice"), "event", "Event");
        let body = format!("    when ?\n    announces {event} to {actor}\n    once per request_id\n    rate ?\n");
        self.operation(&format!("Detect{event}"), "request_id: uuid", &evaluator, guess, &body);
        format!("{actor} is told of {event}")
    }

    fn create(&mut self, guess: &Guess, object: &str, class: &'static str) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(object, class);
        let key = snake(&object);
        let body = format!("    then create {object}({key}_id)\n    once per request_id\n    rate ?\n");
        let parameters = format!("{key}_id: uuid, request_id: uuid");
        let operation = self.operation(&guess.action(), &parameters, &actor, guess, &body);
        format!("{actor} does {operation}")
    }

    fn change(&mut self, guess: &Guess) -> String {
        let actor = self.actor(&guess.actor);
        let object = self.object(&guess.state(), "?");
        let parameters = format!("{}: {object}, request_id: uuid", snake(&object));
        let body = "    when ?\n    then ?\n    once per request_id\n    rate ?\n";
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
            if let Some(row) = guess.verb.and_then(row) {
                let _ = writeln!(self.operations, "// {}", row.why);
            }
            let _ = write!(self.operations, "operation {operation}({parameters}) by {actor} {{\n{body}}}\n\n");
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
        let parts = [&self.actors, &self.requirements, &self.objects, &self.operations, &self.views];
        let parts = parts.into_iter().map(|part| part.trim_end()).filter(|part| !part.is_empty());
        let parts: String = parts.map(|part| format!("\n{part}\n")).collect();
        format!("{head}system {system} {{\n    clock ?\n}}\n{parts}")
    }
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
