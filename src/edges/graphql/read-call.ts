import type { FastifyRequest } from "fastify";
import { type CatalogSnapshot, type ProductPrices, withPrices } from "../../catalog/index.ts";
import type { Identifier } from "../../collect/index.ts";
import type { ListVisitor } from "../../discovery/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Call, GraphqlDeps } from "./graphql-deps.ts";

/** Headers that tell scopes of one shop apart; caches must keep their answers apart too. */
export const scopeHeaders = [
  "Store",
  "Magento-Environment-Id",
  "Magento-Website-Code",
  "Magento-Store-Code",
  "Magento-Store-View-Code",
  "Magento-Customer-Group",
  "AC-View-ID",
  "AC-Price-Book-ID",
  "X-Api-Key",
  "Authorization",
  "X-Clientele-Anonymous-Id",
  "X-Clientele-Ecid",
  "X-Clientele-Identity-Token",
  "X-Clientele-Page",
  "aep-segments-membership",
  "Cookie",
] as const;

const maxStoreView = 100;
const maxIdentifier = 512;
const maxToken = 2_000;
const maxPageKey = 200;
const ecidLength = 38;

function headerOf(request: FastifyRequest, name: string, maxLength: number): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" && value.length <= maxLength ? value : undefined;
}

/**
 * The write key of a client that cannot send one of ours in `x-api-key`: in the last part of the path, or as environment id.
 * The SaaS clients have neither header, but an address that the shop configures.
 */
export function writeKeyOf(request: FastifyRequest): string | undefined {
  // Only `/graphql/:key` has the parameter.
  const { key } = request.params as { readonly key?: string };
  return key ?? headerOf(request, "magento-environment-id", maxIdentifier);
}

function storeViewOf(request: FastifyRequest): string | undefined {
  return (
    headerOf(request, "magento-store-view-code", maxStoreView) ??
    headerOf(request, "ac-view-id", maxStoreView) ??
    headerOf(request, "store", maxStoreView)
  );
}

function identityKeyOf(anonymousId: string | undefined, devices: readonly Identifier[]): string {
  if (anonymousId !== undefined) return `anonymous_id:${anonymousId}`;
  const device = devices[0];
  return device ? `${device.namespace}:${device.value}` : "";
}

/**
 * @param catalog the one snapshot that the whole answer is made from
 * @param storeView where the body names it; default: the headers
 */
export function readCall(
  request: FastifyRequest,
  deps: GraphqlDeps,
  catalog: CatalogSnapshot,
  storeView?: string,
): Call {
  const anonymousId = headerOf(request, "x-clientele-anonymous-id", maxIdentifier);
  const identityToken = headerOf(request, "x-clientele-identity-token", maxToken);
  const ecid = headerOf(request, "x-clientele-ecid", ecidLength);
  const named = ecid !== undefined && /^\d{38}$/.test(ecid) ? [{ namespace: "ecid", value: ecid }] : [];
  const devices = [...named, ...deps.devicesOf(request)];
  let fault: string | undefined;
  let found: Promise<ListVisitor> | undefined;

  const find = async (): Promise<ListVisitor> => {
    try {
      return await deps.find(request, {
        ...(anonymousId === undefined ? {} : { anonymousId }),
        ...(identityToken === undefined ? {} : { identityToken }),
        devices,
      });
    } catch (error) {
      if (error instanceof ClienteleError && error.status < 500) {
        fault = error.code;
        request.log.debug({ code: error.code }, "visitor of a query not found out");
        return { ok: false, reason: "no_identity" };
      }
      request.log.warn({ err: error }, "query answered without personalisation");
      return { ok: false, reason: "unavailable" };
    }
  };

  const visitor = (): Promise<ListVisitor> => {
    found ??= find();
    return found;
  };
  const view = storeView ?? storeViewOf(request) ?? deps.settings.defaultStoreView;

  const prices = async (): Promise<ProductPrices | undefined> => {
    if (!deps.pricesOf) return undefined;
    const who = await visitor();
    return deps.pricesOf({ profile: who.ok ? who.profile : null, storeView: view });
  };

  return {
    request,
    storeView: view,
    identityKey: identityKeyOf(anonymousId, devices),
    catalog,
    prices,
    priced: async () => withPrices(catalog, await prices()),
    visitor,
    pageKey: headerOf(request, "x-clientele-page", maxPageKey) ?? null,
    identityFault: () => fault,
  };
}
