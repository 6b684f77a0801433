// Runs in a worker thread: 50,000 orders by two sets of rules take minutes, and requests must not wait for them.
import { parentPort } from "node:worker_threads";
import { stepBack } from "../../kernel/index.ts";
import { compileRule, createAttributeCatalog, type RuleEnvironment, validateRule } from "../../kernel/rules/index.ts";
import { createLiveRules, type ShopRules } from "../cart-rules/engine.ts";
import { createReplay } from "./replay-orders.ts";
import type { ReplayAnswer, ReplayRequest, ReplayStart } from "./simulation-job.ts";

type Replay = ReturnType<typeof createReplay>;
const never = { not: { everyone: true } } as const;

function begin(start: ReplayStart): Replay {
  const attributes = createAttributeCatalog(start.attributes);
  const children = new Map<string, string[]>();
  for (const [path, parent] of start.categories) children.set(parent, [...(children.get(parent) ?? []), path]);
  const rateOf: RuleEnvironment["rateOf"] = (from, to) => start.rates[`${from}>${to}`];
  const { timezone } = start;
  const rules: ShopRules = {
    attributes: () => attributes,
    read: (rule, { use }) => {
      const result = validateRule(rule, { catalog: attributes, use, timezone });
      // What no longer validates reaches nobody, as in the shop.
      const node = result.ok ? result.rule : never;
      const childrenOf = (path: string) => children.get(path) ?? [];
      const item = use === "cart_action" ? { itemKind: "line" as const } : {};
      return { node, rule: compileRule(node, { catalog: attributes, ...item, timezone, childrenOf, rateOf }) };
    },
  };
  const indexOf = (definitions: ReplayStart["live"]) =>
    createLiveRules(
      rules,
      () => definitions,
      () => start.groups,
    )();
  return createReplay({ start, live: indexOf(start.live), draft: indexOf(start.draft), rateOf });
}

let replay: Replay | undefined;

function answer(request: ReplayRequest): ReplayAnswer {
  switch (request.kind) {
    case "start":
      replay = begin(request);
      return { kind: "ready" };
    case "batch":
      return replay?.take(request) ?? { kind: "ready" };
    case "facts":
      replay?.add(request);
      return { kind: "ready" };
    case "finish":
      return replay ? { kind: "done", report: replay.report() } : { kind: "ready" };
  }
}

stepBack();

parentPort?.on("message", (request: ReplayRequest) => {
  try {
    parentPort?.postMessage(answer(request));
  } catch (error) {
    parentPort?.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
