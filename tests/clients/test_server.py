"""`sysd lsp` asked by a real client library as Neovim, Visual Studio Code and Emacs would ask: every feature, once per profile.

Run by tests/clients/run: SYSD=target/debug/sysd pytest tests/clients
"""

import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

ROOT = pathlib.Path(__file__).parents[2]
SYSD = os.environ.get("SYSD", str(ROOT / "target/debug/sysd"))

SPEC = """\
system auctions {
}

/// Somebody who bids.
actor Bidder : user {
    retries
}

requirement R1 "Users can bid on an item" { Bidder does PlaceBid }

/// One item on sale.
object Auction : entity {
    key auction_id: uuid
    current_highest: money
    ownership: many writers, one winner per auction_id
    evolution: overwrite
    ordering: none
}

operation PlaceBid(auction: Auction, amount: money, request_id: uuid) by Bidder {
    when amount > auction.current_highest
    then auction.current_highest = amount
    once per request_id
    rate 5k/s, hottest auction 1k/s
}

invariant I1 eligibility "a bid beats the highest" { of PlaceBid }
"""


ASKED = {
    "client/registerCapability",
    "workspace/diagnostic/refresh",
    "workspace/inlayHint/refresh",
    "workspace/semanticTokens/refresh",
    "workspace/codeLens/refresh",
}


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[SYSD, "lsp"]),
    params=["neovim", "visual_studio_code", "emacs"],
)
async def client(request, lsp_client: LanguageClient):
    profiles = {"neovim": "neovim@v0.11.0", "visual_studio_code": "visual_studio_code@v1.65.2", "emacs": "emacs@v29.1"}
    # What a server may ask of its client beside diagnostics.
    for method in ASKED - set(lsp_client.protocol.fm.features) - set(lsp_client.protocol.fm.builtin_features):
        lsp_client.feature(method)(lambda *_: None)
    folder = lsp.WorkspaceFolder(uri=(ROOT / "corpus/auction").as_uri(), name="auction")
    parameters = lsp.InitializeParams(
        capabilities=client_capabilities(profiles[request.param]), workspace_folders=[folder]
    )
    answer = await lsp_client.initialize_session(parameters)
    lsp_client.encoding = answer.capabilities.position_encoding or "utf-16"
    lsp_client.pulls = answer.capabilities.diagnostic_provider is not None
    yield
    await lsp_client.shutdown_session()


class Spec:
    """An unsaved document."""

    def __init__(self, client, text, name="memory.sysd"):
        self.client, self.text, self.version = client, text, 1
        self.uri = (ROOT / "corpus" / name).as_uri()
        self.id = lsp.TextDocumentIdentifier(uri=self.uri)
        item = lsp.TextDocumentItem(uri=self.uri, language_id="sysd", version=1, text=text)
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))

    def at(self, words, nth=0):
        """The position of the words' first character."""
        byte = -1
        for _ in range(nth + 1):
            byte = self.text.index(words, byte + 1)
        before = self.text[:byte]
        return lsp.Position(line=before.count("\n"), character=byte - before.rfind("\n") - 1)

    def within(self, words, nth=0):
        start = self.at(words, nth)
        return lsp.Range(start=start, end=lsp.Position(line=start.line, character=start.character + len(words)))

    def write(self, text):
        self.text, self.version = text, self.version + 1
        changed = lsp.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        change = lsp.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=changed, content_changes=[change])
        )

    async def findings(self):
        """What a client of this profile is shown: pulled or pushed, never both."""
        if self.client.pulls:
            asked = lsp.DocumentDiagnosticParams(text_document=self.id)
            return (await self.client.text_document_diagnostic_async(asked)).items
        while self.client.diagnostics.get(self.uri) is None:
            await self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[self.uri]

    def applied(self, edits):
        """The text after edits, as a client applies them: from the last to the first."""
        lines = self.text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        offset = lambda at: starts[at.line] + at.character
        text = self.text
        for edit in sorted(edits, key=lambda it: offset(it.range.start), reverse=True):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return text


def where(spec, words, nth=0):
    return {"text_document": spec.id, "position": spec.at(words, nth)}


async def test_a_clean_spec_has_no_errors(client):
    found = await Spec(client, SPEC).findings()
    assert [it.message for it in found if it.severity == lsp.DiagnosticSeverity.Error] == []


async def test_a_finding_stands_under_the_word_with_code_and_link(client):
    spec = Spec(client, SPEC.replace("ordering: none", "ordering: nome"))
    errors = [it for it in await spec.findings() if it.severity == lsp.DiagnosticSeverity.Error]
    assert len(errors) == 1
    assert errors[0].range == spec.within("nome")
    assert errors[0].source == "sysd" and str(errors[0].code).startswith("S0")


async def test_the_fix_of_a_finding_repairs_it(client):
    spec = Spec(client, SPEC.replace("ordering: none", "ordering: nome"))
    found = await spec.findings()
    asked = lsp.CodeActionParams(
        text_document=spec.id, range=spec.within("nome"), context=lsp.CodeActionContext(diagnostics=list(found))
    )
    actions = await client.text_document_code_action_async(asked)
    edits = [it.edit for it in actions if getattr(it, "edit", None) and "none" in it.title]
    assert edits, [it.title for it in actions]
    changes = edits[0].changes[spec.uri] if edits[0].changes else edits[0].document_changes[0].edits
    assert spec.applied(changes) == SPEC


