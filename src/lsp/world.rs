//! The specs that open documents belong to, analysed when first asked about and again when a text of theirs has changed.
//!
//! A spec is a file that no other one uses, with all it uses; of files that use each other, the first. Texts come from the
//! open documents, and from disk for what is not open.

use super::capabilities::Encoding;
use super::convert::Lines;
use super::documents::{Documents, LARGEST};
use crate::diagnostic::Diagnostic;
use crate::holes::{self, Answer};
use crate::language::codes::FILE_TOO_LARGE;
use crate::source::{FileId, Location, Sources};
use crate::{Analysis, Options, files, fix, uses};
use line_index::LineIndex;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::SystemTime;

/// What is known about the specs so far.
#[derive(Default)]
pub struct World {
    specs: Vec<Spec>,
    disk: RefCell<HashMap<String, (Stamp, Result<String, String>)>>,
    /// What each file uses.
    uses: HashMap<String, (Stamp, Vec<String>)>,
    /// The specs of the folders, and the state of the folders they were looked for in.
    found: (Folders, Vec<String>),
    /// What the spec declares that somebody writes in now.
    declared: Option<Declared>,
}

/// What a spec declares, with nothing derived.
struct Declared {
    root: String,
    inputs: BTreeMap<String, Stamp>,
    analysis: Analysis,
}

/// The folders that are open, and how often something in them was said to have changed.
#[derive(Clone, Default, PartialEq)]
pub struct Folders {
    /// By path.
    pub paths: Vec<String>,
    /// How many changes on disk the client told us of.
    pub changes: u64,
}

/// A spec with its analysis.
pub struct Spec {
    root: String,
    inputs: BTreeMap<String, Stamp>,
    options: Options,
    /// What was found.
    pub analysis: Analysis,
    /// Whether its safe fixes have been tried.
    verified: bool,
    lines: Vec<OnceCell<LineIndex>>,
    /// The answers to its open questions, by their place in the analysis, once asked for.
    answers: BTreeMap<usize, Vec<Answer>>,
}

/// The state of a text: equal stamps, equal texts.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stamp {
    Open(u64),
    Disk(SystemTime, u64),
    Missing,
}

impl World {
    /// The specs a file belongs to, by their first file: never none. Numbers are good for [`World::spec`] until the next call.
    pub fn specs_of(&mut self, documents: &Documents, folders: &Folders, path: &str, options: Options) -> Vec<usize> {
        let roots = self.roots_of(documents, folders, path);
        roots.into_iter().map(|root| self.analysed(documents, root, options)).collect()
    }

    /// The spec of that number.
    pub fn spec(&self, number: usize) -> &Spec {
        &self.specs[number]
    }

    /// Sees to it that every fix that a spec offers as safe is: a fix is tried when fixes are asked for, not at each keystroke.
    pub fn verify_fixes(&mut self, documents: &Documents, number: usize) {
        if self.specs[number].verified {
            return;
        }
        let mut spec = self.specs.remove(number);
        let load = |path: &str| self.text(documents, path);
        fix::verify(&mut spec.analysis, &|sources| crate::analyse(sources, &load, spec.options));
        spec.verified = true;
        self.specs.insert(number, spec);
    }

    /// The answers to an open question of a spec, the best first: each is tried when first asked for.
    pub fn answers(&mut self, documents: &Documents, number: usize, question: usize) -> Vec<Answer> {
        if let Some(known) = self.specs[number].answers.get(&question) {
            return known.clone();
        }
        let spec = &self.specs[number];
        let load = |path: &str| self.text(documents, path);
        let at = spec.analysis.diagnostics[question].primary.at;
        let again = |sources| crate::analyse(sources, &load, spec.options);
        let answers = holes::answers_at(&spec.analysis, at, &again);
        self.specs[number].answers.insert(question, answers.clone());
        answers
    }

