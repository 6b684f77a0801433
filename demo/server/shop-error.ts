/** One faulty field of a form; `field` is its name in the request body. */
export type FieldFault = { readonly field: string; readonly message: string };

/** A refusal that the shopper is told about. */
export class ShopError extends Error {
  override readonly name = "ShopError";
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldFault[];

  constructor(status: number, code: string, message: string, fields: readonly FieldFault[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export function notFound(what: string): ShopError {
  return new ShopError(404, "notFound", `${what} was not found.`);
}

export function signInNeeded(): ShopError {
  return new ShopError(401, "signInNeeded", "Please sign in first.");
}
