//! The thread that answers. It owns what is known about the specs, takes one question at a time, and always answers for the
//! texts as they are when it begins: however fast the edits come, no answer for an older text is worked out.

use super::answers::{self, Refusal};
use super::capabilities::Client;
use super::documents::Documents;
use super::world::{Folders, World};
use super::{diagnostics, log};
use crossbeam_channel::Sender;
use lsp_server::{ErrorCode, Message, Request, RequestId, Response};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// What the loop and the thread share.
#[derive(Clone)]
pub struct Desk(Arc<(Mutex<State>, Condvar)>);

/// The texts as the client has them, and what it waits for.
pub struct State {
    /// What the client can do.
    pub client: Client,
    /// The open documents.
    pub documents: Documents,
    /// The open folders.
    pub folders: Folders,
    /// Grows with every change.
    pub revision: u64,
    waiting: VecDeque<Job>,
    /// The request that is being answered.
    current: Option<RequestId>,
    /// The client no longer wants the answer to it.
    cancelled: bool,
    /// Texts have changed since the last look at what is wrong in them.
    changed: bool,
    closed: bool,
}

impl State {
    /// The question to answer next, in the order they came; but whoever types waits for proposals first.
    fn next_job(&mut self) -> Option<Job> {
        let proposals = self.waiting.iter().position(|job| job.request.method == "textDocument/completion");
        self.waiting.remove(proposals.unwrap_or(0))
    }
}

struct Job {
    request: Request,
    /// The revision the client knew when it asked.
    asked_at: u64,
}

enum Task {
    Answer(Job),
    LookOver,
    Stop,
}

impl Desk {
    /// An empty desk for that client.
    pub fn new(client: Client, folders: Folders) -> Desk {
        let state = State {
            client,
            documents: Documents::default(),
            folders,
            revision: 0,
            waiting: VecDeque::new(),
            current: None,
            cancelled: false,
            changed: false,
            closed: false,
        };
        Desk(Arc::new((Mutex::new(state), Condvar::new())))
    }

    /// Changes the texts.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        state.revision += 1;
        change(&mut state);
        state.changed = true;
        drop(state);
        self.0.1.notify_one();
    }

    /// Puts a question.
    pub fn ask(&self, request: Request) {
        let mut state = self.lock();
        let asked_at = state.revision;
        state.waiting.push_back(Job { request, asked_at });
        drop(state);
        self.0.1.notify_one();
    }

    /// Takes a question back. True where it was still waiting, so that nobody else answers it.
    pub fn cancel(&self, id: &RequestId) -> bool {
        let mut state = self.lock();
        if state.current.as_ref() == Some(id) {
            state.cancelled = true;
        }
        let before = state.waiting.len();
        state.waiting.retain(|job| job.request.id != *id);
        state.waiting.len() < before
    }

    /// Takes back all questions that still wait; nobody else answers them.
    pub fn cancel_all(&self) -> Vec<RequestId> {
        self.lock().waiting.drain(..).map(|job| job.request.id).collect()
    }

    /// Ends the thread after what it is doing.
    pub fn close(&self) {
        self.lock().closed = true;
        self.0.1.notify_one();
    }

    /// Answers until the desk is closed.
    pub fn work(&self, to: &Sender<Message>) {
        let mut world = World::default();
        let mut told = diagnostics::Told::default();
        loop {
            let (task, documents, folders, client) = self.next();
            let view = &mut answers::View {
                world: &mut world,
                told: &mut told,
                documents: &documents,
                folders: &folders,
                client: &client,
                to,
            };
            let done = catch_unwind(AssertUnwindSafe(|| match task {
                Task::Stop => false,
                Task::LookOver => {
                    view.world.forget(&documents);
                    diagnostics::look_over(view, to);
                    true
                }
                Task::Answer(job) => {
                    self.answer(job, view, to);
                    true
                }
            }));
            match done {
                Ok(true) => (),
                Ok(false) => return,
                Err(_) => {
                    // What is known may be half changed.
                    world = World::default();
                    self.give_up(to);
                }
            }
        }
    }

    fn next(&self) -> (Task, Documents, Folders, Client) {
        let mut state = self.lock();
        loop {
            let task = if state.closed {
                Task::Stop
            } else if let Some(job) = state.next_job() {
                state.current = Some(job.request.id.clone());
                state.cancelled = false;
                Task::Answer(job)
            } else if std::mem::take(&mut state.changed) {
                Task::LookOver
            } else {
                state = self.0.1.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
                continue;
            };
            return (task, state.documents.clone(), state.folders.clone(), state.client.clone());
        }
    }

    fn answer(&self, job: Job, view: &mut answers::View<'_>, to: &Sender<Message>) {
        let Request { id, method, params } = job.request;
        let answer = match answers::must_be_current(&method) && view.has_changed_since(&params, job.asked_at) {
            true => Err(Refusal::new(ErrorCode::ContentModified, "the text has changed")),
            false => answers::answer(view, &method, params),
        };
        let response = match answer {
            Ok(result) => Response { id, response_result: Ok(result) },
            Err(refusal) => Response { id, response_result: Err(refusal.into()) },
        };
        self.finish(response, to);
    }

    /// Sends an answer, unless the client has taken the question back.
    fn finish(&self, response: Response, to: &Sender<Message>) {
        let mut state = self.lock();
        state.current = None;
        let cancelled = std::mem::take(&mut state.cancelled);
        drop(state);
        let message = if cancelled { cancelled_response(response.id) } else { response };
        let _ = to.send(message.into());
    }

    /// Answers what could not be answered because of a fault of ours.
    fn give_up(&self, to: &Sender<Message>) {
        let Some(id) = self.lock().current.clone() else { return log("a fault while looking the documents over") };
        log(&format!("a fault while answering request {id}"));
        self.finish(
            Response::new_err(id, ErrorCode::InternalError as i32, "a fault of sysd; see its log".to_owned()),
            to,
        );
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The answer to a question that was taken back.
pub fn cancelled_response(id: RequestId) -> Response {
    Response::new_err(id, ErrorCode::RequestCanceled as i32, "cancelled".to_owned())
}
