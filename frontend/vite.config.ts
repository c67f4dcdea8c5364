/// <reference types="vitest/config" />
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Where the service is while the app is worked on. */
const API = process.env["API_URL"] ?? "http://localhost:8000";

/**
 * `.br` and `.gz` beside every text: compressed once, as far as it goes, and served as they are.
 * Of the files as they were written: until then other plugins still change them.
 */
function precompressed(): Plugin {
  const shrink = {
    br: (text: Buffer) =>
      brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    gz: (text: Buffer) => gzipSync(text, { level: 9 }),
  };
  return {
    name: "precompressed",
    apply: "build",
    async writeBundle({ dir = "dist" }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        if (!/\.(m?js|css|svg|json|geojson)$/.test(fileName)) continue;
        const text = await readFile(join(dir, fileName));
        if (text.length < 1024) continue;
        for (const [extension, compress] of Object.entries(shrink)) {
          await writeFile(join(dir, `${fileName}.${extension}`), compress(text));
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompressed()],
  build: {
    target: "es2023",
    // The policy of the page allows no script but files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      // Compressing takes most of a build: no news to whoever waits for it.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            // What every page needs and seldom changes; first, so that no other group has it.
            {
              name: "react",
              test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack)\//,
              priority: 1,
            },
            // What the first page needs of what all of them share: many small files are larger.
            {
              name: "shared",
              test: /src\/(api\/(?!samples)|i18n\/|ui\/(Button|Card|Choice|FileButton|Notice|Thumbnail|Trouble)\.tsx)|createLucideIcon/,
            },
            // Only where a menu, a dialog or a form is; else it comes with whatever is smaller.
            {
              name: "aria",
              test: /node_modules\/(@?react-aria|@?react-stately|@internationalized)/,
            },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    // Tests read which names the service knows, to see that there is a sentence for each.
    fs: { allow: [".", "../backend/src/gpx", "../backend/src/services/uploads"] },
    proxy: {
      ...Object.fromEntries(
        ["/auth", "/trips", "/gpx", "/users", "/health"].map((path) => [path, API]),
      ),
      "/ws": { target: API, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    include: ["{src,tests}/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
