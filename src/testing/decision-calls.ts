import { expect } from "vitest";
import { demoCredentials } from "../access/index.ts";
import type { TestApp } from "./start-test-app.ts";

export type Reason = { code: string; text: string; [field: string]: unknown };
export type Considered = { key: string; outcome: string; reason: Reason };
export type Decision = {
  placement: string;
  kind: string | null;
  value: { name?: string; html?: string; items?: { sku: string }[] } | null;
  decisionId: string;
  reasons: Reason[];
  explain?: { considered: Considered[] };
};

/** Headers of a shop's page and of its server. */
export const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
export const server = { authorization: `Bearer ${demoCredentials.token}` };

let count = 0;
/** A name that no other test of the file has. */
export const unique = (name: string) => {
  count += 1;
  return `${name}-${count}`;
};

export const view = (sku: string) => ({ type: "productPageView", properties: { sku } });
export const codes = (decision: Decision) => decision.reasons.map((reason) => reason.code);

type Frame = { scope?: object; schedule?: object };

/** What tests of decisions do with an app: publish blocks and audiences, bring visitors, ask. */
export function decisionCalls(app: () => TestApp) {
  async function decide(body: object, headers: Record<string, string> = browser): Promise<Decision[]> {
    const answer = await app().call("POST", "/v1/decide", body, headers);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body["decisions"] as Decision[];
  }

  async function decideOne(body: object, headers: Record<string, string> = browser): Promise<Decision> {
    const [decision] = await decide(body, headers);
    return decision!;
  }

  /** Publishes a block that says its own name. @returns its key, which is also its name */
  async function block(placement: string, more: object = {}, frame: Frame = {}): Promise<string> {
    const key = unique("block");
    const body = { placement, priority: 10, audiences: [], html: `<p>${key}</p>`, ...more };
    const created = await app().call("POST", "/v1/definitions/block", { key, name: key, body, ...frame });
    expect(created).toMatchObject({ status: 201 });
    const published = await app().call(
      "POST",
      `/v1/definitions/block/${key}/publish`,
      {},
      {
        ...server,
        "if-match": String(created.headers["etag"]),
      },
    );
    expect(published).toMatchObject({ status: 200 });
    return key;
  }

  const viewedRule = (sku: string, times: number) => ({
    event: {
      name: "productPageView",
      where: { attribute: { path: "event.properties.sku", op: "eq", value: sku } },
      count: { op: "gte", value: times },
    },
  });

  /** An audience of everybody who looked at the product so many times. @returns its key */
  async function viewersOf(sku: string, times = 1): Promise<string> {
    const key = unique("viewers");
    await app().publish("audience", key, { rule: viewedRule(sku, times) });
    const status = async () => (await app().call("GET", `/v1/audiences/${key}/members`)).body["progress"];
    await expect.poll(status).toMatchObject({ status: "live" });
    return key;
  }

  async function visitor(...events: object[]): Promise<string> {
    const anonymousId = unique("visitor");
    const first = events.length > 0 ? events : [{ type: "pageView" }];
    await app().send(first.map((event) => ({ anonymousId, ...event })));
    await app().settle();
    return anonymousId;
  }

  return { decide, decideOne, block, viewersOf, visitor };
}
