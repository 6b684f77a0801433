import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp } from "../testing/start-test-app.ts";

it("delivers events as they come in, accepted and rejected, and ends with the server", async () => {
  const app = await startTestApp();
  await app.server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events/stream`, {
    headers: { authorization: `Bearer ${demoCredentials.token}` },
  });
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();

  await app.send([{ type: "product-page-view", anonymousId: "a-1" }, { type: "" }]);
  let text = "";
  while (!text.includes("rejected") || !text.includes("accepted")) text += (await reader.read()).value ?? "";
  const entries = text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Record<string, unknown>);
  expect(entries.find((entry) => entry["status"] === "accepted")).toMatchObject({
    type: "productPageView",
    originalName: "product-page-view",
    identifiers: [{ namespace: "anonymous_id", value: "a-1" }],
  });
  expect(entries.find((entry) => entry["status"] === "rejected")).toMatchObject({ code: "collect.eventType" });

  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  await app.close();
  await rest;
});
