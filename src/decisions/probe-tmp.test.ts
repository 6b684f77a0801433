import { afterAll, beforeAll, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
let app: TestApp;
beforeAll(async () => { app = await startTestApp(); });
afterAll(() => app.close());
const wk = { authorization: "Bearer demo-write-key" };
it("probes", async () => {
  const out: unknown[] = [];
  for (const [m,u,b,h] of [
    ["GET","/v1/profiles/by/email/..%2f..%2fetc"],["GET","/v1/profiles/by/email/%00"],["GET","/v1/profiles/by/anonymous_id/"+"x".repeat(590)],["GET","/v1/profiles/by/anonymous_id/"+"x".repeat(999)],["GET","/v1/profiles/by/anonymous_id/"+"x".repeat(2000)],
    ["GET","/v1/profiles/by/a%00b/c"],["GET","/v1/profiles?search=%00"],["GET","/v1/profiles?cursor=abc"],["GET","/v1/profiles?cursor="+Buffer.from('["x","y"]').toString("base64url")],
    ["GET","/v1/dead-letters?cursor=abc"],["GET","/v1/dead-letters?cursor="+Buffer.from('["x","y"]').toString("base64url")],["GET","/v1/dead-letters?limit=0"],["GET","/v1/profiles/nope"],["GET","/v1/profiles/%"],
    ["POST","/v1/decide",{identity:{anonymousId:"a\u0000b"},placements:["x"]},wk],
    ["POST","/v1/decide",{identity:{anonymousId:5},placements:"x"},wk],
    ["POST","/v1/decide",{placements:["x"],asOf:"nonsense"}],
    ["POST","/v1/decide",{placements:["x"],asOf:"2026-02-30T00:00:00Z"}],
    ["POST","/v1/decide",{placements:["x"],foo:1,context:{storeView:7}},wk],
    ["POST","/v1/decide",{placements:Array.from({length:51},()=>"x")},wk],
    ["POST","/v1/decide","[]",wk],["POST","/v1/decide",undefined,wk],
    ["POST","/v1/events",{events:[JSON.parse("[".repeat(100000)+"]".repeat(100000))]},wk],
  ] as [("GET"|"POST"),string,unknown?,Record<string,string>?][]) {
    try {
      const body = u === "/v1/events" ? '{"events":['+"[".repeat(100000)+"]".repeat(100000)+']}' : b;
      const a = await app.call(m,u,body,h); out.push([u.slice(0,60), a.status, JSON.stringify(a.body).slice(0,200)]);
    } catch (e) { out.push([u.slice(0,60), "THROW", String(e).slice(0,200)]); }
  }
  await app.send([{type:"addToCart",anonymousId:"big",properties:{items:[{sku:"X",qty:999999999,unitPrice:{minor:9e15,currency:"USD"}}]}}]);
  const done = await Promise.race([app.settle().then(()=>"settled"), new Promise(r=>setTimeout(()=>r("STUCK"),4000))]);
  out.push(["settle", done]);
  out.push(await app.engines.clickhouse.query("select identity_key, items_total from events"));
  console.log(out.map(o=>JSON.stringify(o)).join("\n"));
}, 60000);
