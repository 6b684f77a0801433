import react from "@vitejs/plugin-react";
import macros from "unplugin-parcel-macros";
import { defineConfig, type Plugin } from "vite";

/**
 * The component library asks a font service for its brand font. The admin must work without reaching any
 * other host, so the module that does this is replaced by one that draws nothing; the system font is used.
 */
function withoutRemoteFonts(): Plugin {
  const empty = "\0without-remote-fonts";
  return {
    name: "without-remote-fonts",
    enforce: "pre",
    resolveId: (id) => (/(^|\/)(Fonts\.mjs|font-faces(\.css|_css\.mjs))$/.test(id) ? empty : null),
    load: (id) => (id === empty ? "export function Fonts() { return null; }" : null),
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: "/admin/",
  plugins: [withoutRemoteFonts(), macros.vite(), react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["es2022"],
    cssMinify: "lightningcss",
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // One sheet for all component styles: their order must not depend on which page was opened first.
            { name: "components", test: /macro-(.*)\.css$|@react-spectrum\/s2\/.*\.css$/ },
            // One file for what many pages need: a page otherwise loads a hundred small ones.
            { name: "shared", test: /\.[cm]?[jt]sx?($|\?)/, minShareCount: 4 },
          ],
        },
      },
    },
  },
  optimizeDeps: { noDiscovery: true, include: ["@react-spectrum/s2", "react-dom/client"] },
  server: { proxy: { "/v1": "http://localhost:4000" } },
});
