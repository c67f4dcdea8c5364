/// <reference types="vitest/config" />
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Where the service is while the app is worked on. */
const API = process.env["API_URL"] ?? "http://localhost:8000";

/** `.br` and `.gz` beside every text: compressed once, as far as it goes, and served as they are. */
function precompressed(): Plugin {
  const shrink = {
    br: (text: Buffer) =>
      brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    gz: (text: Buffer) => gzipSync(text, { level: 9 }),
  };
  return {
    name: "precompressed",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (!/\.(m?js|css|svg|json|geojson)$/.test(file.fileName)) continue;
        const text = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (text.length < 1024) continue;
        for (const [extension, compress] of Object.entries(shrink)) {
          this.emitFile({
            type: "asset",
            fileName: `${file.fileName}.${extension}`,
            source: compress(text),
          });
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
  },
  server: {
    proxy: {
      ...Object.fromEntries(
        ["/auth", "/trips", "/gpx", "/users", "/health"].map((path) => [path, API]),
      ),
      "/ws": { target: API, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
