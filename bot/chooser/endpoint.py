"""One request to an OpenAI-compatible endpoint: Azure OpenAI, llama.cpp, Ollama, vLLM. No SDK: it is one POST.

https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp

from bot.ask.rules.model_pick import ModelEndpoint, Option
from bot.chooser.answer import MAX_NAME_CHARS, ModelAnswer, Shape, read_answer
from bot.chooser.prompt import Prompt
from bot.errors import SettingsError, TokenUnavailable
from bot.outside import clean_line, number
from bot.response_body import ResponseTooLarge, read_body

MAX_ANSWER_BYTES = 64 * 1024
MAX_RETRY_AFTER = 24 * 3600.0  # seconds
REGION = "x-ms-region"  # Azure's header; others name no region

Proof = Callable[[], Awaitable[str]]  # a token or key; empty if none is needed; raises TokenUnavailable, SettingsError


@dataclass(slots=True)
class ChatEndpoint:
    """The endpoint that IT has set up. As a service of a server it keeps one HTTP session.

    `is_direct` for one on this machine: no proxy is asked for it.
    """

    endpoint: ModelEndpoint
    prompt: Prompt
    proof: Proof
    is_direct: bool
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    def start(self) -> None:
        """Opens the session, on the running event loop."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=not self.is_direct)

    async def close(self) -> None:
        """Closes the session."""
        if self._session:
            await self._session.close()
            self._session = None

    async def ask(self, question: str, options: Sequence[Option]) -> ModelAnswer:
        """What the model answered. It has no time limit of its own; raises nothing of the network's."""
        try:
            key = await self.proof()
        except (TokenUnavailable, SettingsError):
            return ModelAnswer(Shape.NO_PROOF)
        if self._session is None:
            return ModelAnswer(Shape.FAILED)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        address = f"{self.endpoint.address}/chat/completions"
        body = self.prompt.request(self.endpoint.model, question, options)
        try:
            # A redirect would take the question to an address that nobody has acknowledged.
            async with self._session.post(address, json=body, headers=headers, allow_redirects=False) as response:
                return await _answer_in(response, [option.id for option in options])
        except (aiohttp.ClientError, ValueError, OSError) as error:
            is_cut_off = isinstance(error, aiohttp.ClientPayloadError)
            return ModelAnswer(Shape.CUT_OFF if is_cut_off else Shape.FAILED)


async def _answer_in(response: aiohttp.ClientResponse, ids: Sequence[str]) -> ModelAnswer:
    region = clean_line(response.headers.get(REGION, ""), MAX_NAME_CHARS)
    if response.status == 429:
        seconds = number(response.headers.get("Retry-After"), 0.0, MAX_RETRY_AFTER)
        return ModelAnswer(Shape.BUSY, region=region, retry_after=MAX_RETRY_AFTER if seconds is None else seconds)
    if response.status != 200:
        return ModelAnswer(Shape.FAILED if response.status >= 500 else Shape.REFUSED, region=region)
    try:
        body = await read_body(response, MAX_ANSWER_BYTES)
    except ResponseTooLarge:
        return ModelAnswer(Shape.TOO_LONG, region=region)
    return read_answer(body, ids, region)
