//! Files in, files out: everything that touches the disk.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::diagnostic::Diagnostic;
use crate::language::names::near;
use crate::source::{FileId, Location, Span};
use crate::syntax::codes::NOT_UTF8;

/// Bytes of the largest file that is read: what is larger is no spec, and `/dev/zero` has no end.
pub const LARGEST: u64 = 256 << 20;

/// A file the user asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// How messages name it: as given, with `/` between folders.
    pub path: String,
    /// Where it is; nowhere, where it came from standard input.
    pub file: Option<PathBuf>,
    /// The text; where bytes were not UTF-8, with U+FFFD in their place.
    pub text: String,
    /// The first byte that was not UTF-8.
    pub invalid_utf8: Option<usize>,
}

/// What could be read, and what to say about the rest.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Inputs {
    /// In the order given, folders sorted, every file once.
    pub files: Vec<Input>,
    /// One line for every path that is of no use.
    pub problems: Vec<String>,
}

/// Reads files, the `*.sysd` of folders (but for what `.gitignore` and its like leave out), and standard input for `-`.
pub fn read(paths: &[PathBuf], stdin_name: &str) -> Inputs {
    let mut inputs = Inputs::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            if !seen.insert(path.clone()) {
                continue;
            }
            inputs.add(stdin_name.to_owned(), None, read_all(io::stdin().lock()));
        } else if path.is_dir() {
            let (found, problems) = walk(path);
            if found.is_empty() && problems.is_empty() {
                inputs.problems.push(format!("no `.sysd` file in `{}`", shown(path)));
            }
            inputs.problems.extend(problems);
            found.into_iter().for_each(|file| inputs.add_file(file, &mut seen));
        } else {
            inputs.add_file(path.clone(), &mut seen);
        }
    }
    inputs
}

/// The text of a file that a spec uses. The error is one line and names the file.
pub fn load(path: &str) -> Result<String, String> {
    let bytes = File::open(path).and_then(read_all).map_err(|error| cannot("read", path, &error))?;
    match decode(bytes).map_err(|error| cannot("read", path, &error))? {
        (text, None) => Ok(text),
        (_, Some(byte)) => Err(format!("`{path}` is not UTF-8: byte {byte} begins no character")),
    }
}

/// Says that a file is not UTF-8, and where that begins.
pub fn not_utf8(byte: usize, text: &str) -> Diagnostic {
    let end = byte + text[byte..].chars().next().map_or(0, char::len_utf8);
    let at = Location { file: FileId(0), span: Span::new(byte, end) };
    Diagnostic::new(&NOT_UTF8, at, format!("byte {byte} of the file is not UTF-8"))
        .label("shown in its place")
        .help("save the file as UTF-8")
}

/// Puts a new text in the place of a file's. Other programs see the old text or the new one, never a part: the text is
/// written beside the file and takes its place, and its permissions, in one step. A symbolic link stays one.
pub fn replace(path: &Path, text: &str) -> Result<(), String> {
    try_replace(path, text).map_err(|error| cannot("write", &shown(path), &error))
}

fn try_replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let metadata = fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new().prefix(".sysd-").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().set_permissions(metadata.permissions())?;
    // Only root can give a file away; nobody else ever has to.
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(beside.as_file(), Some(metadata.uid()), Some(metadata.gid()));
    }
    beside.as_file().sync_all()?;
    beside.persist(&target)?;
    Ok(())
}

/// Writes a file that must not be there yet.
pub fn create(path: &Path, text: &str) -> Result<(), String> {
    let create = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes()).inspect_err(|_| drop(fs::remove_file(path)))
    };
    create().map_err(|error| cannot("create", &shown(path), &error))
}

