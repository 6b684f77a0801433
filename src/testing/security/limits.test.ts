// Guessing, size, odd numbers and odd keys. Over HTTP on the running product, behind a proxy whose word it takes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPicture } from "../content/pictures.ts";
import { type Answer, aLine, aRule, couponsOf, discountOf, errorOf, startVictim, usd, type Victim } from "./victim.ts";

let shop: Victim;
const known = ["K1", "K2", "K3", "K4", "K5"];
beforeAll(async () => {
  shop = await startVictim({ CLIENTELE_TRUST_PROXY: "127.0.0.1" });
  await shop.publish("cart-price-rule", "for-all", aRule());
  for (const code of known)
    await shop.publish("cart-price-rule", code.toLowerCase(), aRule({ coupon: { type: "specific", code } }));
}, 180_000);
afterAll(() => shop?.stop());

let addresses = 0;
/** A browser at an address that no other test has. */
const fromElsewhere = () => {
  addresses += 1;
  return { ...shop.browser, "x-forwarded-for": `10.1.${addresses >> 8}.${addresses & 255}` };
};
const enter = (codes: readonly string[], headers: Record<string, string>, anonymousId?: string) =>
  shop.evaluate({ couponCodes: codes }, anonymousId === undefined ? {} : { identity: { anonymousId } }, headers);
/** Enters codes until it is stopped. @returns calls that were answered, and the one that was not */
async function guess(call: (n: number) => Promise<Answer>, most = 100): Promise<{ answered: number; last: Answer }> {
  for (let answered = 0; ; answered += 1) {
    const last = await call(answered);
    if (last.status !== 200 || answered === most) return { answered, last };
  }
}
const isStopped = ({ status, headers, body }: Answer) => {
  expect([status, errorOf({ body } as Answer)]).toEqual([429, "coupons.tooManyGuesses"]);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(headers["retry-after"])).toBeLessThanOrEqual(600);
};

describe("guessing codes", () => {
  it("ends after ten for one visitor, whatever the address, and after thirty for one address, whoever it is", async () => {
    const visitor = await guess((n) => enter([`GUESS-${n}`], fromElsewhere(), "thief"));
    isStopped(visitor.last);
    expect(visitor.answered).toBe(10);
    const address = fromElsewhere();
    const many = await guess((n) => enter([`GUESS-${n}`], address, `thief-${n}`));
    isStopped(many.last);
    expect(many.answered).toBe(30);
    // The right code is not told either, and others go on.
    isStopped(await enter(["K1"], address, "thief-x"));
    expect(couponsOf(await enter(["K1"], fromElsewhere()))["K1"]).toMatchObject({ status: "applied" });
    // A cart without codes is nobody's guess.
    expect((await enter([], address)).status).toBe(200);
  });

  it("counts each code of a list, those behind the ones that count too", async () => {
    const address = fromElsewhere();
    const twenty = (n: number) => Array.from({ length: 20 }, (_, at) => `LIST-${n}-${at}`);
    const lists = await guess((n) => enter(twenty(n), address));
    isStopped(lists.last);
    expect(lists.answered).toBe(2);
    // Five that are right in front do not hide the others, whose answer would tell known from unknown.
    const sly = fromElsewhere();
    const behind = await guess((n) => enter([...known, ...twenty(n).slice(0, 15)], sly));
    isStopped(behind.last);
    expect(behind.answered).toBe(2);
  });

  it("does not count codes that exist", async () => {
    const address = fromElsewhere();
    const { answered, last } = await guess(() => enter(known, address, "shopper"), 40);
    expect([answered, last.status]).toEqual([40, 200]);
  });

  it("is counted by the address that the proxy saw, not by what the browser puts in front", async () => {
    const real = "10.9.9.9";
    const { answered, last } = await guess((n) =>
      enter([`FORGED-${n}`], { ...shop.browser, "x-forwarded-for": `1.2.3.${n}, ${real}`, "x-real-ip": `1.2.3.${n}` }),
    );
    isStopped(last);
    expect(answered).toBe(30);
  });

  it("has no other door: a write key neither reserves nor asks for codes over GraphQL", async () => {
    const query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    const { body } = await shop.send("POST", "/graphql", { body: { query } });
    const { queryType, mutationType } = (
      body as { data: { __schema: Record<string, { fields: { name: string }[] } | null> } }
    ).data.__schema;
    const names = [...(queryType?.fields ?? []), ...(mutationType?.fields ?? [])].map(({ name }) => name);
    expect(names).toContain("dynamicBlocks");
    expect(names.filter((name) => /coupon/i.test(name))).toEqual([]);
    const reserve = { orderId: "x", uses: [{ code: "K1" }] };
    expect((await shop.send("POST", "/v1/coupons/reserve", { body: reserve })).status).toBe(403);
    expect((await shop.send("POST", "/v1/coupons/reserve", { body: reserve, headers: shop.token })).status).toBe(200);
  });
});

