import { expect, it, vi } from "vitest";
import { TOKENS } from "../../tests/service.ts";
import { queries } from "./service.ts";
import { keep } from "./session.ts";

it("keeps nothing of one rider for the next, and all of it while tokens are renewed", async () => {
  keep(TOKENS);
  await new Promise((resolve) => setTimeout(resolve));
  queries.setQueryData(["trips"], "of ana");

  keep({ ...TOKENS, access_token: "renewed" });
  await new Promise((resolve) => setTimeout(resolve));
  expect(queries.getQueryData(["trips"])).toBe("of ana");

  keep({ ...TOKENS, user: { ...TOKENS.user, user_id: "ben", username: "ben" } });
  await vi.waitFor(() => expect(queries.getQueryData(["trips"])).toBeUndefined());
});
