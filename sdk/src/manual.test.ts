import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { useBrowser } from "../testing/browser.ts";

const bench = useBrowser();
const manual = new URL("../../docs/manual/browser-sdk.md", import.meta.url);

describe("the manual", () => {
  it("has only examples that run, and names everything the client has", async () => {
    const text = await readFile(manual, "utf8");
    const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
    const imports = examples.flatMap((code) => code.match(/^import .*$/gm) ?? []);
    // One module, each example after the client in a scope of its own.
    const [start = "", ...rest] = examples.map((code) => code.replace(/^import .*$/gm, ""));
    const source = [
      ...imports,
      start.replace("https://clientele.example.com", bench.endpoint.url),
      ...rest.map((code) => `{\n${code}}`),
      "globalThis.isDone = true;",
    ];
    const { outputFiles } = await build({
      stdin: { contents: source.join("\n"), loader: "ts", resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      alias: { "@clientele/browser": fileURLToPath(new URL("./index.ts", import.meta.url)) },
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
    });
    const decision = {
      placement: "home.recommended",
      kind: "recommendations",
      decisionId: "d",
      reasons: [],
      value: { unitId: "u", label: "For you", items: [{ sku: "WJ01", name: "Jacket", url: "/wj01" }] },
    };
    bench.endpoint.answerWith(({ path }) => ({
      body:
        path === "/v1/decide"
          ? { decisions: [decision] }
          : path === "/v1/events"
            ? { rejected: [] }
            : { items: [], facets: [], suggestions: [], total: 0 },
    }));
    const page = await bench.openPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.evaluate(
      ([html]) => document.body.insertAdjacentHTML("beforeend", html ?? ""),
      [...text.matchAll(/^```html\n(<div.*?)^```/gms)].map(([, html = ""]) => html),
    );
    await page.addScriptTag({ content: outputFiles[0]!.text, type: "module" });
    await page.waitForFunction(() => "isDone" in globalThis);

    expect(errors).toEqual([]);
    expect(await page.locator("[data-clientele-placement='home.recommended'] a").textContent()).toBe("Jacket");
    await bench.endpoint.until(() => bench.endpoint.types().includes("completeCheckout"));
    const undocumented = Object.keys(
      await page.evaluate(() => clientele.createClientele({ endpoint: "", writeKey: "k" })),
    ).filter((name) => !text.includes(name));
    expect(undocumented).toEqual([]);
  });
});
