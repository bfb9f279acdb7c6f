// Where no WebSocket gets through: the same frames by Server-Sent Events and requests (docs/PROTOCOL.md). The page goes on to open sockets.
// What it gets is one of the browser, or a stream that looks like one; this decides which.

const Socket = globalThis.WebSocket;
const PATH = "/ws";
const BEARER = "bearer.";
const PROBE_MIN_MS = 10_000;
const PROBE_MAX_MS = 300_000;
const BUSY_MS = 200;
// Close codes of the protocol.
const LOST = 1006;
const SIGN_IN = 4001;
const COME_BACK = 4005;

// What the next one is to be. The two take turns while neither gets through: then it may be the server that is away.
let streams = true;
let current = null;
let wait = PROBE_MIN_MS;
let timer;

class Stream {
  #token;
  #gone = new AbortController();
  #name;
  #frames = [];
  #busy = false;
  #heard = false;

  constructor(protocols) {
    this.#token = protocols.find((offer) => offer.startsWith(BEARER))?.slice(BEARER.length);
    current = this;
    this.#listen().then((code) => this.end(code), () => this.end(LOST));
  }

  get isIdle() {
    return this.#heard && !this.#busy && !this.#frames.length;
  }

  send(text) {
    this.#frames.push(text);
    this.#drain();
  }

  close() {
    this.#gone.abort();
    if (current === this) current = null;
  }

  end(code) {
    if (this.#gone.signal.aborted) return;
    if (!this.#heard) streams = false;
    this.close();
    this.onclose?.({ code });
  }

  #fetch(address, options) {
    const headers = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
    const { signal } = this.#gone;
    return fetch(address, { ...options, headers: { ...headers, ...options.headers }, signal, cache: "no-store", credentials: "omit" });
  }

  // Reads to the end of the stream; the code by which it ends.
  async #listen() {
    const answer = await this.#fetch("/api/v1/events", {});
    if (answer.status === 401) return SIGN_IN;
    if (!answer.ok) return LOST;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return LOST;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const code = this.#take(event);
        if (code) return code;
      }
    }
  }

  #take(event) {
    let kind = "message";
    let data = "";
    for (const line of event.split("\n")) {
      if (line.startsWith("event: ")) kind = line.slice(7);
      else if (line.startsWith("data: ")) data = line.slice(6);
    }
    if (kind === "close") return JSON.parse(data).code;
    if (kind === "stream") {
      this.#name = JSON.parse(data).stream;
    } else if (data) {
      if (!this.#heard) wake();
      this.#heard = true;
      this.#say(data);
    }
    return 0;
  }

  #say(data) {
    if (!this.#gone.signal.aborted) this.onmessage?.({ data });
  }

  // One after the other, so that they are done in the order in which they were said.
  async #drain() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#frames.length && !this.#gone.signal.aborted) await this.#post(this.#frames.shift());
    } catch {
      this.end(LOST);
    }
    this.#busy = false;
  }

  async #post(frame) {
    const body = `{"stream":${JSON.stringify(this.#name)},"frame":${frame}}`;
    const headers = { "content-type": "application/json" };
    const answer = await this.#fetch("/api/v1/frame", { method: "POST", headers, body });
    const { frames = [], error } = await answer.json();
    for (const said of frames) this.#say(JSON.stringify(said));
    if (answer.ok) return;
    const { client_id, room } = JSON.parse(frame);
    if (answer.status === 401) this.end(SIGN_IN);
    // Nobody has the stream any more, or the node that has it could not be asked.
    else if (answer.status === 404 || !client_id) this.end(LOST);
    else this.#say(JSON.stringify({ type: "error", client_id, room, error }));
  }
}

// Tries a socket now and then, while there is none. When one gets through, the page is told to come back.
function wake() {
  clearTimeout(timer);
  timer = setTimeout(probe, wait);
}

function probe() {
  if (!current) return;
  const socket = new Socket(`${location.origin.replace("http", "ws")}${PATH}`, ["snug.v1"]);
  const failed = () => {
    wait = Math.min(2 * wait, PROBE_MAX_MS);
    wake();
  };
  socket.onclose = failed;
  socket.onmessage = () => {
    socket.onclose = socket.onmessage = null;
    socket.close();
    comeBack();
  };
}

function comeBack() {
  if (!current) return;
  if (!current.isIdle) {
    timer = setTimeout(comeBack, BUSY_MS);
    return;
  }
  streams = false;
  wait = PROBE_MIN_MS;
  current.end(COME_BACK);
}

// Of another network nothing is known yet.
addEventListener("online", () => {
  wait = PROBE_MIN_MS;
  if (current) wake();
});

function open(address, protocols) {
  if (new URL(address).pathname !== PATH) return new Socket(address, protocols);
  if (streams) return new Stream(protocols);
  // Until it is heard of.
  streams = true;
  const socket = new Socket(address, protocols);
  const heard = () => {
    streams = false;
  };
  socket.addEventListener("message", heard, { once: true });
  return socket;
}

globalThis.WebSocket = function WebSocket(address, protocols) {
  return open(address, protocols);
};
// The page waits for its next try: this is one.
dispatchEvent(new Event("online"));
