"""`sysd lsp` fed what no well-behaved client sends: bytes over its standard input, as they come.

Standard output carries whole protocol messages and nothing else, no fault ends the server, and who waits for an answer gets one.
"""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SYSD = os.environ.get("SYSD", str(ROOT / "target/debug/sysd"))
AUCTION = (ROOT / "corpus/auction/spec.sysd").read_text()
URI = "file:///specs/a.sysd"


def framed(body):
    body = body if isinstance(body, bytes) else json.dumps({"jsonrpc": "2.0", **body}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def ask(number, method, **params):
    return framed({"id": number, "method": method, "params": params})


def tell(method, **params):
    return framed({"method": method, "params": params})


def opened(uri=URI, text=AUCTION):
    return tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "sysd", "version": 1, "text": text})


def started(**capabilities):
    return ask(1, "initialize", capabilities=capabilities) + tell("initialized")


def hover(number):
    return ask(number, "textDocument/hover", textDocument=DOCUMENT, position={"line": 83, "character": 12})


DOCUMENT = {"uri": URI}
PULLING = {"textDocument": {"diagnostic": {}}}
SYMBOLS = ask(2, "textDocument/documentSymbol", textDocument=DOCUMENT)
SHUTDOWN, EXIT = framed({"id": 900, "method": "shutdown"}), framed({"method": "exit"})


def messages(output):
    """Every message; fails where anything else was written."""
    found = []
    while output:
        header, _, rest = output.partition(b"\r\n\r\n")
        name, _, length = header.partition(b": ")
        assert name == b"Content-Length" and len(rest) >= int(length), output[:200]
        found.append(json.loads(rest[: int(length)]))
        output = rest[int(length) :]
    return found


def served(*sent):
    """The answers by id, and how the server ended."""
    done = subprocess.run([SYSD, "lsp"], input=b"".join(sent), capture_output=True, timeout=120)
    said = messages(done.stdout)
    assert all(message["jsonrpc"] == "2.0" for message in said)
    assert b"panicked" not in done.stderr and b"a fault" not in done.stderr, done.stderr
    answers = [message for message in said if "method" not in message]
    numbers = [json.dumps(answer["id"]) for answer in answers if answer["id"] is not None]
    assert len(numbers) == len(set(numbers)), "two answers to one question"
    return {json.dumps(answer["id"]): answer for answer in answers}, done.returncode


