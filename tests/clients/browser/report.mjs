// A reader's way through the document in a real browser: from a mechanism to its proof, on to what it rests on, to the
// line of the spec, and back; at desktop and phone width, in light and dark. And the real Mermaid reads every diagram.
// Run by tests/clients/run: node report.mjs REPORT.html MERMAID_DIR…
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, ...diagrams] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
let passed = 0;

async function reads(name, options, steps) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const outside = [];
  page.on("request", (request) => request.url().startsWith("file:") || outside.push(request.url()));
  page.on("pageerror", (error) => assert.fail(error));
  await page.goto(pathToFileURL(resolve(report)).href);
  await steps(page);
  assert.deepEqual(outside, [], "the page asks the network for nothing");
  await context.close();
  passed += 1;
  console.log(`ok ${name}`);
}

const fromMechanismToProof = async (page) => {
  await page.locator("#step-6 td a.why").first().click();
  const panel = page.locator("#panel");
  await panel.waitFor({ state: "visible" });
  const first = await panel.locator("h3").innerText();
  await panel.locator("li a").first().click();
  assert.notEqual(await panel.locator("h3").innerText(), first);
  await page.click("#back");
  assert.equal(await panel.locator("h3").innerText(), first);
  // Down to a declaration, and from there to its line.
  for (let depth = 0; depth < 30 && (await panel.locator("a[href^='#L']").count()) === 0; depth += 1) {
    await panel.locator("li a").last().click();
  }
  await panel.locator("a[href^='#L']").first().click();
  assert.equal(await page.locator(".source .line.lit").count(), 1);
  await page.keyboard.press("Escape");
  assert.equal(await panel.isVisible(), false);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen`);
};

await reads("desktop, light", { viewport: { width: 1400, height: 900 } }, fromMechanismToProof);
await reads("phone, dark", { viewport: { width: 390, height: 800 }, colorScheme: "dark" }, fromMechanismToProof);
await reads("without scripts", { javaScriptEnabled: false }, async (page) => {
  await page.locator("#step-6 td a.why").first().click();
  assert.match(page.url(), /#why-\d+$/);
});

const page = await browser.newPage();
await page.goto("about:blank");
await page.addScriptTag({ path: "node_modules/mermaid/dist/mermaid.min.js" });
for (const folder of diagrams) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".mmd"))) {
    const text = readFileSync(join(folder, file), "utf8");
    const problem = await page.evaluate(async ([id, text]) => {
      try {
        await window.mermaid.render(id, text);
        return null;
      } catch (error) {
        return String(error);
      }
    }, [`d${passed}`, text]);
    assert.equal(problem, null, `${join(folder, file)}: ${problem}`);
    passed += 1;
  }
}
await browser.close();
console.log(`${passed} passed, 0 failed`);