/// Writes files into a folder, made where there is none: all of them or none. Everything is written beside its place first, so
/// that a full disk or a folder that cannot be written to leaves what was there. A file that is there and differs is replaced
/// only where, by its path and what it holds, it `may_go`; one that is the same is left alone.
pub fn write_all(folder: &Path, files: &[(&str, &str)], may_go: &dyn Fn(&str, &[u8]) -> bool) -> Result<(), String> {
    let mut staged = vec![];
    for (path, text) in files {
        let target = folder.join(path);
        match fs::read(&target) {
            Ok(old) if old == text.as_bytes() => continue,
            Ok(old) if !may_go(path, &old) => {
                return Err(format!("`{}` exists and differs; `--force` replaces it", shown(&target)));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(cannot("write", &shown(&target), &error));
            }
            _ => {}
        }
        let stage = || {
            let beside = target.parent().unwrap_or(folder);
            fs::create_dir_all(beside)?;
            let mut file = tempfile::Builder::new().prefix(".sysd-").permissions_like_new().tempfile_in(beside)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        staged.push((stage().map_err(|error: io::Error| cannot("write", &shown(&target), &error))?, target));
    }
    for (file, target) in staged {
        file.persist(&target).map_err(|error| cannot("write", &shown(&target), &error.error))?;
    }
    Ok(())
}

/// The files right in a folder that `are_ours` by their name and their first so many bytes, and none of those that were written,
/// sorted. No links.
pub fn left_over(
    folder: &Path,
    written: &[(&str, &str)],
    bytes: usize,
    are_ours: &dyn Fn(&str, &[u8]) -> bool,
) -> Result<Vec<PathBuf>, String> {
    let list = || {
        let mut left = vec![];
        // What has no pictures is written to no folder.
        if !folder.exists() {
            return Ok(left);
        }
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let is_written = written.iter().any(|(path, _)| entry.file_name() == **path);
            if is_written || !entry.file_type()?.is_file() {
                continue;
            }
            let mut start = vec![];
            fs::File::open(entry.path())?.take(bytes as u64).read_to_end(&mut start)?;
            if entry.file_name().to_str().is_some_and(|name| are_ours(name, &start)) {
                left.push(entry.path());
            }
        }
        left.sort();
        Ok(left)
    };
    list().map_err(|error: io::Error| cannot("look into", &shown(folder), &error))
}

/// Removes a file.
pub fn remove(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|error| cannot("remove", &shown(path), &error))
}

/// What a new file may be read by: what the process's mask lets it, as with any program that makes a file.
trait LikeNew {
    fn permissions_like_new(&mut self) -> &mut Self;
}

impl LikeNew for tempfile::Builder<'_, '_> {
    fn permissions_like_new(&mut self) -> &mut Self {
        #[cfg(unix)]
        self.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        self
    }
}

impl Inputs {
    fn add_file(&mut self, file: PathBuf, seen: &mut BTreeSet<PathBuf>) {
        if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
            let bytes = File::open(&file).and_then(read_all);
            self.add(shown(&file), Some(file), bytes);
        }
    }

    fn add(&mut self, path: String, file: Option<PathBuf>, bytes: io::Result<Vec<u8>>) {
        match bytes.and_then(decode) {
            Ok((text, invalid_utf8)) => self.files.push(Input { path, file, text, invalid_utf8 }),
            Err(error) => self.problems.push(cannot("read", &path, &error)),
        }
    }
}

/// The paths of the `*.sysd` files below a folder, sorted; of very large folders, those that are found first.
pub fn specs_below(folder: &Path) -> Vec<String> {
    const MOST_ENTRIES: usize = 50_000;
    let entries =
        WalkBuilder::new(folder).sort_by_file_path(Ord::cmp).build().take(MOST_ENTRIES).filter_map(Result::ok);
    entries.map(ignore::DirEntry::into_path).filter(|path| is_spec(path)).map(|path| shown(&path)).collect()
}

fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sysd") && path.is_file()
}

/// The `*.sysd` files below a folder, sorted.
fn walk(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut problems) = (vec![], vec![]);
    for entry in WalkBuilder::new(folder).sort_by_file_path(Ord::cmp).build() {
        match entry {
            Ok(entry) if is_spec(entry.path()) => {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => problems.push(format!("cannot search `{}`: {error}", shown(folder))),
        }
    }
    (files, problems)
}

fn read_all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {} MiB", LARGEST >> 20)));
    }
    Ok(bytes)
}

/// The text and the first byte that is not UTF-8. What is plainly another encoding is an error: read byte by byte, it
/// would be nothing but findings.
fn decode(bytes: Vec<u8>) -> io::Result<(String, Option<usize>)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is UTF-16; save it as UTF-8"));
    }
    String::from_utf8(bytes).map(|text| (text, None)).or_else(|error| {
        let byte = error.utf8_error().valid_up_to();
        Ok((String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(byte)))
    })
}

fn cannot(what: &str, path: &str, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::NotFound => match beside(path) {
            Some(near) => format!("no such file; there is `{near}`"),
            None => "no such file".to_owned(),
        },
        io::ErrorKind::AlreadyExists => "it exists".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    };
    format!("cannot {what} `{path}`: {why}")
}

