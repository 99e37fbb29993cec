"""Everything that the customers' addresses beside sending work with."""

from collections.abc import Callable
from dataclasses import dataclass

from waypost.api.customer.intake import Intake
from waypost.directory.accounts import Accounts
from waypost.directory.blocks import BlockList
from waypost.directory.event_desk import EventDesk
from waypost.directory.media import MediaLibrary
from waypost.directory.profile_desk import ProfileDesk
from waypost.directory.samples import SampleLibrary
from waypost.directory.templates import TemplateManager
from waypost.report.export import Exporter
from waypost.report.storyteller import Storyteller
from waypost.report.usage_reporter import UsageReporter
from waypost.retention.forgetter import Forgetter
from waypost.status.canceller import Canceller
from waypost.store.ports import Store


@dataclass(frozen=True, slots=True)
class CustomerHands:
    """The agents that customers reach, and the bound of what is uploaded to them at once.

    media_url  where the medium of an inbound message is served: of a SID and the message's id
    """

    accounts: Accounts
    templates: TemplateManager
    media: MediaLibrary
    samples: SampleLibrary
    blocks: BlockList
    intake: Intake
    store: Store
    canceller: Canceller
    forgetter: Forgetter
    storyteller: Storyteller
    exporter: Exporter
    usage: UsageReporter
    profiles: ProfileDesk
    events: EventDesk
    media_url: Callable[[str, str], str]
