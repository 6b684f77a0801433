/** Values of a statement: every one goes in as a typed parameter, never as text of the statement. */
export type SqlParameters = {
  /** A placeholder such as `{p3:String}`. */
  readonly bind: (type: string, value: unknown) => string;
  readonly values: () => Readonly<Record<string, unknown>>;
};

export function createSqlParameters(): SqlParameters {
  const values: Record<string, unknown> = {};
  let count = 0;
  return {
    bind: (type, value) => {
      const name = `p${count}`;
      count += 1;
      values[name] = value;
      return `{${name}:${type}}`;
    },
    values: () => values,
  };
}

/** Digits after the point that SQL compares; a literal with more is judged in memory. */
const decimalScale = 20;
const sqlDecimal = /^[+-]?\d{1,30}(\.\d{1,20})?$/;

/** A literal as an exact decimal; undefined for one that SQL cannot hold. */
export function decimalLiteral(text: string, parameters: SqlParameters): string | undefined {
  if (!sqlDecimal.test(text)) return undefined;
  return `toDecimal256(${parameters.bind("String", text)}, ${decimalScale})`;
}

/** An exact decimal of a text that looks like one, else null. Beyond 10^30 nothing is counted: sums must not overflow. */
export function decimalOf(text: string): string {
  const fits = `match(${text}, '^[+-]?[0-9]{1,30}([.][0-9]{1,40})?$')`;
  return `if(${fits}, toDecimal256OrNull(${text}, ${decimalScale}), null)`;
}
