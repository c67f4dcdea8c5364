/** One holder at a time, the others in the order in which they asked, as long as they want. */
export class FakeLocks {
  private last: Promise<unknown> = Promise.resolve();
  request(_name: string, ...rest: unknown[]): Promise<unknown> {
    const hold = rest.at(-1) as () => Promise<unknown>;
    const { signal } = rest.length > 1 ? (rest[0] as LockOptions) : {};
    const mine = this.last.then(() => {
      signal?.throwIfAborted();
      return hold();
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
