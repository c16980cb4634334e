// A websocket that counts what it owes the server: the answers to the server's pings.
import WebSocket from "ws";

/** Bytes of the pongs that ws has sent by itself: a head of two bytes, a mask of four, the ping's data. */
export const pongs = { bytes: 0 };

/** As `WebSocket` of ws. */
export class CountingWebSocket extends WebSocket {
  // A field, since a constructor could not have all the forms that the original's has.
  readonly counting = this.on("ping", (data) => (pongs.bytes += 6 + data.length));
}
