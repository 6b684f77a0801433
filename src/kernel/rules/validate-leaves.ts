import { isObject } from "../json.ts";
import { plainNumber, plainText } from "../plain-value.ts";
import { elementKindOf, fitsType, itemKindOf } from "./attribute-catalog.ts";
import { toDecimalNumber } from "./decimal.ts";
import { complementOf, type Operator } from "./grammar.ts";
import { otherLeafChecks } from "./validate-other-leaves.ts";
import { checkCount, checkDuration, checkMoney, checkValue, checkZone } from "./validate-value.ts";
import { checkWindow } from "./validate-window.ts";
import { checkKeys, checkPath, checkWord, fault, type Place, pointer, type Run } from "./validation.ts";

type NodeCheck = (run: Run, at: string, node: unknown, place: Place) => void;
type LeafCheck = (run: Run, at: string, value: unknown, place: Place, checkNode: NodeCheck) => void;

const operators: ReadonlySet<string> = new Set([
  ...Object.entries(complementOf).flat(),
  ...["gt", "gte", "lt", "lte", "contains_any", "between", "within_last", "within_next", "before_last", "after_next"],
  ...["anniversary_within", "size", "type_is"],
]);
const comparisons = ["eq", "neq", "gt", "gte", "lt", "lte"];
const valueless: ReadonlySet<string> = new Set([
  "exists",
  "not_exists",
  "is_true",
  "is_false",
  "any_match",
  "none_match",
]);
const dateTypes: ReadonlySet<string> = new Set(["date", "instant"]);

const checkAttribute: LeafCheck = (run, at, value, place, checkNode) => {
  const optional = ["value", "where", "caseSensitive", "timezone"];
  const leaf = checkKeys(run, at, value, { required: ["path", "op"], optional });
  if (!leaf) return;
  const spec = checkPath(run, pointer(at, "path"), leaf["path"], place);
  const op = leaf["op"];
  if (leaf["caseSensitive"] !== undefined) checkBoolean(run, pointer(at, "caseSensitive"), leaf["caseSensitive"]);
  if (leaf["timezone"] !== undefined) checkZone(run, pointer(at, "timezone"), leaf["timezone"]);
  if (op === undefined || !spec) return;
  if (typeof op !== "string" || !operators.has(op)) {
    fault(run, pointer(at, "op"), "operatorNotAllowed", `${plainText(op)} is no operator`);
    return;
  }
  if (dateTypes.has(spec.type)) leaf["timezone"] ??= run.options.timezone ?? "UTC";
  const takesWhere = op === "any_match" || op === "none_match" || (op === "size" && leaf["where"] !== undefined);
  if (takesWhere) checkElementWhere(run, at, leaf, elementKindOf(spec), place, checkNode);
  else if (leaf["where"] !== undefined) fault(run, pointer(at, "where"), "unknownKey", `${op} takes no where`);
  if (!fitsType(op as Operator, spec.type)) {
    const message = `${op} does not fit ${spec.label}, which is of type ${spec.type}`;
    fault(run, pointer(at, "op"), "operatorNotAllowed", message);
    return;
  }
  const valueAt = pointer(at, "value");
  if (!valueless.has(op)) {
    // The set above holds exactly the operators.
    leaf["value"] = checkValue({ run, at: valueAt, spec, op: op as Operator }, leaf["value"], place);
  } else if (leaf["value"] !== undefined) fault(run, valueAt, "unknownKey", `${op} takes no value`);
};

function checkElementWhere(
  run: Run,
  at: string,
  leaf: Record<string, unknown>,
  itemKind: ReturnType<typeof elementKindOf>,
  place: Place,
  checkNode: NodeCheck,
): void {
  if (leaf["where"] === undefined) {
    fault(run, pointer(at, "where"), "missingKey", "where is missing");
    return;
  }
  const subjects = new Set([...place.subjects, "item" as const]);
  checkNode(run, pointer(at, "where"), leaf["where"], { ...place, subjects, itemKind });
}

function checkBoolean(run: Run, at: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean") fault(run, at, "valueType", "true or false is expected here");
}

const productKinds: ReadonlySet<string> = new Set(["line", "viewed", "wishlist"]);
const timedCollections: ReadonlySet<string> = new Set(["viewed", "ordered", "orders"]);
const measures = ["count", "quantity", "amount", "average_quantity", "average_amount"];

