// IAB TCF 2: what a TC string says about our categories. The reading of purposes is ours: 1 (store on the device) is needed for
// everything; 10 (improve products) is analytics, 5 and 6 (profiles for content) personalisation, 3 and 4 advertising.
import { TCString } from "@iabtechlabtcf/core";

export type TcfPurposes = {
  readonly analytics: boolean;
  readonly personalisation: boolean;
  readonly advertising: boolean;
};

// A string with every vendor and publisher restriction in existence stays below 10 KB.
const maxLength = 16_384;

/** @returns undefined when the text is no TC string */
export function readTcString(text: string): TcfPurposes | undefined {
  if (text.length === 0 || text.length > maxLength) return undefined;
  try {
    const { purposeConsents } = TCString.decode(text);
    const has = (...purposes: number[]) => [1, ...purposes].every((purpose) => purposeConsents.has(purpose));
    return { analytics: has(10), personalisation: has(5, 6), advertising: has(3, 4) };
  } catch {
    // Not a TC string.
    return undefined;
  }
}
