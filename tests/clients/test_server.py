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
    capabilities = client_capabilities(profiles[request.param])
    lsp_client.relates = bool(capabilities.text_document.publish_diagnostics.related_information)
    tell_actions_from_commands(lsp_client.protocol._converter)
    parameters = lsp.InitializeParams(capabilities=capabilities, workspace_folders=[folder])
    answer = await lsp_client.initialize_session(parameters)
    lsp_client.encoding = answer.capabilities.position_encoding or "utf-16"
    lsp_client.pulls = answer.capabilities.diagnostic_provider is not None
    yield
    await lsp_client.shutdown_session()


def tell_actions_from_commands(converter):
    """The client library takes an action with a command for a command; only a command's `command` is a text."""

    def structure(value, _):
        if "edit" in value:
            return converter.structure(value, lsp.CodeAction)
        return lsp.Command(value["title"], value["command"], arguments=value.get("arguments"))

    converter.register_structure_hook(lsp.Command, structure)


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


async def actions(spec, words, only=None, nth=0):
    """The actions at the words, with their edits."""
    context = lsp.CodeActionContext(diagnostics=list(await spec.findings()), only=only)
    asked = lsp.CodeActionParams(text_document=spec.id, range=spec.within(words, nth), context=context)
    found = await spec.client.text_document_code_action_async(asked)
    return {it.title: it for it in found or []}


def done(spec, action):
    edit = action.edit
    return spec.applied(edit.changes[spec.uri] if edit.changes else edit.document_changes[0].edits)


async def test_findings_come_through_one_channel_only(client):
    spec = Spec(client, SPEC.replace("ordering: none", "ordering: nome"))
    assert await spec.findings()
    # Hover is answered after whatever would be told first.
    await client.text_document_hover_async(lsp.HoverParams(**where(spec, "overwrite")))
    assert client.pulls == (spec.uri not in client.diagnostics)


async def test_a_finding_leads_to_its_page_and_to_the_places_that_caused_it(client):
    spec = Spec(client, SPEC + "actor Bidder : user\n")
    found = [it for it in await spec.findings() if it.code == "S0024"]
    assert len(found) == 1 and found[0].range == spec.within("Bidder", SPEC.count("Bidder"))
    assert found[0].code_description.href.endswith("S0024.md")
    # Emacs shows no related places and is sent none.
    assert client.relates == (found[0].related_information is not None)
    assert not client.relates or any(it.location.range == spec.within("Bidder") for it in found[0].related_information)


async def test_columns_are_the_clients_own_behind_any_letters(client):
    spec = Spec(client, SPEC.replace('"a bid beats the highest" { of PlaceBid }', '"日本é😀" { of PlaceBd }'))
    line = next(it for it in spec.text.split("\n") if "PlaceBd" in it)
    units = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[client.encoding]
    codec = {1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[units]
    column = len(line[: line.index("PlaceBd")].encode(codec)) // units
    errors = [it for it in await spec.findings() if it.severity == lsp.DiagnosticSeverity.Error]
    assert [(it.range.start.character, it.range.end.character) for it in errors] == [(column, column + len("PlaceBd"))]


async def test_everything_is_fixed_at_once(client):
    spec = Spec(client, SPEC.replace("ordering: none", "ordering: nome").replace("by Bidder {", "by Biddr {"))
    whole = await actions(spec, "system", only=[lsp.CodeActionKind.SourceFixAll])
    assert len(whole) == 1, whole.keys()
    assert done(spec, *whole.values()) == SPEC


async def test_a_finding_is_accepted_with_a_reason(client):
    spec = Spec(client, SPEC)
    before = list(await spec.findings())
    assert before, "there is nothing to accept"
    at = spec.text.split("\n")[before[0].range.start.line]
    accept = [it for title, it in (await actions(spec, at)).items() if title.startswith("Accept `")]
    assert accept
    after = done(spec, accept[0])
    assert "why this is accepted here" in after
    client.diagnostics.pop(spec.uri, None)
    spec.write(after)
    now = list(await spec.findings())
    assert len(now) < len(before), [it.message for it in now]


async def test_an_axis_left_open_is_filled_from_what_is_known(client):
    spec = Spec(client, SPEC.replace("evolution: overwrite", "evolution: ?"))
    answers = [it for title, it in (await actions(spec, "?")).items() if title.startswith("Write `")]
    assert any(done(spec, it) == SPEC for it in answers)


async def test_what_cannot_be_a_name_is_refused(client):
    spec = Spec(client, SPEC)
    with pytest.raises(Exception, match="object"):
        await client.text_document_rename_async(lsp.RenameParams(**where(spec, "Bidder :"), new_name="object"))


async def test_part_of_a_document_is_formatted_alone(client):
    spec = Spec(client, SPEC.replace("    retries", "  retries").replace("    once per", "  once   per"))
    options = lsp.FormattingOptions(tab_size=4, insert_spaces=True)
    asked = lsp.DocumentRangeFormattingParams(text_document=spec.id, range=spec.within("once   per"), options=options)
    after = spec.applied(await client.text_document_range_formatting_async(asked))
    assert after == SPEC.replace("    retries", "  retries")


async def test_tokens_of_a_part_and_of_a_change_agree_with_those_of_the_whole(client):
    spec = Spec(client, SPEC)
    end = lsp.Position(line=SPEC.count("\n"), character=0)
    everything = lsp.Range(start=lsp.Position(line=0, character=0), end=end)
    whole = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(text_document=spec.id))
    asked = lsp.SemanticTokensRangeParams(text_document=spec.id, range=everything)
    assert list((await client.text_document_semantic_tokens_range_async(asked)).data) == list(whole.data)
    spec.write("// new\n" + SPEC)
    asked = lsp.SemanticTokensDeltaParams(text_document=spec.id, previous_result_id=whole.result_id)
    delta = await client.text_document_semantic_tokens_full_delta_async(asked)
    data = list(whole.data)
    for edit in sorted(delta.edits, key=lambda it: it.start, reverse=True):
        data[edit.start : edit.start + edit.delete_count] = edit.data or []
    again = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(text_document=spec.id))
    assert data == list(again.data)


