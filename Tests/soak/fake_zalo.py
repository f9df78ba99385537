#!/usr/bin/env python3
"""Zalo's interface for Official Accounts as a process of its own: takes messages, changes tokens,
tells receipts; slow, down, counting calls or out of tokens when told so.

It prints its port and serves until it is ended. What it has taken and how it is to behave stands
behind /control, which Zalo does not have:

    GET  /control                     what was taken: calls, messages, repeats, refreshes
    POST /control {"mode": "ok"}      ok | slow | down | limit (every fourth call is too many)
    POST /control {"receipts": PORT}  tells every hundredth message's receipts to a service there,
                                      the seen one first, each twice

Wire format: https://docs.zaloplatforms.com/docs/OA and /ZNS, as zalo_client.py speaks it.
"""
import asyncio
import hashlib
import json
import os
import time
import urllib.parse

APP_ID = "2553928453557884079"
APP_SECRET = "APP_SECRET_soak_01"
OA_SECRET = "OA_SECRET_KEY_soak_01"
#: How long an access token is good, in seconds.
TOKEN_SECONDS = float(os.environ.get("TOKEN_SECONDS", "86400"))


class Zalo:
    """What Zalo knows."""

    def __init__(self):
        self.mode = "ok"
        self.calls = 0
        self.refreshes = 0
        self.receipts_port = None
        self.number = 0
        #: Who was told what: how often.
        self.taken = {}
        self.number_of_pair = 1
        self.expires = time.monotonic() + TOKEN_SECONDS
        self.told = asyncio.Queue()

    # --- Tokens ---

    def pair(self):
        """The pair in use, as the interface words it."""
        return {"access_token": f"access-{self.number_of_pair}",
                "refresh_token": f"refresh-{self.number_of_pair}",
                "expires_in": str(int(TOKEN_SECONDS))}

    def renew(self):
        """The next pair; the one before is worth nothing from now on."""
        self.number_of_pair += 1
        self.expires = time.monotonic() + TOKEN_SECONDS
        return self.pair()

    def refresh(self, fields, body):
        """Changes a refresh token, once."""
        self.refreshes += 1
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if fields.get("secret_key") != APP_SECRET or form.get("app_id") != APP_ID:
            return {"error": -14002, "error_name": "Invalid app"}
        if form.get("grant_type") != "refresh_token" \
                or form.get("refresh_token") != self.pair()["refresh_token"]:
            return {"error": -14014, "error_name": "Invalid refresh token"}
        return self.renew()

    # --- Messages ---

    def message(self, path, fields, body):
        """Takes a message."""
        self.calls += 1
        if self.mode == "limit" and self.calls % 4 == 0:
            return {"error": -32, "message": "Out of quota: too many calls"}
        if fields.get("access_token") != self.pair()["access_token"]:
            return {"error": -216, "message": "Access token is invalid"}
        if time.monotonic() > self.expires:
            return {"error": -216, "message": "Access token has expired"}
        try:
            asked = json.loads(body)
        except ValueError:
            return {"error": -201, "message": "Params is invalid"}
        if path == "/message/template":
            receiver, said = asked.get("phone"), asked.get("template_data")
            key = asked.get("tracking_id") or json.dumps(said)
        elif path == "/v3.0/oa/message/template":
            receiver, said = asked.get("user_id"), asked.get("template_data")
            key = json.dumps(said)
        else:
            receiver = asked.get("recipient", {}).get("user_id")
            said = key = asked.get("message", {}).get("text")
        if not receiver or not said:
            return {"error": -201, "message": "Params is invalid"}
        place = receiver + " " + hashlib.sha256(key.encode()).hexdigest()[:16]
        self.taken[place] = self.taken.get(place, 0) + 1
        self.number += 1
        identity = f"m{self.number}"
        if self.receipts_port and self.number % 100 == 0:
            self.told.put_nowait((identity, receiver))
        return {"error": 0, "message": "Success",
                "data": {"message_id": identity, "msg_id": identity, "user_id": receiver}}

    # --- The process's own ---

    def control(self, method, body):
        """What was taken, and how to behave from now on."""
        if method == "POST":
            asked = json.loads(body)
            self.mode = asked.get("mode", self.mode)
            self.receipts_port = asked.get("receipts", self.receipts_port)
            if asked.get("renew"):
                return self.renew()
        return {"calls": self.calls, "refreshes": self.refreshes, "messages": len(self.taken),
                "repeats": sum(self.taken.values()) - len(self.taken),
                "most": max(self.taken.values(), default=0), "receiptsLeft": self.told.qsize()}

    def answer(self, method, path, fields, body):
        """The answer to a request; nil says nothing and hangs up."""
        if path == "/control":
            return self.control(method, body)
        if self.mode == "down":
            return None
        if path == "/v4/oa/access_token":
            return self.refresh(fields, body)
        if path in ("/message/template", "/v3.0/oa/message/template", "/v3.0/oa/message/cs"):
            return self.message(path, fields, body)
        return {"error": -1, "message": "Unknown interface"}


async def converse(zalo, reader, writer):
    """Answers one connection's requests."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            fields = {}
            for line in head[1:]:
                name, _, value = line.partition(":")
                fields[name.lower()] = value.strip()
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            answer = zalo.answer(method, path, fields, body)
            if answer is None:
                break
            if zalo.mode == "slow" and zalo.calls % 10 == 0 and path != "/control":
                await asyncio.sleep(0.3)
            text = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                         + str(len(text)).encode() + b"\r\n\r\n" + text)
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


async def tell_receipts(zalo):
    """Tells receipts until each was taken with 200: seen before received, each twice."""
    while True:
        identity, receiver = await zalo.told.get()
        events = [("user_seen_message", {"msg_ids": [identity]}),
                  ("user_received_message", {"msg_id": identity})]
        for name, message in events * 2:
            while not await tell(zalo.receipts_port, name, receiver, message):
                await asyncio.sleep(0.2)


async def tell(port, name, receiver, message):
    """Tells one event, signed as Zalo does; whether it was taken."""
    stamp = str(int(time.time() * 1000))
    body = json.dumps({
        "app_id": APP_ID, "event_name": name, "sender": {"id": "OA"},
        "recipient": {"id": receiver}, "message": message, "timestamp": stamp})
    mac = hashlib.sha256((APP_ID + body + stamp + OA_SECRET).encode()).hexdigest()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"POST /v1/zalo/events HTTP/1.1\r\nHost: care.test\r\nX-ZEvent-Signature: mac={mac}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}".encode())
        line = await reader.readline()
        writer.close()
        return b" 200 " in line
    except OSError:
        return False


async def main():
    """Serves on a free port."""
    zalo = Zalo()
    server = await asyncio.start_server(
        lambda reader, writer: converse(zalo, reader, writer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    telling = asyncio.create_task(tell_receipts(zalo))
    async with server:
        await server.serve_forever()
    await telling


if __name__ == "__main__":
    asyncio.run(main())
