// What a source and a destination have in common: a configured connection to another system, with secrets that go one way.

export type ConnectionStatus = "active" | "paused";

export type Connection<Config> = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly config: Config;
  readonly status: ConnectionStatus;
  readonly etag: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
};

export type StoredConnection<Config> = Connection<Config> & { readonly sealed: string };

/** A connection as its managers see it: no secret, only which are set. */
export type Shown<Stored> = Stored & { readonly secrets: Readonly<Record<string, "set">> };

export type NewConnection<Input> = {
  readonly key: string;
  readonly name: string;
  readonly config: Input;
  /** Null removes one; what is not named stays. */
  readonly secrets?: Readonly<Record<string, string | null>>;
};
export type ConnectionChange<Input> = Partial<Omit<NewConnection<Input>, "key">>;
