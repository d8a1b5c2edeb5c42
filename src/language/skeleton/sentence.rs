//! A product sentence taken apart: who, what is done, to what, how soon, how often, and what is left over.
//!
//! By the words of the Step 1 verb table (S1-r1 to S1-r8), and by the grammar where the table lacks the verb: behind "can", "must"
//! or "I want to" stands a verb, and "payments are captured" says what is done to payments.

use std::ops::Range;

use sysd_rules::step_01_normalization::tables::{VERBS, find_verb, words};
use sysd_rules::vocabulary::UiVerb;

/// What a sentence seems to say.
pub struct Guess<'t> {
    /// The line.
    pub sentence: &'t str,
    /// Its verb, where the table has it.
    pub verb: Option<UiVerb>,
    /// The verb as a name: `Create`, `GoOnline`; empty where there is none.
    pub doing: String,
    /// Whose action it is.
    pub actor: String,
    /// What is acted on or seen, where it is named: `CurrentHighestBid`.
    pub noun: Option<String>,
    /// Its last word, what it is one of: `Bid`.
    pub kind: String,
    /// Whether it says what must not be.
    pub forbids: bool,
    /// Whether it asks for a figure computed from many things: "a report of", "total".
    pub computes: bool,
    /// How soon: `200ms`.
    pub within: Option<String>,
    /// How often, as said, and how long that is: "Nightly" and `24h`.
    pub every: Option<(&'t str, &'static str)>,
    /// What else it says, as said: "only after the courier confirms delivery".
    pub rest: Vec<&'t str>,
    /// What follows behind "and": "see their latest posts".
    pub then: Option<Box<Guess<'t>>>,
}

impl<'t> Guess<'t> {
    /// Reads a sentence.
    pub fn new(sentence: &'t str) -> Self {
        let (teller, main) = story(sentence);
        let (every, main) = schedule(main);
        let mut guess = Guess::clause(sentence, main, teller);
        guess.every = guess.every.or(every);
        guess
    }

    /// Reads one clause of it, whose actor may be known.
    fn clause(sentence: &'t str, whole: &'t str, teller: Option<String>) -> Self {
        let (within, main) = bound(whole);
        let (main, and) = second_verb(main);
        let found = action(main, teller.is_some());
        let told = |at: &Range<usize>| if at.start > 0 { run(main, 0..at.start) } else { vec![] };
        let mut guess = Guess {
            sentence,
            verb: None,
            doing: String::new(),
            actor: String::new(),
            noun: None,
            kind: "Thing".into(),
            forbids: forbids(main),
            computes: false,
            within,
            every: None,
            rest: vec![],
            then: None,
        };
        let mut noun = vec![];
        let mut actor = vec![];
        let mut read = 0;
        if let Some(figure) = figure(main).filter(|_| !guess.forbids) {
            (guess.computes, guess.verb, noun) = (true, Some(UiVerb::View), figure);
            read = noun.last().map_or(0, |word| word.end);
            if let Some(be) = auxiliary(main).filter(|be| be.start >= read) {
                guess.rest.extend(left_over(&main[read..be.start]));
                read = words(main).iter().find(|word| word.start > be.end).map_or(be.end, |word| word.end);
            }
        } else if let Some(Action { verb, at, passive, name }) = found {
            (guess.verb, guess.doing) = (verb, name);
            read = at.end;
            if passive {
                noun = told(&at);
                let by = main[at.end..].strip_prefix(" by ").map(|_| run(main, at.end + 3..main.len()));
                read = by.as_ref().and_then(|by| by.last()).map_or(read, |word| word.end);
                actor = by.unwrap_or_default();
            } else {
                actor = told(&at);
                noun = run(main, at.end..main.len());
                read = noun.last().map_or(read, |word| word.end);
            }
            // "Users get price-drop notifications": here what it is about stands before the verb.
            if verb == Some(UiVerb::GetNotification) && (noun.is_empty() || passive_behind(main, &at)) {
                noun = run(main, actor.last().map_or(0, |word| word.end)..at.start);
                read = passive_end(main, &at).unwrap_or(at.end);
            }
            let fallback = if passive { "System" } else { "User" };
            guess.actor = named(main, &actor).unwrap_or(fallback.into());
        }
        if guess.actor.is_empty() {
            guess.actor = "User".into();
        }
        guess.actor = teller.unwrap_or(guess.actor);
        guess.noun = named(main, &noun);
        guess.kind = noun.last().and_then(|last| named(main, std::slice::from_ref(last))).unwrap_or(guess.kind);
        if (guess.verb.is_some() || !guess.doing.is_empty()) && !guess.forbids {
            guess.rest.extend(left_over(&main[read..]));
        }
        let then = and.map(|and| Box::new(Guess::clause(sentence, and, Some(guess.actor.clone()))));
        guess.then = then.filter(|then| then.noun.is_some());
        if let (Some(and), None) = (and, &guess.then) {
            guess.rest.extend(left_over(and));
        }
        guess
    }

