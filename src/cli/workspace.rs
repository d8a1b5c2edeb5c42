//! The specs of one run: which files stand on their own, what was found in them, and what fixes make of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sysd::diagnostic::{Diagnostic, plural};
use sysd::files::{self, Input};
use sysd::holes::{self, Question};
use sysd::source::{FileId, Location, SourceFile, Sources};
use sysd::{Analysis, Options, fix};

use super::Stop;
use super::output::Output;
use super::progress::Progress;

/// Every spec of a run with its analysis.
pub struct Workspace {
    /// The specs that no other one uses, in the order given.
    pub roots: Vec<Root>,
    /// Something the user named could not be read, and has been said so.
    pub incomplete: bool,
    options: Options,
    texts: Texts,
}

/// A file nobody else uses, and all it uses.
pub struct Root {
    input: Input,
    /// What was found.
    pub analysis: Analysis,
}

/// The files of a run by path. Each is read once, and a fix in a file is seen by every spec that uses it.
#[derive(Default)]
struct Texts {
    now: RefCell<BTreeMap<String, Result<String, String>>>,
    /// What the files held that were changed since.
    before: BTreeMap<String, String>,
}

/// A file that fixes have changed.
pub struct Change<'a> {
    /// The path as messages name it.
    pub path: &'a str,
    /// What it held.
    pub old: &'a str,
    /// What it is to hold.
    pub new: String,
    /// It is no file.
    is_stdin: bool,
}

/// Rounds of fixing: a fix can uncover a finding with a fix of its own, but not for ever.
const ROUNDS: usize = 10;

impl Workspace {
    /// Reads and analyses. What cannot be read is said at once.
    pub fn open(paths: &[PathBuf], stdin_name: &str, options: Options, output: &Output) -> Self {
        let inputs = files::read(paths, stdin_name);
        inputs.problems.iter().for_each(|problem| output.error(problem));
        let texts = Texts::default();
        for input in &inputs.files {
            texts.now.borrow_mut().insert(input.path.clone(), Ok(input.text.clone()));
        }
        let analysed = inputs.files.into_iter().map(|input| {
            let _shown = Progress::of(&format!("deriving the design of `{}`", input.path));
            Root { analysis: texts.analyse(&input, options), input }
        });
        let roots = roots(analysed.collect());
        Workspace { roots, incomplete: !inputs.problems.is_empty(), options, texts }
    }

    /// The one spec of a command that takes one; nothing, where it could not be read.
    pub fn only(&self) -> Result<Option<&Analysis>, Stop> {
        match &self.roots[..] {
            [] => Ok(None),
            [root] => Ok(Some(&root.analysis)),
            several => {
                let paths: Vec<String> = several.iter().map(|root| format!("  {}", root.input.path)).collect();
                Err(Stop(format!("there are several specs; name one of\n{}", paths.join("\n"))))
            }
        }
    }

    /// Ranks the answers to every open question, and tells them with the findings.
    pub fn answer_questions(&mut self) -> Vec<Question> {
        let mut questions = vec![];
        for root in &mut self.roots {
            let _shown = Progress::of(&format!("trying answers to the questions of `{}`", root.input.path));
            let again = |sources| self.texts.read_anew(sources, self.options);
            let of_root = holes::rank(&root.analysis, &again);
            holes::answer(&mut root.analysis, &of_root);
            questions.extend(of_root);
        }
        questions
    }

    /// Takes back every safe fix that does not do what it says.
    pub fn verify_fixes(&mut self) {
        for root in &mut self.roots {
            let _shown = Progress::of(&format!("trying the fixes for `{}`", root.input.path));
            fix::verify(&mut root.analysis, &|sources| self.texts.read_anew(sources, self.options));
        }
    }

    /// All files and findings of all specs, those of a shared file once.
    pub fn merged(&self) -> (Sources, Vec<Diagnostic>) {
        let mut merged = Merged::default();
        self.roots.iter().for_each(|root| merged.add(&root.analysis));
        (merged.sources, merged.diagnostics)
    }

    /// Applies fixes until there are none left to apply; how many were. Nothing is written.
    pub fn fix(&mut self, and_unsafe: bool, output: &Output) -> usize {
        let mut count = 0;
        for root in &mut self.roots {
            if let Some(byte) = root.input.invalid_utf8 {
                output.warning(&format!("`{}` is left alone: byte {byte} is not UTF-8", root.input.path));
                continue;
            }
            let shown = Progress::of(&format!("fixing `{}`", root.input.path));
            root.analysis = self.texts.analyse(&root.input, self.options);
            for _ in 0..ROUNDS {
                fix::verify(&mut root.analysis, &|sources| self.texts.read_anew(sources, self.options));
                let fixed = fix::apply(&root.analysis.sources, &root.analysis.diagnostics, and_unsafe);
                if fixed.texts.is_empty() {
                    break;
                }
                let before = self.texts.change(&root.analysis.sources, &fixed);
                let analysis = self.texts.analyse(&root.input, self.options);
                if unreadable(&analysis) > unreadable(&root.analysis) {
                    self.texts.restore(before);
                    drop(shown);
                    output.warning(&format!(
                        "a fix would have broken `{}` and was not applied; this is a fault of sysd",
                        root.input.path
                    ));
                    break;
                }
                root.analysis = analysis;
                count += fixed.findings.len();
            }
        }
        count
    }

