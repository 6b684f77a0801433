import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { groupsOf } from "./edit-tree.ts";
import { faultsByNode, pointersOf } from "./rule-pointers.ts";
import { toModel } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

const at = (rule: Json | undefined, pointer: string): Json | undefined =>
  pointer
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((value, key) => (value as Record<string, Json> | undefined)?.[key], rule);

const rule: JsonObject = {
  all: [
    { attribute: { path: "profile.gender", op: "eq", value: "female" } },
    { not: { any: [{ audience: { id: "vip" } }, { any: [{ list: { id: "staff" } }, { audience: { id: "b" } }] }] } },
    { event: { name: "addToCart", where: { attribute: { path: "event.context.device", op: "eq", value: "mobile" } } } },
    {
      items: {
        of: "cart",
        match: "some",
        where: {
          all: [
            { attribute: { path: "item.qty", op: "gt", value: 2 } },
            { attribute: { path: "item.sku", op: "exists" } },
          ],
        },
      },
    },
    {
      sequence: {
        steps: [
          { name: "addToCart" },
          {
            name: "startCheckout",
            notBetween: [
              { name: "removeFromCart", where: { attribute: { path: "event.properties.cartId", op: "exists" } } },
            ],
          },
        ],
      },
    },
  ],
};

describe("places of the parts of a rule", () => {
  it("are where the rule that is written has them", () => {
    const tree = toModel(rule);
    const written = toRule(tree);
    const nodes = new Map(
      groupsOf(tree)
        .flatMap(({ children }) => children)
        .map((node) => [node.id, node]),
    );
    const places = pointersOf(tree);
    for (const [id, node] of nodes) {
      const own = places.filter((place) => place.id === id).map(({ pointer }) => at(written, pointer));
      expect(own, JSON.stringify(toRule(node))).toContainEqual(toRule(node));
    }
    expect(nodes.size).toBe(13);
  });

  it.each([
    ["/all/0/attribute/value", "attribute", "value"],
    ["/all/1/not/any/0/audience/id", "audience", "id"],
    ["/all/1/not/any/1/any/0/list/id", "fields", "id"],
    ["/all/2/event/where/attribute/path", "attribute", "path"],
    ["/all/2/event/count/value", "event", "count"],
    ["/all/3/items/where/all/0/attribute/value/minor", "attribute", "value"],
  ])("send the fault at %s to the control of the %s", (path, kind, control) => {
    const tree = toModel(rule);
    const [fault] = faultsByNode(tree, [{ path, message: "wrong" }]);
    const node = groupsOf(tree)
      .flatMap(({ children }) => children)
      .find(({ id }) => id === fault?.id);
    expect({ kind: node?.kind, control: fault?.control }).toEqual({ kind, control });
  });

  it("send the fault of a step to that step, and one of nowhere to the whole", () => {
    const tree = toModel(rule);
    const sequence = tree.children[4];
    const steps = sequence?.kind === "sequence" ? sequence.steps : [];
    const faults = faultsByNode(tree, [
      { path: "/all/4/sequence/steps/1/within", message: "wrong" },
      { path: "/all/4/sequence/steps/1/notBetween/0/name", message: "wrong" },
      { path: "", message: "too large" },
    ]);
    expect(faults).toMatchObject([
      { id: steps[1]?.id, control: "within" },
      { id: steps[1]?.notBetween[0]?.id, control: "name" },
      { id: tree.id, control: "" },
    ]);
  });
});
