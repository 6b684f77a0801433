// Consent as Adobe's clients state it, in our categories (events.md 2.6 and 5.7).
import { ClienteleError } from "../../kernel/index.ts";
import { readTcString } from "./tcf.ts";
import { type Loose, listOf, objectOf, textOf } from "./values.ts";

/** What a statement decides. */
export type ConsentDecision = {
  /** The gate of the protocol: out = nothing of this browser is stored; null = the statement is silent about it. */
  readonly general: "in" | "out" | null;
  /** Our categories; marketing per channel as `marketing.email`. Those that the statement is silent about are absent. */
  readonly categories: Readonly<Record<string, boolean>>;
};

const maxStatements = 10;

// Out means all of them. In gives back what a banner asks for; marketing needs a word of its own.
const allOut: ConsentDecision = {
  general: "out",
  categories: { analytics: false, personalisation: false, advertising: false, marketing: false },
};
const generalIn: ConsentDecision = { general: "in", categories: { analytics: true, personalisation: true } };

function fail(code: "adobe.consentStandard" | "adobe.consentValue" | "adobe.consentText", at: number, what: string) {
  return new ClienteleError(code, `consent ${at}: ${what}`, {
    details: [{ path: `/consent/${at}`, code, message: what }],
  });
}

/** `{val: "y"}`: true and false for y and n, undefined for what decides nothing (unknown, pending). */
function readVal(value: unknown): boolean | undefined {
  const { val } = objectOf(value);
  return val === "y" ? true : val === "n" ? false : undefined;
}

const channels = ["email", "sms", "push", "call", "postalMail", "whatsApp", "any"] as const;

function readAdobe2(value: Loose): ConsentDecision {
  const collect = readVal(value["collect"]);
  if (collect === false) return allOut;
  const categories: Record<string, boolean> = {};
  const add = (category: string, choice: boolean | undefined): void => {
    if (choice !== undefined) categories[category] = choice;
  };
  add("analytics", collect);
  add("personalisation", readVal(objectOf(value["personalize"])["content"]));
  add("advertising", readVal(value["share"]));
  const marketing = objectOf(value["marketing"]);
  const choices = channels.map((channel) => [channel, readVal(marketing[channel])] as const);
  for (const [channel, choice] of choices) if (channel !== "any") add(`marketing.${channel}`, choice);
  const stated = choices.flatMap(([, choice]) => (choice === undefined ? [] : [choice]));
  if (stated.length > 0) add("marketing", stated.includes(true));
  return { general: collect === undefined ? null : "in", categories };
}

function readTcf(value: unknown, gdprApplies: unknown, at: number): ConsentDecision {
  // Outside its territory the string decides nothing.
  if (gdprApplies === false) return generalIn;
  const purposes = typeof value === "string" ? readTcString(value) : undefined;
  if (!purposes) throw fail("adobe.consentText", at, "the value is no TC string");
  return { general: purposes.analytics ? "in" : "out", categories: { ...purposes } };
}

type Statement = {
  readonly standard: unknown;
  readonly version: unknown;
  readonly value: unknown;
  readonly gdprApplies: unknown;
};

function readStatement({ standard, version, value, gdprApplies }: Statement, at: number): ConsentDecision {
  const name = `${textOf(standard, 20) ?? "?"} ${textOf(version, 20) ?? "?"}`;
  const isAdobe1 = name === "Adobe 1.0";
  const isAdobe2 = name === "Adobe 2.0";
  const isTcf = standard === "IAB TCF" && /^2\.\d$/.test(textOf(version) ?? "");
  if (!isAdobe1 && !isAdobe2 && !isTcf) throw fail("adobe.consentStandard", at, `the standard ${name} is unknown`);
  if (value === undefined || value === null) throw fail("adobe.consentValue", at, "value is missing");
  if (value === "") throw fail("adobe.consentText", at, "value is empty");
  if (isTcf) return readTcf(value, gdprApplies, at);
  // Event fields carry the structured standards as text.
  const fields = typeof value === "string" ? readAdobeText(value) : objectOf(value);
  if (isAdobe2) return readAdobe2(fields);
  const { general } = fields;
  if (general !== "in" && general !== "out") throw fail("adobe.consentStandard", at, "general must be in or out");
  return general === "in" ? generalIn : allOut;
}

function readAdobeText(text: string): Loose {
  const general = /^general=(in|out)$/.exec(text.trim())?.[1];
  if (general !== undefined) return { general };
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Several statements of one moment: the strictest answer to each question counts. */
function combine(decisions: readonly ConsentDecision[]): ConsentDecision {
  const categories: Record<string, boolean> = {};
  for (const decision of decisions)
    for (const [category, choice] of Object.entries(decision.categories))
      categories[category] = (categories[category] ?? true) && choice;
  const generals = decisions.map(({ general }) => general);
  return { general: generals.includes("out") ? "out" : generals.includes("in") ? "in" : null, categories };
}

/**
 * The `consent` list of set-consent.
 *
 * @throws {ClienteleError} `adobe.consentStandard`, `adobe.consentValue`, `adobe.consentText`
 */
export function readConsent(consent: unknown): ConsentDecision {
  const statements = listOf(consent, maxStatements).map((entry, at) => {
    const { standard, version, value, gdprApplies } = objectOf(entry);
    return readStatement({ standard, version, value, gdprApplies }, at);
  });
  if (statements.length === 0) throw new ClienteleError("adobe.consentValue", "the body has no consent list");
  return combine(statements);
}

/** `xdm.consentStrings` of an event; undefined when there are none that can be read: an event is never refused for them. */
export function readConsentStrings(xdm: Loose): ConsentDecision | undefined {
  const decisions = listOf(xdm["consentStrings"], maxStatements).flatMap((entry, at) => {
    const { consentStandard, consentStandardVersion, consentStringValue, gdprApplies } = objectOf(entry);
    try {
      const statement = {
        standard: consentStandard,
        version: consentStandardVersion,
        value: consentStringValue,
        gdprApplies,
      };
      return [readStatement(statement, at)];
    } catch (error) {
      if (error instanceof ClienteleError) return [];
      throw error;
    }
  });
  return decisions.length === 0 ? undefined : combine(decisions);
}