    /// What fixes have changed, by path.
    pub fn changes(&self) -> Vec<Change<'_>> {
        let now = self.texts.now.borrow();
        let stdin = self.stdin_root().map(|root| root.input.path.as_str());
        let before = self.texts.before.iter();
        let changes = before.filter_map(|(path, old)| {
            let new = now.get(path)?.clone().ok().filter(|new| new != old)?;
            Some(Change { path, old, new, is_stdin: Some(path.as_str()) == stdin })
        });
        changes.collect()
    }

    /// What standard input holds by now, where it was asked for.
    pub fn stdin(&self) -> Option<String> {
        self.texts.load(&self.stdin_root()?.input.path).ok()
    }

    fn stdin_root(&self) -> Option<&Root> {
        self.roots.iter().find(|root| root.input.file.is_none())
    }
}

impl Texts {
    fn analyse(&self, input: &Input, options: Options) -> Analysis {
        let text = self.load(&input.path).unwrap_or_default();
        let load = |path: &str| self.load(path);
        let mut analysis = sysd::analyse(Sources::single(&input.path, text), &load, options);
        if let Some(byte) = input.invalid_utf8 {
            analysis.diagnostics.insert(0, files::not_utf8(byte, &input.text));
        }
        analysis
    }

    /// The analysis of other texts of the same files.
    fn read_anew(&self, sources: Sources, options: Options) -> Analysis {
        sysd::analyse(sources, &|path| self.load(path), options)
    }

    fn load(&self, path: &str) -> Result<String, String> {
        self.now.borrow_mut().entry(path.to_owned()).or_insert_with(|| files::load(path)).clone()
    }

    /// Takes the new texts; gives back the old ones.
    fn change(&mut self, sources: &Sources, fixed: &fix::Fixed) -> Vec<SourceFile> {
        let change = |(file, text): (&FileId, &String)| {
            let old = sources.file(*file).clone();
            self.now.get_mut().insert(old.path.clone(), Ok(text.clone()));
            self.before.entry(old.path.clone()).or_insert_with(|| old.text.clone());
            old
        };
        fixed.texts.iter().map(change).collect()
    }

    fn restore(&mut self, files: Vec<SourceFile>) {
        self.now.get_mut().extend(files.into_iter().map(|file| (file.path, Ok(file.text))));
    }
}

/// The specs that no other one uses; of those that use each other, the first.
fn roots(specs: Vec<Root>) -> Vec<Root> {
    let reached = |spec: &Root| spec.analysis.sources.files.iter().map(|file| file.path.clone()).collect();
    let reached: Vec<BTreeSet<String>> = specs.iter().map(reached).collect();
    let uses = |user: usize, used: usize| user != used && reached[user].contains(&specs[used].input.path);
    let is_root = |index: usize| (0..specs.len()).all(|user| !uses(user, index) || (uses(index, user) && index < user));
    let keep: Vec<bool> = (0..specs.len()).map(is_root).collect();
    specs.into_iter().zip(keep).filter_map(|(spec, keep)| keep.then_some(spec)).collect()
}

/// How much of a spec could not be made sense of.
fn unreadable(analysis: &Analysis) -> usize {
    analysis.diagnostics.iter().filter(|diagnostic| diagnostic.code.step() == 0).count()
}

/// Several analyses as one.
#[derive(Default)]
struct Merged {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    ids: BTreeMap<String, FileId>,
    /// Where findings with a code and a place stand in `diagnostics`.
    seen: BTreeMap<(&'static str, Location), Vec<usize>>,
}

impl Merged {
    fn add(&mut self, analysis: &Analysis) {
        let ids: Vec<FileId> = analysis.sources.files.iter().map(|file| self.file(file)).collect();
        for diagnostic in &analysis.diagnostics {
            let diagnostic = moved(diagnostic, &ids);
            let alike = self.seen.entry((diagnostic.code.code, diagnostic.primary.at)).or_default();
            if !alike.iter().any(|index| self.diagnostics[*index] == diagnostic) {
                alike.push(self.diagnostics.len());
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn file(&mut self, file: &SourceFile) -> FileId {
        *self.ids.entry(file.path.clone()).or_insert_with(|| {
            self.sources.files.push(file.clone());
            FileId(self.sources.files.len() as u32 - 1)
        })
    }
}

fn moved(diagnostic: &Diagnostic, ids: &[FileId]) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    let edits = diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.at);
    let labels = std::iter::once(&mut diagnostic.primary).chain(&mut diagnostic.secondary).map(|label| &mut label.at);
    for at in labels.chain(edits) {
        at.file = ids.get(at.file.0 as usize).copied().unwrap_or(FileId(u32::MAX));
    }
    diagnostic
}

/// Puts the changed files in place; what went wrong is said. Whether nothing did.
pub fn write(changes: &[Change<'_>], output: &Output) -> bool {
    let mut all = true;
    for change in changes.iter().filter(|change| !change.is_stdin) {
        if let Err(problem) = files::replace(Path::new(change.path), &change.new) {
            output.error(&problem);
            all = false;
        }
    }
    all
}

/// "3 findings in 2 files would be fixed".
pub fn extent(findings: usize, changes: &[Change<'_>], what: &str) -> String {
    match findings {
        0 => "nothing to fix\n".to_owned(),
        _ => format!("{} in {} {what}\n", plural(findings, "finding"), plural(changes.len(), "file")),
    }
}
