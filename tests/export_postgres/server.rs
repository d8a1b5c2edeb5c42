//! A PostgreSQL server of the test's own: a fresh cluster in a temporary folder, reached by a socket there, gone afterwards.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::support::installed;

/// A running server.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    /// The server refuses to run as root and is given to the user the packages make for it.
    as_postgres: bool,
}

/// A database of it.
pub struct Database<'s> {
    server: &'s Server,
    name: String,
}

impl Server {
    /// Starts one. `None` where PostgreSQL is not installed, which in continuous integration is a failure.
    pub fn start() -> Option<Server> {
        let programs = installed(programs(), "PostgreSQL", "postgresql")?;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // A socket's path has at most 107 bytes, so the folder is not deep.
        let folder = std::env::temp_dir().join(format!("sysd-pg-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the cluster");
        let as_postgres = output(Command::new("id").arg("-u")).trim() == "0";
        if as_postgres {
            output(Command::new("chown").arg("postgres").arg(&folder));
        }
        let server = Server { folder, programs, as_postgres };
        let data = server.data();
        output(
            server
                .command("initdb")
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"])
                .arg(&data),
        );
        let options =
            format!("-k {} -c listen_addresses='' -c fsync=off -c max_connections=40", server.folder.display());
        let log = server.folder.join("log");
        output(
            server
                .command("pg_ctl")
                .args(["-w", "-o", &options, "-l"])
                .arg(log)
                .arg("-D")
                .arg(&data)
                .arg("start")
                .stdout(Stdio::null()),
        );
        Some(server)
    }

    /// A database of that name, empty.
    pub fn database(&self, name: &str) -> Database<'_> {
        let name = name.replace('-', "_");
        Database { server: self, name: "postgres".into() }.run(&format!("create database \"{name}\""));
        Database { server: self, name }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.as_postgres { Command::new("runuser") } else { Command::new(&program) };
        if self.as_postgres {
            command.args(["-u", "postgres", "--"]).arg(program);
        }
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        _ = self.command("pg_ctl").args(["-m", "immediate", "-D"]).arg(data).arg("stop").output();
        _ = fs::remove_dir_all(&self.folder);
    }
}

impl Database<'_> {
    /// Loads a file as the export says to.
    pub fn load(&self, path: &str, text: &str) {
        if let Err(why) = self.session(&["--single-transaction"], text) {
            let numbered = text.lines().enumerate().map(|(at, line)| format!("{:4} {line}\n", at + 1));
            panic!("{} {path}: {why}\n{}", self.name, numbered.collect::<String>());
        }
    }

    /// Runs statements that must not fail.
    pub fn run(&self, statements: &str) {
        self.session(&[], statements).unwrap_or_else(|why| panic!("{}: {why}\n{statements}", self.name));
    }

    /// The one value a query gives.
    pub fn value(&self, query: &str) -> String {
        let given = self.session(&[], query).unwrap_or_else(|why| panic!("{}: {why}\n{query}", self.name));
        given.trim().to_owned()
    }

    /// The one number a query gives.
    pub fn number(&self, query: &str) -> i64 {
        let value = self.value(query);
        value.parse().unwrap_or_else(|_| panic!("`{value}` is no number\n{query}"))
    }

    /// Runs the scripts at the same time, each in a session of its own; what they print, line by line.
    pub fn race(&self, scripts: Vec<String>) -> Vec<String> {
        let printed = thread::scope(|scope| {
            let sessions: Vec<_> = scripts.iter().map(|script| scope.spawn(|| self.session(&[], script))).collect();
            sessions.into_iter().map(|session| session.join().expect("a session")).collect::<Vec<_>>()
        });
        let printed = printed.into_iter().map(|printed| printed.unwrap_or_else(|why| panic!("{}: {why}", self.name)));
        printed.flat_map(|printed| printed.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn session(&self, options: &[&str], script: &str) -> Result<String, String> {
        let mut command = Command::new(self.server.programs.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", &self.name, "-h"]);
        command.arg(&self.server.folder).args(options).args(["-f", "-"]).env("PGCLIENTENCODING", "UTF8");
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut session = spawned.map_err(|why| format!("cannot run psql: {why}"))?;
        let mut input = session.stdin.take().ok_or("no standard input")?;
        let script = script.to_owned();
        let writing = thread::spawn(move || input.write_all(script.as_bytes()));
        let done = session.wait_with_output().map_err(|why| why.to_string())?;
        // A session that stops at an error closes its input early; the error is told below.
        _ = writing.join();
        if done.status.success() {
            Ok(String::from_utf8_lossy(&done.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }
}

/// Where the programs of the newest installed version are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    let asked = Command::new("pg_config").arg("--bindir").output().ok();
    let asked = asked.map(|asked| PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim()));
    found.into_iter().rev().chain(asked).find(|folder| whole(folder))
}

fn whole(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|program| folder.join(program).is_file())
}

fn output(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