/// The spec in the same folder that is probably meant by a name that is none.
fn beside(path: &str) -> Option<String> {
    const MOST_LISTED: usize = 1000;
    let path = Path::new(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).ok()?.take(MOST_LISTED);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names: Vec<String> = names.filter(|name| name.ends_with(".sysd")).collect();
    let stem = |name: &str| name.strip_suffix(".sysd").unwrap_or(name).to_owned();
    let meant = stem(path.file_name()?.to_str()?);
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let near = near(&meant, stems.iter().map(String::as_str)).words.into_iter().next()?;
    Some(shown(&path.with_file_name(format!("{near}.sysd"))))
}

/// The path as it was given, with `/` between folders and no `./` in front.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path).to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_all_or_none() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("a/b");
        write_all(&out, &[("one.txt", "1"), ("sub/two.txt", "2")], &|_, _| false).unwrap();
        write_all(&out, &[("one.txt", "1")], &|_, _| false).unwrap();
        let refused = write_all(&out, &[("new.txt", "n"), ("sub/two.txt", "other")], &|_, _| false).unwrap_err();
        assert!(refused.contains("two.txt` exists and differs"), "{refused}");
        assert!(!out.join("new.txt").exists());
        write_all(&out, &[("sub/two.txt", "other")], &|_, _| true).unwrap();
        assert_eq!(fs::read_to_string(out.join("sub/two.txt")).unwrap(), "other");
        assert!(write_all(&out.join("one.txt"), &[("x", "")], &|_, _| true).is_err());
        assert!(write_all(&out, &[("new.txt", "n"), ("sub", "a folder")], &|_, _| true).is_err());
        let left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn names(inputs: &Inputs, folder: &Path) -> Vec<String> {
        let prefix = format!("{}/", folder.display());
        inputs.files.iter().map(|input| input.path.strip_prefix(&prefix).unwrap().to_owned()).collect()
    }

    #[test]
    fn a_folder_gives_its_specs_sorted_and_every_file_once() {
        let folder = folder(&[
            ("b.sysd", b""),
            ("a/z.sysd", b""),
            ("a.txt", b""),
            (".hidden/x.sysd", b""),
            ("out/x.sysd", b""),
            (".ignore", b"out\n"),
        ]);
        let paths = [folder.path().join("b.sysd"), folder.path().to_path_buf(), folder.path().join("a/../b.sysd")];
        let inputs = read(&paths, "-");
        assert_eq!(names(&inputs, folder.path()), ["b.sysd", "a/z.sysd"]);
        assert_eq!(inputs.problems, Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_stops_nothing() {
        let folder =
            folder(&[("good.sysd", b"x"), ("bad.sysd", b"ab\xffc"), ("wide.sysd", b"\xff\xfea\0"), ("empty/x", b"")]);
        let at = |name: &str| folder.path().join(name);
        let inputs = read(&[at("missing.sysd"), at("bad.sysd"), at("wide.sysd"), at("empty"), at("good.sysd")], "-");
        assert_eq!(names(&inputs, folder.path()), ["bad.sysd", "good.sysd"]);
        assert_eq!((inputs.files[0].text.as_str(), inputs.files[0].invalid_utf8), ("ab\u{fffd}c", Some(2)));
        let problems: Vec<String> = inputs
            .problems
            .iter()
            .map(|problem| problem.replace(&format!("{}/", folder.path().display()), ""))
            .collect();
        assert_eq!(
            problems,
            [
                "cannot read `missing.sysd`: no such file",
                "cannot read `wide.sysd`: it is UTF-16; save it as UTF-8",
                "no `.sysd` file in `empty`",
            ]
        );
        let near = load(&at("godo.sysd").to_string_lossy()).unwrap_err();
        assert!(near.ends_with("good.sysd`") && near.contains("no such file; there is"), "{near}");
        assert!(load(&at("bad.sysd").to_string_lossy()).unwrap_err().ends_with("byte 2 begins no character"));
        assert!(load(&at("empty").to_string_lossy()).unwrap_err().ends_with("it is a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_ends_in_an_error() {
        let inputs = read(&["/dev/zero".into()], "-");
        assert_eq!(inputs.problems, ["cannot read `/dev/zero`: larger than 256 MiB"]);
    }

    #[cfg(unix)]
    #[test]
    fn replacing_keeps_links_and_permissions_and_leaves_nothing_beside() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder(&[("real/a.sysd", b"old")]);
        let (real, link) = (folder.path().join("real/a.sysd"), folder.path().join("link.sysd"));
        symlink(&real, &link).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path().join("real")).unwrap().count(), 1);
        fs::set_permissions(&real, fs::Permissions::from_mode(0o440)).unwrap();
        assert!(replace(&link, "newer").unwrap_err().ends_with("the file is read-only"));
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(create(&link, "x").unwrap_err().ends_with("it exists"));
    }
}
