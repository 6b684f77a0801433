// Secrets of sources and destinations at rest: AES-256-GCM with a key that is not in the database, so that a copy of the database
// alone opens nothing.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClienteleError, sha256Hex } from "../../kernel/index.ts";

export type SecretMap = Readonly<Record<string, string>>;

export type SecretBox = {
  /** @param context names what the secret belongs to; a sealed text opens only in the same context */
  readonly seal: (secrets: SecretMap, context: string) => string;
  /** @throws {ClienteleError} `connectors.secretKey` when it was sealed with another key */
  readonly open: (sealed: string, context: string) => SecretMap;
};

const fileName = "secret-key";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const minTextLength = 16;

function readOrMakeFile(dataDir: string): string {
  const path = join(dataDir, fileName);
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const own = `${path}.${process.pid}`;
    writeFileSync(own, `${randomBytes(keyBytes).toString("base64url")}\n`, { mode: 0o600 });
    try {
      // A link appears whole or not at all: two processes that start together agree on one key.
      linkSync(own, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }
  return readFileSync(path, "utf8").trim();
}

/**
 * Opens the key on first use.
 *
 * @param options.secretKey at least 16 characters, the same in every process; absent = a file in the data directory, made when missing
 */
export function createSecretBox(options: {
  readonly dataDir: string;
  readonly secretKey?: string | undefined;
}): SecretBox {
  let known: { readonly key: Buffer; readonly id: string } | undefined;
  const current = () => {
    if (known) return known;
    const text = options.secretKey || readOrMakeFile(options.dataDir);
    if (text.length < minTextLength)
      throw new ClienteleError(
        "connectors.secretKey",
        `CLIENTELE_SECRET_KEY is shorter than ${minTextLength} characters`,
      );
    const key = Buffer.from(hkdfSync("sha256", text, "clientele", "connector secrets", keyBytes));
    known = { key, id: sha256Hex(key).slice(0, 8) };
    return known;
  };
  return {
    seal: (secrets, context) => {
      const { key, id } = current();
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
      return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
    },
    open: (sealed, context) => {
      const { key, id } = current();
      const [version, keyId, text = ""] = sealed.split(".");
      const bytes = Buffer.from(text, "base64url");
      try {
        if (version !== "v1" || keyId !== id) throw new Error("sealed with another key");
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes));
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
        // Written by `seal` only.
        return JSON.parse(plain.toString("utf8")) as SecretMap;
      } catch (cause) {
        throw new ClienteleError(
          "connectors.secretKey",
          "the stored secrets were sealed with another key; restore CLIENTELE_SECRET_KEY or the file secret-key, or enter the secrets again",
          { cause },
        );
      }
    },
  };
}

/** What the API shows of secrets: which are set. */
export function maskSecrets(secrets: SecretMap): Readonly<Record<string, "set">> {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, "set" as const]));
}

/** Secrets after an edit: a text replaces, null removes, what is not named stays. */
export function mergeSecrets(
  before: SecretMap,
  change: Readonly<Record<string, string | null>> | undefined,
): SecretMap {
  const after: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(change ?? {})) {
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}
