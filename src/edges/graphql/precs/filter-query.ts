// The filters of Adobe's REST client: clauses such as `product.default.categories: (gear OR women)`, a leading `-` excludes.
import { toMinor } from "../../../kernel/index.ts";
import type { UnitBody } from "../../../recommendations/index.ts";

type Filters = NonNullable<UnitBody["filters"]>;
type Filter = NonNullable<Filters["exclusions"]>[number];
type Inclusion = NonNullable<Filters["inclusions"]>[number];

const maxLength = 4_000;
const maxClauses = 50;
// A clause: sign, name with or without the client's prefix, then a list in brackets, a range, or one value in quotes or without spaces.
const clausePattern =
  /\s*(?:AND\s+|&&\s*)?([+-]?)([A-Za-z_][\w.]{0,200})\s*:\s*(\([^()]{0,2000}\)|\[[^\]]{0,200}\]|"[^"]{0,500}"|(?:[<>]=?)\s*-?\d[\d.]{0,20}|[^\s()[\]"]{1,500})/y;

/** @returns undefined for a text that cannot be read whole: what a filter would have removed must not be shown */
export function readFilterQuery(text: string | null | undefined, currency: string): Filters | undefined {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return {};
  if (trimmed.length > maxLength) return undefined;
  const inclusions: Inclusion[] = [];
  const exclusions: Filter[] = [];
  clausePattern.lastIndex = 0;
  for (let count = 0; clausePattern.lastIndex < trimmed.length; count += 1) {
    const match = count < maxClauses ? clausePattern.exec(trimmed) : null;
    if (!match) return undefined;
    const [, sign = "", name = "", value = ""] = match;
    const filter = readClause(name.replace(/^product\.[^.]+\./, ""), value, currency);
    if (!filter) return undefined;
    if (sign === "-") exclusions.push(filter);
    else inclusions.push(filter);
  }
  return { inclusions, exclusions };
}

function readClause(name: string, value: string, currency: string): Inclusion | undefined {
  if (name === "categories" || name === "category") return { by: "category", paths: [...valuesOf(value)] };
  if (name === "sku" || name === "skus") return { by: "product", skus: [...valuesOf(value)] };
  if (name === "type") {
    const types = valuesOf(value).flatMap((each) => productTypes.find((type) => type === each) ?? []);
    // The schema of units checks these names; its static type has lost them.
    return types.length > 0 ? { by: "type", types: types as never[] } : undefined;
  }
  return /^prices\.(minimum|maximum)\.(regular|final)$/.test(name) ? readPrice(value, currency) : undefined;
}

const productTypes = ["simple", "configurable", "virtual", "downloadable", "bundle", "grouped"] as const;

/** Words of a list `(a OR "b c")`, or the one word. */
export function valuesOf(value: string): readonly string[] {
  const inner = value.startsWith("(") ? value.slice(1, -1) : value;
  return [...inner.matchAll(/"([^"]*)"|([^\s"]+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .filter((word) => word !== "" && word !== "OR" && word !== "||")
    .slice(0, 200);
}

/** `<50`, `>=10`, or `[10 TO 50]` with `*` for an open end. */
function readPrice(value: string, currency: string): Inclusion | undefined {
  const compared = /^([<>])(=?)\s*(-?[\d.]+)$/.exec(value);
  if (compared) {
    const [, direction, orEqual, number = ""] = compared;
    const minor = toMinor(number, currency);
    if (minor === undefined) return undefined;
    const step = orEqual === "=" ? 0 : 1;
    return direction === "<"
      ? { by: "price", maxMinor: Math.max(0, minor - step) }
      : { by: "price", minMinor: Math.max(0, minor + step) };
  }
  const range = /^\[\s*(\*|[\d.]+)\s+TO\s+(\*|[\d.]+)\s*\]$/.exec(value);
  if (!range) return undefined;
  const [from, to] = [range[1] ?? "*", range[2] ?? "*"].map((bound) =>
    bound === "*" ? null : toMinor(bound, currency),
  );
  if (from === undefined || to === undefined) return undefined;
  return { by: "price", ...(from === null ? {} : { minMinor: from }), ...(to === null ? {} : { maxMinor: to }) };
}