    /// Whether anything is made of it.
    pub fn is_understood(&self) -> bool {
        self.forbids || self.verb.is_some() || !self.doing.is_empty()
    }

    /// `CreateAuction`
    pub fn action(&self) -> String {
        format!("{}{}", self.doing, self.noun.as_deref().unwrap_or_default())
    }

    /// `Auction`; where a sentence like "drivers go online" does not say what is changed, it is about the driver.
    pub fn state(&self) -> String {
        self.noun.clone().unwrap_or_else(|| format!("{}State", self.actor))
    }
}

/// The sentence of a line. Empty lines and headings are no sentences, bullets no part of one.
pub fn sentence(line: &str) -> Option<&str> {
    let line = line.trim();
    let behind_digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let line = behind_digits.strip_prefix(['.', ')']).filter(|_| behind_digits.len() < line.len()).unwrap_or(line);
    let line = line.trim_start_matches(['-', '*', '•', ' ', '\t']);
    (!line.starts_with('#') && line.contains(char::is_alphanumeric)).then_some(line)
}

/// Words that name nothing.
#[rustfmt::skip]
pub const SMALL: &[&str] = &[
    "a", "able", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "before", "by", "can", "cannot",
    "could", "during", "each", "every", "for", "from", "get", "gets", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "may", "must", "near", "nearby", "need", "needs", "never", "new", "no", "not", "now", "of", "on", "once", "only", "or", "other",
    "our", "over", "own", "per", "receive", "receives", "right", "shall", "should", "so", "than", "that", "the", "their", "them",
    "then", "there", "they", "this", "to", "unless", "until", "up", "via", "want", "wants", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "will", "with", "within",
];

/// Words behind which a verb stands.
const MODALS: &[&str] = &["can", "may", "must", "shall", "should", "will", "could", "cannot", "to"];

/// What is done, where it is said, and whether the sentence is about what it is done to.
struct Action {
    verb: Option<UiVerb>,
    at: Range<usize>,
    passive: bool,
    name: String,
}

fn action(main: &str, told: bool) -> Option<Action> {
    let listed = find_verb(main);
    let is_search = matches!(&listed, Some((UiVerb::Search | UiVerb::GetNotification, _)));
    if let Some(be) =
        auxiliary(main).filter(|be| !is_search && listed.as_ref().is_none_or(|(_, at)| at.start != be.start))
        && let Some(participle) = words(main).into_iter().find(|word| word.start > be.end)
        && let Some(base) = base_of_participle(&main[participle.clone()])
    {
        let verb = find_verb(&base).map(|(verb, _)| verb);
        return Some(Action { verb, at: be.start..participle.end, passive: true, name: pascal(&base) });
    }
    // A verb that no table lists, at a place where only a verb can stand.
    let bare = bare_verb(main, told).filter(|at| listed.as_ref().is_none_or(|(_, listed)| at.start < listed.start));
    if let Some(at) = bare {
        let named = !run(main, at.end..main.len()).is_empty() && (told || !run(main, 0..at.start).is_empty());
        return named.then(|| Action { verb: None, name: pascal(&main[at.clone()]), at, passive: false });
    }
    let (verb, at) = listed?;
    let name = pascal(&base(&main[at.clone()]).replace(" an ", " ").replace(" a ", " "));
    Some(Action { verb: Some(verb), at, passive: false, name })
}

/// "is", "are", "must be": the word before a participle.
fn auxiliary(main: &str) -> Option<Range<usize>> {
    let all = words(main);
    let be =
        |word: &Range<usize>| ["is", "are", "be", "been", "gets"].contains(&main[word.clone()].to_lowercase().as_str());
    let at = all.iter().position(be).filter(|at| *at > 0)?;
    let next = all.get(at + 1)?;
    base_of_participle(&main[next.clone()]).map(|_| all[at].clone())
}

/// Whether a passive follows: "Notifications must be delivered".
fn passive_behind(main: &str, at: &Range<usize>) -> bool {
    auxiliary(main).is_some_and(|be| be.start >= at.end)
}

