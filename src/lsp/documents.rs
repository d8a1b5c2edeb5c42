//! The open documents, as the client edits them.

use super::capabilities::Encoding;
use super::convert::{self, Lines};
use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use line_index::LineIndex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of the largest text that is looked into. Nobody types one of a tenth of that, and each keystroke costs its length.
pub const LARGEST: u64 = 8 << 20;

/// The open documents by path. Cheap to clone: texts are shared.
#[derive(Clone, Default)]
pub struct Documents {
    open: BTreeMap<String, Arc<Document>>,
}

/// One open document.
#[derive(Clone)]
pub struct Document {
    /// As the client spells it.
    pub uri: Uri,
    /// As the client counts.
    pub version: i32,
    /// Grows with every change of any document.
    pub revision: u64,
    /// The whole text.
    pub text: String,
    /// Its lines.
    pub index: LineIndex,
}

impl Documents {
    /// The document of that path.
    pub fn get(&self, path: &str) -> Option<&Document> {
        self.open.get(path).map(|document| &**document)
    }

    /// All of them, by path.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.open.iter().map(|(path, document)| (path.as_str(), &**document))
    }

    /// Opens a document; one that is open already is replaced.
    pub fn open(&mut self, uri: Uri, version: i32, text: String, revision: u64) {
        let index = LineIndex::new(&text);
        self.open.insert(convert::path(&uri), Arc::new(Document { uri, version, revision, text, index }));
    }

    /// Closes a document.
    pub fn close(&mut self, uri: &Uri) {
        self.open.remove(&convert::path(uri));
    }

    /// Changes a document, each change on what the one before has left. One that is not open is left alone.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        revision: u64,
        encoding: Encoding,
    ) {
        let Some(document) = self.open.get_mut(&convert::path(uri)) else { return };
        let document = Arc::make_mut(document);
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    document.text = change.text
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let lines = Lines { text: &document.text, index: &document.index, encoding };
                    let range = lines.span(change.range).range();
                    document.text.replace_range(range, &change.text);
                }
            }
            document.index = LineIndex::new(&document.text);
        }
        (document.version, document.revision) = (version, revision);
    }
}
