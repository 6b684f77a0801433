// Every recorded document of the drop-ins, sent as it was recorded; and the examples of the manual, in the same shop.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { fillDiscoveryShop, type RecordedCall, recordedCalls } from "../../testing/adobe/discovery-shop.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const documents = recordedCalls.filter(({ request }) => request.query !== undefined);

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await fillDiscoveryShop(app);
}, 120_000);
afterAll(() => app?.close());

async function send({ request }: RecordedCall) {
  const { query = "", variables, method } = request;
  // The store's own endpoint is called without a key: it stands in the address there.
  const hasKey = request.headers["x-api-key"] !== undefined;
  const headers = { ...request.headers, ...(hasKey ? { "x-api-key": "demo-write-key" } : {}) };
  const path = hasKey ? "/graphql" : "/graphql/demo-write-key";
  if (method === "POST") return app.call("POST", path, { query, variables }, headers);
  const text = `query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}&cb=a1b2`;
  return app.call("GET", `${path}?${text}`, undefined, headers);
}

/** Fields of the recorded answer that are missing here or of another type; lists are compared by their first entries. */
function differences(recorded: unknown, ours: unknown, path: string): readonly string[] {
  if (recorded === null) return ours === undefined ? [`${path} is missing`] : [];
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return [`${path} is no list`];
    const [first] = recorded;
    return ours.length === 0 || first === undefined ? [] : differences(first, ours[0], `${path}[0]`);
  }
  if (typeof recorded !== "object")
    return typeof recorded === typeof ours ? [] : [`${path} is ${JSON.stringify(ours)}`];
  if (typeof ours !== "object" || ours === null) return [`${path} is ${JSON.stringify(ours)}`];
  // Of another type of product or bucket other fields are asked for.
  const type = (of: object) => (of as { __typename?: string }).__typename;
  if (type(recorded) !== type(ours)) return [];
  return Object.entries(recorded).flatMap(([key, value]) =>
    differences(value, (ours as Record<string, unknown>)[key], `${path}.${key}`),
  );
}

describe(`recorded documents${documents.length > 0 ? "" : " (fixtures folder not found; set CLIENTELE_FIXTURES)"}`, () => {
  it.skipIf(documents.length === 0).each(documents.map((call) => [call.file, call] as const))(
    "%s is answered in full and without errors",
    async (_file, call) => {
      const { status, body } = await send(call);
      expect(body["errors"]).toBeUndefined();
      expect(status).toBe(200);
      expect(differences(call.response.body["data"], body["data"], "data")).toEqual([]);
    },
  );
});

describe("the manual", () => {
  const examples = readExamples("adobe-storefront", { URL: "", KEY: demoCredentials.writeKey });

  it("has examples", () => {
    expect(examples.length).toBe(2);
  });

  it.each(examples.map((example) => [example.title, example] as const))(
    "is right about %s",
    async (_title, { path, headers, body, answer }) => {
      const got = await app.call("POST", path, body, { ...headers });
      expect(got.status).toBe(200);
      expect(got.body).toEqual(answer);
    },
  );
});
