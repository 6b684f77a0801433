/** A rule told in words: one sentence, as exact as the rule, without the language of the rule. */
import type { Json, JsonObject } from "../../api/shapes.ts";
import { formatNumber, formatShare } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { parseDuration } from "./duration.ts";
import { minorDigits } from "./minor-digits.ts";
import { operatorText } from "./operator-text.ts";
import { shapeOf } from "./operators.ts";
import type {
  AttributeNode,
  AudienceNode,
  ConditionNode,
  EventNode,
  FieldsNode,
  GroupNode,
  ItemsNode,
  SequenceNode,
  SequenceStep,
} from "./rule-model.ts";

const s = messages.sentences;
const m = messages.rules;
const b = messages.builder;
const mostListed = 5;

/** How things are called. */
export type Names = { readonly attribute: (path: string) => string; readonly audience: (key: string) => string };

/** @param isAboutPeople false for a rule on products */
export function toSentence(tree: GroupNode, names: Names, isAboutPeople = true): string {
  if (tree.children.length === 0 && tree.mode !== "none") return s.everyone;
  return (isAboutPeople ? s.who : s.what)(nodeText(tree, names, true));
}

function nodeText(node: ConditionNode, names: Names, isOutermost = false): string {
  switch (node.kind) {
    case "group":
      return groupText(node, names, isOutermost);
    case "attribute":
      return attributeText(node, names);
    case "event":
      return eventText(node, names);
    case "sequence":
      return sequenceText(node, names);
    case "items":
      return itemsText(node, names);
    case "audience":
      return audienceText(node, names);
    case "fields":
      return fieldsText(node);
    case "raw":
      return s.raw;
  }
}

function groupText(group: GroupNode, names: Names, isOutermost: boolean): string {
  if (group.children.length === 0) return s.empty[group.mode];
  const join = group.mode === "all" ? s.joins.all : s.joins.any;
  const text = group.children.map((child) => nodeText(child, names)).join(join);
  if (group.mode === "none") return `(${s.none(text)})`;
  return isOutermost || group.children.length === 1 ? text : `(${text})`;
}

function whereText(where: GroupNode | null, names: Names): string {
  return where && where.children.length > 0 ? s.where(groupText(where, names, false)) : "";
}

function attributeText(node: AttributeNode, names: Names): string {
  const label = names.attribute(node.path) || m.attribute;
  if (shapeOf(node.op) === "where") {
    return `${s.attribute(label, operatorText(node.op), "")} ${node.where ? groupText(node.where, names, false) : ""}`;
  }
  const value = shapeOf(node.op) === "none" ? "" : valueText(node.value, node.op, names);
  return s.attribute(label, operatorText(node.op), value);
}

function valueText(value: Json | undefined, op: string, names: Names): string {
  if (value === undefined || value === null || value === "") return "…";
  if (Array.isArray(value)) {
    if (op === "between") return value.map((each) => valueText(each, "eq", names)).join(` ${m.and} `);
    const shown = value.slice(0, mostListed).map((each) => valueText(each, "eq", names));
    return `${shown.join(", ")}${value.length > mostListed ? ", …" : ""}`;
  }
  if (typeof value === "object") return objectText(value as JsonObject, names);
  if (shapeOf(op) === "duration") return durationText(String(value));
  return typeof value === "string" ? `“${value}”` : String(value);
}

function objectText(value: JsonObject, names: Names): string {
  const { ref, percent, list, currency } = value;
  if (typeof ref === "string") {
    const label = names.attribute(ref) || "…";
    return percent === undefined ? s.ofAttribute(label) : s.percentOf(String(percent), label);
  }
  if (typeof list === "string") return s.listValue(list);
  if (typeof currency === "string") return moneyText(value);
  return JSON.stringify(value);
}

function moneyText(value: JsonObject): string {
  const currency = String(value["currency"]);
  // While a currency is being typed it is none yet.
  if (!/^[A-Z]{3}$/.test(currency)) return String(value["minor"]);
  const major = Number(value["minor"]) / 10 ** minorDigits(currency);
  return new Intl.NumberFormat(undefined, { style: "currency", currency, maximumFractionDigits: 8 }).format(major);
}

function durationText(text: string): string {
  const { amount, unit } = parseDuration(text);
  return `${formatNumber(amount)} ${m.units[unit]}`;
}

const listText = (names: readonly string[]) => names.join(s.joins.any);

