"""Somebody who asks over HTTP, without a browser's help."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.worlds.console.seat import PASSWORD, Seat

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


class ConsoleClient:
    """Somebody with cookies. ``form``: the token of the page seen last."""

    def __init__(self, seat: Seat, http: aiohttp.ClientSession) -> None:
        self.seat, self.http, self.form = seat, http, ""

    async def get(self, path: str, **how) -> tuple[int, str]:
        async with self.http.get(self.seat.url + path, allow_redirects=False, **how) as answer:
            text = await answer.text()
        if found := TOKEN.search(text):
            self.form = found[1]
        return answer.status, answer.headers.get("Location", text)

    async def post(self, path: str, **fields: str) -> tuple[int, str]:
        filled = {"form_token": self.form} | fields
        async with self.http.post(self.seat.url + path, data=filled, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location", await answer.text())

    async def sign_in(self, name: str, password: str = PASSWORD, onward: str = "") -> tuple[int, str]:
        await self.get("/login")
        return await self.post("/login", name=name, password=password, next=onward)


@asynccontextmanager
async def a_client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield ConsoleClient(seat, http)
