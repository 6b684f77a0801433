import { describe, expect, it } from "vitest";
import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import type { BlockBody } from "./block.ts";
import { type BlockContext, createBlocks, type FireRules, standsIn } from "./create-blocks.ts";
import type { RotationBody } from "./rotation-kind.ts";
import { createRotationMemory } from "./rotation-memory.ts";

const live = <B>(
  kind: string,
  key: string,
  body: B,
  storeViews: readonly string[] | null = null,
): LiveDefinition<B> => ({
  ...{ id: `id-${key}`, kind, key, name: key, version: 1, scope: { storeViews }, schedule: null, updatedAt: 0 },
  window: { fromMs: null, toMs: null },
  body,
});
const block = (key: string, more: Partial<BlockBody> = {}, storeViews: readonly string[] | null = null) =>
  live("block", key, { placement: "p", priority: 1, audiences: [], html: `<b>${key}</b>`, ...more }, storeViews);
const rotation = (more: Partial<RotationBody>) =>
  live<RotationBody>("block-rotation", "r", {
    ...{ placement: "p", priority: 1, audiences: [], mode: "display_all", source: "specified" },
    ...more,
  });
const lamp = { sku: "LAMP", url: "https://shop.example/lamp", images: [] } as unknown as CatalogProduct;

function shop(blocks: readonly LiveDefinition<BlockBody>[], firedRules: FireRules = nothing) {
  return createBlocks({
    live: <B>() => blocks as unknown as readonly LiveDefinition<B>[],
    // Only this is asked of the catalog.
    catalog: { current: () => ({ get: (sku: string) => (sku === "LAMP" ? lamp : undefined) }) as CatalogSnapshot },
    factsOf: (sku) => ({ sku, name: "Lamp & Co", color: "red" }),
    localeOf: (storeView) => (storeView === "de" ? "de" : "en"),
    firedRules,
    finalPriceOf: () => ({ minor: 1_999, currency: "EUR" }),
    namedByRules: () => [],
    seal: {
      seal: (text, purpose) => `${purpose}#${text}`,
      open: (text, purpose) => (text.startsWith(`${purpose}#`) ? text.slice(purpose.length + 1) : undefined),
    },
    memory: createRotationMemory({ clock: createFixedClock(1), logger: createLogger("silent") }),
    random: () => 0,
  });
}
const nothing: FireRules = () => ({ cartRules: new Set(), catalogRules: new Set() });
const fires =
  (cartRules: readonly string[], catalogRules: readonly string[] = []): FireRules =>
  () => ({ cartRules: new Set(cartRules), catalogRules: new Set(catalogRules) });
const context = (more: Partial<BlockContext> = {}): BlockContext => ({
  ...{ nowMs: 1, storeView: "default", profile: null, cart: null, items: [] },
  ...more,
});
const judge = (...audiences: readonly string[]) => ({
  isMember: (key: string) => audiences.includes(key),
  holds: () => true,
});
const call = (...audiences: readonly string[]) => ({
  ...{ judge: judge(...audiences), identityKey: "", mayRemember: true, rotations: {} },
});

describe("a block that is linked to price rules", () => {
  const linked = block("sale", { cartPriceRules: ["ten", "gift"], catalogPriceRules: ["spring"] });

  it.each([
    [fires([]), false],
    [fires(["other"], ["ten"]), false],
    [fires(["gift"]), true],
    [fires([], ["spring"]), true],
  ])("is shown only while one of them applies (case %#)", (rules, isShown) => {
    const decided = shop([linked], rules).decideBlock(linked, context(), call());
    expect(decided.ok).toBe(isShown);
    if (!decided.ok) expect(decided.reason.code).toBe("price_rule");
  });

  it("asks once a call which rules apply, and not at all for blocks without", () => {
    let asked = 0;
    const count: FireRules = () => {
      asked += 1;
      return { cartRules: new Set(["ten"]), catalogRules: new Set() };
    };
    const free = block("free");
    const blocks = shop([linked, free], count);
    const once = context();
    expect(blocks.decideBlock(free, once, call()).ok).toBe(true);
    expect(asked).toBe(0);
    for (let time = 0; time < 3; time += 1) blocks.decideBlock(linked, once, call());
    expect(asked).toBe(1);
  });

  it("takes part in rotations of its kind of rule, where it applies", () => {
    const others = [linked, block("free"), block("spring-only", { catalogPriceRules: ["spring"] })];
    const names = (source: RotationBody["source"], rules: FireRules) => {
      const decided = shop(others, rules).decideRotation(rotation({ source }), context(), call());
      return decided.ok ? (decided.value["blocks"] as { name: string }[]).map(({ name }) => name) : [];
    };
    expect(names("cart_price_rules", fires(["ten"]))).toEqual(["sale"]);
    expect(names("catalog_price_rules", fires([], ["spring"]))).toEqual(["sale", "spring-only"]);
    expect(names("cart_price_rules", fires([]))).toEqual([]);
    expect(shop(others).isOfSource(block("free"), "cart_price_rules")).toBe(false);
  });
});

describe("audiences of a block", () => {
  it("are joined by or within a kind and by and between kinds", () => {
    const one = block("one", { externalAudiences: ["e1", "e2"], audiences: ["a1", "a2"] });
    const seen = (...audiences: string[]) =>
      shop([one]).shownTo(context(), judge(...audiences), () => true).length === 1;
    expect([seen("a1"), seen("e2"), seen("a2", "e1"), seen("a1", "a2"), seen()]).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });
});

