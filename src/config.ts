import { ClienteleError, isObject } from "./kernel/index.ts";

/** What a power cut may take: `process` survives a killed process; `power` also asks the embedded PostgreSQL to fsync. */
export type Durability = "process" | "power";
export type Role = "http" | "processor" | "scheduler" | "trainer";

export type Config = {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly dataDir: string;
  /** Empty = embedded PGlite. */
  readonly postgresUrl: string;
  /** Empty = embedded chDB. */
  readonly clickhouseUrl: string;
  /** Name of the ClickHouse cluster for replicated tables; empty = none. */
  readonly clickhouseCluster: string;
  readonly durability: Durability;
  readonly roles: readonly Role[];
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
  /** Currency of amounts that name none, ISO 4217. */
  readonly defaultCurrency: string;
  /** ISO 3166 code for phone numbers without a country prefix; empty = such numbers do not identify. */
  readonly defaultCountry: string;
  readonly defaultStoreView: string;
  /** Language of the shop's texts, e.g. `de-AT`. */
  readonly locale: string;
  /** Languages of store views that have another. */
  readonly localeByStoreView: ReadonlyMap<string, string>;
  /** Websites of store views; one that is not named belongs to the website `base`. */
  readonly websiteByStoreView: ReadonlyMap<string, string>;
  /** IANA zone for calendar logic without a zone of its own. */
  readonly timezone: string;
  /** Oldest accepted age of a live event; 0 = back to 1970. */
  readonly maxEventAgeMs: number;
  readonly inboxMaxBytes: number;
  /** Age of a processor's claim on inbox rows after which another processor takes them over. */
  readonly inboxLeaseMs: number;
  /** How long an order that is not placed yet holds its coupons. */
  readonly couponReservationMs: number;
  /** Limits per customer also bind guests, by a hash of their address. */
  readonly couponsBindGuests: boolean;
  /** Different coupon codes that count in one cart and order, 1 to 20. */
  readonly maxCouponCodes: number;
  /** Cart price rules take no line below the cost of its product times this, as decimal text; undefined = no limit. */
  readonly marginFactor: string | undefined;
  /** Discovery routes without a write key. */
  readonly openDiscovery: boolean;
  /** Proxies whose X-Forwarded-For is believed: true = all, or addresses separated by commas; false = none. */
  readonly trustProxy: boolean | string;
  /** Whether sources and destinations may be in private networks. */
  readonly allowPrivateTargets: boolean;
  /** Bytes that may wait for destinations. */
  readonly destinationBacklogBytes: number;
  /** Key of secrets at rest; empty = a file in the data directory. */
  readonly secretKey: string;
  /** Folder under which file sources may read; empty = `drop` in the data directory. */
  readonly dropDir: string;
  /** Org ids of Adobe clients, for browsers whose cookies name none yet. */
  readonly adobeOrgIds: readonly string[];
  /** Cookie with a first-party id of the shop, from which ECIDs are made; empty = none. */
  readonly adobeFpidCookie: string;
  /** Write key of the Commerce collector's second stream, which sends none; empty = the shop puts it in the query. */
  readonly snowplowWriteKey: string;
  /** Bucket of the picture library; null = the data directory. */
  readonly assetBucket: AssetBucket | null;
  /** Largest picture that is taken. */
  readonly assetMaxBytes: number;
  /** Disk that made sizes of pictures may take. */
  readonly assetCacheBytes: number;
  /** Base of an OpenAI-compatible API, e.g. http://localhost:11434/v1; empty = no language model. */
  readonly modelUrl: string;
  readonly modelKey: string;
  readonly modelName: string;
  readonly demo: boolean;
};

/** S3, or what speaks like it. */
export type AssetBucket = {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Leads every key, e.g. `pictures/`. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

type Fault = { path: string; code: string; message: string };

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizeUnits: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

function parseUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+)\s*([A-Za-z]+)$/.exec(text.trim());
  const factor = units[match?.[2] ?? ""];
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}

function parseTrustProxy(text: string): boolean | string {
  if (text === "true") return true;
  return text === "false" ? false : text;
}

