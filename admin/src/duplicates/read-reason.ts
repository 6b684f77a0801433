export type ReasonText = { readonly text: string; readonly bits: number | null; readonly isFor: boolean };

/** "surname nearly the same (0.94), +4.2" taken apart; a text of another form stays whole and speaks for the pair. */
export function readReason(reason: string): ReasonText {
  const [, text, sign, size] = /^(.*), ([+\-−])(\d+(?:\.\d+)?)$/.exec(reason) ?? [];
  if (text === undefined || size === undefined) return { text: reason, bits: null, isFor: true };
  const isFor = sign === "+";
  return { text, bits: isFor ? Number(size) : -Number(size), isFor };
}
