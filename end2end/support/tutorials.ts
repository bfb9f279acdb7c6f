import { once } from "node:events";
import { createServer, type Server as Listener } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The pages of the Django Channels tutorials, with the JavaScript that they have there: they know the address of their server and nothing
 * else of it. They are served from another port than Snug's, and so from another origin, as by a development server of their own.
 */
export class Tutorials {
  readonly url: string;
  private readonly listener: Listener;

  private constructor(listener: Listener) {
    this.listener = listener;
    this.url = `http://localhost:${(listener.address() as AddressInfo).port}`;
  }

  static async for(server: string): Promise<Tutorials> {
    const host = new URL(server).host;
    const pages: Record<string, string> = { "/public": publicChat(host), "/token": token(host), "/history": history(host), "/rooms": rooms(host) };
    const listener = createServer((request, response) => {
      const page = pages[new URL(request.url ?? "/", "http://localhost").pathname];
      response.writeHead(page ? 200 : 204, { "content-type": "text/html; charset=utf-8" }).end(page);
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Tutorials(listener);
  }

  close(): void {
    this.listener.closeAllConnections();
    this.listener.close();
  }
}

const page = (body: string, script: string): string =>
  `<!DOCTYPE html><html lang="en"><head><title>A tutorial</title></head><body>${body}<script>${script}</script></body></html>`;

const publicChat = (host: string): string =>
  page(
    `<form id="auth"><input name="name" placeholder="name"><input name="user_name" placeholder="user name"><input name="password" type="password" placeholder="password">
     <button name="type" value="register">Register</button><button name="type" value="login">Log in</button></form>
     <p id="status"></p><ul id="messages"></ul><form id="say"><input name="message" placeholder="message"><button>Send</button></form>`,
    `const auth = new WebSocket("ws://${host}/ws/auth/");
     const status = document.querySelector("#status");
     let chat;
     const connect = (token) => {
       chat = new WebSocket("ws://${host}/ws/chat/?token=" + token);
       chat.onopen = () => { status.textContent = "connected"; };
       chat.onmessage = (event) => {
         const { type, data } = JSON.parse(event.data);
         if (type === "newMessage") {
           const line = document.createElement("li");
           const date = new Date(data.date);
           line.textContent = data.sender.name + " (" + data.sender.userName + "): " + data.message + (isNaN(date) ? " at no time" : "");
           document.querySelector("#messages").append(line);
         } else if (type === "noAuth") {
           localStorage.removeItem("token");
           status.textContent += " | sign in again";
         } else {
           status.textContent = data.message;
         }
       };
     };
     auth.onmessage = (event) => {
       const { type, data } = JSON.parse(event.data);
       if (data.token) { localStorage.setItem("token", data.token); connect(data.token); } else { status.textContent = type + ": " + data.message; }
     };
     document.querySelector("#auth").onsubmit = (event) => {
       event.preventDefault();
       const { name, user_name, password } = Object.fromEntries(new FormData(event.target));
       auth.send(JSON.stringify({ type: event.submitter.value, data: { name, user_name, password } }));
     };
     document.querySelector("#say").onsubmit = (event) => {
       event.preventDefault();
       chat.send(JSON.stringify({ type: "message", data: { message: event.target.message.value } }));
       event.target.reset();
     };
     if (location.search) connect(location.search.slice(1));`,
  );

const token = (host: string): string =>
  page(
    `<form><input name="username" placeholder="user name"><input name="password" type="password" placeholder="password"><button>Log in</button></form><p id="status"></p>`,
    `const status = document.querySelector("#status");
     document.querySelector("form").onsubmit = async (event) => {
       event.preventDefault();
       const response = await fetch("http://${host}/api/login/", { method: "POST", body: new FormData(event.target) });
       const data = await response.json();
       if (data.user_not_found) { status.textContent = "nobody: " + response.status; return; }
       const socket = new WebSocket("ws://${host}/?token=" + data.token);
       socket.onopen = () => socket.send(JSON.stringify({ command: "hello", data_string: "from the page" }));
       socket.onmessage = (event) => {
         const answer = JSON.parse(event.data);
         status.textContent = answer.command_response + " / " + answer.data_string_bacK;
       };
     };`,
  );

const history = (host: string): string =>
  page(
    `<form><input name="email" placeholder="e-mail"><input name="password" type="password" placeholder="password"><button>Log in</button></form><p id="status"></p>
     <ul id="old"></ul><ul id="new"></ul>`,
    `const status = document.querySelector("#status");
     const api = async (path, token, body) => {
       const headers = { "Content-Type": "application/json", ...(token && { Authorization: "JWT " + token }) };
       const response = await fetch("http://${host}" + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
       const data = await response.json();
       if (!response.ok) throw new Error(data.detail);
       return data;
     };
     const list = (id, text) => { const line = document.createElement("li"); line.textContent = text; document.querySelector(id).append(line); };
     document.querySelector("form").onsubmit = async (event) => {
       event.preventDefault();
       try {
         const first = await api("/auth/jwt/create/", null, Object.fromEntries(new FormData(event.target)));
         const { access } = await api("/auth/jwt/refresh/", null, { refresh: first.refresh });
         const me = await api("/auth/users/me/", access);
         const chat = await api("/chat/api/chats/", access, { name: "of the page" });
         await api("/chat/api/messages/", access, { refChat: chat.id, author: me.id, message: "written by REST" });
         for (const old of await api("/chat/api/messages/?refChat=" + chat.id, access)) list("#old", old.message);
         const socket = new WebSocket("ws://${host}/ws/chat/" + chat.id + "/?token=" + access);
         socket.onopen = () => socket.send(JSON.stringify({ message: "said on the socket", refChat: chat.id, author: me.id, type: "text", extraData: null }));
         socket.onmessage = (event) => list("#new", JSON.parse(event.data).message);
         status.textContent = me.username;
       } catch (error) { status.textContent = error.message; }
     };`,
  );

const rooms = (host: string): string =>
  page(
    `<div id="chat"></div><input id="chat-message-input" placeholder="message"><input id="chat-message-submit" type="submit" value="Send">`,
    `const [roomId, token] = location.search.slice(1).split("&");
     const chatSocket = new WebSocket("ws://${host}/ws/chat/room/" + roomId + "?token=" + token);
     const chat = document.getElementById("chat");
     chatSocket.onopen = () => chat.setAttribute("data-state", "open");
     chatSocket.onmessage = (event) => {
       const data = JSON.parse(event.data);
       const line = document.createElement("p");
       line.textContent = data.username + " in " + data.room_id + ": " + data.message;
       chat.append(line);
     };
     chatSocket.onclose = () => chat.setAttribute("data-state", "closed");
     document.getElementById("chat-message-submit").onclick = () => {
       const input = document.getElementById("chat-message-input");
       chatSocket.send(JSON.stringify({ message: input.value, username: "whoever", room_id: roomId }));
       input.value = "";
     };`,
  );
