import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const LIBRARY = "node_modules/react-aria/dist/private";
const POLICY = readFileSync("../backend/src/web/policy.py", "utf8");

test.each([
  ["how buttons take touches", "interactions/usePress.mjs", "touch-action"],
  ["that the page stays behind a dialog", "overlays/usePreventScroll.mjs", "overscroll-behavior"],
])("the policy of the page allows the style that tells %s", (_, file, property) => {
  const source = readFileSync(`${LIBRARY}/${file}`, "utf8");
  const attribute = /PRESSABLE_ATTRIBUTE = '([^']+)'/.exec(source)?.[1] ?? "";
  const style = (/style\.textContent = `([^`]+)`\.trim\(\)/.exec(source)?.[1] ?? "")
    .replace(/\$\{[^}]+\}/, attribute)
    .trim();
  expect(style).toContain(property);
  const hash = createHash("sha256").update(style).digest("base64");
  expect(POLICY).toContain(`"sha256-${hash}"`);
});
