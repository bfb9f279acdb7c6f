"""A client of the four dialects, of the standard library alone. Usage: client.py HOST:PORT PASSWORD (of ada and bob)."""

import base64
import hashlib
import json
import os
import re
import socket
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

ADDRESS, PASSWORD = sys.argv[1:3]


class Socket:
    """The few pages of RFC 6455 that a client of text needs."""

    def __init__(self, path):
        host, port = ADDRESS.rsplit(":", 1)
        self.tcp = socket.create_connection((host, int(port)), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.tcp.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.stream = self.tcp.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip():
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        if self.status == 101:
            digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            assert headers["sec-websocket-accept"] == base64.b64encode(digest).decode()

    def frame(self, opcode, data):
        mask = os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        self.tcp.sendall(bytes([0x80 | opcode]) + length + mask + bytes(c ^ mask[n % 4] for n, c in enumerate(data)))

    def say(self, what):
        self.frame(1, json.dumps(what).encode())

    def hear(self):
        """What is said next; the number of the close where nothing is."""
        while True:
            first, second = self.stream.read(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self.stream.read(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.stream.read(8))
            data = self.stream.read(length)
            if first & 0x0F == 1:
                return json.loads(data)
            if first & 0x0F == 8:
                return struct.unpack("!H", data[:2])[0]
            if first & 0x0F == 9:
                self.frame(10, data)


def ask(method, path, body=None, token=None, form=False):
    headers = {"Authorization": f"JWT {token}"} if token else {}
    data = None
    if body is not None:
        data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
    request = urllib.request.Request(f"http://{ADDRESS}{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def is_time(text):
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d", text)


def public():
    auth = Socket("/ws/auth/")
    auth.say({"type": "register", "data": {"name": "Cleo", "user_name": "cleo", "password": PASSWORD}})
    assert auth.hear()["data"]["user"]["userName"] == "cleo"
    auth.say({"type": "login", "data": {"user_name": "cleo", "password": PASSWORD}})
    login = auth.hear()
    chat = Socket("/ws/chat/?token=" + login["data"]["token"])
    chat.say({"type": "message", "data": {"message": "hello"}})
    heard = chat.hear()
    assert heard["type"] == "newMessage" and heard["data"]["sender"] == login["data"]["user"], heard
    assert heard["data"]["message"] == "hello" and is_time(heard["data"]["date"]), heard
    stranger = Socket("/ws/chat/?token=wrong")
    assert stranger.hear() == {"type": "message", "data": {"message": "Not Authenticated.."}}
    assert stranger.hear()["type"] == "noAuth" and stranger.hear() == 4001


def token():
    status, answer = ask("POST", "/api/login/", {"username": "ada", "password": PASSWORD}, form=True)
    assert status == 200 and list(answer) == ["token"], answer
    assert list(ask("POST", "/api/login/", {"username": "ada", "password": "another one"}, form=True)[1]) == ["user_not_found"]
    root = Socket("/?token=" + answer["token"])
    root.say({"command": "hello", "data_string": "from Python"})
    assert root.hear() == {"command_response": "hello", "data_string_bacK": "from Python"}


def sign_in(name):
    status, pair = ask("POST", "/auth/jwt/create/", {"email": name, "password": PASSWORD})
    assert status == 200, pair
    return pair


def history():
    pair = sign_in("ada")
    status, renewed = ask("POST", "/auth/jwt/refresh/", {"refresh": pair["refresh"]})
    assert status == 200 and ask("POST", "/auth/jwt/refresh/", {"refresh": pair["refresh"]})[0] == 401
    ada, bob = renewed["access"], sign_in("bob")["access"]
    me = ask("GET", "/auth/users/me/", token=ada)[1]
    status, room = ask("POST", "/chat/api/chats/", {"name": "Python"}, token=ada)
    assert status == 201, room
    chat = Socket(f"/ws/chat/{room['id']}/?token={ada}")
    chat.say({"message": "kept", "refChat": room["id"], "author": me["id"], "type": "text", "extraData": {}})
    assert chat.hear() == {"message": "kept"}
    (kept,) = ask("GET", f"/chat/api/messages/?refChat={room['id']}", token=ada)[1]
    assert (kept["message"], kept["author"], kept["isRead"]) == ("kept", me["id"], True), kept
    assert Socket(f"/ws/chat/{room['id']}/?token={bob}").status == 403
    assert ask("GET", f"/chat/api/chats/{room['id']}/", token=bob)[0] == 404


def rooms():
    ada = sign_in("ada")["access"]
    room = ask("POST", "/chat/api/chats/", {"name": "numbered", "visibility": "open"}, token=ada)[1]["id"]
    talk = Socket(f"/ws/chat/room/{room}?token={ada}")
    talk.say({"message": "hello", "username": "ada", "room_id": room})
    assert talk.hear() == {"message": "hello", "username": "ada", "room_id": room}
    bob = sign_in("bob")["access"]
    assert Socket(f"/ws/chat/room/{room}?token={bob}").status == 403
    assert ask("GET", f"/chat/room/{room}/", token=bob)[0] == 403


for dialect in (public, token, history, rooms):
    dialect()
print("all four")
