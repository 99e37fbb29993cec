"""One transaction: every noun over the same driver."""

from waypost.store.driver import Driver
from waypost.store.repositories.alarms import AlarmsRepository
from waypost.store.repositories.audit import AuditRepository
from waypost.store.repositories.callbacks import CallbacksRepository
from waypost.store.repositories.catalogues import CataloguesRepository
from waypost.store.repositories.directory import DirectoryRepository
from waypost.store.repositories.endpoints import EndpointsRepository
from waypost.store.repositories.erasure import ErasureRepository
from waypost.store.repositories.event_log import EventLogRepository
from waypost.store.repositories.history import HistoryRepository
from waypost.store.repositories.inbound import InboundRepository
from waypost.store.repositories.media import MediaRepository
from waypost.store.repositories.messages import MessagesRepository
from waypost.store.repositories.owners import OwnersRepository
from waypost.store.repositories.portfolios import PortfoliosRepository
from waypost.store.repositories.profiles import ProfilesRepository
from waypost.store.repositories.queue import QueueRepository
from waypost.store.repositories.recipients import RecipientsRepository
from waypost.store.repositories.reports import ReportsRepository
from waypost.store.repositories.search import SearchRepository
from waypost.store.repositories.templates import TemplatesRepository
from waypost.store.repositories.usage import UsageRepository
from waypost.store.repositories.wallets import WalletsRepository
from waypost.store.repositories.webhooks import WebhooksRepository


class RepositoryTransaction:
    """`ports.Transaction` over one driver; lives as long as its connection."""

    def __init__(self, driver: Driver) -> None:
        self.messages = MessagesRepository(driver)
        self.queue = QueueRepository(driver)
        self.owners = OwnersRepository(driver)
        self.wallets = WalletsRepository(driver)
        self.webhooks = WebhooksRepository(driver)
        self.callbacks = CallbacksRepository(driver)
        self.profiles = ProfilesRepository(driver)
        self.event_log = EventLogRepository(driver)
        self.endpoints = EndpointsRepository(driver)
        self.inbound = InboundRepository(driver)
        self.directory = DirectoryRepository(driver)
        self.templates = TemplatesRepository(driver)
        self.media = MediaRepository(driver)
        self.catalogues = CataloguesRepository(driver)
        self.recipients = RecipientsRepository(driver)
        self.reports = ReportsRepository(driver)
        self.usage = UsageRepository(driver)
        self.search = SearchRepository(driver)
        self.audit = AuditRepository(driver)
        self.alarms = AlarmsRepository(driver)
        self.portfolios = PortfoliosRepository(driver)
        self.history = HistoryRepository(driver)
        self.erasure = ErasureRepository(driver)