/**
 * Reads and checks every setting at once.
 *
 * @param env usually process.env; names are `CLIENTELE_…`, durations like `30s`, sizes like `64MB`
 * @throws {ClienteleError} `http.badRequest` with one detail for each faulty setting
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  overrides: Partial<Config> = {},
): Config {
  const faults: Fault[] = [];
  const text = (name: string, fallback: string) => env[`CLIENTELE_${name}`]?.trim() || fallback;
  const fault = (name: string, message: string) => {
    faults.push({ path: `CLIENTELE_${name}`, code: "config", message });
  };
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const value = text(name, fallback);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) fault(name, `must be one of ${allowed.join(", ")}`);
    return found ?? fallback;
  };
  const unit = (name: string, units: Readonly<Record<string, number>>, fallback: string): number => {
    const value = parseUnit(text(name, fallback), units);
    if (value === undefined)
      fault(name, `must be a whole number with a unit of ${Object.keys(units).join(", ")}, e.g. ${fallback}`);
    return value ?? 0;
  };
  const locale = (name: string, value: string): string => {
    if (!/^[A-Za-z]{2,3}(?:[-_][A-Za-z]{2})?$/.test(value)) fault(name, `${value} is no language such as de or de-AT`);
    return value;
  };
  const port = Number(text("PORT", "4000"));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fault("PORT", "must be a port number, 0 to 65535");
  const allRoles: readonly Role[] = ["http", "processor", "scheduler", "trainer"];
  const roles = text("ROLES", allRoles.join(","))
    .split(",")
    .map((role) => role.trim());
  for (const role of roles)
    if (!allRoles.some((known) => known === role))
      fault("ROLES", `unknown role ${role}; known: ${allRoles.join(", ")}`);
  const defaultCurrency = text("CURRENCY", "USD");
  if (!/^[A-Z]{3}$/.test(defaultCurrency)) fault("CURRENCY", "must be an ISO 4217 code such as USD");
  const defaultCountry = text("COUNTRY", "");
  if (!/^([A-Z]{2})?$/.test(defaultCountry)) fault("COUNTRY", "must be an ISO 3166 code such as DE");
  const marginFactor = text("MARGIN_FACTOR", "") || undefined;
  if (marginFactor !== undefined && !/^\d{1,3}(\.\d{1,6})?$/.test(marginFactor))
    fault("MARGIN_FACTOR", "must be a decimal number such as 1.1");
  const maxCouponCodes = Number(text("MAX_COUPON_CODES", "5"));
  if (!Number.isInteger(maxCouponCodes) || maxCouponCodes < 1 || maxCouponCodes > 20)
    fault("MAX_COUPON_CODES", "must be a whole number, 1 to 20");
  const timezone = text("TIMEZONE", "UTC");
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    fault("TIMEZONE", "must be an IANA zone such as Europe/Berlin");
  }
  for (const name of ["POSTGRES_URL", "CLICKHOUSE_URL", "PUBLIC_URL", "ASSET_S3_ENDPOINT", "MODEL_URL"]) {
    const value = text(name, "");
    if (value && !URL.canParse(value)) fault(name, "must be a URL");
  }
  const assetBucket: AssetBucket | null =
    text("ASSET_S3_ENDPOINT", "") === ""
      ? null
      : {
          endpoint: text("ASSET_S3_ENDPOINT", ""),
          region: text("ASSET_S3_REGION", "us-east-1"),
          bucket: text("ASSET_S3_BUCKET", ""),
          prefix: text("ASSET_S3_PREFIX", ""),
          accessKeyId: text("ASSET_S3_KEY_ID", ""),
          secretAccessKey: text("ASSET_S3_SECRET", ""),
        };
  if (assetBucket)
    for (const name of ["ASSET_S3_BUCKET", "ASSET_S3_KEY_ID", "ASSET_S3_SECRET"])
      if (text(name, "") === "") fault(name, "is needed with CLIENTELE_ASSET_S3_ENDPOINT");
  if (text("MODEL_URL", "") !== "" && text("MODEL_NAME", "") === "")
    fault("MODEL_NAME", "is needed with CLIENTELE_MODEL_URL");
  const host = text("HOST", "127.0.0.1");
  const config: Config = Object.freeze({
    host,
    port,
    publicUrl: text("PUBLIC_URL", `http://localhost:${port}`),
    dataDir: text("DATA_DIR", ".clientele"),
    postgresUrl: text("POSTGRES_URL", ""),
    clickhouseUrl: text("CLICKHOUSE_URL", ""),
    clickhouseCluster: text("CLICKHOUSE_CLUSTER", ""),
    durability: oneOf<Durability>("DURABILITY", ["process", "power"], "process"),
    roles: allRoles.filter((role) => roles.includes(role)),
    logLevel: oneOf("LOG_LEVEL", ["fatal", "error", "warn", "info", "debug", "silent"] as const, "info"),
    defaultCurrency,
    defaultCountry,
    defaultStoreView: text("STORE_VIEW", "default"),
    locale: locale("LOCALE", text("LOCALE", "en")),
    localeByStoreView: new Map(
      text("STORE_VIEW_LOCALES", "")
        .split(",")
        .filter((pair) => pair.trim() !== "")
        .map((pair) => {
          const [storeView = "", value = ""] = pair.split("=").map((each) => each.trim());
          return [storeView, locale("STORE_VIEW_LOCALES", value)] as const;
        }),
    ),
    websiteByStoreView: new Map(
      text("STORE_VIEW_WEBSITES", "")
        .split(",")
        .filter((pair) => pair.trim() !== "")
        .map((pair) => {
          const [storeView = "", website = ""] = pair.split("=").map((each) => each.trim());
          if (storeView === "" || website === "") fault("STORE_VIEW_WEBSITES", `${pair} is no pair such as de=europe`);
          return [storeView, website] as const;
        }),
    ),
    timezone,
    maxEventAgeMs: unit("MAX_EVENT_AGE", durationUnits, "1826d"),
    inboxMaxBytes: unit("INBOX_MAX", sizeUnits, "256MB"),
    inboxLeaseMs: unit("INBOX_LEASE", durationUnits, "30s"),
    couponReservationMs: unit("COUPON_RESERVATION", durationUnits, "30m"),
    maxCouponCodes,
    marginFactor,
    couponsBindGuests: oneOf("COUPONS_BIND_GUESTS", ["true", "false"] as const, "false") === "true",
    openDiscovery: oneOf("OPEN_DISCOVERY", ["true", "false"] as const, "false") === "true",
    trustProxy: parseTrustProxy(text("TRUST_PROXY", "false")),
    allowPrivateTargets: oneOf("ALLOW_PRIVATE_TARGETS", ["true", "false"] as const, "false") === "true",
    destinationBacklogBytes: unit("DESTINATION_BACKLOG", sizeUnits, "256MB"),
    secretKey: text("SECRET_KEY", ""),
    dropDir: text("DROP_DIR", ""),
    adobeOrgIds: text("ADOBE_ORG_IDS", "clientele@AdobeOrg")
      .split(",")
      .map((orgId) => orgId.trim())
      .filter((orgId) => orgId !== ""),
    adobeFpidCookie: text("ADOBE_FPID_COOKIE", ""),
    snowplowWriteKey: text("SNOWPLOW_WRITE_KEY", ""),
    assetBucket,
    assetMaxBytes: unit("ASSET_MAX", sizeUnits, "20MB"),
    assetCacheBytes: unit("ASSET_CACHE", sizeUnits, "1GB"),
    modelUrl: text("MODEL_URL", ""),
    modelKey: text("MODEL_KEY", ""),
    modelName: text("MODEL_NAME", ""),
    demo: false,
    ...overrides,
  });
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new ClienteleError("http.badRequest", `invalid configuration: ${list}`, { details: faults });
  }
  return config;
}

function maskUrl(text: string): string {
  if (!text) return text;
  const url = new URL(text);
  if (url.password) url.password = "***";
  // Both drivers also read it from the query.
  if (url.searchParams.has("password")) url.searchParams.set("password", "***");
  return url.toString();
}

/** The settings as they may be printed: passwords and secrets masked. */
export function maskConfig(config: Config): Readonly<Record<string, unknown>> {
  const masked = {
    ...config,
    postgresUrl: maskUrl(config.postgresUrl),
    clickhouseUrl: maskUrl(config.clickhouseUrl),
    secretKey: config.secretKey && "***",
    snowplowWriteKey: config.snowplowWriteKey && "***",
    modelKey: config.modelKey && "***",
    assetBucket: config.assetBucket && { ...config.assetBucket, secretAccessKey: "***" },
  };
  return isObject(masked) ? masked : {};
}
