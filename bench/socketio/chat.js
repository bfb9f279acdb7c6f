/**
 * A chat as one writes it with Socket.IO, for scale: rooms, acknowledgements, SQLite by better-sqlite3.
 *
 * Where there was a choice the quicker way was taken: WebSocket only, no compression, one process with the in-memory adapter (which encodes
 * an event once for all its readers), prepared statements, no accounts, no checks. What is acknowledged is on the disk, as with Snug.
 */

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Database from "better-sqlite3";
import { Server } from "socket.io";

const AUTHOR = { id: randomUUID(), username: "bench0", name: "bench0" };

const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`
  CREATE TABLE IF NOT EXISTS rooms (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
  ) WITHOUT ROWID;
`);
const head = db.prepare("SELECT seq FROM rooms WHERE name = ?").pluck();
const place = db.prepare("INSERT INTO rooms VALUES (?, 1) ON CONFLICT DO UPDATE SET seq = seq + 1 RETURNING seq").pluck();
const insert = db.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)");

const store = db.transaction((room, id, clientId, body, at) => {
  const seq = place.get(room);
  insert.run(room, seq, id, clientId, body, at);
  return seq;
});

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

io.on("connection", (socket) => {
  socket.on("join", (room, acknowledge) => {
    socket.join(room);
    acknowledge({ head: head.get(room) ?? 0 });
  });

  socket.on("send", ({ room, client_id, body }, acknowledge) => {
    const [id, at] = [randomUUID(), Date.now()];
    const seq = store.immediate(room, id, client_id, body, at);
    io.to(room).emit("message", { room, seq, at, actor: AUTHOR, message: { id, client_id, body } });
    acknowledge({ room, seq, at, message: id });
  });
});

http.listen(0, "127.0.0.1", () => console.log(`ready: http://127.0.0.1:${http.address().port}`));
