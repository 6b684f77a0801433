import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { it, expect } from "vitest";
import { openTestEngines } from "/work/main/src/testing/engines.ts";
import { createSessionStore } from "/work/main/src/recommendations/store-sessions.clickhouse.ts";
import { createSessionKeeper } from "/work/main/src/recommendations/session-keeper.ts";
import { createSessionBuilder } from "/work/main/src/recommendations/session-builder.ts";
import { createSessionNeighbours } from "/work/main/src/recommendations/learners/index.ts";
import { createLogger } from "/work/main/src/kernel/index.ts";
import { createSignalStore } from "/work/main/src/recommendations/store-signals.clickhouse.ts";
import { createRecommendationStore } from "/work/main/src/recommendations/store.clickhouse.ts";
it("scale", async () => {
  const engines = await openTestEngines(["measurement","recommendations"]);
  const lines = gunzipSync(readFileSync(`/work/shared/data/sessions/retailrocket_train.txt.gz`)).toString().trim().split("\n").slice(-60000);
  const sessions = lines.map(l => ({items: l.trim().split(/\s+/)}));
  const now = Date.UTC(2026,2,20,12); let n=0;
  let batch:object[]=[]; let t=Date.now();
  for (const [at,s] of sessions.entries()) { for (const [step,sku] of s.items.entries()) { n++; batch.push({event_id:`e${n}`,source_id:"s",event_type:"productPageView",ts: now-80*864e5+at*100_000+step*1000, received_at: now-1000, identity_key:`v${at}`, session_id:"", skus:[sku], items_qty:[1]}); }
    if (batch.length>20000){ await engines.clickhouse.insert("events",batch); batch=[]; } }
  if (batch.length) await engines.clickhouse.insert("events",batch);
  console.log("events",n,"insert ms",Date.now()-t);
  const keeper = createSessionKeeper({store:createSessionStore(engines.clickhouse),builder:createSessionBuilder(),now:Date.now,logger:createLogger("silent")});
  let lag=0; let last=performance.now(); const timer=setInterval(()=>{const d=performance.now()-last-20; lag=Math.max(lag,d); last=performance.now();},20);
  t=Date.now(); await keeper.refresh(now,false); console.log("load+build ms",Date.now()-t,"sessions",keeper.current().sessionCount,"max lag",lag);
  lag=0; t=Date.now(); await keeper.refresh(now+60000,false); console.log("next look ms",Date.now()-t,"lag",lag);
  lag=0; t=Date.now(); await createSignalStore(engines.clickhouse).windowCounts(now); console.log("signals ms",Date.now()-t,"lag",lag);
  const st=createRecommendationStore(engines.clickhouse);
  for (const [name,f] of [["overview",()=>st.overview(now)],["products",()=>st.productCounts(now)],["viewed pairs",()=>st.pairCounts("viewed",now)],["repurchases",()=>st.repurchases(now)],["trends",()=>st.trends(now)]] as const){ lag=0; t=Date.now(); await f(); console.log(name,"ms",Date.now()-t,"lag",Math.round(lag)); }
  clearInterval(timer);
  const direct = createSessionNeighbours(sessions.filter(s=>s.items.length>=2));
  let same=0, top=0; for (let i=0;i<300;i++){ const q=sessions[(i*191)%sessions.length]!.items.slice(0,3); const a=keeper.current().next(q,20).map(x=>x.item), b=direct.next(q,20).map(x=>x.item); if (JSON.stringify(a)===JSON.stringify(b)) same++; if (a[0]===b[0]) top++; }
  console.log("equal lists",same,"of 300, equal first", top);
  await keeper.close(); await engines.close();
}, 180000);
