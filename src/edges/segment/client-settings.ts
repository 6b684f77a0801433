// What browser SDKs fetch before they send their first event: the least that lets them start, with nothing sent elsewhere.
import type { FastifyRequest } from "fastify";

type Address = { readonly protocol: "http" | "https"; readonly host: string };

/**
 * Where clients reach this server: the configured address, or, where none is configured, the one the request came by.
 *
 * @param publicUrl of the configuration; its default names localhost
 */
export function addressOf(request: Pick<FastifyRequest, "protocol" | "host">, publicUrl: string): Address {
  const configured = new URL(publicUrl);
  const isDefault = configured.hostname === "localhost";
  const isPlain = /^[\w.-]+(:\d{1,5})?$|^\[[\da-fA-F:]+\](:\d{1,5})?$/.test(request.host);
  const address = isDefault && isPlain ? { protocol: request.protocol, host: request.host } : undefined;
  const protocol = address?.protocol ?? configured.protocol.replace(":", "");
  return { protocol: protocol === "https" ? "https" : "http", host: address?.host ?? configured.host };
}

/** Settings of analytics.js, in place of its vendor's CDN. */
export function analyticsJsSettings(writeKey: string, { protocol, host }: Address) {
  return {
    integrations: {
      "Segment.io": {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: "4.4.7", componentTypes: ["browser"] },
      },
    },
    plan: { track: { __default: { enabled: true, integrations: {} } }, identify: {}, group: {} },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
    // It would report on itself to its vendor.
    metrics: { sampleRate: 0 },
  };
}

/** Source configuration of RudderStack's browser SDK, in place of its control plane. */
export function rudderSourceConfig(sourceId: string, writeKey: string) {
  return {
    source: {
      id: sourceId,
      name: sourceId,
      writeKey,
      enabled: true,
      workspaceId: "clientele",
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      connections: [],
      destinations: [],
      dataplanes: {},
    },
    updatedAt: "1970-01-01T00:00:00.000Z",
    consentManagementMetadata: {},
  };
}
