import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { systemClock } from "../kernel/index.ts";
import { createDataDir } from "../testing/engines.ts";
import { filesWith } from "../testing/privacy/files-with.ts";
import { openPrivacyEnginesAt, startPrivacyApp } from "../testing/privacy/privacy-app.ts";
import { startChild } from "../testing/start-child.ts";

it.each(["events"])(
  "goes on with an erasure that was killed in the middle of the step %s",
  async (step) => {
    const dataDir = await createDataDir();
    const child = startChild(new URL("../testing/privacy/erase-until-killed.ts", import.meta.url), [dataDir, step]);
    const ended = once(child, "exit");
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    for await (const line of createInterface({ input: child.stdout! })) if (line === "reached") child.kill("SIGKILL");
    const [, signal] = await ended;
    expect(signal, errors).toBe("SIGKILL");

    const engines = await openPrivacyEnginesAt(dataDir);
    const app = await startPrivacyApp(engines, { clock: systemClock });
    try {
      const { body } = await app.call("GET", "/v1/privacy/requests");
      const [request] = body["items"] as unknown as { status: string; step: string; profileId: string }[];
      expect(request).toMatchObject({ status: "running", step: step === "records" ? "hold" : "events" });
      // Held since before the kill.
      expect(await app.send([{ type: "pageView", anonymousId: "canary-d" }])).toMatchObject({ accepted: 1 });

      expect(await app.privacy.runRequests()).toBe(1);

      expect((await app.call("GET", "/v1/privacy/requests")).body).toMatchObject({ items: [{ status: "finished" }] });
      expect((await app.profileBy("anonymous_id", "canary-d")).status).toBe(404);
      expect((await app.profileBy("user_id", "other")).status).toBe(200);
      const rows = await engines.clickhouse.query(
        "select event_type, identity_key, order_total from events final order by event_type",
      );
      expect(rows).toEqual([
        { event_type: "orderPlaced", identity_key: "", order_total: 900 },
        { event_type: "pageView", identity_key: "user_id:other", order_total: 0 },
      ]);
      expect(filesWith(["canary", "Canary"], dataDir)).toEqual([]);
    } finally {
      await app.close();
      await engines.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
  60_000,
);
