import { newId } from "./ids.ts";
import type { SafeStore } from "./storage.ts";
import type { Person } from "./types.ts";

const identityKey = "clientele.identity";
const sessionKey = "clientele.session";
const cookieName = "clientele_id";
const cookieMaxAgeSeconds = 395 * 86_400;
const sessionTimeoutMs = 30 * 60_000;

type Stored = Person & { readonly anonymousId: string };
type Session = { readonly id: string; readonly at: number };

export type Identity = {
  current(): Stored;
  /** Adds what is known of the person; another customer id or address replaces the earlier person. */
  setPerson(person: Person): void;
  forgetPerson(): void;
  /** Keeps the person, without the proof that the server refused. */
  forgetToken(): void;
  /** A new anonymous visitor with a new session. */
  reset(): void;
  /** The id of the running session; a new one after 30 minutes without activity in any tab. */
  touchSession(): string;
  /** Removes id, person and session from this browser; the page goes on under another id, in memory only. */
  erase(): void;
};

function readCookie(): string | undefined {
  const match = /(?:^|; )clientele_id=([\w-]{8,64})/.exec(document.cookie);
  return match?.[1];
}

function writeCookie(value: string, maxAgeSeconds: number): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and not in every browser
  document.cookie = `${cookieName}=${value}; path=/; max-age=${maxAgeSeconds}; samesite=lax${secure}`;
}

/**
 * Who this browser is. Read from storage at each use, so that a sign-in in one tab holds in all of them.
 *
 * @param mayStore whether consent allows to keep anything; until it does, an id lives in memory only
 */
export function createIdentity(store: SafeStore, mayStore: () => boolean, person: Person = {}): Identity {
  let memory: Stored = { anonymousId: newId() };
  let memorySession: Session | undefined;

  const save = (next: Stored): void => {
    memory = next;
    if (!mayStore()) return;
    store.write(identityKey, next);
    writeCookie(next.anonymousId, cookieMaxAgeSeconds);
  };

  const current = (): Stored => {
    if (!mayStore()) return memory;
    const stored = store.read<Stored>(identityKey);
    if (stored?.anonymousId) {
      memory = stored;
      // Browsers that clear script storage early may keep the cookie, and the other way round: each restores the other.
      if (!readCookie()) writeCookie(stored.anonymousId, cookieMaxAgeSeconds);
    } else {
      save({ ...memory, anonymousId: readCookie() ?? memory.anonymousId });
    }
    return memory;
  };

  const setPerson = (next: Person): void => {
    const { anonymousId, ...before } = current();
    const isOther =
      (next.customerId !== undefined && before.customerId !== undefined && next.customerId !== before.customerId) ||
      (next.email !== undefined && before.email !== undefined && next.email !== before.email);
    save({ ...(isOther ? {} : before), ...next, anonymousId });
  };

  if (Object.keys(person).length > 0) setPerson(person);

  return {
    current,
    setPerson,
    forgetPerson: () => save({ anonymousId: current().anonymousId }),
    forgetToken: () => {
      const { identityToken: _refused, ...rest } = current();
      save(rest);
    },
    reset: () => {
      memorySession = undefined;
      store.remove(sessionKey);
      save({ anonymousId: newId() });
    },
    touchSession: () => {
      const now = Date.now();
      const known = (mayStore() ? store.read<Session>(sessionKey) : undefined) ?? memorySession;
      memorySession = { id: known && now - known.at < sessionTimeoutMs ? known.id : newId(), at: now };
      if (mayStore()) store.write(sessionKey, memorySession);
      return memorySession.id;
    },
    erase: () => {
      store.remove(identityKey);
      store.remove(sessionKey);
      writeCookie("", 0);
      memory = { ...memory, anonymousId: newId() };
      memorySession = undefined;
    },
  };
}
