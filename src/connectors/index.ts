export { createDestinations, type Destinations, type DestinationsDeps } from "./destinations/create-destinations.ts";
export type { EventFormats } from "./destinations/destination.ts";
export { createDestinationRoutes } from "./destinations/routes.ts";
export {
  createImports,
  type ImportChange,
  type Imports,
  type ImportsDeps,
  type NewImport,
} from "./imports/create-imports.ts";
export type { FileSettings, Import, ImportCounts, ImportMode, ImportStatus } from "./imports/import.ts";
export type { ImportPreview } from "./imports/preview-import.ts";
export type { Reconciliation } from "./imports/reconcile.ts";
export { createImportRoutes } from "./imports/routes.ts";
export type { Mapping } from "./mapping/mapping.ts";
export { mappingPresets } from "./mapping/presets/presets.ts";
export { validateMapping } from "./mapping/validate-mapping.ts";
export { createHttpClient, type HttpClient } from "./net/http-client.ts";
export type { RecordKind } from "./records/record.ts";
export { createSecretBox, type SecretBox } from "./secrets/secret-box.ts";
export { createSources, type Sources, type SourcesDeps } from "./sources/create-sources.ts";
export { createSourceRoutes } from "./sources/routes.ts";
