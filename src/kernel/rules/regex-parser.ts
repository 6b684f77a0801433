/**
 * Reads the syntax that RE2 and ECMAScript read alike: no back-references, look-around, named groups, inline flags or
 * Unicode classes. The result is a small tree; `regex.ts` turns it into a matcher.
 */
export type CharRange = readonly [number, number];

export type RegexTree =
  | { readonly kind: "empty" | "any" | "start" | "end" }
  | { readonly kind: "word"; readonly negated: boolean }
  | { readonly kind: "chars"; readonly ranges: readonly CharRange[]; readonly negated: boolean }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly RegexTree[] }
  | { readonly kind: "repeat"; readonly part: RegexTree; readonly min: number; readonly max: number };

export class RegexFault extends Error {}

const maxRegexLength = 200;
const maxRepeat = 1000;
const maxGroupDepth = 30;

const classes: Readonly<Record<string, readonly CharRange[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
  ],
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/** The characters outside some ranges. */
function invertRanges(ranges: readonly CharRange[]): CharRange[] {
  const inverted: CharRange[] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) inverted.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= 0x10ffff) inverted.push([next, 0x10ffff]);
  return inverted;
}

/** @throws {RegexFault} with a sentence that says what is not allowed */
export function parseRegex(pattern: string): RegexTree {
  if (pattern.length > maxRegexLength) throw new RegexFault(`a pattern has at most ${maxRegexLength} characters`);
  const chars = Array.from(pattern);
  let at = 0;
  let depth = 0;

  const take = (char: string): boolean => {
    if (chars[at] !== char) return false;
    at += 1;
    return true;
  };

  function parseChoice(): RegexTree {
    const parts = [parseSequence()];
    while (take("|")) parts.push(parseSequence());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "choice", parts };
  }

  function parseSequence(): RegexTree {
    const parts: RegexTree[] = [];
    while (at < chars.length && chars[at] !== "|" && chars[at] !== ")") parts.push(parseRepeat());
    return { kind: "sequence", parts };
  }

  function parseRepeat(): RegexTree {
    const part = parseAtom();
    const bounds = parseBounds();
    if (!bounds) return part;
    if (part.kind === "start" || part.kind === "end" || part.kind === "word") {
      throw new RegexFault("an anchor cannot be repeated");
    }
    // Lazy repetition finds another text, never another answer to "does it match".
    take("?");
    if (chars[at] === "*" || chars[at] === "+" || chars[at] === "?") throw new RegexFault("nothing to repeat");
    return { kind: "repeat", part, ...bounds };
  }

  function parseBounds(): { min: number; max: number } | undefined {
    if (take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (take("?")) return { min: 0, max: 1 };
    if (chars[at] !== "{") return undefined;
    const match = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(chars.slice(at).join(""));
    if (!match) throw new RegexFault("write \\{ for a brace that is no repetition");
    at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY;
    if (min > max || min > maxRepeat || (Number.isFinite(max) && max > maxRepeat)) {
      throw new RegexFault(`a repetition counts from 0 to ${maxRepeat}, the smaller number first`);
    }
    return { min, max };
  }

  function parseAtom(): RegexTree {
    const char = chars[at];
    at += 1;
    if (char === "(") return parseGroup();
    if (char === "[") return parseClass();
    if (char === ".") return { kind: "any" };
    if (char === "^") return { kind: "start" };
    if (char === "$") return { kind: "end" };
    if (char === "\\") return parseEscape();
    if (char === undefined || "*+?".includes(char)) throw new RegexFault("nothing to repeat");
    if (char === "{" || char === "}" || char === "]") throw new RegexFault(`write \\${char} for the character ${char}`);
    return literal(char);
  }

  function parseGroup(): RegexTree {
    if (take("?") && !take(":")) throw new RegexFault("look-around, named groups and inline flags are not allowed");
    depth += 1;
    if (depth > maxGroupDepth) throw new RegexFault(`groups nest at most ${maxGroupDepth} deep`);
    const inner = parseChoice();
    depth -= 1;
    if (!take(")")) throw new RegexFault("a parenthesis is not closed");
    return inner;
  }

  function parseEscape(): RegexTree {
    const char = chars[at];
    if (char === "b" || char === "B") {
      at += 1;
      return { kind: "word", negated: char === "B" };
    }
    return { kind: "chars", ranges: parseClassEscape(), negated: false };
  }

  function parseClassEscape(): readonly CharRange[] {
    const char = chars[at];
    at += 1;
    if (char === undefined) throw new RegexFault("a pattern cannot end in a backslash");
    const lower = char.toLowerCase();
    const known = classes[lower];
    if (known) return char === lower ? known : invertRanges(known);
    const control = controls[char];
    if (control !== undefined) return [[control, control]];
    if (char === "x") {
      const hex = chars.slice(at, at + 2).join("");
      if (!/^[0-9a-f]{2}$/i.test(hex)) throw new RegexFault("\\x needs two hexadecimal digits");
      at += 2;
      return [[Number.parseInt(hex, 16), Number.parseInt(hex, 16)]];
    }
    if (/[0-9]/.test(char)) throw new RegexFault("back-references are not allowed");
    if (/[A-Za-z]/.test(char)) throw new RegexFault(`\\${char} is not allowed`);
    const code = char.codePointAt(0) ?? 0;
    return [[code, code]];
  }

  function parseClass(): RegexTree {
    const negated = take("^");
    const ranges: CharRange[] = [];
    while (chars[at] !== "]") {
      if (at >= chars.length) throw new RegexFault("a bracket is not closed");
      const low = parseClassMember();
      const only = low.length === 1 ? low[0] : undefined;
      if (only && only[0] === only[1] && chars[at] === "-" && chars[at + 1] !== "]" && at + 1 < chars.length) {
        at += 1;
        const high = parseClassMember()[0];
        if (!high || high[0] !== high[1] || high[0] < only[0]) throw new RegexFault("a range runs from low to high");
        ranges.push([only[0], high[0]]);
      } else {
        ranges.push(...low);
      }
    }
    at += 1;
    if (ranges.length === 0) throw new RegexFault("a class cannot be empty");
    return { kind: "chars", ranges, negated };
  }

  function parseClassMember(): readonly CharRange[] {
    const char = chars[at];
    at += 1;
    if (char === "\\") return parseClassEscape();
    if (char === undefined) throw new RegexFault("a bracket is not closed");
    if (char === "[") throw new RegexFault("write \\[ for a bracket inside a class");
    const code = char.codePointAt(0) ?? 0;
    return [[code, code]];
  }

  const tree = parseChoice();
  if (at < chars.length) throw new RegexFault("a parenthesis was never opened");
  return tree;
}

function literal(char: string): RegexTree {
  const code = char.codePointAt(0) ?? 0;
  return { kind: "chars", ranges: [[code, code]], negated: false };
}