RUBBISH = {
    "a negative length": b"Content-Length: -5\r\n\r\n{}",
    "a length in words": b"Content-Length: five\r\n\r\n",
    "no length": b"Content-Type: text\r\n\r\n{}",
    "a length of nothing": b"Content-Length: 0\r\n\r\n",
    "a length that none has": b"Content-Length: 99999999999999\r\n\r\n{}",
    "a length no number holds": b"Content-Length: 999999999999999999999999\r\n\r\n",
    "a length that is too short": b"Content-Length: 5\r\n\r\n" + json.dumps({"id": 5, "method": "x"}).encode(),
    "truncated JSON": framed(b'{"jsonrpc":"2.0","id":5,"method":'),
    "no text": framed(b'{"method":"\xff\xfe"}'),
    "a header of megabytes": b"X-Long: " + b"a" * 5_000_000 + b"\r\n",
    "a batch": framed(b'[{"jsonrpc":"2.0","id":5,"method":"shutdown"}]'),
    "an empty batch": framed(b"[]"),
    "a number": framed(b"7"),
    "an answer nobody asked for": framed({"id": 5, "result": 7}),
    "deep JSON": framed(b'{"id":5,"method":"x","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a notification with an empty id": framed({"id": None, "method": "x"}),
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH.keys())
@pytest.mark.parametrize("first", [True, False], ids=["before initialize", "later"])
def test_after_rubbish_the_next_message_is_understood(rubbish, first):
    sent = [rubbish, started(**PULLING)] if first else [started(**PULLING), opened(), rubbish]
    answers, status = served(*sent, SYMBOLS, SHUTDOWN, EXIT)
    assert status == 0 and "result" in answers["1"] and "result" in answers["900"] and "2" in answers


@pytest.mark.parametrize("odd", [True, 1.5, 99999999999, "word"], ids=str)
def test_a_question_with_an_odd_id_gets_an_answer(odd):
    answers, _ = served(started(), ask(odd, "nothing/known"), SHUTDOWN, EXIT)
    assert "error" in answers[json.dumps(odd)]


def test_questions_before_and_after_a_session_are_refused():
    answers, status = served(SYMBOLS, opened(), started(), SHUTDOWN, ask(3, "textDocument/hover"), opened(), EXIT)
    assert (answers["2"]["error"]["code"], answers["3"]["error"]["code"], status) == (-32002, -32600, 0)


def test_who_goes_at_once_still_has_every_question_answered():
    hovers = [hover(number) for number in range(10, 60)]
    answers, status = served(started(**PULLING), opened(), SYMBOLS, *hovers, SHUTDOWN, EXIT)
    assert status == 0 and {str(n) for n in (1, 2, 900, *range(10, 60))} <= set(answers)


def test_places_that_are_none():
    def change(version, start, end):
        places = {"start": dict(zip(("line", "character"), start)), "end": dict(zip(("line", "character"), end))}
        changes = [{"range": places, "text": "x"}]
        return tell("textDocument/didChange", textDocument={"uri": URI, "version": version}, contentChanges=changes)

    huge = 2**32 - 1
    changes = [
        change(2, (-1, 0), (0, 0)),
        change(3, (0, 0), (-1, -1)),
        change(4, (2**40, 0), (2**40, 1)),
        change(5, (huge, huge), (huge, huge)),
        change(6, (9, huge), (0, 0)),
    ]
    methods = ("hover", "completion", "definition", "prepareRename", "rename", "documentHighlight")
    odd = [(method, {"line": number, "character": number}) for method in methods for number in (-1, huge, 2**40)]
    asked = [
        ask(10 + n, f"textDocument/{method}", textDocument=DOCUMENT, position=position, newName="X")
        for n, (method, position) in enumerate(odd)
    ]
    answers, status = served(started(**PULLING), opened(), *changes, *asked, SYMBOLS, SHUTDOWN, EXIT)
    assert status == 0 and {str(10 + n) for n in range(18)} <= set(answers)


def test_documents_that_are_closed_twice_or_never_opened():
    closed = tell("textDocument/didClose", textDocument=DOCUMENT)
    answers, status = served(started(), closed, opened(), opened(), closed, closed, SYMBOLS, opened(), SHUTDOWN, EXIT)
    assert status == 0 and "2" in answers


@pytest.mark.parametrize("capabilities", [PULLING, {}], ids=["pulled", "pushed"])
def test_three_hundred_documents(capabilities):
    everything = [opened(f"file:///specs/{n}.sysd", AUCTION.replace("by Bidder", "by Biddr")) for n in range(300)]
    answers, status = served(started(**capabilities), *everything, SYMBOLS, SHUTDOWN, EXIT)
    assert status == 0 and {"1", "2", "900"} <= set(answers)


def test_a_storm_of_questions_that_are_taken_back():
    storm = []
    for n in range(1000, 3000):
        storm += [hover(n), tell("$/cancelRequest", id=n), tell("$/cancelRequest", id=n - 7), tell("$/cancelRequest", id="x")]
    answers, status = served(started(**PULLING), opened(), *storm, SHUTDOWN, EXIT)
    assert status == 0 and {str(n) for n in range(1000, 3000)} <= set(answers)
    assert all(it["error"]["code"] == -32800 for it in answers.values() if "error" in it)


@pytest.mark.parametrize("end", [1, 17, 40, -1])
def test_a_client_that_vanishes_within_a_message(end):
    answers, status = served(started(**PULLING), opened(), SYMBOLS[:end])
    assert status == 1 and "1" in answers