/** Refused as the caller's fault; the server lives on. */
const isRefused = ({ status, text }: Answer) => expect([400, 403, 413, 415, 422], text.slice(0, 300)).toContain(status);
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("size", () => {
  it("of carts and lists of codes is bounded, and what fits is answered", async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, at) => aLine({ id: `l${at}`, sku: `S${at}` }));
    const full = await shop.evaluate({ lines: lines(200) });
    expect(discountOf(full)).toBe(200_000);
    const part = { sku: "P", qty: 1, unitPrice: usd(1) };
    for (const cart of [
      { lines: lines(201) },
      { lines: [aLine({ children: Array.from({ length: 51 }, () => part) })] },
      { lines: lines(200).map((line) => ({ ...line, children: [part, part, part] })) },
      { couponCodes: Array.from({ length: 21 }, (_, at) => `C${at}`) },
      { couponCodes: ["x".repeat(101)] },
      { lines: [aLine({ name: "x".repeat(1_001) })] },
      { lines: [aLine({ sku: "x".repeat(101) })] },
    ])
      isRefused(await shop.evaluate(cart, {}, fromElsewhere()));
    const uses = Array.from({ length: 51 }, (_, at) => ({ ruleKey: `r${at}` }));
    isRefused(await shop.send("POST", "/v1/coupons/reserve", { body: { orderId: "x", uses }, headers: shop.token }));
    const heavy = await shop.evaluate({ cartId: "x".repeat(600_000) });
    expect([heavy.status, errorOf(heavy)]).toEqual([413, "http.tooLarge"]);
  });

  it("of trees is bounded: rules thirty deep are taken, deeper ones and deep JSON are refused at once", async () => {
    const leaf = { attribute: { path: "cart.subtotal", op: "gte", value: usd(1) } };
    const tree = (depth: number): object => (depth === 1 ? leaf : { all: [tree(depth - 1)] });
    const save = (key: string, conditions: unknown) =>
      shop.send("POST", "/v1/definitions/cart-price-rule", {
        body: { key, name: key, body: aRule({ conditions }) },
        headers: shop.token,
      });
    expect((await save("deep-ok", tree(25))).status).toBe(201);
    isRefused(await save("too-deep", tree(60)));
    isRefused(await save("far-too-deep", tree(2_000)));
    const context = `{"cart":{"currency":"USD","lines":[]},"context":{"a":${nested(50_000)}}}`;
    const startedAt = performance.now();
    const answer = await shop.send("POST", "/v1/offers/evaluate", { body: context });
    expect(answer.status).toBeLessThan(500);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    for (const path of ["/v1/decide", "/v1/events", "/v1/coupons/reserve", "/v1/definitions/block", "/graphql"]) {
      const { status } = await shop.send("POST", path, { body: `{"x":${nested(50_000)}}`, headers: shop.token });
      expect([path, status < 500]).toEqual([path, true]);
    }
    expect(discountOf(await shop.evaluate({}))).toBe(1_000);
  });
});

describe("keys that mean something to a prototype", () => {
  const poison = '{"isAdmin":true,"trusted":true,"minor":1,"status":"applied","scopes":["admin"]}';
  const evaluateBody = (more: string) =>
    `{"cart":{"currency":"USD","lines":[{"sku":"BAG","qty":1,"unitPrice":{"minor":10000,"currency":"USD"}}]${more}}`;

  it("stay data wherever they stand, and change nothing for the next caller", async () => {
    const before = (await shop.evaluate({})).text;
    for (const key of ["__proto__", "constructor", "prototype", "\\u005f_proto__", "toString", "hasOwnProperty"]) {
      const set = `"${key}":${poison}`;
      const inPrototype = `"constructor":{"prototype":${poison}}`;
      const bodies = [
        ["/v1/offers/evaluate", evaluateBody(`},"context":{${set}}`)],
        ["/v1/offers/evaluate", evaluateBody(`,${set}},${set}`)],
        ["/v1/offers/evaluate", evaluateBody(`},"identity":{${set}},"customer":{${set}},${inPrototype}`)],
        ["/v1/decide", `{"placements":["x"],"context":{${set}},${set}}`],
        [
          "/v1/events",
          `{"events":[{"type":"pageView","anonymousId":"p","properties":{${set}},"context":{${set}},${set}}]}`,
        ],
        ["/graphql", `{"query":"{ __typename }","variables":{${set}},${set}}`],
        ["/v1/coupons/reserve", `{"orderId":"p","uses":[{"code":"K1",${set}}],${set}}`],
        ["/v1/coupons/reserve", `{"orderId":"p-${key.length}","uses":[{${set}}]}`],
      ] as const;
      for (const [path, body] of bodies) {
        const headers = path.startsWith("/v1/coupons") ? shop.token : fromElsewhere();
        expect((await shop.send("POST", path, { body, headers })).status, `${path} ${body}`).toBeLessThan(500);
      }
      for (const path of [
        `/v1/definitions/${key}`,
        `/v1/definitions/block/${key}`,
        `/v1/coupon-pools/${key}`,
        `/assets/${key}/${key}`,
      ])
        expect((await shop.send("GET", path, { headers: shop.token })).status, path).toBeLessThan(500);
    }
    expect((await shop.evaluate({})).text).toBe(before);
    expect((await shop.send("GET", "/v1/coupon-pools")).status).toBe(403);
  });

  it("are codes and lines like any other", async () => {
    const lines = ["__proto__", "constructor"].map((id) => aLine({ id, sku: id }));
    const codes = ["__proto__", "constructor", "toString"];
    const { text } = await shop.evaluate({ lines, couponCodes: codes }, {}, fromElsewhere());
    // As own keys, which JSON.parse keeps.
    const answer = JSON.parse(text) as { lines: object; coupons: object };
    expect([Object.keys(answer.lines), Object.keys(answer.coupons)]).toEqual([["__proto__", "constructor"], codes]);
    expect(Object.values(answer.coupons)).toEqual(codes.map(() => ({ status: "rejected", reason: "unknown_code" })));
  });
});