    /// What the first spec of a file declares, and the file in it: as soon as it is parsed, without what follows from it.
    pub fn declared(&mut self, documents: &Documents, folders: &Folders, path: &str) -> Option<(&Analysis, FileId)> {
        let root = self.roots_of(documents, folders, path).into_iter().next()?;
        let fresh =
            |inputs: &BTreeMap<String, Stamp>| inputs.iter().all(|(path, known)| stamp(documents, path) == *known);
        let analysis = match self.specs.iter().position(|spec| spec.root == root && fresh(&spec.inputs)) {
            Some(number) => &self.specs[number].analysis,
            None => {
                let known = self.declared.take().filter(|known| known.root == root && fresh(&known.inputs));
                let known = known.unwrap_or_else(|| self.declare(documents, root));
                &self.declared.insert(known).analysis
            }
        };
        let file = analysis.sources.ids().find(|id| analysis.sources.file(*id).path == path)?;
        Some((analysis, file))
    }

    fn declare(&self, documents: &Documents, root: String) -> Declared {
        let inputs = RefCell::new(BTreeMap::from([(root.clone(), stamp(documents, &root))]));
        let load = |path: &str| {
            inputs.borrow_mut().insert(path.to_owned(), stamp(documents, path));
            self.text(documents, path)
        };
        let sources = Sources::single(root.clone(), load(&root).unwrap_or_default());
        let analysis = crate::read(sources, &load);
        Declared { root, inputs: inputs.into_inner(), analysis }
    }

    /// Forgets what no open document needs.
    pub fn forget(&mut self, documents: &Documents) {
        self.specs.retain(|spec| documents.all().any(|(path, _)| spec.inputs.contains_key(path)));
        let needed: BTreeSet<&String> = self.specs.iter().flat_map(|spec| spec.inputs.keys()).collect();
        self.disk.get_mut().retain(|path, _| needed.contains(path));
    }

    /// The `*.sysd` files of the open folders.
    pub fn files(&mut self, folders: &Folders) -> &[String] {
        if self.found.0 != *folders {
            let found: BTreeSet<String> =
                folders.paths.iter().flat_map(|folder| files::specs_below(Path::new(folder))).collect();
            self.found = (folders.clone(), found.into_iter().collect());
        }
        &self.found.1
    }

    /// The text of a file as it is now. The error is one line and names the file.
    pub fn text(&self, documents: &Documents, path: &str) -> Result<String, String> {
        if let Some(bytes) = excess(documents, path) {
            return Err(format!("`{path}` {}", too_large(bytes)));
        }
        if let Some(document) = documents.get(path) {
            return Ok(document.text.clone());
        }
        let stamp = stamp(documents, path);
        let mut disk = self.disk.borrow_mut();
        match disk.get(path) {
            Some((known, text)) if *known == stamp => text.clone(),
            _ => {
                let text = files::load(path);
                disk.insert(path.to_owned(), (stamp, text.clone()));
                text
            }
        }
    }

    fn analysed(&mut self, documents: &Documents, root: String, options: Options) -> usize {
        let fresh = |spec: &Spec| {
            spec.options.complete == options.complete
                && spec.inputs.iter().all(|(path, known)| stamp(documents, path) == *known)
        };
        let known = self.specs.iter().position(|spec| spec.root == root);
        if let Some(number) = known.filter(|number| fresh(&self.specs[*number])) {
            return number;
        }
        let spec = self.analyse(documents, root, options);
        match known {
            Some(number) => self.specs[number] = spec,
            None => self.specs.push(spec),
        }
        known.unwrap_or(self.specs.len() - 1)
    }

    fn analyse(&self, documents: &Documents, root: String, options: Options) -> Spec {
        let inputs = RefCell::new(BTreeMap::from([(root.clone(), stamp(documents, &root))]));
        let load = |path: &str| {
            inputs.borrow_mut().insert(path.to_owned(), stamp(documents, path));
            self.text(documents, path)
        };
        let sources = Sources::single(root.clone(), load(&root).unwrap_or_default());
        let mut analysis = crate::analyse(sources, &load, options);
        analysis.diagnostics.extend(excess(documents, &root).map(file_too_large));
        let lines = analysis.sources.files.iter().map(|_| OnceCell::new()).collect();
        Spec { root, inputs: inputs.into_inner(), options, analysis, verified: false, lines, answers: BTreeMap::new() }
    }

