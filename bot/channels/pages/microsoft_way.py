"""Sign-in to the pages in a browser through Microsoft: MSAL gets the ID token, our own check reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.pages.door import HOME
from bot.channels.pages.entra_sign_in import EntraSignIn
from bot.channels.pages.responses import NotSignedIn
from bot.channels.pages.sign_in_way import NEVER, SignedIn, back
from bot.credentials import BrowserSignIn, SignInFlow
from bot.errors import NotNow, TokenUnavailable
from bot.people.rules.person import Caller

PATH = f"{HOME}sign-in"
BACK = back(PATH)
NOT_CONFIRMED = "Microsoft has not confirmed who you are. Please sign in again."
CANNOT_BEGIN = "Microsoft's sign-in cannot be reached just now. Please try again."
NO_TIME = (
    "Microsoft did not say when you signed in, so what needs a fresh sign-in cannot be done. Your IT lead can change "
    "that: the guide for installing Staffroom says how, under “The school pages”."
)


@dataclass(frozen=True, slots=True)
class MicrosoftWay:
    """The sign-in of the school's tenant. `channel` is where the accounts are known."""

    entra: EntraSignIn
    browser: BrowserSignIn
    channel: str
    name: str = "Microsoft"
    path: str = PATH

    @property
    def tenant(self) -> str:
        """The school's tenant."""
        return self.entra.tenant

    async def begin(self, *, asks_again: bool) -> SignInFlow:
        """A new sign-in; if it `asks_again`, Microsoft asks for the password once more. Raises NotNow."""
        try:
            return await self.browser.begin(asks_again=asks_again)
        except TokenUnavailable as error:
            raise NotNow(CANNOT_BEGIN) from error

    async def finish(self, flow: SignInFlow, answer: Mapping[str, str], *, asks_again: bool) -> SignedIn:
        """Who came back; raises NotSignedIn, or NotNow without Microsoft's keys."""
        try:
            token = await self.browser.finish(flow, answer)
        except TokenUnavailable as error:
            raise NotSignedIn(NOT_CONFIRMED) from error
        signed_in = await self.entra.in_id_token(token)
        if asks_again and signed_in.proved == NEVER:
            raise NotSignedIn(NO_TIME)
        return signed_in

    async def admits(self, caller: Caller) -> bool:
        """Whether the account may be somebody's: the tenant's own word was enough."""
        return True
