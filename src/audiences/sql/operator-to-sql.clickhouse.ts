/**
 * Positive operators on one JSON value. Each function answers an expression that is 1, 0 or null (which counts as 0), or
 * undefined where SQL would not give exactly the answer of the predicate: the leaf is then judged in memory.
 */
import { plainText } from "../../kernel/index.ts";
import {
  type Amount,
  type AttributeSpec,
  convertMinor,
  decimalText,
  foldText,
  isNumericText,
  type Operator,
  type RuleEnvironment,
  scalarText,
  toAmount,
  toDecimalNumber,
} from "../../kernel/rules/index.ts";
import {
  elementsOfJson,
  folded,
  isArray,
  isNumber,
  isObjectValue,
  isString,
  type JsonValue,
  numberOf,
  numericOf,
  rawOfJson,
  scalarOf,
  stringOfJson,
  typeOfJson,
} from "./json-value.clickhouse.ts";
import { decimalLiteral, decimalOf, type SqlParameters } from "./sql-parameters.clickhouse.ts";

export type OperatorContext = {
  readonly parameters: SqlParameters;
  readonly caseSensitive: boolean;
  readonly rateOf: RuleEnvironment["rateOf"];
};

const signs: Readonly<Partial<Record<Operator, string>>> = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** @param value the right-hand side, literals only */
export function operatorToSql(
  spec: AttributeSpec,
  op: Operator,
  value: unknown,
  left: JsonValue,
  context: OperatorContext,
): string | undefined {
  switch (spec.type) {
    case "text":
    case "key":
      return onScalars(left, (text) => textTest(spec.type === "text", op, value, text, context));
    case "number":
      return numberTest(op, value, numericOf(left), context);
    case "money":
      return moneyTest(op, value, left, context);
    case "json":
      return jsonTest(op, value, left, context);
    default:
      return undefined;
  }
}

/** Holds when the scalar passes, or one scalar of the list; a list in a list is not looked into. */
function onScalars(left: JsonValue, test: (text: string) => string | undefined): string | undefined {
  const ofScalar = test(scalarOf(left));
  const element: JsonValue = { base: "element", keys: [] };
  const ofElement = test(scalarOf(element));
  if (ofScalar === undefined || ofElement === undefined) return undefined;
  const scalarElement = `${typeOfJson(element)} not in ('Null', 'Object', 'Array')`;
  const inList = `arrayExists(element -> ${scalarElement} and ifNull(${ofElement}, 0), ${elementsOfJson(left)})`;
  return `multiIf(${typeOfJson(left)} in ('Null', 'Object'), 0, ${isArray(left)}, ${inList}, ifNull(${ofScalar}, 0))`;
}

function textTest(
  isText: boolean,
  op: Operator,
  value: unknown,
  text: string,
  context: OperatorContext,
): string | undefined {
  const { parameters, caseSensitive } = context;
  const fold = (literal: string): string => (caseSensitive ? literal : foldText(literal));
  const left = folded(text, caseSensitive);
  if (op === "in") return textIn(isText && !caseSensitive, textsOf(value), text, left, context);
  if (op === "contains_any") {
    const parts = parameters.bind("Array(String)", textsOf(value).map(fold));
    return `arrayExists(part -> position(${left}, part) > 0, ${parts})`;
  }
  const right = scalarText(value);
  if (right === undefined) return undefined;
  if (op === "regex") return regexTest(right, text, context);
  const literal = parameters.bind("String", fold(right));
  const sign = signs[op];
  if (sign !== undefined) {
    const asText = `${left} ${sign} ${literal}`;
    if (!isText || caseSensitive || !isNumericText(right)) return asText;
    const number = decimalLiteral(right, parameters);
    return number && `ifNull(${decimalOf(text)} ${sign} ${number}, ${asText})`;
  }
  switch (op) {
    case "contains":
      return `position(${left}, ${literal}) > 0`;
    case "starts_with":
      return `startsWith(${left}, ${literal})`;
    case "ends_with":
      return `endsWith(${left}, ${literal})`;
    default:
      return undefined;
  }
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(scalarText).filter((text) => text !== undefined);
}

function textIn(
  numbersMatch: boolean,
  values: readonly string[],
  text: string,
  left: string,
  { parameters, caseSensitive }: OperatorContext,
): string | undefined {
  const known = parameters.bind("Array(String)", caseSensitive ? values : values.map(foldText));
  const same = `has(${known}, ${left})`;
  const numeric = numbersMatch ? values.filter(isNumericText) : [];
  if (numeric.length === 0) return same;
  const numbers = decimalLiterals(numeric, parameters);
  return numbers && `(${same} or ifNull(has(${numbers}, ${decimalOf(text)}), 0))`;
}