const checkItems: LeafCheck = (run, at, value, place, checkNode) => {
  const optional = ["match", "measure", "op", "value", "where", "window", "statuses"];
  const leaf = checkKeys(run, at, value, { required: ["of"], optional });
  if (!leaf) return;
  const { of } = leaf;
  if (typeof of !== "string" || !Object.hasOwn(itemKindOf, of)) {
    checkWord(run, pointer(at, "of"), of, Object.keys(itemKindOf));
    return;
  }
  const kind = itemKindOf[of as keyof typeof itemKindOf];
  const needsEvent = of === "event" || of === "order";
  if (needsEvent ? !place.hasEvent : !place.subjects.has("profile") && !place.subjects.has("cart")) {
    fault(run, pointer(at, "of"), "subjectNotAllowed", `${of} cannot be used here`);
  }
  checkMatchOrMeasure(run, at, leaf, of, place);
  if (leaf["window"] !== undefined) {
    if (timedCollections.has(of)) checkWindow(run, pointer(at, "window"), leaf["window"]);
    else fault(run, pointer(at, "window"), "badWindow", `${of} has no times`);
  }
  checkStatuses(run, pointer(at, "statuses"), leaf["statuses"], of);
  if (leaf["where"] === undefined) return;
  const subjects = new Set([...place.subjects, "item" as const]);
  if (productKinds.has(kind)) subjects.add("product");
  checkNode(run, pointer(at, "where"), leaf["where"], { ...place, subjects, itemKind: kind });
};

function checkMatchOrMeasure(run: Run, at: string, leaf: Record<string, unknown>, of: string, place: Place): void {
  if (leaf["measure"] === undefined) {
    if (leaf["match"] === undefined) fault(run, pointer(at, "match"), "missingKey", "match or measure is missing");
    checkWord(run, pointer(at, "match"), leaf["match"], ["some", "none", "every"]);
    for (const key of ["op", "value"]) {
      if (leaf[key] !== undefined) fault(run, pointer(at, key), "unknownKey", `${key} goes with measure`);
    }
    return;
  }
  const { measure } = leaf;
  if (leaf["match"] !== undefined) fault(run, pointer(at, "match"), "unknownKey", "match does not go with measure");
  checkWord(run, pointer(at, "measure"), measure, measures);
  if (plainText(measure).startsWith("average") && of !== "orders") {
    fault(run, pointer(at, "measure"), "valueType", "averages go with orders only");
  }
  for (const key of ["op", "value"]) {
    if (leaf[key] === undefined) fault(run, pointer(at, key), "missingKey", `${key} is missing`);
  }
  checkWord(run, pointer(at, "op"), leaf["op"], comparisons);
  const isMoney = measure === "amount" || measure === "average_amount";
  const type = isMoney ? ("money" as const) : ("number" as const);
  if (leaf["value"] === undefined || typeof leaf["op"] !== "string" || !comparisons.includes(leaf["op"])) return;
  const spec = { path: of, type, label: `${plainText(measure)} of ${of}` };
  // `comparisons` are operators.
  checkValue({ run, at: pointer(at, "value"), spec, op: leaf["op"] as Operator }, leaf["value"], place);
}

function checkStatuses(run: Run, at: string, statuses: unknown, of: string): void {
  if (statuses === undefined) return;
  if (of !== "orders" && of !== "ordered") fault(run, at, "unknownKey", "statuses go with orders and ordered");
  if (!Array.isArray(statuses) || statuses.some((status) => typeof status !== "string")) {
    fault(run, at, "valueType", "a list of order statuses is expected here");
  }
}

/** Inside an event only the event, its lines and their products are known: the answer must not change afterwards. */
function eventPlace(place: Place): Place {
  return { ...place, subjects: new Set(["event" as const]), itemKind: undefined, hasEvent: true };
}

function checkEventNames(run: Run, at: string, name: unknown): void {
  const names = Array.isArray(name) ? name : [name];
  if (names.length === 0) fault(run, at, "valueType", "at least one event name is expected here");
  for (const [index, each] of names.entries()) {
    const where = Array.isArray(name) ? pointer(at, index) : at;
    if (typeof each !== "string" || each === "") {
      if (each !== undefined) fault(run, where, "valueType", "an event name is text");
    } else if (run.options.isKnownEvent?.(each) === false) {
      fault(run, where, "unknownEvent", `no event is named ${each}`);
    }
  }
}

