export { type ConsentStates, isConsentDenied } from "./destinations/admit-event.ts";
export { createDestinations, type Destinations, type DestinationsDeps } from "./destinations/create-destinations.ts";
export { type Delivery, deliverBatch } from "./destinations/deliver-batch.ts";
export type { ConsentNeed, EventFormats } from "./destinations/destination.ts";
export { createDestinationRoutes } from "./destinations/routes.ts";
export { judgeAnswer, judgeFailure, type SendResult } from "./destinations/senders/sender.ts";
export { type Audit, type Editor, type ExpectedEtag, editorOf, expectedEtag, recordChange } from "./editor.ts";
export { keySchema, nameSchema, secretsSchema } from "./field-schemas.ts";
export { checkFolderPath } from "./files/folder-place.ts";
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
export type { Connection, ConnectionChange, NewConnection, Shown, StoredConnection } from "./managed/connection.ts";
export { createConnectionManager } from "./managed/manage-connections.ts";
export { connectionJson, connectionParams, createConnectionRoutes } from "./managed/routes.ts";
export { type ConnectionRow, connectionColumns, connectionStore, toConnection } from "./managed/store.ts";
export { takeTurns } from "./managed/take-turns.ts";
export type { Mapping } from "./mapping/mapping.ts";
export { mappingPresets } from "./mapping/presets/presets.ts";
export { validateMapping } from "./mapping/validate-mapping.ts";
export { createHttpClient, type HttpClient } from "./net/http-client.ts";
export { createS3 } from "./net/s3-client.ts";
export { signatureHeader, signBody } from "./net/sign-body.ts";
export { checkTarget } from "./net/target-guard.ts";
export type { RecordKind } from "./records/record.ts";
export { createSecretBox, type SecretBox, type SecretMap } from "./secrets/secret-box.ts";
export { createSources, type Sources, type SourcesDeps } from "./sources/create-sources.ts";
export { createSourceRoutes } from "./sources/routes.ts";
export { createPostgresClient, openMysqlConnection } from "./sql/connect.ts";
export { translateSqlError } from "./sql/sql-errors.ts";