function decimalLiterals(texts: readonly string[], parameters: SqlParameters): string | undefined {
  if (texts.some((text) => !/^[+-]?\d{1,30}(\.\d{1,20})?$/.test(text))) return undefined;
  return `arrayMap(n -> toDecimal256(n, 20), ${parameters.bind("Array(String)", texts)})`;
}

/** RE2, with a dot that does not match a line end, as in the predicate. */
function regexTest(pattern: string, text: string, { parameters, caseSensitive }: OperatorContext): string {
  const flags = caseSensitive ? "(?-s)" : "(?i-s)";
  const source = parameters.bind("String", `${flags}${caseSensitive ? pattern : pattern.normalize("NFC")}`);
  return `match(${folded(text, caseSensitive)}, ${source})`;
}

/** @param left an expression of a nullable decimal */
export function numberTest(
  op: Operator,
  value: unknown,
  left: string,
  { parameters }: OperatorContext,
): string | undefined {
  const literal = (each: unknown): string | undefined => {
    const number = toDecimalNumber(each);
    return number === undefined ? undefined : decimalLiteral(decimalText(number), parameters);
  };
  if (op === "between") {
    const [low, high] = Array.isArray(value) ? value.map(literal) : [];
    return low && high && `(${left} >= ${low} and ${left} <= ${high})`;
  }
  if (op === "in") {
    const numbers = (Array.isArray(value) ? value : [value]).map(toDecimalNumber).filter((each) => each !== undefined);
    if (numbers.length === 0) return "0";
    const known = decimalLiterals(numbers.map(decimalText), parameters);
    return known && `has(${known}, ${left})`;
  }
  const sign = signs[op];
  const right = literal(value);
  return sign && right && `${left} ${sign} ${right}`;
}

/** Amounts of one right-hand side, by the currency that the left side may have. */
function minorByCurrency(
  amounts: readonly Amount[],
  rateOf: RuleEnvironment["rateOf"],
): readonly (readonly [currency: string, minor: string])[] {
  const currencies = new Set([
    ...amounts.map(({ currency }) => currency),
    ...(rateOf ? Intl.supportedValuesOf("currency") : []),
  ]);
  return [...currencies].flatMap((currency) => {
    const own = amounts.find((amount) => amount.currency === currency);
    const minors = own ? [own.minor] : amounts.map((amount) => convertMinor(amount, currency, rateOf));
    const minor = minors.find((each) => each !== undefined);
    return minor === undefined ? [] : [[currency, decimalText(minor)] as const];
  });
}

function moneyTest(
  op: Operator,
  value: unknown,
  left: JsonValue,
  { parameters, rateOf }: OperatorContext,
): string | undefined {
  const currency: JsonValue = { base: left.base, keys: [...left.keys, "'currency'"] };
  const minor = numericOf({ base: left.base, keys: [...left.keys, "'minor'"] });
  const isAmount = `${isObjectValue(left)} and ${isString(currency)}`;
  const compare = (amounts: readonly Amount[], sign: string): string | undefined => {
    const table = minorByCurrency(amounts, rateOf);
    if (table.some(([, text]) => !/^[+-]?\d{1,30}(\.\d{1,20})?$/.test(text))) return undefined;
    const known = parameters.bind(
      "Array(String)",
      table.map(([code]) => code),
    );
    const minors = parameters.bind(
      "Array(String)",
      table.map(([, text]) => text),
    );
    const place = `indexOf(${known}, ${stringOfJson(currency)})`;
    const right = `toDecimal256OrNull(arrayElement(${minors}, ${place}), 20)`;
    return `(${isAmount} and ${place} > 0 and ifNull(${minor} ${sign} ${right}, 0))`;
  };
  const amounts = (Array.isArray(value) ? value : [value]).map(toAmount).filter((amount) => amount !== undefined);
  if (op === "in") return anyOf(amounts.map((amount) => compare([amount], "=")));
  if (op === "between") {
    const [low, high] = amounts;
    const [above, below] = [low && compare([low], ">="), high && compare([high], "<=")];
    return above && below && `(${above} and ${below})`;
  }
  const sign = signs[op];
  return sign === undefined || amounts.length === 0 ? undefined : compare(amounts, sign);
}