fn passive_end(main: &str, at: &Range<usize>) -> Option<usize> {
    let be = auxiliary(main).filter(|be| be.start >= at.end)?;
    words(main).into_iter().find(|word| word.start > be.end).map(|word| word.end)
}

/// The verb behind the first modal, or the first word of what somebody wants.
fn bare_verb(main: &str, told: bool) -> Option<Range<usize>> {
    let all = words(main);
    let word = |at: &Range<usize>| main[at.clone()].to_lowercase();
    let skips = |at: &&Range<usize>| {
        let word = word(at);
        ["be", "able", "to", "not", "also", "only", "never", "then"].contains(&word.as_str()) || word.ends_with("ly")
    };
    // "Admins ban a user": between those who do something and what it is done to.
    if let [who, verb, article, _, ..] = &all[..]
        && word(who).ends_with('s')
        && !SMALL.contains(&word(who).as_str())
        && !SMALL.contains(&word(verb).as_str())
        && ["a", "an", "the", "their", "any", "other"].contains(&word(article).as_str())
    {
        return Some(verb.clone());
    }
    let start = if told { 0 } else { 1 + all.iter().position(|at| MODALS.contains(&word(at).as_str()))? };
    all.get(start..)?.iter().find(|at| !skips(at)).filter(|at| !SMALL.contains(&word(at).as_str())).cloned()
}

/// "As an admin, I want to ban users so that …": who tells it, and what is wanted.
fn story(sentence: &str) -> (Option<String>, &str) {
    let lower = sentence.to_ascii_lowercase();
    let role = ["as an ", "as a ", "as the "].iter().find(|opening| lower.starts_with(**opening)).map(|it| it.len());
    const WANTS: &[&str] = &[
        " i want to be able to ",
        " i should be able to ",
        " i would like to ",
        " i'd like to ",
        " i want to ",
        " we want to ",
        " i need to ",
        " i want ",
        " i can ",
        " i must ",
    ];
    let wants = || WANTS.iter().filter_map(|wants| Some((lower.find(wants)?, wants.len()))).min();
    let (Some(role), Some((at, length))) = (role, wants()) else { return (None, sentence) };
    let wanted = &sentence[at + length..];
    let end = [" so that ", ", so ", " in order to ", " because "]
        .iter()
        .filter_map(|why| lower[at + length..].find(why))
        .min();
    let Some(teller) = sentence.get(role..at).and_then(|role| named(role, &run(role, 0..role.len()))) else {
        return (None, sentence);
    };
    (Some(teller), &wanted[..end.unwrap_or(wanted.len())])
}

