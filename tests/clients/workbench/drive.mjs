// An author's way through the workbench: a finding under its word, the fix of it, what was derived beside the operation, hover,
// completion, formatting, and the design document beside the text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, file, shots] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
page.setDefaultTimeout(60_000);
let passed = 0;

/** One thing an author sees. A picture is taken of it; what the steps return then puts everything back. */
async function step(what, steps) {
  try {
    const putBack = await steps();
    // What fades in is there at once, and seen a moment later.
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(shots, `${passed + 1}-${what.replaceAll(" ", "-")}.png`) });
    await putBack?.();
  } catch (error) {
    await page.screenshot({ path: join(shots, "failed.png") });
    console.error(`FAILED ${what}: ${String(error).split("\n")[0]}`);
    process.exit(1);
  }
  passed += 1;
  console.log(`ok ${what}`);
}

const editor = page.locator(".monaco-editor .view-lines").first();
const line = (text) => editor.locator(".view-line", { hasText: text }).first();
const command = async (name) => {
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input.input, .quick-input-widget .quick-input-box input").first();
  await input.waitFor();
  await input.fill(`>${name}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
};
const goTo = async (place) => {
  await page.keyboard.press("Control+g");
  const input = page.locator(".quick-input-widget input").first();
  await input.fill(`:${place}`);
  await page.keyboard.press("Enter");
};
const text = () => readFileSync(file, "utf8");
const lineOf = (words) => text().split("\n").findIndex((it) => it.includes(words)) + 1;

await step("the folder is open", async () => {
  await page.goto(address);
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "auction.sysd" }).dblclick();
  await line("system").waitFor();
});
await step("a finding stands under its word", async () => {
  await goTo(`${lineOf("by Biddr")}:1`);
  await line("Biddr").waitFor();
  await page.locator(".monaco-editor .squiggly-error").first().waitFor();
  await command("Problems: Focus on Problems View");
  const problem = page.locator(".markers-panel .monaco-list-row", { hasText: "Biddr" });
  assert.match(await problem.innerText(), /there is no actor `Biddr`[\s\S]*S0023/);
});
await step("the code of a finding leads to its page", async () => {
  await page.locator(".markers-panel .monaco-list-row", { hasText: "Biddr" }).locator("a", { hasText: "S0023" }).click();
  await page.locator(".tab", { hasText: "S0023.md" }).waitFor();
  await line("# S0023").waitFor();
  const colour = (text) => line(text).locator("span > span").first().evaluate((span) => getComputedStyle(span).color);
  await line("actor Bidder").waitFor();
  for (let tries = 0; tries < 50 && (await colour("actor Bidder")) === (await colour("A name is used")); tries += 1) {
    await page.waitForTimeout(100);
  }
  assert.notEqual(await colour("actor Bidder"), await colour("A name is used"), "its examples are coloured");
  return () => command("View: Close Editor");
});
await step("what was derived stands beside the operation", async () => {
  await line("operation Open").locator("span", { hasText: "⇒" }).first().waitFor();
  assert.match(await line("operation Open").innerText(), /⇒\sCAS\son\sstate\sand\sversion/);
});
await step("words are coloured by what they mean", async () => {
  const colours = await line("operation Open").locator("span > span").evaluateAll((spans) =>
    Object.fromEntries(spans.map((span) => [span.textContent.trim(), getComputedStyle(span).color])),
  );
  const of = (word) => Object.entries(colours).find(([text]) => text.includes(word))?.[1];
  assert.ok(new Set(["operation", "Open", "uuid"].map(of)).size === 3, JSON.stringify(colours));
});
await step("the fix of a finding mends it", async () => {
  await goTo(`${lineOf("by Biddr")}:${text().split("\n")[lineOf("by Biddr") - 1].indexOf("Biddr") + 2}`);
  await page.keyboard.press("Control+.");
  await page.locator(".action-widget .monaco-list-row", { hasText: "Did you mean `Bidder`?" }).first().waitFor();
  // The first of the list is chosen; what lies over it takes the mouse.
  await page.keyboard.press("Enter");
  await line("by Bidder {").waitFor();
  await page.locator(".monaco-editor .squiggly-error").first().waitFor({ state: "detached" });
});
await step("hover explains the operation", async () => {
  await line("operation PlaceBid").locator("span", { hasText: /^PlaceBid$/ }).first().hover();
  const hover = page.locator(".monaco-hover .hover-contents", { hasText: "operation PlaceBid" });
  await hover.first().waitFor();
  assert.match(await hover.first().innerText(), /Write paths/);
  return () => page.keyboard.press("Escape");
});
await step("completion offers what may stand there", async () => {
  await goTo(`${lineOf("evolution: append-only")}:1`);
  await page.keyboard.press("End");
  await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.keyboard.press("Delete");
  await command("Trigger Suggest");
  const offered = page.locator(".suggest-widget .monaco-list-row");
  await offered.filter({ hasText: "append-only" }).waitFor();
  const labels = await offered.locator(".label-name").allInnerTexts();
  assert.ok(labels.includes("overwrite") && !labels.includes("Bidder"), labels.join(", "));
  await page.keyboard.type("app");
  return async () => {
    await page.keyboard.press("Tab");
    await line("evolution: append-only").waitFor();
  };
});
await step("formatting and saving", async () => {
  await goTo(`${lineOf("size 400B")}:1`);
  await page.keyboard.type("      ");
  await command("Format Document");
  await editor.locator(".view-line", { hasText: /^\s{4}size\s400B/ }).waitFor();
  await page.keyboard.press("Control+s");
  const mended = () => !text().includes("Biddr") && /\n {4}size 400B\n/.test(text());
  for (const end = Date.now() + 20_000; !mended() && Date.now() < end; ) await page.waitForTimeout(100);
  assert.ok(mended(), text());
});
await step("a lens counts what holds of an object", async () => {
  await goTo(`${lineOf("object Auction")}:1`);
  const lens = page.locator(".codelens-decoration a", { hasText: /invariants → \d+ design parameters/ }).first();
  const design = page.locator(".tab", { hasText: "Design" });
  // A lens that is drawn anew while it is clicked on does nothing.
  for (let tries = 0; tries < 5 && (await design.count()) === 0; tries += 1) {
    await lens.click();
    await design.waitFor({ timeout: 10_000 }).catch(() => undefined);
  }
  await page.frameLocator("iframe.webview").frameLocator("iframe").locator("#step-6").waitFor();
  return () => command("View: Close Editor");
});
await step("the design document stands beside the text", async () => {
  await command("sysd: Show the design document");
  const frame = page.frameLocator("iframe.webview").frameLocator("iframe");
  await frame.locator("#step-6 td a.why").first().click();
  await frame.locator("#panel h3").waitFor();
});
await browser.close();
console.log(`${passed} passed, 0 failed`);
