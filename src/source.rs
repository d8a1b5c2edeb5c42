//! The text being worked on: files, their ids, and places in them.

use std::path::Path;

/// A file of one run, an index into [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// A half-open byte range within one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end`, in bytes.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    /// The smallest range that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same range as `usize`, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A range in one of the files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The range in it.
    pub span: Span,
}

impl Location {
    /// Whether the other range begins in this one.
    pub fn contains(&self, other: Location) -> bool {
        self.file == other.file && (self.span.start..self.span.end).contains(&other.span.start)
    }
}

/// One file: the path as the user wrote it (never made absolute), and its text.
#[derive(Clone, Debug, Default)]
pub struct SourceFile {
    /// How messages name the file.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All files of one run, in the order they were reached.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Indexed by [`FileId`].
    pub files: Vec<SourceFile>,
}

impl Sources {
    /// A run over one text.
    pub fn single(path: impl Into<String>, text: impl Into<String>) -> Self {
        Sources { files: vec![SourceFile { path: path.into(), text: text.into() }] }
    }

    /// The same files as they are called beside the first one, wherever that lies and however it was spelled: what is written
    /// into documents does not depend on who writes them.
    pub fn beside_first(&self) -> Sources {
        let folder = self.files.first().and_then(|first| Path::new(&first.path).parent()).unwrap_or(Path::new(""));
        let beside = |file: &SourceFile| {
            let path = Path::new(&file.path);
            let near = path.strip_prefix(folder).unwrap_or(path);
            // What lies elsewhere keeps its name only.
            let near = if near.is_absolute() { near.file_name().map_or(near, Path::new) } else { near };
            SourceFile { path: near.to_string_lossy().replace('\\', "/"), text: file.text.clone() }
        };
        Sources { files: self.files.iter().map(beside).collect() }
    }

    /// The file with that id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The ids of all files.
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        (0..self.files.len() as u32).map(FileId)
    }
}