function anyOf(parts: readonly (string | undefined)[]): string | undefined {
  if (parts.length === 0) return "0";
  return parts.every((part) => part !== undefined) ? `(${parts.join(" or ")})` : undefined;
}

function jsonTest(op: Operator, value: unknown, left: JsonValue, context: OperatorContext): string | undefined {
  const values = Array.isArray(value) ? value : [];
  const element: JsonValue = { base: "element", keys: [] };
  switch (op) {
    case "eq":
      return jsonEquals(value, left, context);
    case "in": {
      const own = anyOf(values.map((each) => jsonEquals(each, left, context)));
      const ofElement = anyOf(values.map((each) => jsonEquals(each, element, context)));
      const inList = `arrayExists(element -> ifNull(${ofElement}, 0), ${elementsOfJson(left)})`;
      return own && ofElement && `if(${isArray(left)}, ${inList}, ifNull(${own}, 0))`;
    }
    case "contains_all": {
      const tests = values.map((each) => jsonEquals(each, element, context));
      if (tests.some((test) => test === undefined)) return undefined;
      const all = tests.map((test) => `arrayExists(element -> ifNull(${test}, 0), ${elementsOfJson(left)})`);
      return [isArray(left), ...all].map((part) => `(${part})`).join(" and ");
    }
    case "regex":
      if (typeof value !== "string") return undefined;
      return `((${isString(left)} or ${isNumber(left)}) and ${regexTest(value, scalarOf(left), context)})`;
    case "type_is":
      return jsonTypes[plainText(value)]?.(left);
    default:
      return jsonOrder(op, value, left, context);
  }
}

const jsonTypes: Readonly<Record<string, (left: JsonValue) => string>> = {
  string: isString,
  number: isNumber,
  boolean: (left) => `${typeOfJson(left)} = 'Bool'`,
  object: isObjectValue,
  array: isArray,
};

/** Deep equality of objects and lists stays with the predicate: the order of keys does not count there. */
function jsonEquals(
  value: unknown,
  left: JsonValue,
  { parameters, caseSensitive }: OperatorContext,
): string | undefined {
  if (typeof value === "string") {
    const literal = parameters.bind("String", caseSensitive ? value : foldText(value));
    return `(${isString(left)} and ${folded(stringOfJson(left), caseSensitive)} = ${literal})`;
  }
  if (typeof value === "number") {
    const literal = decimalLiteral(String(value), parameters);
    return literal && `(ifNull(${numberOf(left)} = ${literal}, 0))`;
  }
  return typeof value === "boolean" ? `(${rawOfJson(left)} = '${value}')` : undefined;
}

/** As numbers when one side is a number and the other a number or numeric text; two texts as texts. */
function jsonOrder(
  op: Operator,
  value: unknown,
  left: JsonValue,
  { parameters, caseSensitive }: OperatorContext,
): string | undefined {
  const sign = signs[op];
  if (sign === undefined) return undefined;
  if (typeof value === "number") {
    const literal = decimalLiteral(String(value), parameters);
    return literal && `${numericOf(left)} ${sign} ${literal}`;
  }
  if (typeof value !== "string") return undefined;
  const text = parameters.bind("String", caseSensitive ? value : foldText(value));
  const asText = `(${isString(left)} and ${folded(stringOfJson(left), caseSensitive)} ${sign} ${text})`;
  if (!isNumericText(value)) return asText;
  const number = decimalLiteral(value, parameters);
  return number && `(${asText} or ifNull(${numberOf(left)} ${sign} ${number}, 0))`;
}

/** Factors from every currency with a rate to `currency`, on minor units. */
export function factorsTo(
  currency: string,
  { parameters, rateOf }: Pick<OperatorContext, "parameters" | "rateOf">,
): { readonly currencies: string; readonly factors: string } {
  const all = [currency, ...(rateOf ? Intl.supportedValuesOf("currency").filter((each) => each !== currency) : [])];
  const table = all.flatMap((code) => {
    const factor = convertMinor({ minor: 1, currency: code }, currency, rateOf);
    const text = factor === undefined ? "" : decimalText(factor);
    return /^\d{1,12}(\.\d{1,20})?$/.test(text) ? [[code, text] as const] : [];
  });
  return {
    currencies: parameters.bind(
      "Array(String)",
      table.map(([code]) => code),
    ),
    factors: parameters.bind(
      "Array(String)",
      table.map(([, text]) => text),
    ),
  };
}
