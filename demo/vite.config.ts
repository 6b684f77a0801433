import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev -w demo` serves the pages alone; the program that holds /v1 and /shop/api runs on port 4000.
const backend = "http://localhost:4000";

export default defineConfig({
  base: "/shop/",
  plugins: [react()],
  build: { outDir: "dist/client", emptyOutDir: true, assetsInlineLimit: 0, target: "es2022" },
  server: { proxy: { "/v1": backend, "/shop/api": backend, "/shop/media": backend } },
});