async def test_hover_explains_word_and_thing(client):
    spec = Spec(client, SPEC)
    word = await client.text_document_hover_async(lsp.HoverParams(**where(spec, "overwrite")))
    thing = await client.text_document_hover_async(lsp.HoverParams(**where(spec, "PlaceBid(")))
    text = lambda hover: getattr(hover.contents, "value", hover.contents)
    assert "overwrite" in text(word)
    assert "PlaceBid" in text(thing) and len(text(thing)) > 80


async def test_completion_offers_only_what_may_stand_there(client):
    spec = Spec(client, SPEC.replace("evolution: overwrite", "evolution: "))
    at = spec.at("evolution: ")
    here = lsp.Position(line=at.line, character=at.character + len("evolution: "))
    answer = await client.text_document_completion_async(lsp.CompletionParams(text_document=spec.id, position=here))
    labels = {it.label for it in getattr(answer, "items", answer)}
    assert {"overwrite", "append-only"} <= labels
    assert "Bidder" not in labels and "operation" not in labels


async def test_definition_references_highlight(client):
    spec = Spec(client, SPEC)
    found = await client.text_document_definition_async(lsp.DefinitionParams(**where(spec, "PlaceBid }")))
    found = found[0] if isinstance(found, (list, tuple)) else found
    target = getattr(found, "target_selection_range", None) or getattr(found, "range")
    assert target == spec.within("PlaceBid", 1)
    context = lsp.ReferenceContext(include_declaration=True)
    asked = lsp.ReferenceParams(**where(spec, "PlaceBid("), context=context)
    references = await client.text_document_references_async(asked)
    assert sorted(it.range.start.line for it in references) == [8, 19, 26]
    lit = await client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(**where(spec, "current_highest"))
    )
    assert len(lit) == 3


async def test_rename_with_prepare(client):
    spec = Spec(client, SPEC)
    prepared = await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(**where(spec, "Bidder :")))
    assert getattr(prepared, "placeholder", "Bidder") == "Bidder"
    edit = await client.text_document_rename_async(lsp.RenameParams(**where(spec, "Bidder :"), new_name="Buyer"))
    changes = edit.changes[spec.uri] if edit.changes else edit.document_changes[0].edits
    assert spec.applied(changes) == SPEC.replace("Bidder", "Buyer")


async def test_symbols_of_document_and_workspace(client):
    spec = Spec(client, SPEC)
    asked = lsp.DocumentSymbolParams(text_document=spec.id)
    names = {it.name for it in await client.text_document_document_symbol_async(asked)}
    assert {"Bidder", "Auction", "PlaceBid", "I1"} <= names
    found = await client.workspace_symbol_async(lsp.WorkspaceSymbolParams(query="CreateAuction"))
    assert any(it.name == "CreateAuction" for it in found)


async def test_formatting(client):
    spec = Spec(client, SPEC.replace("    once per", "  once   per"))
    options = lsp.FormattingOptions(tab_size=4, insert_spaces=True)
    asked = lsp.DocumentFormattingParams(text_document=spec.id, options=options)
    assert spec.applied(await client.text_document_formatting_async(asked)) == SPEC


async def test_semantic_tokens_hints_lenses_folds_selection(client):
    spec = Spec(client, SPEC)
    tokens = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(text_document=spec.id))
    assert len(tokens.data) > 50 and len(tokens.data) % 5 == 0
    end = lsp.Position(line=SPEC.count("\n"), character=0)
    everything = lsp.Range(start=lsp.Position(line=0, character=0), end=end)
    hints = await client.text_document_inlay_hint_async(lsp.InlayHintParams(text_document=spec.id, range=everything))
    shown = ["".join(part.value for part in it.label) if isinstance(it.label, (list, tuple)) else it.label for it in hints]
    assert any("CAS" in it for it in shown), shown
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(text_document=spec.id))
    assert lenses
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(text_document=spec.id))
    assert any(it.start_line == 10 or it.start_line == 11 for it in folds)
    asked = lsp.SelectionRangeParams(text_document=spec.id, positions=[spec.at("current_highest")])
    selection = (await client.text_document_selection_range_async(asked))[0]
    assert selection.range == spec.within("current_highest") and selection.parent is not None


async def test_an_edit_changes_the_answer(client):
    spec = Spec(client, SPEC.replace("by Bidder", "by Biddr"))
    assert any(it.severity == lsp.DiagnosticSeverity.Error for it in await spec.findings())
    client.diagnostics.pop(spec.uri, None)
    spec.write(SPEC)
    assert not any(it.severity == lsp.DiagnosticSeverity.Error for it in await spec.findings())


async def test_a_question_about_nothing_is_no_error(client):
    spec = Spec(client, "\n")
    nowhere = lsp.Position(line=900, character=900)
    assert await client.text_document_hover_async(lsp.HoverParams(text_document=spec.id, position=nowhere)) is None
