import { describe, expect, it } from "vitest";
import { startTestApp } from "../../testing/start-test-app.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Json = Record<string, any>;
const hero = { block: "hero", field: "/html", locale: "en" };

describe("without a language model", () => {
  it("the product says so, and variants by hand go the same way", async () => {
    const own = await startTestApp();
    try {
      const ask = async (path: string, body?: unknown) =>
        (await own.call(body === undefined ? "GET" : "POST", `/v1/content-variations${path}`, body)).body as Json;
      await own.publish("block", "hero", { placement: "home.hero", priority: 1, audiences: [], html: "<p>Hello</p>" });
      expect(await ask("/model")).toEqual({ isConfigured: false, name: null });
      expect((await ask("", { ...hero, audiences: [null] }))["error"].code).toBe("content.noModel");
      const { run, variants } = await ask("/manual", {
        ...hero,
        audience: null,
        texts: ["<p>Good day</p>", "<p>Hi <script>x</script></p>"],
      });
      expect([run.status, run.prompt, run.model, variants.map(({ origin }: Json) => origin)]).toEqual([
        "done",
        null,
        null,
        ["manual", "manual"],
      ]);
      const path = (index: number, step: string) => `/${run.id}/variants/${variants[index].id}/${step}`;
      expect((await ask(path(1, "accept"), {}))["error"].code).toBe("content.brandRules");
      expect((await ask(path(0, "accept"), {}))["state"]).toBe("accepted");
      expect((await ask(path(0, "apply"), {}))["appliedVersion"]).toBe(2);
    } finally {
      await own.close();
    }
  });
});
