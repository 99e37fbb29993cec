"""Answers what was asked of figures: the one hand of both doors and of the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

from waypost.model.account import Account
from waypost.model.usage_query import Group
from waypost.model.usage_report import UsageReport
from waypost.report.usage import tell_usage
from waypost.report.usage_question import read_question
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class UsageReporter:
    """Reads figures of one store.

    Every method takes the words of `usage_question.NAMES`, and raises FilterError for those that
    make no sense.
    """

    store: Store
    clock: Clock

    async def of_account(
        self,
        account: Account,
        words: Mapping[str, str | None],
        failures_by: tuple[Group, ...] = (),
    ) -> UsageReport:
        """The figures of one account, and its failures by code."""
        question = read_question(words, self.clock.now())
        return await self.store.study(
            lambda transaction: tell_usage(
                transaction, [account], question, failures_by=failures_by
            )
        )

    async def of_all(
        self, words: Mapping[str, str | None], failures_by: tuple[Group, ...] = ()
    ) -> UsageReport:
        """The figures of all accounts, told apart by account first."""
        question = read_question(words, self.clock.now())

        async def read(transaction: Transaction) -> UsageReport:
            accounts = await transaction.directory.accounts()
            return await tell_usage(
                transaction, accounts, question, is_of_many=True, failures_by=failures_by
            )

        return await self.store.study(read)
