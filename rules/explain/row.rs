//! Every line of every table, whatever it concludes: to be cited, printed and evaluated again.

use crate::step_02_objects::tables::CLASSES;
use crate::step_03_axes::tables::CONTRADICTIONS;
use crate::step_06_mechanisms::{choices, tables};
use crate::step_08_algorithms::tables::{BEHAVIOUR, TEMPLATES};
use crate::table::{Profile, Row};
use crate::vocabulary::Vocabulary;
use std::sync::LazyLock;

/// A row with its conclusion in words.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// As the framework numbers it: `6.2#4`.
    pub id: &'static str,
    /// The obligations it implements.
    pub cites: &'static [&'static str],
    /// Properties that must hold.
    pub when: Vec<&'static str>,
    /// Properties that must not hold.
    pub unless: Vec<&'static str>,
    /// What follows, in words.
    pub gives: String,
    /// What it can conclude, as the last columns of its facts have it.
    pub concludes: Vec<&'static str>,
    /// The framework's reason, in our words.
    pub why: &'static str,
}

/// All rows, table by table.
pub fn all() -> impl Iterator<Item = &'static Line> {
    static ALL: LazyLock<Vec<Line>> = LazyLock::new(read);
    ALL.iter()
}

/// The row of that id; capital letters do not matter.
pub fn find(id: &str) -> Option<&'static Line> {
    all().find(|line| line.id.eq_ignore_ascii_case(id))
}

fn read() -> Vec<Line> {
    let classes = lines(CLASSES, |class| (class.word().into(), vec![class.word()]));
    let axes = lines(CONTRADICTIONS, |(severity, advice)| (format!("{}: {advice}", severity.word()), vec![]));
    let family = lines(tables::CLASSIFICATION, |family| (family.word().into(), vec![family.word()]));
    let selects = tables::OWNERSHIP_EVOLUTION.iter().chain(tables::ROUTES);
    let selects = selects.map(|row| line(row, row.gives.word().into(), vec![row.gives.word()]));
    let answers = tables::QUESTIONS.iter().chain(tables::COMBINATIONS);
    let answers = answers.map(|row| line(row, answer(&row.gives), concluded(&row.gives)));
    let instead = lines(choices::ALTERNATIVES, |it| {
        let to = words(it.to, "or");
        (
            format!("{} would do instead of {to}; what tips the choice: {}", it.mechanism, it.tips),
            vec![it.mechanism.word()],
        )
    });
    let excluded = lines(choices::EXCLUSIONS, |all| {
        (format!("wrong here: {}", words(all, "or")), all.iter().map(|it| it.word()).collect())
    });
    let unsatisfiable = lines(choices::UNSATISFIABLE, |what| (format!("no design exists for {what}"), vec![*what]));
    let contradictory = lines(choices::CONTRADICTIONS, |what| (format!("contradiction: {what}"), vec![*what]));
    let templates = lines(TEMPLATES, |it| (format!("follows the template {it}"), vec![it.word()]));
    let behaviour = lines(BEHAVIOUR, |(when, does)| (format!("on {when}: {does}"), vec![when.word(), does.word()]));
    let rows = classes.into_iter().chain(axes).chain(family).chain(selects).chain(answers).chain(instead);
    let rows = rows.chain(excluded).chain(unsatisfiable).chain(contradictory);
    rows.chain(templates).chain(behaviour).collect()
}

impl Line {
    /// Whether the row's condition holds, property by property, of what has these properties. Written without
    /// [`Row::matches`], for it is what the re-check compares that with.
    pub fn holds_of(&self, properties: &[&str]) -> bool {
        self.when.iter().all(|word| properties.contains(word))
            && !self.unless.iter().any(|word| properties.contains(word))
    }

    /// Its condition in words: "multi-writer and state machine, but not merge".
    pub fn condition(&self) -> String {
        let when = if self.when.is_empty() { "always".into() } else { self.when.join(" and ") };
        if self.unless.is_empty() { when } else { format!("{when}, but not {}", self.unless.join(" or ")) }
    }
}

fn lines<P: Vocabulary, T>(rows: &[Row<P, T>], gives: impl Fn(&T) -> (String, Vec<&'static str>)) -> Vec<Line> {
    let lines = rows.iter().map(|row| {
        let (gives, concludes) = gives(&row.gives);
        line(row, gives, concludes)
    });
    lines.collect()
}

fn line<P: Vocabulary, T>(row: &Row<P, T>, gives: String, concludes: Vec<&'static str>) -> Line {
    let words = |properties: &[P]| properties.iter().map(|property| property.word()).collect();
    let (when, unless) = (words(row.when), words(row.unless));
    Line { id: row.id, cites: row.cites, when, unless, gives, concludes, why: row.why }
}

fn answer(answer: &tables::Answer) -> String {
    use tables::Answer::*;
    match answer {
        Selects(mechanism) => mechanism.word().into(),
        Adds([], all) => format!("besides: {}", words(all, "and")),
        Adds(besides, all) => format!("besides {}: {}", words(besides, "or"), words(all, "and")),
        Takes(of, form) => format!("{} takes the form of {form}", words(of, "or")),
        Confirms(of) => format!("confirms {}", words(of, "or")),
    }
}

fn concluded(answer: &tables::Answer) -> Vec<&'static str> {
    use tables::Answer::*;
    match answer {
        Selects(mechanism) | Takes(_, mechanism) => vec![mechanism.word()],
        Adds(_, all) | Confirms(all) => all.iter().map(|it| it.word()).collect(),
    }
}

fn words<V: Vocabulary>(all: &[V], joint: &str) -> String {
    let words: Vec<&str> = all.iter().map(|it| it.word()).collect();
    match &words[..] {
        [] => "nothing".into(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}

/// The properties of a profile, by their words.
pub fn properties<P: Vocabulary>(profile: Profile) -> Vec<&'static str> {
    P::ALL.iter().filter(|property| profile.has(**property)).map(|property| property.word()).collect()
}
