"""Every counter and histogram of the gateway, declared in one place.

Law: a label's value comes from one of our own tables (a code, a state, a queue), never from
outside, so the number of series is bounded. A series with a label is looked up once and
then kept: `metrics.dispatch_attempts["taken"].inc()` costs a look-up in a dict and the count.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Series = TypeVar("Series")

NAMESPACE = "waypost"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of what `Metrics.render` gives: the Prometheus text format."""

BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
LONG_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 120, 600)
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


class Declared(NamedTuple):
    """A metric as Prometheus names it.

    kind   counter, gauge or histogram
    label  its one label; empty: it has none
    """

    name: str
    kind: str
    label: str
    about: str


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
    callback_profiles    callback profiles that are not active, by state
    commit_batch_size    steps that shared one commit
    commit_seconds       seconds from the first statement of a batch to its durable end
    accept_seconds       seconds from a request to its answer, of sends
    meta_call_seconds    seconds that Meta took to answer a send
    webhook_lag_seconds  seconds from what Meta tells to its being recorded here
    callback_seconds     seconds that an endpoint took to answer a callback
    queue_backlog        items not yet done, by queue
    alarms_open          alarms that nobody has ended, by kind
    lanes_owned          lanes of the dispatch queue that this process owns
    """

    def __init__(self, registry: CollectorRegistry, process: str = "") -> None:
        self._registry = registry
        self._process = process
        self._declared: list[Declared] = []
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
            "dispatch_attempts",
            "Messages given to Meta, by what became of it.",
            "outcome",
            ("taken", "refused", "lost"),
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
            "webhooks_received",
            "Webhook requests from Meta.",
            "result",
            ("kept", "unsigned", "too_large", "too_slow"),
        )
        self.callbacks_delivered = self._counters(
            "callbacks_delivered",
            "Callbacks to customers, by how they ended.",
            "result",
            ("delivered", "pending", "given_up"),
        )
        self.callback_profiles = self._gauges(
            "callback_profiles", "Callback profiles that are not active, by state.", "state"
        )
        self.commit_batch_size = self._histogram(
            "commit_batch_size", "Steps that shared one commit.", BATCH_BUCKETS
        )
        self.commit_seconds = self._histogram(
            "commit_seconds", "Seconds that one commit and its steps took.", SECONDS_BUCKETS
        )
        self.accept_seconds = self._histogram(
            "accept_seconds", "Seconds from a request to send to its answer.", SECONDS_BUCKETS
        )
        self.meta_call_seconds = self._histogram(
            "meta_call_seconds", "Seconds that Meta took to answer a send.", LONG_BUCKETS
        )
        self.webhook_lag_seconds = self._histogram(
            "webhook_lag_seconds",
            "Seconds from when something happened, as Meta tells, to its being recorded.",
            LONG_BUCKETS,
        )
        self.callback_seconds = self._histogram(
            "callback_seconds", "Seconds that an endpoint took to answer a callback.", LONG_BUCKETS
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

    def declared(self) -> list[Declared]:
        """Every metric as it is declared, in that order."""
        return list(self._declared)

    def render(self) -> bytes:
        """All series in the Prometheus text format; its type is CONTENT_TYPE."""
        return generate_latest(_Marked(self._registry, self._process))

    def _note(self, name: str, kind: str, label: str, about: str) -> None:
        suffix = "_total" if kind == "counter" else ""
        self._declared.append(Declared(f"{NAMESPACE}_{name}{suffix}", kind, label, about))

    def _counter(self, name: str, about: str) -> Counter:
        self._note(name, "counter", "", about)
        return Counter(name, about, namespace=NAMESPACE, registry=self._registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        self._note(name, "gauge", "", about)
        return Gauge(name, about, namespace=NAMESPACE, registry=self._registry)

    def _gauges(self, name: str, about: str, label: str) -> Labelled[Gauge]:
        self._note(name, "gauge", label, about)
        gauge = Gauge(name, about, [label], namespace=NAMESPACE, registry=self._registry)
        return Labelled(gauge.labels)

    def _counters(
        self, name: str, about: str, label: str, known: Iterable[str] = ()
    ) -> Labelled[Counter]:
        """`known`: values whose series begin at 0 with the process: the first one counts, too.

        Prometheus takes a series that begins with 1 for one that did not grow.
        """
        self._note(name, "counter", label, about)
        counter = Counter(name, about, [label], namespace=NAMESPACE, registry=self._registry)
        series = Labelled(counter.labels)
        for value in known:
            series[value] = counter.labels(value)
        return series

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        self._note(name, "histogram", "", about)
        return Histogram(name, about, namespace=NAMESPACE, registry=self._registry, buckets=buckets)
