// A child for the test that kills uploads: adds pictures without a pause, several at once, and prints the id and hash of each that
// was acknowledged. Argument: data directory.
import { startTestApp } from "../start-test-app.ts";
import { aPicture } from "./pictures.ts";

const [dataDir = ""] = process.argv.slice(2);
const app = await startTestApp({ dataDir });

async function addPictures(lane: number): Promise<never> {
  for (let index = 0; ; index += 1) {
    const width = 100 + lane * 100 + (index % 100);
    const data = await aPicture({ width, height: 100 + Math.floor(index / 100), noise: true });
    const answer = await app.server.inject({
      method: "POST",
      url: "/v1/assets?fileName=picture.png",
      headers: { authorization: "Bearer demo-admin-token", "content-type": "image/png" },
      payload: data,
    });
    const { asset } = answer.json();
    process.stdout.write(`stored ${asset.id} ${asset.sha256}\n`);
  }
}

await Promise.all([0, 1, 2].map(addPictures));
