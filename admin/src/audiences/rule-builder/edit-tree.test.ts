import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../api/shapes.ts";
import {
  duplicateNode,
  findNode,
  groupsOf,
  indentNode,
  moveNode,
  outdentNode,
  removeNode,
  stepNode,
  wrapNode,
} from "./edit-tree.ts";
import type { GroupNode } from "./rule-model.ts";
import { toModel } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

const audience = (id: string) => ({ audience: { id } });
const ruleOf = (tree: GroupNode) => toRule(tree);
/** The id of the condition that names an audience. */
const idOf = (tree: GroupNode, key: string): string => {
  const found = groupsOf(tree)
    .flatMap(({ children }) => children)
    .find((child) => child.kind === "audience" && child.audiences[0] === key);
  return found?.id ?? "";
};

const { rule } = fc.letrec<{ rule: JsonObject }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ minLength: 1, maxLength: 4 }).map((id) => audience(id) as JsonObject),
    fc.array(tie("rule"), { maxLength: 4 }).map((all) => ({ all }) as JsonObject),
    fc.array(tie("rule"), { maxLength: 4 }).map((any) => ({ any }) as JsonObject),
    tie("rule").map((where) => ({ event: { name: "pageView", where } }) as JsonObject),
  ),
}));

const leavesOf = (tree: GroupNode): readonly string[] =>
  groupsOf(tree)
    .flatMap(({ children }) => children.filter(({ kind }) => kind !== "group").map(({ id }) => id))
    .sort();

describe("moving conditions", () => {
  it("puts a condition of a group before the one it is dropped on", () => {
    const tree = toModel({ all: ["a", "b", "c"].map(audience) });
    expect(ruleOf(moveNode(tree, idOf(tree, "a"), tree.id, 3))).toEqual({ all: ["b", "c", "a"].map(audience) });
    expect(ruleOf(moveNode(tree, idOf(tree, "c"), tree.id, 0))).toEqual({ all: ["c", "a", "b"].map(audience) });
    expect(ruleOf(moveNode(tree, idOf(tree, "b"), tree.id, 1))).toEqual({ all: ["a", "b", "c"].map(audience) });
  });

  it("takes it into another group and out of it again", () => {
    const tree = toModel({ all: [{ any: [audience("a")] }, audience("b")] });
    const inside = indentNode(tree, idOf(tree, "b"));
    expect(ruleOf(inside)).toEqual({ all: [{ any: [audience("a"), audience("b")] }] });
    expect(ruleOf(outdentNode(inside, idOf(inside, "a")))).toEqual({ all: [{ any: [audience("b")] }, audience("a")] });
  });

  it("keeps what stands on an event where it is when it cannot leave", () => {
    const tree = toModel({ all: [{ event: { name: "pageView", where: { all: [audience("a"), audience("b")] } } }] });
    expect(outdentNode(tree, idOf(tree, "a"))).toBe(tree);
    expect(ruleOf(stepNode(tree, idOf(tree, "a"), 1))).toEqual({
      all: [{ event: { name: "pageView", where: { all: [audience("b"), audience("a")] } } }],
    });
  });

  it("never moves a group into itself", () => {
    const tree = toModel({ all: [{ any: [{ all: [audience("a"), audience("b")] }, audience("c")] }] });
    const [outer, inner] = groupsOf(tree).slice(1);
    expect(moveNode(tree, outer!.id, inner!.id, 0)).toBe(tree);
    expect(moveNode(tree, outer!.id, outer!.id, 0)).toBe(tree);
  });

  it("loses no condition and makes none, wherever it is put", () => {
    fc.assert(
      fc.property(rule, fc.nat(), fc.nat(), fc.nat(6), (before, which, where, index) => {
        const tree = toModel(before);
        const groups = groupsOf(tree);
        const nodes = groups.flatMap(({ children }) => children);
        const node = nodes[which % Math.max(1, nodes.length)];
        const group = groups[where % groups.length]!;
        if (!node) return;
        const moved = moveNode(tree, node.id, group.id, index);
        expect(leavesOf(moved)).toEqual(leavesOf(tree));
        if (moved === tree) return;
        const found = findNode(moved, node.id)!;
        expect(found.parent.id).toBe(group.id);
        // Before the condition that stood there, or at the end.
        const at = group.children[index];
        const after = found.parent.children[found.index + 1];
        if (at && at.id !== node.id) expect(after?.id).toBe(at.id);
        if (!at) expect(after).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe("copies and groups", () => {
  it("gives a copy ids of its own, next to what it is a copy of", () => {
    const tree = toModel({ all: [{ any: [audience("a"), audience("b")] }, audience("c")] });
    const doubled = duplicateNode(tree, tree.children[0]!.id);
    const pair = { any: [audience("a"), audience("b")] };
    expect(ruleOf(doubled)).toEqual({ all: [pair, pair, audience("c")] });
    const ids = groupsOf(doubled).flatMap(({ children }) => children.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("puts a condition into a group of its own, and takes it out of the tree", () => {
    const tree = toModel({ any: [audience("a"), audience("b")] });
    expect(ruleOf(wrapNode(tree, idOf(tree, "a")))).toEqual({ any: [{ all: [audience("a")] }, audience("b")] });
    expect(ruleOf(removeNode(tree, idOf(tree, "a")))).toEqual({ any: [audience("b")] });
  });
});
