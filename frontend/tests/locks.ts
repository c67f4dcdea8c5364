/** One holder at a time, the others in the order in which they asked. */
export class FakeLocks {
  private last: Promise<unknown> = Promise.resolve();
  request(_name: string, ...rest: unknown[]): Promise<unknown> {
    const hold = rest.at(-1) as () => Promise<unknown>;
    const mine = this.last.then(hold);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
