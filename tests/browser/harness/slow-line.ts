/** A line to a server that can be slow: whoever is to be stopped in the middle needs one. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class SlowLine {
  /** How long each answer of the server takes to arrive. */
  delayMs = 0;
  private readonly open = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async to(target: number): Promise<SlowLine> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port is free");
    const line = new SlowLine(address.port, server);
    server.on("connection", (near: Socket) => line.join(near, connect(target, "127.0.0.1")));
    return line;
  }

  async end(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private join(near: Socket, far: Socket) {
    for (const socket of [near, far]) {
      this.open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (chunk) => setTimeout(() => near.writable && near.write(chunk), this.delayMs));
  }
}
