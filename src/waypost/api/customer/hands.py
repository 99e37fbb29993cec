"""Everything that the customers' addresses beside sending work with."""

from dataclasses import dataclass

from waypost.api.customer.intake import Intake
from waypost.directory.accounts import Accounts
from waypost.directory.blocks import BlockList
from waypost.directory.media import MediaLibrary
from waypost.directory.samples import SampleLibrary
from waypost.directory.templates import TemplateManager


@dataclass(frozen=True, slots=True)
class CustomerHands:
    """The agents of the directory, and the bound of what is uploaded to them at once."""

    accounts: Accounts
    templates: TemplateManager
    media: MediaLibrary
    samples: SampleLibrary
    blocks: BlockList
    intake: Intake
