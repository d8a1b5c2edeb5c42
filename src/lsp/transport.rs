//! Messages over standard input and output. What is no message is answered or skipped, never the end; standard output carries
//! messages and nothing else.

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use lsp_server::{Connection, Message, RequestId, Response, ResponseError};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};
use std::thread::{self, JoinHandle};

/// More than any message needs; what claims to be longer lies, and nobody waits for it.
const LONGEST: u64 = 512 << 20;

/// A connection to whoever started the process, and the thread that writes.
pub fn stdio() -> (Connection, JoinHandle<()>) {
    let (to_client, outgoing) = unbounded();
    let (incoming, from_client) = bounded(0);
    // Ends with the process: nothing can interrupt a read.
    thread::spawn(move || read_all(&mut io::stdin().lock(), &incoming));
    let writer = thread::spawn(move || write_all(&outgoing));
    (Connection { sender: to_client, receiver: from_client }, writer)
}

/// Forwards messages until the input ends or nobody wants them any more.
fn read_all(input: &mut impl BufRead, to: &Sender<Message>) {
    loop {
        match read(input) {
            Ok(Some(Ok(message))) => {
                if to.send(message).is_err() {
                    return;
                }
            }
            Ok(Some(Err(problem))) => {
                super::log(&problem.message);
                if write(&problem.answer()).is_err() {
                    return;
                }
            }
            Ok(None) | Err(_) => return,
        }
    }
}

fn write_all(from: &Receiver<Message>) {
    for message in from {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(&message) else { continue };
        fields.insert("jsonrpc".into(), "2.0".into());
        if write(&Value::Object(fields)).is_err() {
            return;
        }
    }
}

/// Writes one message, whole: both threads write.
fn write(message: &Value) -> io::Result<()> {
    let text = message.to_string();
    let mut output = io::stdout().lock();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

/// Why something that came is no message.
#[derive(Debug, PartialEq)]
struct Problem {
    code: i32,
    message: String,
    /// The request it was meant to be, as far as that can be told.
    id: Value,
}

impl Problem {
    fn new(code: lsp_server::ErrorCode, message: impl Into<String>) -> Problem {
        Problem { code: code as i32, message: message.into(), id: Value::Null }
    }

    fn answer(&self) -> Value {
        json!({ "jsonrpc": "2.0", "id": self.id, "error": { "code": self.code, "message": self.message } })
    }
}

/// The next message; nothing at the end of the input.
fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Message, Problem>>> {
    let Some(length) = header(input)? else { return Ok(None) };
    if length > LONGEST {
        // What follows is read like any rubbish, up to the next header.
        let problem =
            Problem::new(lsp_server::ErrorCode::InvalidRequest, format!("a message of {length} bytes is too long"));
        return Ok(Some(Err(problem)));
    }
    let mut bytes = vec![];
    // Not `read_exact` into a buffer of that length: the length may be a lie.
    if input.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(parse(&bytes)))
}

/// The length of the next message. Lines that are no header are skipped, so that after rubbish the next message is found.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = vec![];
        if input.take(1 << 16).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if let (true, Some(length)) = (line.is_empty(), length) {
            return Ok(Some(length));
        }
        // Rubbish without a line end may stand before the header.
        let name = "content-length:";
        let lower = line.to_ascii_lowercase();
        if let Some(at) = lower.rfind(name) {
            length = lower[at + name.len()..].trim().parse().ok().or(length);
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Message, Problem> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(lsp_server::ErrorCode::ParseError, format!("no JSON: {error}")))?;
    let id = value.get("id").cloned().unwrap_or(Value::Null);
    // The library takes an answer without `result` or `error` for none; the protocol's own `null` results come without.
    if let (None, Ok(id)) = (value.get("method"), serde_json::from_value::<RequestId>(id.clone())) {
        let error = value.get("error").and_then(|error| serde_json::from_value::<ResponseError>(error.clone()).ok());
        let response_result = error.map_or_else(|| Ok(value.get("result").cloned().unwrap_or(Value::Null)), Err);
        return Ok(Message::Response(Response { id, response_result }));
    }
    // The library takes a question with an odd id for a notification, and whoever asked would wait for ever.
    let message = match id.is_null() || serde_json::from_value::<RequestId>(id.clone()).is_ok() {
        true => serde_json::from_value(value).ok(),
        false => None,
    };
    message.ok_or_else(|| Problem {
        id,
        ..Problem::new(lsp_server::ErrorCode::InvalidRequest, "neither a request nor a notification nor an answer")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(input: &[u8]) -> Vec<String> {
        let mut input = input;
        let mut all = vec![];
        while let Ok(Some(read)) = read(&mut input) {
            all.push(match read {
                Ok(Message::Request(request)) => format!("request {} {}", request.id, request.method),
                Ok(Message::Notification(notification)) => format!("notification {}", notification.method),
                Ok(Message::Response(response)) => format!("answer {}", response.id),
                Err(problem) => format!("{} {}", problem.code, problem.id),
            });
        }
        all
    }

    fn framed(bodies: &[&str]) -> Vec<u8> {
        bodies.iter().flat_map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()).collect()
    }

    #[test]
    fn messages_come_through() {
        let bodies = framed(&[
            r#"{"id":1,"method":"a"}"#,
            r#"{"method":"b","params":[]}"#,
            r#"{"id":"x","result":null}"#,
            r#"{"id":2}"#,
        ]);
        assert_eq!(read_from(&bodies), ["request 1 a", "notification b", "answer \"x\"", "answer 2"]);
    }

    #[test]
    fn what_is_no_message_is_answered_and_the_next_one_read() {
        let bodies = framed(&["{", "[]", "17", r#"{"id":7,"method":3}"#, "\u{e9}", r#"{"method":"b"}"#]);
        assert_eq!(
            read_from(&bodies),
            ["-32700 null", "-32600 null", "-32600 null", "-32600 7", "-32700 null", "notification b"]
        );
    }

    #[test]
    fn a_question_with_an_odd_id_is_answered() {
        let bodies = ["true", "1.5", "99999999999", "{}", "null"].map(|id| format!(r#"{{"id":{id},"method":"b"}}"#));
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        assert_eq!(
            read_from(&framed(&bodies)),
            ["-32600 true", "-32600 1.5", "-32600 99999999999", "-32600 {}", "notification b"]
        );
    }

    #[test]
    fn rubbish_between_messages_is_skipped() {
        let next = framed(&[r#"{"method":"b"}"#]);
        for rubbish in ["\r\n\r\n", "hello\r\n", "Content-Length: x\r\n\r\n", "Content-Type: y\r\n", "{}", "\0\u{ff}"] {
            let bytes = [rubbish.as_bytes(), &next].concat();
            assert_eq!(read_from(&bytes), ["notification b"], "{rubbish:?}");
        }
    }

    #[test]
    fn a_truncated_message_is_the_end() {
        let whole = framed(&[r#"{"method":"b"}"#]);
        for end in 0..whole.len() {
            assert_eq!(read_from(&whole[..end]), Vec::<String>::new());
        }
    }

    #[test]
    fn nobody_waits_for_a_message_of_a_length_that_none_has() {
        let next = framed(&[r#"{"id":1,"method":"a"}"#]);
        for body in ["", "{}", "{}\n"] {
            let lie = format!("Content-Length: 99999999999999\r\n\r\n{body}");
            assert_eq!(read_from(&[lie.as_bytes(), &next].concat()), ["-32600 null", "request 1 a"], "{body:?}");
        }
    }
}