describe("variants", () => {
  const variants = [
    { name: "German members", storeViews: ["de"], audiences: ["vip"], html: "<b>de vip</b>" },
    { storeViews: ["de", "at"], html: "<b>de</b>" },
    { audiences: ["vip"], json: { vip: true } },
  ];
  const html = (body: Partial<BlockBody>, storeView: string, ...audiences: string[]) => {
    const decided = shop([]).decideBlock(block("b", body), context({ storeView }), call(...audiences));
    return decided.ok ? (decided.value["html"] ?? decided.value["json"]) : decided.reason.code;
  };

  it("take the place of the block's own content, first match first", () => {
    expect(html({ variants }, "de", "vip")).toBe("<b>de vip</b>");
    expect(html({ variants }, "at", "vip")).toBe("<b>de</b>");
    expect(html({ variants }, "fr", "vip")).toEqual({ vip: true });
    expect(html({ variants }, "fr")).toBe("<b>b</b>");
  });

  it("leave the block out where none fits and there is no default", () => {
    const { html: _, ...bare } = block("b").body;
    const decided = shop([]).decideBlock(
      { ...block("b"), body: { ...bare, variants } },
      context({ storeView: "fr" }),
      call(),
    );
    expect(decided).toMatchObject({ ok: false, reason: { code: "no_variant" } });
  });
});

describe("placeholders of a product", () => {
  it("speak of the product of the page, or of the one that the block names", () => {
    const body = {
      html: "<p>{{product.name}}: {{product.final_price}} {{product.attribute.color}}</p>",
      link: "{{product.url}}",
    };
    const text = (more: Partial<BlockBody>, of: Partial<BlockContext>) => {
      const decided = shop([]).decideBlock(block("b", { ...body, ...more }), context(of), call());
      return decided.ok ? decided.value : decided.reason;
    };
    expect(text({}, { items: ["LAMP"] })).toMatchObject({
      html: "<p>Lamp &#38; Co: €19.99 red</p>",
      link: "https://shop.example/lamp",
    });
    expect(text({ product: "LAMP" }, { storeView: "de" })).toMatchObject({ html: expect.stringContaining("19,99") });
    expect(text({}, {})).toMatchObject({ code: "no_value" });
    expect(text({}, { items: ["GONE"] })).toMatchObject({ code: "no_value" });
  });
});

describe("a rotation", () => {
  const members = [
    block("a", { locations: ["header"] }),
    block("b"),
    block("c", { locations: ["footer", "content"] }),
    block("d", {}, ["de"]),
  ];
  const keys = ["a", "b", "gone", "c", "d"];
  const shown = (body: Partial<RotationBody>) => {
    const decided = shop(members).decideRotation(rotation({ blocks: keys, ...body }), context(), call());
    return decided.ok && Array.isArray(decided.value["blocks"])
      ? decided.value["blocks"].map((each) => (each as { name: string }).name)
      : [];
  };

  it("shows all that the visitor may see, in order, as one markup and one by one", () => {
    expect(shown({})).toEqual(["a", "b", "c"]);
    const decided = shop(members).decideRotation(rotation({ blocks: keys }), context(), call());
    expect(decided).toMatchObject({
      value: { html: "<b>a</b>\n<b>b</b>\n<b>c</b>", rotation: { mode: "display_all" } },
    });
  });

  it("keeps to places; a block that names none may stand anywhere", () => {
    expect(shown({ locations: ["header"] })).toEqual(["a", "b"]);
    expect(shown({ locations: ["left", "content"] })).toEqual(["b", "c"]);
    expect(standsIn({ ...members[0]!.body, locations: [] }, ["left"])).toBe(true);
  });

  it("shows one a load in series, remembered by the visitor or by the token of the answer", () => {
    const blocks = shop(members);
    const series = rotation({ blocks: keys, mode: "series" });
    const load = (identityKey: string, token?: string) => {
      const decided = blocks.decideRotation(series, context(), {
        ...{ judge: judge(), identityKey, mayRemember: true },
        rotations: token === undefined ? {} : { "id-r": token },
      });
      if (!decided.ok) throw new Error(decided.reason.text);
      const { name, rotation: state } = decided.value as { name: string; rotation: { state: string } };
      return { name, token: state.state, shown: decided.shown };
    };
    expect(["x", "x", "x", "x"].map((visitor) => load(visitor).name)).toEqual(["a", "b", "c", "a"]);
    // Nobody is remembered without a name.
    expect([load("").name, load("").name]).toEqual(["a", "a"]);
    const first = load("");
    const second = load("", first.token);
    expect([second.name, load("", second.token).name, second.shown]).toEqual(["b", "c", { id: "id-b", version: 1 }]);
    // An older token than what is remembered does not turn the time back.
    expect(load("x", first.token).name).toBe("b");
    for (const forged of [
      "",
      "nonsense",
      `block-rotation:id-other#${first.token}`,
      "block-rotation:id-r#{}",
      `block-rotation:id-r#{"count":-1}`,
    ])
      expect(load("", forged).name).toBe("a");
  });

  it("remembers nothing where it must not", () => {
    const blocks = shop(members);
    const series = rotation({ blocks: keys, mode: "series" });
    const quiet = { judge: judge(), identityKey: "x", mayRemember: false, rotations: {} };
    const [first, second] = [1, 2].map(() => blocks.decideRotation(series, context(), quiet));
    expect(first).toMatchObject({ value: { name: "a", rotation: { id: "id-r", key: "r", mode: "series" } } });
    expect(second).toEqual(first);
  });

  it("has nothing to show where the visitor may see no block of it", () => {
    for (const mode of ["display_all", "random", "series", "shuffle"] as const)
      expect(shop([]).decideRotation(rotation({ blocks: keys, mode }), context(), call()).ok).toBe(false);
  });
});
