"""The keys Microsoft signs its messages with: fetched without blocking, kept for a day, renewed for a new key id."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TIME_LIMIT = aiohttp.ClientTimeout(total=5)
FRESH = 24 * 3600.0  # seconds after which keys are fetched anew: Microsoft's own advice
USABLE = 5 * 24 * 3600.0  # seconds for which they still serve while none can be fetched
COOL_DOWN = 2.0  # seconds between two fetches, so that forged key ids cannot make us hammer Microsoft
NEVER = float("-inf")


class KeysUnavailable(Exception):
    """The keys cannot be had just now: not the caller's fault."""


@dataclass(slots=True)
class SigningKeys:
    """JSON Web Keys by key id, behind an OpenID metadata address.

    https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
    """

    metadata: str
    http: Callable[[], aiohttp.ClientSession]
    clock: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _keys: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _fetched: float = NEVER
    _tried: float = NEVER
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, id: str) -> Mapping[str, Any] | None:
        """The key, or None where Microsoft publishes none of that id; raises KeysUnavailable.

        An unknown id waits out the cool-down and is looked for once, together with all others that came meanwhile: a
        change of keys refuses nobody, not even in the middle of an attack.
        """
        is_known = id in self._keys and self.clock() - self._fetched <= FRESH
        if not is_known:
            await self._renew_since(self.clock())
        found = self._keys.get(id)
        if not self.are_fetched or (found is None and self._tried > self._fetched):
            raise KeysUnavailable
        return found

    @property
    def are_fetched(self) -> bool:
        """Whether there are keys to check messages with."""
        return self.clock() - self._fetched <= USABLE

    async def keep_fresh(self) -> None:
        """Fetches the keys when there are none or they are a day old; does nothing else, and raises nothing."""
        async with self._turn:
            if self.clock() - self._fetched > FRESH:
                await self._renew()

    async def _renew_since(self, arrived: float) -> None:
        async with self._turn:
            if self._tried <= arrived:  # else somebody else asked while we waited for our turn
                await self._renew()

    async def _renew(self) -> None:
        early = COOL_DOWN - (self.clock() - self._tried)
        if early > 0:
            await self.pause(early)
        self._tried = self.clock()
        try:
            about = await self._fetch(self.metadata)
            held = await self._fetch(str(about["jwks_uri"]))
            self._keys = {str(key["kid"]): key for key in held["keys"]}
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
            return  # _tried is now later than _fetched
        self._fetched = self._tried

    async def _fetch(self, address: str) -> Any:
        async with self.http().get(address, timeout=TIME_LIMIT, allow_redirects=False) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)
