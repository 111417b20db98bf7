"""The keys Microsoft signs its messages with: fetched without blocking, kept for a day, renewed for a new key id."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from bot.channels.published_keys import SigningKey, keys_address, read_keys
from bot.response_body import read_body

LOG = logging.getLogger("staffroom.signing_keys")
TIME_LIMIT = aiohttp.ClientTimeout(total=5)
FRESH_FOR = 24 * 3600.0  # seconds after which keys are fetched again: Microsoft's own advice
USABLE_FOR = 5 * 24 * 3600.0  # seconds for which they are still used while none can be fetched
COOL_DOWN = 2.0  # seconds between two fetches, so that forged key ids cannot make us hammer Microsoft
MAX_DOCUMENT_BYTES = 512 * 1024  # Microsoft's are 1 and 20 kB
NEVER = float("-inf")


class KeysUnavailable(Exception):
    """The keys cannot be fetched just now, which is not the caller's fault."""


@dataclass(slots=True)
class SigningKeys:
    """JSON Web Keys by key id, behind an OpenID metadata address.

    https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
    """

    metadata: str
    http: Callable[[], aiohttp.ClientSession]
    clock: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _keys: Mapping[str, SigningKey] = field(default_factory=dict)
    _fetched_at: float = NEVER
    _tried_at: float = NEVER
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def known(self, id: str) -> SigningKey | None:
        """The key if it is here and may still be used; nothing is fetched."""
        return self._keys.get(id) if self.are_fetched else None

    async def get(self, id: str) -> SigningKey | None:
        """The key, or None if Microsoft publishes none with that id; raises KeysUnavailable.

        An unknown id waits for the cool-down to end and is looked for once, together with all others that came
        meanwhile: a change of keys refuses nobody, not even in the middle of an attack.
        """
        is_known = id in self._keys and self.clock() - self._fetched_at <= FRESH_FOR
        if not is_known:
            await self._renew_since(self.clock())
        key = self._keys.get(id)
        if not self.are_fetched or (key is None and self._tried_at > self._fetched_at):
            raise KeysUnavailable
        return key

    @property
    def are_fetched(self) -> bool:
        """Whether there are keys to check messages with."""
        return self.clock() - self._fetched_at <= USABLE_FOR

    async def keep_fresh(self) -> None:
        """Fetches the keys if there are none or they are a day old; raises nothing."""
        async with self._lock:
            if self.clock() - self._fetched_at > FRESH_FOR:
                await self._renew()

    async def _renew_since(self, arrived: float) -> None:
        async with self._lock:
            if self._tried_at <= arrived:  # else somebody else asked while we waited for our turn
                await self._renew()

    async def _renew(self) -> None:
        early = COOL_DOWN - (self.clock() - self._tried_at)
        if early > 0:
            await self.pause(early)
        self._tried_at = self.clock()
        try:
            address = keys_address(await self._fetch(self.metadata), self.metadata)
            self._keys = read_keys(await self._fetch(address))
        except Exception as error:  # noqa: BLE001 - whatever came instead of keys, the old ones are kept
            LOG.warning("keys_not_fetched error=%s", type(error).__name__)
            return  # _tried_at is now later than _fetched_at
        self._fetched_at = self._tried_at

    async def _fetch(self, address: str) -> bytes:
        """A document; raises ResponseTooLarge if it is too large to be one of Microsoft's."""
        async with self.http().get(address, timeout=TIME_LIMIT, allow_redirects=False) as response:
            response.raise_for_status()
            if response.status != 200:
                raise ValueError("no document")
            return await read_body(response, MAX_DOCUMENT_BYTES)
