/** The part of `localStorage` that the SDK needs; pass an own one to keep state elsewhere. */
export type KeyValueStore = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** Storage that cannot throw: a full, forbidden or absent `localStorage` only means that state does not outlive the page. */
export type SafeStore = {
  read<Value>(key: string): Value | undefined;
  /** @returns false when nothing was stored */
  write(key: string, value: unknown): boolean;
  /** As `write`, for a value that is JSON text already. */
  writeText(key: string, json: string): boolean;
  remove(key: string): void;
  keys(prefix: string): readonly string[];
};

function browserStorage(): KeyValueStore | undefined {
  try {
    // Reading the property itself throws where cookies are blocked.
    return localStorage;
  } catch {
    return undefined;
  }
}

/** Makes a store of JSON values over `backing`, by default `localStorage`. A value that is not JSON counts as absent. */
export function createSafeStore(backing: KeyValueStore | undefined = browserStorage()): SafeStore {
  const attempt = <Result>(work: (store: KeyValueStore) => Result, otherwise: Result): Result => {
    if (!backing) return otherwise;
    try {
      return work(backing);
    } catch {
      return otherwise;
    }
  };
  const writeText = (key: string, json: string): boolean =>
    attempt((store) => {
      store.setItem(key, json);
      return true;
    }, false);
  return {
    read: <Value>(key: string) =>
      attempt((store) => {
        const text = store.getItem(key);
        // The caller names the type: only this SDK writes these keys, and readers tolerate missing fields.
        return text === null ? undefined : (JSON.parse(text) as Value);
      }, undefined),
    write: (key, value) => writeText(key, JSON.stringify(value)),
    writeText,
    remove: (key) => attempt((store) => store.removeItem(key), undefined),
    keys: (prefix) =>
      attempt((store) => {
        const found: string[] = [];
        for (let at = 0; at < store.length; at += 1) {
          const key = store.key(at);
          if (key?.startsWith(prefix)) found.push(key);
        }
        return found;
      }, []),
  };
}
