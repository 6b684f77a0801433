export type Progress = {
  readonly update: (done: number, total: number | null, note?: string) => void;
  readonly end: (summary: string) => void;
};

const lineEveryMs = 2_000;
const drawEveryMs = 100;

/** Rate and remaining time on a terminal, JSON lines otherwise. */
export function createProgress(label: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = Date.now();
  let last = 0;
  const figures = (done: number, total: number | null) => {
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
    const rate = done / seconds;
    const etaSeconds = total !== null && rate > 0 ? Math.max(0, (total - done) / rate) : null;
    return { rate: Math.round(rate), etaSeconds: etaSeconds === null ? null : Math.round(etaSeconds) };
  };
  return {
    update: (done, total, note) => {
      const now = Date.now();
      if (now - last < (out.isTTY ? drawEveryMs : lineEveryMs)) return;
      last = now;
      const { rate, etaSeconds } = figures(done, total);
      if (!out.isTTY) {
        out.write(`${JSON.stringify({ progress: label, done, total, rate, etaSeconds, note })}\n`);
        return;
      }
      const share = total ? `${Math.floor((done / total) * 100)} % ` : "";
      const eta = etaSeconds === null ? "" : `, ${etaSeconds} s left`;
      out.write(
        `\r\u001b[K${label}: ${share}${done.toLocaleString("en")}${total ? ` of ${total.toLocaleString("en")}` : ""} (${rate.toLocaleString("en")}/s${eta}) ${note ?? ""}`,
      );
    },
    end: (summary) => {
      out.write(
        out.isTTY
          ? `\r\u001b[K${summary}\n`
          : `${JSON.stringify({ progress: label, summary, seconds: Math.round((Date.now() - startedAt) / 1000) })}\n`,
      );
    },
  };
}
