// Pictures, and variants of content by a language model.
import { join } from "node:path";
import type { AuditTrail } from "./access/index.ts";
import type { Config } from "./config.ts";
import { createHttpClient, createS3 } from "./connectors/index.ts";
import {
  type Blobs,
  type BrandRules,
  createAssetRoutes,
  createAssetStore,
  createAssets,
  createBrandRulesKind,
  createBucketBlobs,
  createFolderBlobs,
  createModel,
  createPublicAssetRoutes,
  createRenditionKind,
  createVariationRoutes,
  createVariationStore,
  createVariations,
  type Pictures,
  type RenditionBody,
} from "./content/index.ts";
import type { Definitions } from "./definitions/index.ts";
import { type Clock, isObject, type Logger } from "./kernel/index.ts";
import type { Engines } from "./storage/index.ts";

export type ContentDeps = {
  readonly engines: Pick<Engines, "postgres">;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly definitions: Definitions;
};

/** The operator names these targets, not the people who use the product: they may be in private networks. */
function createOperatorClient(maxAnswerBytes?: number) {
  return createHttpClient({ allowPrivateTargets: true, ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }) });
}

function joinBlobs(
  { assetBucket, dataDir }: Config,
  clock: Clock,
): { readonly blobs: Blobs; readonly close: () => void } {
  if (assetBucket === null)
    return { blobs: createFolderBlobs(join(dataDir, "assets", "files")), close: () => undefined };
  const http = createOperatorClient();
  const bucket = createS3(assetBucket, http, clock.now);
  return { blobs: createBucketBlobs(bucket, assetBucket.prefix), close: http.close };
}

/** Call before the definitions start: it registers kinds. */
export function joinAssets({ engines, config, clock, logger, audit, definitions }: ContentDeps) {
  definitions.register(createRenditionKind());
  const { blobs, close } = joinBlobs(config, clock);
  const assets = createAssets({
    store: createAssetStore(engines.postgres),
    blobs,
    audit,
    usesOf: definitions.usesOfText,
    ownRenditions: () => definitions.live<RenditionBody>("asset-rendition"),
    clock,
    logger,
    workFolder: join(config.dataDir, "assets"),
    maxUploadBytes: config.assetMaxBytes,
    maxCacheBytes: config.assetCacheBytes,
  });
  const pictures: Pictures = {
    unusableIn: assets.unusableIn,
    // Shops are on other origins.
    fillIn: (content) => assets.fillIn(content, config.publicUrl),
    altOf: assets.altOf,
    has: (id) => (assets.find(id)?.status ?? "deleted") !== "deleted",
  };
  return {
    ...assets,
    pictures,
    close,
    routes: [createAssetRoutes(assets, clock.now), createPublicAssetRoutes(assets, clock.now)],
  };
}

/** Call before the definitions start: it registers a kind. */
export function joinVariations({ engines, config, clock, logger, audit, definitions }: ContentDeps) {
  definitions.register(createBrandRulesKind());
  const http = config.modelUrl === "" ? undefined : createOperatorClient();
  const { modelUrl: url, modelKey: key, modelName: name } = config;
  const variations = createVariations({
    store: createVariationStore(engines.postgres),
    model: http && createModel({ url, key, name }, http),
    findBlock: (blockKey) => definitions.find("block", blockKey),
    saveDraft: async (block, body, note, editor) => {
      const { scope, schedule, labels, name: title } = await definitions.find("block", block.key);
      const draft = { name: title, body, scope, schedule, labels, note };
      return (await definitions.save("block", block.key, draft, block.etag, editor)).version;
    },
    findAudience: async (audienceKey) => {
      const { name: title, body } = await definitions.find("audience", audienceKey);
      const description = isObject(body) ? body["description"] : undefined;
      return { name: title, description: typeof description === "string" ? description : "" };
    },
    liveRules: () => definitions.live<BrandRules>("brand-rules"),
    audit,
    clock,
    logger,
  });
  return {
    ...variations,
    stop: async () => {
      await variations.stop();
      http?.close();
    },
    routes: createVariationRoutes(variations),
  };
}