    /// The first files of the specs that a file belongs to.
    fn roots_of(&mut self, documents: &Documents, folders: &Folders, path: &str) -> Vec<String> {
        // Those that use it are told, and do without it.
        if excess(documents, path).is_some() {
            return vec![path.to_owned()];
        }
        let mut known: BTreeSet<String> = self.files(folders).iter().cloned().collect();
        known.extend(documents.all().map(|(path, _)| path.to_owned()));
        known.insert(path.to_owned());
        let reached: BTreeMap<String, BTreeSet<String>> =
            known.iter().map(|file| (file.clone(), self.reached(documents, file))).collect();
        let users = || reached.iter().filter(|(_, files)| files.contains(path));
        let is_root = |file: &str| {
            let mut users = reached.iter().filter(|(user, files)| *user != file && files.contains(file));
            users.all(|(user, _)| reached[file].contains(user) && file < user.as_str())
        };
        users().map(|(file, _)| file).filter(|file| is_root(file)).cloned().collect()
    }

    /// All files a file uses, itself among them.
    fn reached(&mut self, documents: &Documents, file: &str) -> BTreeSet<String> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![file.to_owned()]);
        while let Some(file) = open.pop() {
            if !reached.contains(&file) {
                open.extend(self.used(documents, &file));
                reached.insert(file);
            }
        }
        reached
    }

    fn used(&mut self, documents: &Documents, file: &str) -> Vec<String> {
        let stamp = stamp(documents, file);
        if let Some((known, used)) = self.uses.get(file)
            && *known == stamp
        {
            return used.clone();
        }
        let text = self.text(documents, file).unwrap_or_default();
        let used: Vec<String> = uses::used(&text).into_iter().map(|(path, _)| uses::beside(file, &path)).collect();
        self.uses.insert(file.to_owned(), (stamp, used.clone()));
        used
    }
}

impl Spec {
    /// The id of a file of the spec.
    pub fn file(&self, path: &str) -> Option<FileId> {
        let sources = &self.analysis.sources;
        sources.ids().find(|id| sources.file(*id).path == path)
    }

    /// The path of a file of the spec.
    pub fn path(&self, file: FileId) -> &str {
        &self.analysis.sources.file(file).path
    }

    /// The lines of a file of the spec.
    pub fn lines(&self, file: FileId, encoding: Encoding) -> Lines<'_> {
        let text = &self.analysis.sources.file(file).text;
        let index = self.lines[file.0 as usize].get_or_init(|| LineIndex::new(text));
        Lines { text, index, encoding }
    }

    /// Whether the place is in a file of the spec.
    pub fn has(&self, at: Location) -> bool {
        (at.file.0 as usize) < self.lines.len()
    }
}

fn stamp(documents: &Documents, path: &str) -> Stamp {
    if let Some(document) = documents.get(path) {
        return Stamp::Open(document.revision);
    }
    match std::fs::metadata(path) {
        Ok(file) => Stamp::Disk(file.modified().unwrap_or(SystemTime::UNIX_EPOCH), file.len()),
        Err(_) => Stamp::Missing,
    }
}

/// The size of a text that is too large to be looked into, in bytes.
fn excess(documents: &Documents, path: &str) -> Option<u64> {
    let bytes = match documents.get(path) {
        Some(document) => document.text.len() as u64,
        None => std::fs::metadata(path).map_or(0, |file| file.len()),
    };
    (bytes > LARGEST).then_some(bytes)
}

fn too_large(bytes: u64) -> String {
    format!("has {} MB, and an editor is answered for at most {} MB", bytes.div_ceil(1 << 20), LARGEST >> 20)
}

fn file_too_large(bytes: u64) -> Diagnostic {
    Diagnostic::new(&FILE_TOO_LARGE, Location::default(), format!("this file {}", too_large(bytes)))
        .help("split it: a spec can `use` other files; or run `sysd check`, which reads larger ones")
}