function eventText(node: EventNode, names: Names): string {
  const { count, aggregate, distinct, account } = node;
  const what = distinct === undefined ? m.times : m.differentValues(names.attribute(distinct));
  const isNever = count.op === "eq" && count.value === 0;
  const isOnce = count.op === "gte" && count.value === 1 && distinct === undefined;
  const often = isNever ? s.never : isOnce ? s.once : s.times(m.comparisons[count.op], formatNumber(count.value), what);
  const figure = aggregate
    ? s.figure(
        b.aggregates[aggregate.fn],
        names.attribute(aggregate.path),
        m.comparisons[aggregate.op],
        valueText(aggregate.value, "eq", names),
      )
    : often;
  const events = s.event(listText(node.names), figure);
  return `${events}${windowText(node.window)}${whereText(node.where, names)}${account ? s.account[account] : ""}`;
}

function sequenceText(node: SequenceNode, names: Names): string {
  const steps = node.steps.map((step, index) => stepText(step, index, names)).join(`, ${b.next} `);
  return `${s.sequence(steps)}${windowText(node.window)}`;
}

function stepText(step: SequenceStep, index: number, names: Names): string {
  const within = index > 0 && step.within ? s.within(durationText(step.within)) : "";
  const between = step.notBetween.map((event) => s.notBetween(listText(event.names) + whereText(event.where, names)));
  const same = step.same.map((each) => s.same(names.attribute(each.path), each.step + 1));
  return `${listText(step.names)}${whereText(step.where, names)}${within}${between.join("")}${same.join("")}`;
}

function itemsText(node: ItemsNode, names: Names): string {
  const collection = (m.collections[node.of as keyof typeof m.collections] ?? node.of).toLowerCase();
  const { test } = node;
  const text =
    "match" in test
      ? `${s.items[test.match]} ${collection}`
      : s.measure(
          collection,
          m.tests[test.measure as keyof typeof m.tests] ?? test.measure,
          m.comparisons[test.op],
          valueText(test.value, "eq", names),
        );
  return `${text}${windowText(node.window)}${whereText(node.where, names)}`;
}

function audienceText(node: AudienceNode, names: Names): string {
  const list = node.audiences.length === 0 ? "…" : listText(node.audiences.map((key) => `“${names.audience(key)}”`));
  const text = node.member ? s.memberOf(list) : s.notMemberOf(list);
  return node.for === undefined ? text : `${text}${s.for(durationText(node.for))}`;
}

function fieldsText({ name, fields }: FieldsNode): string {
  const text = (key: string) => String(fields[key] ?? "…") || "…";
  const word = (words: Readonly<Record<string, string>>, key: string) => words[text(key)] ?? text(key);
  switch (name) {
    case "consent":
      return s.consent(word(b.categories, "category"), word(b.consents, "status"));
    case "subscription":
      return s.subscription(text("group"), word(b.subscriptions, "status"));
    case "journey":
      return s.journey(text("id"), word(b.journeys, "state"));
    case "message": {
      const by = (["channel", "journey", "template"] as const).find((way) => fields[way] !== undefined) ?? "channel";
      const window = windowText(fields["window"] as JsonObject | undefined);
      return (
        s.message(b.messagesBy[by], text(by), word(b.messageEvents, "event")) + countText(fields["count"]) + window
      );
    }
    case "list":
      return s.list(text("id"));
    case "bucket":
      return s.bucket(formatShare(Math.max(0, Number(fields["to"]) - Number(fields["from"])) / 10_000), text("salt"));
    case "geo": {
      const { lat, lon, km } = fields["within"] as JsonObject;
      return s.geo(formatNumber(Number(km), 1), formatNumber(Number(lat), 4), formatNumber(Number(lon), 4));
    }
  }
}

function countText(count: Json | undefined): string {
  if (typeof count !== "object" || count === null) return "";
  const { op, value } = count as JsonObject;
  return ` ${s.times(m.comparisons[op as EventNode["count"]["op"]] ?? "", formatNumber(Number(value)), m.times)}`;
}

function windowText(window: JsonObject | undefined): string {
  if (!window) return "";
  const text = (key: string) => String(window[key] ?? "");
  if (window["last"] !== undefined) return s.window.last(durationText(text("last")));
  if (window["before"] !== undefined) return s.window.before(durationText(text("before")));
  if (window["session"] !== undefined) return s.window.session;
  const ages = window["between"];
  if (Array.isArray(ages)) return s.window.between(durationText(String(ages[0])), durationText(String(ages[1])));
  if (window["calendar"] !== undefined) return calendarText(text("calendar"), Number(window["offset"] ?? 0));
  return s.window.dates(text("from") || text("since"), text("to") || text("until"));
}

function calendarText(calendar: string, offset: number): string {
  const period = m.periods[calendar as keyof typeof m.periods];
  if (!period) return "";
  if (offset === 0) return s.window.calendar(period.current);
  return offset === -1 ? s.window.calendar(period.last) : s.window.back(-offset, calendar);
}
