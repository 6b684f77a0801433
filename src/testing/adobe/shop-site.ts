// A shop on the web for Adobe's browser clients: they accept only a bare host over TLS. A local endpoint stands for every host;
// pages come from here, the Edge and the second stream are passed on to the product.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

export type ShopSite = { readonly browser: Browser; readonly close: () => Promise<void> };

const require = createRequire(import.meta.url);

const scripts: Readonly<Record<string, string>> = {
  // What a shop loads from the vendor's network lies beside the sources of the package.
  "/alloy.js": join(dirname(require.resolve("@adobe/alloy")), "../dist/alloy.min.js"),
  "/sdk.js": require.resolve("@adobe/magento-storefront-events-sdk"),
  "/collector.js": require.resolve("@adobe/magento-storefront-event-collector"),
};

/** The snippet that a shop pastes before the Web SDK. */
const baseCode = `!function(n,o){o.forEach(function(o){n[o]||((n.__alloyNS=n.__alloyNS||[]).push(o),n[o]=function(){var u=arguments;return new Promise(function(i,l){n[o].q.push([i,l,u])})},n[o].q=[])})}(window,["alloy"]);`;

const ownWebSdk = `<script>${baseCode}</script><script src="/alloy.js"></script>`;
const page = (head: string) => `<!doctype html><html><head><title>Shop</title><link rel="icon" href="data:,">
${head}<script src="/sdk.js"></script></head>
<body><div id="hero">default</div><div id="list"></div></body></html>`;

function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), "clientele-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=shop.test", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject], {
    stdio: "pipe",
  });
  const files = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return files;
}

function servePage(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const script = scripts[path];
  response.setHeader("content-type", script ? "text/javascript" : "text/html");
  // Without a Web SDK of the shop's own, the collector brings one.
  response.end(script ? readFileSync(script) : page(path === "/plain" ? "" : ownWebSdk));
}

function passOn(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request;
  const onward = httpRequest({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.writeHead(502).end());
  request.pipe(onward);
}

/** @param port of the product on this machine */
export async function startShopSite(port: number): Promise<ShopSite> {
  const server = createServer(makeCertificate(), (request, response) => {
    // A network that blocks the vendor's third-party host.
    if (request.headers.host === "adobedc.demdex.net") request.socket.destroy();
    else if (request.headers.host === "www.shop.test") servePage(request, response);
    else passOn(request, response, port);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath: process.env["CLIENTELE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--ignore-certificate-errors",
      `--host-resolver-rules=MAP *:443 127.0.0.1:${own}`,
    ],
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
