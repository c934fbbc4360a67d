"""The inboxes' live feed: a change stream on deliveries, by contact. It says only *that* there is news.

A page that may have missed something is told to look for itself.
"""

from collections.abc import Coroutine
from typing import Any

from alerts.models import Delivery
from aqi_project.web.change_stream import written
from aqi_project.web.feed import Feed


class InboxFeed(Feed):
    def work(self) -> list[Coroutine[Any, Any, None]]:
        return [self._watch()]

    async def _watch(self) -> None:
        async for contact in written(Delivery, "contact", self._open, channel="inapp"):
            self.offer(self.everyone() if contact is None else self._listeners.get(contact, ()))


feed = InboxFeed()
