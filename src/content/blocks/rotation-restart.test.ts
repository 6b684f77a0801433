// A visitor without a client that keeps tokens, over a restart of the whole program.
import { rmSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { decisionCalls, unique } from "../../testing/decision-calls.ts";
import { createDataDir } from "../../testing/engines.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp | undefined;
let dataDir = "";
const { decideOne, block, visitor } = decisionCalls(() => {
  if (!app) throw new Error("not started");
  return app;
});
afterAll(async () => {
  await app?.close();
  if (dataDir !== "") rmSync(dataDir, { recursive: true, force: true });
});

it("a series goes on and a shuffle repeats nothing after a restart, until the person is erased", async () => {
  dataDir = await createDataDir();
  app = await startTestApp({ dataDir });
  const keys = [await block("own.a"), await block("own.b"), await block("own.c")];
  const body = { priority: 1, audiences: [], source: "specified", blocks: keys };
  await app.publish("block-rotation", unique("series"), { ...body, placement: "series", mode: "series" });
  await app.publish("block-rotation", unique("shuffle"), { ...body, placement: "shuffle", mode: "shuffle" });
  const anonymousId = await visitor();
  const at = async (placement: string) =>
    (await decideOne({ placements: [placement], identity: { anonymousId } })).value?.name;
  const series = [await at("series"), await at("series")];
  const shuffle = [await at("shuffle"), await at("shuffle")];
  await app.close();
  app = await startTestApp({ dataDir });
  series.push(await at("series"), await at("series"));
  shuffle.push(await at("shuffle"));
  expect(series).toEqual([keys[0], keys[1], keys[2], keys[0]]);
  expect(new Set(shuffle)).toEqual(new Set(keys));

  await app.rotations.flush();
  const identifier = { namespace: "anonymous_id", value: anonymousId };
  expect((await app.call("POST", "/v1/privacy/requests", { identifier, mode: "delete" })).status).toBe(202);
  await app.privacy.runRequests();
  expect(await at("series")).toBe(keys[0]);
});