/// "Nightly, …", "… every day": how often, and the sentence without it.
fn schedule(main: &str) -> (Option<(&str, &'static str)>, &str) {
    const OFTEN: &[(&str, &str)] = &[
        ("every minute", "1min"),
        ("every hour", "1h"),
        ("hourly", "1h"),
        ("every night", "24h"),
        ("every day", "24h"),
        ("nightly", "24h"),
        ("daily", "24h"),
        ("every week", "7d"),
        ("weekly", "7d"),
        ("every month", "30d"),
        ("monthly", "30d"),
    ];
    let lower = main.to_ascii_lowercase();
    let ends = |at: usize| !lower[at..].starts_with(|c: char| c.is_alphanumeric());
    for (often, length) in OFTEN {
        let end = lower.trim_end_matches(['.', ' ']);
        if lower.starts_with(often) && ends(often.len()) {
            return (Some((&main[..often.len()], length)), main[often.len()..].trim_start_matches([',', ' ']));
        }
        if let Some(start) = end.strip_suffix(often).map(str::len).filter(|start| main[..*start].ends_with(' ')) {
            return (Some((&main[start..start + often.len()], length)), main[..start].trim_end());
        }
    }
    (None, main)
}

/// "… within 5 seconds": the time, and the sentence without it where it stands at the end.
fn bound(main: &str) -> (Option<String>, &str) {
    let lower = main.to_ascii_lowercase();
    let openings = [" within ", " in under ", " in less than ", " in at most "];
    let Some((start, opening)) =
        openings.iter().filter_map(|opening| Some((lower.find(opening)?, opening.len()))).min()
    else {
        return (None, main);
    };
    let behind = lower[start + opening..].trim_end_matches(['.', '!', ' ']);
    let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = behind.split_at(digits);
    let unit = match unit.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default() {
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "second" | "seconds" => "s",
        "min" | "minute" | "minutes" => "min",
        "h" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        _ => return (None, main),
    };
    let short = (1..=6).contains(&number.len()) && !number.starts_with('0');
    (short.then(|| format!("{number}{unit}")), if short { &main[..start] } else { main })
}

/// The first clause, and what follows behind "and" with a verb of its own.
fn second_verb(main: &str) -> (&str, Option<&str>) {
    let first = find_verb(main).map_or(0, |(_, at)| at.end);
    let lower = main.to_ascii_lowercase();
    let Some(at) = lower.get(first..).and_then(|behind| behind.find(" and ")).map(|at| at + first) else {
        return (main, None);
    };
    let behind = &main[at + 5..];
    match find_verb(behind) {
        Some((_, verb)) if verb.start == 0 && first > 0 => (&main[..at], Some(behind)),
        _ => (main, None),
    }
}

/// The words of a figure that is computed from many things, "report of total sales", where the sentence is about one.
fn figure(main: &str) -> Option<Vec<Range<usize>>> {
    const FIGURES: &[&str] = &[
        "report",
        "reports",
        "summary",
        "summaries",
        "overview",
        "dashboard",
        "statistics",
        "total",
        "totals",
        "number",
        "count",
        "average",
        "sum",
        "ranking",
        "leaderboard",
    ];
    let all = words(main);
    let word = |at: &Range<usize>| main[at.clone()].to_lowercase();
    let first = all.iter().position(|at| !["a", "an", "the"].contains(&word(at).as_str()))?;
    let of = all.get(first + 1).is_some_and(|next| word(next) == "of");
    if !FIGURES.contains(&word(&all[first]).as_str()) || !(of || word(&all[first]) == "total") {
        return None;
    }
    let from = if of { all[first + 1].end } else { all[first].start };
    Some(run(main, from..main.len())).filter(|noun| !noun.is_empty())
}

/// Whether it says what must not be, or not twice.
fn forbids(main: &str) -> bool {
    const FORBIDS: &[&str] = &[
        "cannot",
        "can not",
        "can't",
        "must not",
        "mustn't",
        "may not",
        "should not",
        "shouldn't",
        "shall not",
        "never",
        "no two",
        "at most one",
        "only one",
        "not more than",
        "no more than",
    ];
    let lower = format!(" {} ", main.to_lowercase().replace('’', "'"));
    FORBIDS.iter().any(|words| lower.contains(&format!(" {words} ")))
}

/// What is left of a clause, if it says anything.
fn left_over(rest: &str) -> Option<&str> {
    let rest = rest.trim().trim_end_matches(['.', '!', ';', ',']).trim_start_matches([',', ';', ' ']);
    (!run(rest, 0..rest.len()).is_empty()).then_some(rest)
}

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
pub fn pascal(words: &str) -> String {
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

/// "captured" → "capture"; nothing where it is no participle.
fn base_of_participle(word: &str) -> Option<String> {
    const IRREGULAR: &[(&str, &str)] = &[
        ("sent", "send"),
        ("shown", "show"),
        ("paid", "pay"),
        ("sold", "sell"),
        ("written", "write"),
        ("held", "hold"),
        ("kept", "keep"),
        ("made", "make"),
        ("given", "give"),
        ("taken", "take"),
        ("built", "build"),
    ];
    let word = word.to_ascii_lowercase();
    if let Some((_, base)) = IRREGULAR.iter().find(|(participle, _)| *participle == word) {
        return Some((*base).to_owned());
    }
    let stem = word.strip_suffix("ed").filter(|stem| stem.len() > 2 && stem.is_ascii() && !stem.ends_with('e'))?;
    let doubled = stem.as_bytes()[stem.len() - 1] == stem.as_bytes()[stem.len() - 2];
    let ways = [Some(format!("{stem}e")), Some(stem.to_owned()), doubled.then(|| stem[..stem.len() - 1].to_owned())];
    let listed = |base: &String| VERBS.iter().any(|row| row.words.contains(&base.as_str()));
    if let Some(base) = ways.into_iter().flatten().find(listed) {
        return Some(base);
    }
    Some(match () {
        () if stem.ends_with('i') => stem[..stem.len() - 1].to_owned() + "y",
        () if ["ss", "ll", "ff", "zz"].iter().any(|end| stem.ends_with(end)) => stem.to_owned(),
        () if doubled => stem[..stem.len() - 1].to_owned(),
        () if ["at", "ut", "ur", "as", "os", "us", "iz", "v", "c", "g", "u", "ir"]
            .iter()
            .any(|end| stem.ends_with(end)) =>
        {
            format!("{stem}e")
        }
        () => stem.to_owned(),
    })
}
