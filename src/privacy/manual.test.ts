import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { systemClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { readExamples } from "../testing/manual.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";

let engines: TestEngines;
let app: PrivacyApp;
beforeAll(async () => {
  engines = await openPrivacyEngines();
  app = await startPrivacyApp(engines, { clock: systemClock });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

it("every example of the manual page does what it says", async () => {
  const examples = readExamples("privacy", { URL: "", TOKEN: demoCredentials.token });
  expect(examples.length).toBeGreaterThan(5);
  let profileId = "";
  for (const { title, method, path, body, answer } of examples) {
    const url = path.replace("$ID", profileId);
    const got = await app.call(method as "GET", url, body === undefined ? undefined : JSON.parse(body));
    expect(got.status, title).toBeLessThan(300);
    if (answer !== undefined) expect(got.body, title).toEqual(answer);
    await app.settle();
    profileId ||= String((await app.profileBy("user_id", "privacy-manual")).body["profileId"]);
  }
});
