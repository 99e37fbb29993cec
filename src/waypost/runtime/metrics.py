"""Every counter and histogram of the gateway, declared in one place.

Law: a label's value comes from one of our own tables (a code, a state, a queue), never from
outside, so the number of series is bounded. A series with a label is looked up once and
then kept: `metrics.dispatch_attempts["taken"].inc()` costs a look-up in a dict and the count.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Series = TypeVar("Series")

NAMESPACE = "waypost"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of what `Metrics.render` gives: the Prometheus text format."""

BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
SECONDS_BUCKETS = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.5, 2)


class Labelled(dict[str, Series]):
    """The series of one metric by the value of its one label; made when first asked for."""

    def __init__(self, make: Callable[[str], Series]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: str) -> Series:
        """Make the series and keep it."""
        series = self._make(value)
        self[value] = series
        return series


class _Marked(Collector):
    """The same series with the process they were counted in."""

    def __init__(self, registry: CollectorRegistry, process: str) -> None:
        self._registry = registry
        self._mark = {"process": process} if process else {}

    def collect(self) -> Iterable[Metric]:
        """All metrics, as copies."""
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**self._mark, **sample.labels}) for sample in metric.samples
            ]
            yield metric


class Metrics:
    """What is counted, in a registry of its own: two gateways in one process never mix.

    process  the label that every series carries, where several processes are one gateway

    messages_accepted    messages we became answerable for
    requests_refused     refusals at the door, by code
    failed_authentications  wrong credentials: told, slowed or turned_away
    findings             findings of checks at the door, by code, refused or noted
    dispatch_attempts    messages given to Meta, by outcome
    dispatch_postponed   messages that were not given to Meta yet, by reason
    dispatch_brakes      senders that were slowed down after Meta said too fast, by whose limit
    statuses_recorded    delivery statuses of Meta, by status
    template_events      what Meta told of templates, by what became of it
    webhooks_received    webhook requests of Meta, by result
    callbacks_delivered  callbacks to customers, by result
    commit_batch_size    steps that shared one commit
    commit_seconds       seconds from the first statement of a batch to its durable end
    queue_backlog        items not yet done, by queue
    alarms_open          alarms that nobody has ended, by kind
    lanes_owned          lanes of the dispatch queue that this process owns
    """

    def __init__(self, registry: CollectorRegistry, process: str = "") -> None:
        self._registry = registry
        self._process = process
        self.messages_accepted = self._counter(
            "messages_accepted", "Messages the gateway became answerable for."
        )
        self.requests_refused = self._counters(
            "requests_refused", "Requests refused at the door.", "code"
        )
        self.failed_authentications = self._counters(
            "failed_authentications",
            "Requests whose credentials were wrong, by how they were answered.",
            "result",
        )
        self.findings = self._counters(
            "findings", "Findings of the checks at the door, refused or noted.", "code"
        )
        self.dispatch_attempts = self._counters(
            "dispatch_attempts", "Messages given to Meta, by what became of it.", "outcome"
        )
        self.dispatch_postponed = self._counters(
            "dispatch_postponed", "Messages not given to Meta yet, by why not.", "reason"
        )
        self.dispatch_brakes = self._counters(
            "dispatch_brakes", "Senders slowed down because Meta said too fast.", "rule"
        )
        self.statuses_recorded = self._counters(
            "statuses_recorded", "Delivery statuses that Meta reported.", "status"
        )
        self.template_events = self._counters(
            "template_events", "What Meta told of templates, by what became of it.", "result"
        )
        self.webhooks_received = self._counters(
            "webhooks_received", "Webhook requests from Meta.", "result"
        )
        self.callbacks_delivered = self._counters(
            "callbacks_delivered", "Callbacks to customers, by how they ended.", "result"
        )
        self.commit_batch_size = self._histogram(
            "commit_batch_size", "Steps that shared one commit.", BATCH_BUCKETS
        )
        self.commit_seconds = self._histogram(
            "commit_seconds", "Seconds that one commit and its steps took.", SECONDS_BUCKETS
        )
        self.queue_backlog = self._gauges(
            "queue_backlog", "Items of a queue that are not done.", "queue"
        )
        self.alarms_open = self._gauges(
            "alarms_open", "Alarms of the deployment that are open.", "kind"
        )
        self.lanes_owned = self._gauge(
            "lanes_owned", "Lanes of the dispatch queue that this process owns."
        )

    def render(self) -> bytes:
        """All series in the Prometheus text format; its type is CONTENT_TYPE."""
        return generate_latest(_Marked(self._registry, self._process))

    def _counter(self, name: str, about: str) -> Counter:
        return Counter(name, about, namespace=NAMESPACE, registry=self._registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, namespace=NAMESPACE, registry=self._registry)

    def _gauges(self, name: str, about: str, label: str) -> Labelled[Gauge]:
        gauge = Gauge(name, about, [label], namespace=NAMESPACE, registry=self._registry)
        return Labelled(gauge.labels)

    def _counters(self, name: str, about: str, label: str) -> Labelled[Counter]:
        counter = Counter(name, about, [label], namespace=NAMESPACE, registry=self._registry)
        return Labelled(counter.labels)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, about, namespace=NAMESPACE, registry=self._registry, buckets=buckets)