async def test_hints_stand_beside_what_they_are_about_and_lead_to_why(client):
    spec = Spec(client, SPEC)
    end = lsp.Position(line=SPEC.count("\n"), character=0)
    everything = lsp.Range(start=lsp.Position(line=0, character=0), end=end)
    hints = await client.text_document_inlay_hint_async(lsp.InlayHintParams(text_document=spec.id, range=everything))
    assert {it.position.line for it in hints} >= {spec.at("object Auction").line, spec.at("operation PlaceBid").line}
    one = lsp.Range(start=spec.at("operation PlaceBid"), end=spec.at("when amount"))
    fewer = await client.text_document_inlay_hint_async(lsp.InlayHintParams(text_document=spec.id, range=one))
    assert fewer and {it.position.line for it in fewer} == {spec.at("operation PlaceBid").line}


async def test_a_lens_counts_what_holds_and_leads_to_the_design(client):
    spec = Spec(client, SPEC)
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(text_document=spec.id))
    counted = [it for it in lenses if it.range.start.line == spec.at("object Auction").line]
    assert counted and "invariant" in counted[0].command.title and counted[0].command.command


async def test_folds_are_those_of_the_items(client):
    spec = Spec(client, SPEC)
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(text_document=spec.id))
    starts = {it.start_line for it in folds}
    assert {spec.at(it).line for it in ("actor Bidder", "object Auction", "operation PlaceBid")} <= starts
    assert all(it.start_line < it.end_line for it in folds)


async def test_an_unsaved_file_counts_in_the_spec_that_uses_it(client):
    people = Spec(client, "actor Bidder : user\n", "unsaved-people.sysd")
    main = Spec(client, 'use "unsaved-people.sysd"\nsystem s\nrequirement R "x" { Bidder does X }\n', "unsaved.sysd")
    unknown = lambda found: sorted(it.message for it in found if it.code == "S0023")
    assert len(unknown(await main.findings())) == 1
    found = await client.text_document_definition_async(lsp.DefinitionParams(**where(main, "Bidder")))
    found = found[0] if isinstance(found, (list, tuple)) else found
    assert (getattr(found, "target_uri", None) or found.uri) == people.uri
    client.diagnostics.pop(main.uri, None)
    people.write("actor Buyer : user\n")
    assert len(unknown(await main.findings())) == 2


async def test_a_question_about_nothing_is_no_error(client):
    spec = Spec(client, "\n")
    nowhere = lsp.Position(line=900, character=900)
    assert await client.text_document_hover_async(lsp.HoverParams(text_document=spec.id, position=nowhere)) is None
