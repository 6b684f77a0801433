// A session log by the command line, and questions by the API: the product answers what the learner says of the same log.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { createDataDir } from "../testing/engines.ts";
import { inData } from "../testing/folders.ts";
import { runCli } from "../testing/server-process.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createNextItems, type LearnedSession } from "./learners/index.ts";

const path = inData("sessions", "retailrocket_train.txt.gz");
const isThere = existsSync(path);
if (!isThere) console.info("session import: skipped, no sessions folder in CLIENTELE_DATA (default ../shared/data)");

const hour = 3_600_000;
const start = Date.UTC(2015, 5, 1);
const learnedSessions = 600;
const questions = 60;

describe.skipIf(!isThere)("a session log that is imported by the command line", () => {
  let app: TestApp;
  let dataDir = "";
  let asked: readonly (readonly string[])[] = [];
  let sessions: readonly LearnedSession[] = [];

  beforeAll(async () => {
    dataDir = await createDataDir();
    const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n").slice(-2_000);
    const all = lines.map((line) => line.trim().split(/\s+/)).filter(({ length }) => length >= 2);
    sessions = all.slice(0, learnedSessions).map((items, at) => ({
      items,
      endedAt: start + at * hour + (items.length - 1) * 1_000,
    }));
    asked = all
      .slice(learnedSessions, learnedSessions + questions)
      .flatMap((items) => items.map((_, at) => items.slice(0, at + 1)));
    const events = sessions.flatMap(({ items }, at) =>
      items.map((sku, step) => ({
        ...{ type: "productPageView", messageId: `s${at}-${step}`, anonymousId: `visitor-${at}` },
        ...{ timestamp: new Date(start + at * hour + step * 1_000).toISOString(), properties: { items: [{ sku }] } },
      })),
    );
    const file = join(dataDir, "sessions.ndjson");
    writeFileSync(file, events.map((event) => JSON.stringify(event)).join("\n"));
    runCli(dataDir, ["import", "events", file]);
    app = await startTestApp({ dataDir });
    await app.settle();
    await app.recommendations.refresh({ isForced: true });
  }, 240_000);
  afterAll(async () => {
    await app?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("answers what is next exactly as the learner does, products and scores", async () => {
    const learner = createNextItems(sessions);
    const headers = { authorization: `Bearer ${demoCredentials.writeKey}` };
    let answered = 0;
    for (const items of asked) {
      const { body } = await app.call("POST", "/v1/recommendations", { strategy: "next", items, limit: 20 }, headers);
      const got = (body["items"] as { sku: string; score: number; isFallback: boolean }[]).filter(
        ({ isFallback }) => !isFallback,
      );
      const expected = learner
        .next(items, 20)
        .map(({ item, score }) => ({ sku: item, score: Number(score.toPrecision(6)) }));
      expect(got.map(({ sku, score }) => ({ sku, score }))).toEqual(expected);
      if (expected.length > 0) answered += 1;
    }
    expect(answered).toBeGreaterThan(questions);
  }, 60_000);
});
