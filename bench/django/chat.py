"""A chat as one writes it with Django Channels, for scale: JSON over a socket, stored by the ORM, spread by the in-memory layer.

It speaks the part of Snug's protocol that the load generator uses. Where there was a choice the quicker way was taken: uvloop and
httptools, WAL, an event encoded once for all its readers, no accounts, no checks.
"""

import json
import os
import time
import uuid

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}}},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["CHAT_DATABASE"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", "transaction_mode": "IMMEDIATE"},
        }
    },
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402: Django has to be set up first
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.urls import path  # noqa: E402

AUTHOR = {"id": str(uuid.uuid4()), "username": "bench0", "name": "bench0"}


class Message(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    room = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    client_id = models.UUIDField(unique=True)
    body = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        app_label = "chat"
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="place")]


def head(room):
    return Message.objects.filter(room=room).aggregate(last=models.Max("seq"))["last"] or 0


@database_sync_to_async
def store(room, client_id, body):
    with transaction.atomic():
        at = time.time_ns() // 1_000_000
        return Message.objects.create(room=room, seq=head(room) + 1, client_id=client_id, body=body, at=at)


def encoded(frame):
    return json.dumps(frame, separators=(",", ":"))


class Chat(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        frame = json.loads(text_data)
        if frame["type"] == "subscribe":
            await self.subscribe(frame["room"])
        else:
            await self.take(frame)

    async def subscribe(self, room):
        await self.channel_layer.group_add(room, self.channel_name)
        self.groups.append(room)
        last = await database_sync_to_async(head)(room)
        await self.send(encoded({"type": "subscribed", "room": room, "slug": room, "head": last, "reset": False}))

    async def take(self, frame):
        room, client_id = frame["room"], frame["client_id"]
        message = await store(room, client_id, frame["body"])
        place = {"room": AUTHOR["id"], "seq": message.seq, "at": message.at}
        stored = {"id": str(message.id), "client_id": client_id, "body": message.body}
        event = {"type": "event", **place, "actor": AUTHOR, "change": {"kind": "message_created", "message": stored}}
        await self.channel_layer.group_send(room, {"type": "deliver", "text": encoded(event)})
        await self.send(encoded({"type": "ack", "client_id": client_id, "message": str(message.id), **place}))

    async def deliver(self, event):
        await self.send(event["text"])


if not connection.introspection.table_names():
    with connection.schema_editor() as schema:
        schema.create_model(Message)

application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": URLRouter([path("ws", Chat.as_asgi())])})