const checkEvent: LeafCheck = (run, at, value, place, checkNode) => {
  const optional = ["where", "window", "count", "distinct", "aggregate", "account"];
  const leaf = checkKeys(run, at, value, { required: ["name"], optional });
  if (!leaf) return;
  const inner = eventPlace(place);
  checkEventNames(run, pointer(at, "name"), leaf["name"]);
  if (leaf["where"] !== undefined) checkNode(run, pointer(at, "where"), leaf["where"], inner);
  if (leaf["window"] !== undefined) checkWindow(run, pointer(at, "window"), leaf["window"]);
  if (leaf["count"] !== undefined) checkCount(run, pointer(at, "count"), leaf["count"]);
  if (leaf["distinct"] !== undefined) checkPath(run, pointer(at, "distinct"), leaf["distinct"], inner);
  checkWord(run, pointer(at, "account"), leaf["account"], ["any", "none", "all"]);
  if (leaf["aggregate"] === undefined) return;
  for (const key of ["count", "distinct"]) {
    if (leaf[key] !== undefined) fault(run, pointer(at, key), "unknownKey", `${key} does not go with aggregate`);
  }
  checkAggregate(run, pointer(at, "aggregate"), leaf["aggregate"], inner);
};

function checkAggregate(run: Run, at: string, value: unknown, place: Place): void {
  const aggregate = checkKeys(run, at, value, { required: ["fn", "path", "op", "value"] });
  if (!aggregate) return;
  checkWord(run, pointer(at, "fn"), aggregate["fn"], ["sum", "average", "min", "max"]);
  checkWord(run, pointer(at, "op"), aggregate["op"], comparisons);
  const spec = checkPath(run, pointer(at, "path"), aggregate["path"], place);
  const limit = aggregate["value"];
  if (limit === undefined) return;
  if (spec?.type === "money" || isObject(limit)) checkMoney(run, pointer(at, "value"), limit);
  else if (toDecimalNumber(limit) === undefined) {
    fault(run, pointer(at, "value"), "valueType", "a number or money is expected here");
  }
}

const checkSequence: LeafCheck = (run, at, value, place, checkNode) => {
  const leaf = checkKeys(run, at, value, { required: ["steps"], optional: ["window"] });
  if (!leaf) return;
  if (leaf["window"] !== undefined) checkWindow(run, pointer(at, "window"), leaf["window"]);
  const { steps } = leaf;
  if (!Array.isArray(steps) || steps.length < 2 || steps.length > 10) {
    if (steps !== undefined) fault(run, pointer(at, "steps"), "valueType", "2 to 10 steps are expected here");
    return;
  }
  for (const [index, step] of steps.entries()) {
    checkStep(run, pointer(pointer(at, "steps"), index), step, index, eventPlace(place), checkNode);
  }
};

function checkStep(run: Run, at: string, value: unknown, index: number, place: Place, checkNode: NodeCheck): void {
  const optional = ["where", "within", "notBetween", "same"];
  const step = checkKeys(run, at, value, { required: ["name"], optional });
  if (!step) return;
  checkEventNames(run, pointer(at, "name"), step["name"]);
  if (step["where"] !== undefined) checkNode(run, pointer(at, "where"), step["where"], place);
  checkDuration(run, pointer(at, "within"), step["within"]);
  for (const [key, other] of listAt(run, at, step, "notBetween")) {
    const event = checkKeys(run, key, other, { required: ["name"], optional: ["where"] });
    if (event) checkEventNames(run, pointer(key, "name"), event["name"]);
    if (event?.["where"] !== undefined) checkNode(run, pointer(key, "where"), event["where"], place);
  }
  for (const [key, other] of listAt(run, at, step, "same")) {
    const same = checkKeys(run, key, other, { required: ["step", "path", "otherPath"] });
    checkPath(run, pointer(key, "path"), same?.["path"], place);
    checkPath(run, pointer(key, "otherPath"), same?.["otherPath"], place);
    const earlier = same?.["step"];
    if (!(Number.isInteger(earlier) && plainNumber(earlier) >= 0 && plainNumber(earlier) < index)) {
      fault(run, pointer(key, "step"), "valueType", "the number of an earlier step, from 0, is expected here");
    }
  }
}

function listAt(
  run: Run,
  at: string,
  node: Record<string, unknown>,
  key: string,
): readonly (readonly [string, unknown])[] {
  const list = node[key];
  if (list === undefined) return [];
  if (Array.isArray(list)) return list.map((each, index) => [pointer(pointer(at, key), index), each] as const);
  fault(run, pointer(at, key), "valueType", "a list is expected here");
  return [];
}

/** The checks of leaves, by node key. */
export const leafChecks: Readonly<Record<string, LeafCheck>> = {
  attribute: checkAttribute,
  items: checkItems,
  event: checkEvent,
  sequence: checkSequence,
  ...otherLeafChecks,
};
