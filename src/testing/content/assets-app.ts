import { join } from "node:path";
import { Type } from "typebox";
import {
  createAssetRoutes,
  createAssetStore,
  createAssets,
  createFolderBlobs,
  createPublicAssetRoutes,
  createRenditionKind,
  type RenditionBody,
} from "../../content/assets/index.ts";
import {
  createDefinitions,
  createDefinitionsRoutes,
  createDefinitionsStore,
  type DefinitionKind,
} from "../../definitions/index.ts";
import { type Clock, createLogger } from "../../kernel/index.ts";
import type { Engines } from "../../storage/index.ts";
import { bearer, startAccessApp } from "../access-app.ts";

/** Stands for every kind that shows pictures. */
const poster: DefinitionKind<{ html: string }> = {
  kind: "poster",
  label: "Poster",
  schema: Type.Object({ html: Type.String() }, { additionalProperties: false }),
};

type AssetsAppOptions = {
  readonly clock: Clock;
  /** Folder of bytes and made sizes. */
  readonly folder: string;
  readonly blobs?: Parameters<typeof createAssets>[0]["blobs"];
  readonly maxUploadBytes?: number;
  readonly maxCacheBytes?: number;
};

/** What tests use of an answer. */
type UploadedAsset = {
  readonly id: string;
  readonly url: string;
  readonly thumbnailUrl: string;
  readonly sha256: string;
};

/** The library with its HTTP API on real engines; `call` acts as an editor of all store views. */
export async function startAssetsApp(engines: Engines, options: AssetsAppOptions) {
  const { clock, folder } = options;
  const { access, app, makeToken, makeKey, close } = await startAccessApp(engines, clock);
  const logger = createLogger("silent");
  const definitions = createDefinitions({
    store: createDefinitionsStore(engines.postgres),
    audit: access.audit,
    clock,
    logger,
  });
  definitions.register(poster);
  definitions.register(createRenditionKind());
  await definitions.start();
  const make = () =>
    createAssets({
      store: createAssetStore(engines.postgres),
      blobs: options.blobs ?? createFolderBlobs(join(folder, "files")),
      audit: access.audit,
      usesOf: definitions.usesOfText,
      ownRenditions: () => definitions.live<RenditionBody>("asset-rendition"),
      clock,
      logger,
      workFolder: join(folder, "work"),
      maxUploadBytes: options.maxUploadBytes,
      maxCacheBytes: options.maxCacheBytes,
    });
  const assets = make();
  await assets.start();
  app.register(createDefinitionsRoutes(definitions));
  app.register(createAssetRoutes(assets, clock.now));
  app.register(createPublicAssetRoutes(assets, clock.now));
  const headers = {
    editor: bearer((await makeToken(["read", "edit", "publish"])).key),
    reader: bearer((await makeToken(["read"])).key),
    german: bearer((await makeToken(["read", "edit"], { storeViews: ["de"] })).key),
    browser: bearer((await makeKey()).key),
    nobody: {},
  };
  type Who = keyof typeof headers;
  const call = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: unknown,
    extra: { readonly who?: Who; readonly headers?: Record<string, string> } = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: {
        ...headers[extra.who ?? "editor"],
        ...(body === undefined ? {} : { "content-type": Buffer.isBuffer(body) ? "image/png" : "application/json" }),
        ...extra.headers,
      },
      ...(body === undefined ? {} : { payload: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const isJson = String(answer.headers["content-type"] ?? "").includes("json");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes: answer.rawPayload,
      body: isJson && answer.body !== "" ? answer.json() : {},
    };
  };
  return {
    app,
    access,
    assets,
    /** The library as another process would have it; not started. */
    make,
    call,
    definitions,
    upload: async (data: Buffer, query = "fileName=picture.png"): Promise<UploadedAsset> => {
      const answer = await call("POST", `/v1/assets?${query}`, data);
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
      return answer.body.asset;
    },
    publishPoster: async (key: string, html: string): Promise<void> => {
      const created = await call("POST", "/v1/definitions/poster", { key, name: key, body: { html } });
      const published = await call(
        "POST",
        `/v1/definitions/poster/${key}/publish`,
        {},
        {
          headers: { "if-match": String(created.headers["etag"]) },
        },
      );
      if (published.status >= 300) throw new Error(JSON.stringify(published.body));
    },
    close: async () => {
      await definitions.stop();
      await close();
    },
  };
}

export type AssetsApp = Awaited<ReturnType<typeof startAssetsApp>>;