describe("numbers", () => {
  const cartWith = (line: string) =>
    shop.send("POST", "/v1/offers/evaluate", {
      body: `{"cart":{"currency":"USD","lines":[{"sku":"BAG",${line}}]}}`,
    });
  const price = '"unitPrice":{"minor":10000,"currency":"USD"}';

  it("that are none are refused: no total is ever negative, infinite or made of text", async () => {
    expect(discountOf(await cartWith(`"qty":"2.5",${price}`))).toBe(2_500);
    expect(discountOf(await cartWith(`"qty":1,"unitPriceText":"99.995"`))).toBe(1_000);
    const quantities = [
      "NaN",
      "Infinity",
      "1e308",
      "1e999",
      "-1",
      '"NaN"',
      '"Infinity"',
      '"1e5"',
      '"0x10"',
      '"-1"',
      '""',
      '" "',
      '"1.0000001"',
      "1e-9",
      "null",
      "true",
      '"١"',
      "9007199254740993",
    ];
    for (const qty of quantities) isRefused(await cartWith(`"qty":${qty},${price}`));
    const prices = ["NaN", "1e308", "1e999", "0.5", '"1"', "null", "-1e300", "9007199254740993"];
    for (const minor of prices) isRefused(await cartWith(`"qty":1,"unitPrice":{"minor":${minor},"currency":"USD"}`));
    const texts = ["NaN", "1e5", "Infinity", "1,5", "0x1F", "1.12345678901", "--1", "9".repeat(40), "1_000"];
    for (const text of texts) isRefused(await cartWith(`"qty":1,"unitPriceText":"${text}"`));
    for (const currency of ["usd", "US", "XXXX", "__proto__", ""])
      isRefused(await cartWith(`"qty":1,"unitPrice":{"minor":1,"currency":"${currency}"}`));
  });

  it("at the edge are exact or refused", async () => {
    for (const line of [`"qty":-0,${price}`, `"qty":1,"unitPrice":{"minor":-0,"currency":"USD"}`, `"qty":0,${price}`]) {
      const answer = await cartWith(line);
      if (answer.status !== 200) isRefused(answer);
      else expect([discountOf(answer), answer.text.includes("-0")]).toEqual([0, false]);
    }
    const huge = await cartWith(`"qty":1000000,"unitPrice":{"minor":100000000000,"currency":"USD"}`);
    expect([huge.status, errorOf(huge)]).toEqual([422, "offers.amountTooLarge"]);
    for (const minor of ["1.5", "-1", "1e308", "9007199254740993"]) {
      const uses = `[{"code":"K2","amount":{"minor":${minor},"currency":"USD"}}]`;
      isRefused(
        await shop.send("POST", "/v1/coupons/reserve", { body: `{"orderId":"n","uses":${uses}}`, headers: shop.token }),
      );
    }
  });
});

describe("sizes of pictures", () => {
  it("are the named ones: nobody makes the server compute another", async () => {
    const sent = await shop.send("POST", "/v1/assets?fileName=a.png", {
      body: await aPicture({ width: 900, height: 600 }),
      headers: { ...shop.token, "content-type": "image/png" },
    });
    const { id } = sent.body["asset"] as { id: string };
    const get = (path: string) => shop.send("GET", `/assets/${id}/${path}`, { headers: {} });
    const named = await get("w320");
    expect([named.status, named.headers["content-type"]]).toEqual([200, "image/png"]);
    const invented = Array.from({ length: 60 }, (_, at) => [`w${at + 321}`, `${at}x${at}`, `thumb${at}`]).flat();
    const statuses = await Promise.all(invented.map(async (size) => (await get(size)).status));
    expect(new Set(statuses)).toEqual(new Set([404]));
    // Words in the query change neither the picture nor how it is kept.
    for (const query of ["width=9999", "v=x", "format=avif&quality=100", "w=1&h=1&dpr=9"]) {
      const answer = await get(`w320?${query}`);
      expect([answer.status, answer.headers.etag, answer.text]).toEqual([200, named.headers.etag, named.text]);
      expect(answer.headers["cache-control"]).not.toContain("immutable");
    }
    const flood = await Promise.all(Array.from({ length: 80 }, () => get("hero")));
    expect(new Set(flood.map(({ status, headers }) => `${status} ${headers.etag}`)).size).toBe(1);
    expect((await shop.evaluate({})).status).toBe(200);
  });
});
