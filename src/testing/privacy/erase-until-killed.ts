// A child for the test that kills: stores a person, asks for their erasure, prints `reached` at the given step and stays there until
// it is killed. Arguments: data directory, step.
import { systemClock } from "../../kernel/index.ts";
import type { PrivacyParticipant } from "../../privacy/index.ts";
import { openPrivacyEnginesAt, startPrivacyApp } from "./privacy-app.ts";

const [dataDir = "", step = "events"] = process.argv.slice(2);
const stay = (): Promise<number> => {
  process.stdout.write("reached\n");
  // Keeps the process alive.
  setInterval(() => undefined, 1_000);
  return new Promise(() => undefined);
};
const stopper: PrivacyParticipant = {
  name: "stopper",
  tables: [],
  ...(step === "records" ? { erase: stay } : { eraseElsewhere: stay }),
};
const engines = await openPrivacyEnginesAt(dataDir);
const app = await startPrivacyApp(engines, { clock: systemClock, participants: [stopper] });
await app.sendFromServer([
  {
    type: "profileRecord",
    customerId: "c-1",
    email: "canary@example.com",
    anonymousId: "canary-d",
    traits: { firstName: "Canary" },
  },
  {
    type: "orderPlaced",
    customerId: "c-1",
    properties: { orderId: "o-1", orderTotal: { minor: 900, currency: "EUR" }, note: "canary-note" },
  },
  { type: "pageView", customerId: "other", properties: { hint: "stays" } },
]);
await app.settle();
const { body } = await app.profileBy("user_id", "c-1");
await app.call("DELETE", `/v1/profiles/${String(body["profileId"])}`, {});
await app.privacy.runRequests();
