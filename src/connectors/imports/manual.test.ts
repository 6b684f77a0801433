import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { type ImportApp, startImportApp } from "../../testing/import-app.ts";
import { readExamples } from "../../testing/manual.ts";
import { validateMapping } from "../mapping/validate-mapping.ts";

let world: ImportApp;
beforeAll(async () => {
  world = await startImportApp();
});
afterAll(() => world.close());

describe("the manual page on imports", () => {
  it("is right about every call, in its order", async () => {
    const examples = readExamples("import", { URL: "", TOKEN: demoCredentials.token });
    expect(examples.length).toBeGreaterThan(4);
    let id = "";
    for (const { method, path, headers, body, answer, title } of examples) {
      const send = async () => {
        const got = await world.server.inject({
          method: method as "GET" | "POST",
          url: path.replace("$ID", id),
          headers,
          ...(body === undefined ? {} : { payload: body }),
        });
        return { status: got.statusCode, body: got.json() };
      };
      let got = await send();
      const isProgress = method === "GET" && path.endsWith("$ID");
      for (let attempt = 0; isProgress && attempt < 500 && got.body.status !== "done"; attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        got = await send();
      }
      if (isProgress) await world.app.settle();
      expect([title, got.status]).toEqual([title, method === "POST" && id === "" ? 201 : 200]);
      if (answer !== undefined) expect(got.body).toEqual(answer);
      if (id === "") id = String(got.body.id);
    }
  });

  it("shows a mapping that is valid", () => {
    const page = readFileSync(new URL("../../../docs/manual/import.md", import.meta.url), "utf8");
    const [, json = ""] = /```json mapping\n([\s\S]*?)```/.exec(page) ?? [];
    expect(validateMapping(JSON.parse(json))).toMatchObject({ ok: true });
  });
});
