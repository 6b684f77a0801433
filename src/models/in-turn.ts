/** Runs work one after the other: two trainings at once would need the memory of two. */
export function createTurns() {
  let tail: Promise<unknown> = Promise.resolve();
  /** @throws the signal's reason when it is aborted before the turn comes */
  return async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const before = tail;
    let release = (): void => undefined;
    tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    try {
      await untilAborted(signal, before);
      return await work();
    } finally {
      // Who gave up waiting must not let the next one overtake who is still at work.
      void before.then(release);
    }
  };
}

async function untilAborted(signal: AbortSignal, wait: Promise<unknown>): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
