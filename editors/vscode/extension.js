// Starts `sysd lsp` and gives the editor what the protocol has no word for: the design document, and explanations.
const { execFile } = require("node:child_process");
const { mkdtemp, readFile } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** The pages of findings, as documents: `sysd:/explain/S0101.md`. The server links to them from a finding's code. */
const EXPLAIN = "sysd:/explain/{code}.md";

let client;

async function activate(context) {
  const restart = async () => {
    await client?.stop().catch(() => undefined);
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("sysd.restart", restart),
    vscode.commands.registerCommand("sysd.report", () => report(vscode.window.activeTextEditor?.document)),
    // What the server's lenses run: of which document is their first argument.
    vscode.commands.registerCommand("sysd.showDesign", async (uri) =>
      report(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))),
    ),
    vscode.commands.registerCommand("sysd.explain", explain),
    vscode.commands.registerCommand("sysd.new", async () =>
      vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "sysd" })),
    ),
    vscode.tasks.registerTaskProvider("sysd", {
      provideTasks: () => [check({ type: "sysd" })],
      resolveTask: (task) => check(task.definition),
    }),
    vscode.workspace.registerTextDocumentContentProvider("sysd", { provideTextDocumentContent: page }),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("sysd.server.path") && restart()),
  );
  await start();
}

function deactivate() {
  return client?.stop();
}

function command() {
  return vscode.workspace.getConfiguration("sysd").get("server.path") || "sysd";
}

async function start() {
  const server = { command: command(), args: ["lsp"] };
  client = new LanguageClient("sysd", "sysd", server, {
    documentSelector: [{ language: "sysd" }],
    // The links of hovers run this and nothing else.
    markdown: { isTrusted: { enabledCommands: ["sysd.showDesign"] } },
    initializationOptions: {
      commands: ["sysd.showDesign"],
      explain: EXPLAIN,
      complete: vscode.workspace.getConfiguration("sysd").get("complete"),
    },
    synchronize: {
      configurationSection: "sysd",
      fileEvents: vscode.workspace.createFileSystemWatcher("**/*.sysd"),
    },
  });
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `\`${server.command} lsp\` did not start: ${error.message ?? error}`,
      "Open the settings",
    );
    if (choice) vscode.commands.executeCommand("workbench.action.openSettings", "sysd.server.path");
  }
}

/** `sysd check` as a task; its findings go to the problem list. */
function check(definition) {
  const args = ["check", "--output-format", "concise", ...(definition.paths ?? ["."])];
  const run = new vscode.ProcessExecution(command(), args);
  return new vscode.Task(definition, vscode.TaskScope.Workspace, "check", "sysd", run, "$sysd");
}

/** The output of the command; the text of the editor goes to its standard input, saved or not. */
function run(args, document) {
  return new Promise((resolve, reject) => {
    const cwd = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath;
    const child = execFile(command(), args, { cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      // Status 1: findings, and still a result.
      error && error.code !== 1 ? reject(new Error(stderr.trim() || error.message)) : resolve(stdout),
    );
    child.stdin.end(document.getText());
  });
}

async function report(document) {
  if (document?.languageId !== "sysd") return vscode.window.showInformationMessage("Open a .sysd file first.");
  try {
    const folder = await mkdtemp(join(tmpdir(), "sysd-"));
    await run(["report", "-", "--stdin-filename", document.uri.fsPath, "--output", folder], document);
    const options = { enableScripts: true, retainContextWhenHidden: true };
    const panel = vscode.window.createWebviewPanel("sysd.report", "Design", vscode.ViewColumn.Beside, options);
    panel.webview.html = await readFile(join(folder, "report.html"), "utf8");
  } catch (error) {
    vscode.window.showErrorMessage(error.message);
  }
}

async function explain() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const here = vscode.languages
    .getDiagnostics(editor.document.uri)
    .find((it) => it.source === "sysd" && it.range.contains(editor.selection.active));
  if (!here) return vscode.window.showInformationMessage("There is no finding here.");
  const code = String(here.code?.value ?? here.code);
  await vscode.commands.executeCommand("markdown.showPreviewToSide", vscode.Uri.parse(EXPLAIN.replace("{code}", code)));
}

/** The text of a page of a finding. */
async function page(uri) {
  const code = uri.path.replace(/^.*\//, "").replace(/\.md$/, "");
  const { markdown } = await client.sendRequest("sysd/explain", { code });
  return markdown;
}

module.exports = { activate, deactivate };
