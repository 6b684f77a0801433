import { accessErrors } from "./error-codes/access.ts";
import { activationErrors } from "./error-codes/activation.ts";
import { adobeErrors } from "./error-codes/adobe.ts";
import { assetsErrors } from "./error-codes/assets.ts";
import { audiencesErrors } from "./error-codes/audiences.ts";
import { catalogErrors } from "./error-codes/catalog.ts";
import { collectErrors } from "./error-codes/collect.ts";
import { connectorsErrors } from "./error-codes/connectors.ts";
import { contentBlocksErrors } from "./error-codes/content-blocks.ts";
import { contentVariationsErrors } from "./error-codes/content-variations.ts";
import { couponsErrors } from "./error-codes/coupons.ts";
import { customerValueErrors } from "./error-codes/customer-value.ts";
import { decisionsErrors } from "./error-codes/decisions.ts";
import { definitionsErrors } from "./error-codes/definitions.ts";
import { discoveryErrors } from "./error-codes/discovery.ts";
import { duplicatesErrors } from "./error-codes/duplicates.ts";
import { graphqlErrors } from "./error-codes/graphql.ts";
import { httpErrors } from "./error-codes/http.ts";
import { importsErrors } from "./error-codes/imports.ts";
import { instantsearchErrors } from "./error-codes/instantsearch.ts";
import { merchandisingErrors } from "./error-codes/merchandising.ts";
import { modelsErrors } from "./error-codes/models.ts";
import { offersErrors } from "./error-codes/offers.ts";
import { privacyErrors } from "./error-codes/privacy.ts";
import { profilesErrors } from "./error-codes/profiles.ts";
import { rankingErrors } from "./error-codes/ranking.ts";
import { ratesErrors } from "./error-codes/rates.ts";
import { recommendationsErrors } from "./error-codes/recommendations.ts";
import { relatedProductsErrors } from "./error-codes/related-products.ts";
import { relevanceErrors } from "./error-codes/relevance.ts";
import { remindersErrors } from "./error-codes/reminders.ts";
import { rulesErrors } from "./error-codes/rules.ts";
import { searchErrors } from "./error-codes/search.ts";
import { storageErrors } from "./error-codes/storage.ts";
import { trackingErrors } from "./error-codes/tracking.ts";
import { traitsErrors } from "./error-codes/traits.ts";

/** One row of the error catalogue: HTTP status, what happened, what to do. */
export type ErrorEntry = { readonly status: number; readonly means: string; readonly remedy: string };

/** Every error code of the product; docs/errors.md lists the same rows and a test compares both. */
export const errorCatalogue = {
  ...accessErrors,
  ...activationErrors,
  ...adobeErrors,
  ...assetsErrors,
  ...audiencesErrors,
  ...catalogErrors,
  ...collectErrors,
  ...connectorsErrors,
  ...contentBlocksErrors,
  ...contentVariationsErrors,
  ...couponsErrors,
  ...customerValueErrors,
  ...decisionsErrors,
  ...definitionsErrors,
  ...discoveryErrors,
  ...duplicatesErrors,
  ...graphqlErrors,
  ...httpErrors,
  ...importsErrors,
  ...instantsearchErrors,
  ...merchandisingErrors,
  ...modelsErrors,
  ...offersErrors,
  ...privacyErrors,
  ...profilesErrors,
  ...rankingErrors,
  ...ratesErrors,
  ...recommendationsErrors,
  ...relevanceErrors,
  ...relatedProductsErrors,
  ...remindersErrors,
  ...rulesErrors,
  ...searchErrors,
  ...storageErrors,
  ...trackingErrors,
  ...traitsErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One fault of several, e.g. one field of a refused definition. `path` is a JSON pointer into the input. */
export type ErrorDetail = { readonly path: string; readonly code: string; readonly message: string };

/**
 * The only error class the product throws on purpose.
 *
 * @param code a row of the catalogue; decides the HTTP status
 * @param message what happened, with which value, and what to do; never secrets or personal data
 */
export class ClienteleError extends Error {
  override readonly name = "ClienteleError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  /** Seconds after which a retry makes sense; becomes the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: readonly ErrorDetail[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = errorCatalogue[code].status;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Ends an exhaustive switch: the compiler refuses it while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
