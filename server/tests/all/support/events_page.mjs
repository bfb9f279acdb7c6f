// Runs `public/late/events.js` as a page has it, with a browser's socket that does not get through until it is told to; prints what comes.

const [script, base, token] = process.argv.slice(2);
const listeners = { online: [() => console.log("online")] };
const [later, request] = [globalThis.setTimeout, globalThis.fetch];
let through = false;

class Socket extends EventTarget {
  constructor() {
    super();
    later(() => {
      const kind = through ? "message" : "close";
      this.dispatchEvent(new Event(kind));
      this[`on${kind}`]?.({ data: "", code: 1006 });
    });
  }

  close() {}
}

Object.assign(globalThis, {
  WebSocket: Socket,
  location: new URL(base),
  addEventListener: (kind, heard) => (listeners[kind] ??= []).push(heard),
  dispatchEvent: ({ type }) => listeners[type]?.forEach((heard) => heard()),
  fetch: (address, options) => request(new URL(address, base), options),
  // The next try of a socket comes soon.
  setTimeout: (step, ms, ...rest) => later(step, step.name === "probe" ? 100 : ms, ...rest),
});
await import(script);

const open = () => new WebSocket(`${base.replace("http", "ws")}/ws`, ["snug.v1", `bearer.${token}`]);
const socket = open();
const waiting = [];
const came = [];
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  came.push(frame);
  for (const { type, found } of waiting) if (frame.type === type) found(frame);
};
const closed = new Promise((found) => (socket.onclose = ({ code }) => found(code)));
const frame = (type) => {
  const known = came.find((one) => one.type === type);
  return known ?? new Promise((found) => waiting.push({ type, found }));
};

console.log((await frame("hello")).user.username);
socket.send(JSON.stringify({ type: "subscribe", room: "lobby" }));
socket.send(JSON.stringify({ type: "send", room: "nowhere", client_id: crypto.randomUUID(), body: "to nobody" }));
socket.send(JSON.stringify({ type: "send", room: "lobby", client_id: crypto.randomUUID(), body: "by the page" }));
socket.send(JSON.stringify({ type: "ping" }));
console.log((await frame("error")).error.code);
const { seq } = await frame("ack");
console.log((await frame("event")).seq === seq);
await frame("pong");
through = true;
console.log(await closed);
console.log(open() instanceof Socket);
process.exit();
