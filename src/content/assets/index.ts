export { type Blobs, createBucketBlobs, createFolderBlobs } from "./blobs.ts";
export { type Assets, type AssetsDeps, createAssets, type Pictures, type UnusableAsset } from "./create-assets.ts";
export { createPublicAssetRoutes } from "./public-routes.ts";
export { createRenditionKind, type RenditionBody } from "./renditions.ts";
export { createAssetRoutes } from "./routes.ts";
export { createAssetStore } from "./store.ts";
