import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { post, storedEvents } from "../../testing/adobe/captures.ts";
import { edgeCalls, edgeConfig, edgeEvent, org, uniqueName } from "../../testing/adobe/edge-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
});
afterAll(() => app.close());
const { interact, visitor } = edgeCalls(() => app);

describe("the two streams of the Commerce collector", () => {
  const agent = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0" };
  const context = (name: string, data: object) => ({
    schema: `iglu:com.adobe.magento.entity/${name}/jsonschema/2-0-0`,
    data,
  });
  const snowplow = (payload: object, contexts: object[]) =>
    post(
      app,
      "/collector/tp2",
      {
        schema: "iglu:payload",
        data: [
          {
            e: "se",
            duid: "duid-1",
            dtm: String(Date.now()),
            stm: String(Date.now()),
            ...payload,
            cx: Buffer.from(JSON.stringify({ data: contexts })).toString("base64url"),
          },
        ],
      },
      { "content-type": "application/json", ...agent },
    );
  const search = (id: string) => {
    const input = context("search-input", {
      searchRequestId: id,
      query: "rain",
      searchUnitId: "plp",
      filter: [{ name: "color", values: ["Red"], operator: "eq" }],
    });
    return snowplow({ se_ca: "search", se_ac: "api-request-sent", eid: `sp-${id}` }, [input]);
  };
  const edge = (id: string, headers: Record<string, string>) =>
    interact(
      [
        edgeEvent("searchRequest", {
          _id: `edge-${id}`,
          searchRequest: { id, value: 1 },
          siteSearch: { query: "rain", refinements: [{ value: [], isRange: false }] },
        }),
      ],
      { ...headers, ...agent },
    );
  const about = (id: string) =>
    storedEvents(app, "search_id = {id:String} or event_id = {sp:String}", { id, sp: `sp-${id}` });

  it("give one action when the browser's ECID was cleared meanwhile, its tracker's id not", async () => {
    for (const id of [uniqueName("search"), uniqueName("search")]) {
      const { headers } = await visitor();
      const waiting = search(id);
      await edge(id, headers);
      await waiting;
      expect(await about(id)).toHaveLength(1);
    }
  });

  it("give one action: the Edge event with what only the other knew", async () => {
    const id = uniqueName("search");
    const { headers } = await visitor();
    const waiting = search(id);
    await edge(id, headers);
    expect((await waiting).status).toBe(200);
    const [only, ...others] = await about(id);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      event_type: "searchRequestSent",
      source_kind: "edge",
      properties: { unitId: "plp", filters: [{ attribute: "color", values: ["Red"], operator: "eq" }] },
    });
  });

  it("give one action and its details when the Edge event was first", async () => {
    const id = uniqueName("search");
    const { headers } = await visitor();
    await edge(id, headers);
    expect((await search(id)).status).toBe(200);
    const rows = await about(id);
    expect(rows.map(({ event_type: type }) => type).sort()).toEqual(["eventDetails", "searchRequestSent"]);
    const details = rows.find(({ event_type: type }) => type === "eventDetails");
    expect(details?.properties).toMatchObject({
      of: `edge-${id}`,
      ofType: "searchRequestSent",
      filters: [{ attribute: "color" }],
    });
  });

  it("keep what only the second one reports, and nothing of a browser that opted out", async () => {
    const clicked = context("search-result-product", { sku: "A", rank: 3 });
    const eid = uniqueName("click");
    await snowplow({ se_ca: "search", se_ac: "product-click", se_la: "A", eid }, [clicked]);
    expect(await storedEvents(app, "event_id = {eid:String}", { eid })).toMatchObject([
      { event_type: "searchProductClick" },
    ]);
    const out = await post(
      app,
      "/com.snowplowanalytics.snowplow/tp2",
      { data: [{ e: "pv", eid: "out-1", duid: "d" }] },
      { cookie: `kndctr_${org}_consent=general=out` },
    );
    expect(out.status).toBe(200);
    expect(await storedEvents(app, "event_id = 'out-1'")).toEqual([]);
  });
});
