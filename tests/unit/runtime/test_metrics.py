"""What happens is counted under its name, and two gateways never count together."""

import pytest
from prometheus_client import CollectorRegistry

from waypost.runtime.metrics import Metrics


def series_of(metrics: Metrics) -> dict[str, float]:
    lines = metrics.render().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {
        name: float(value) for name, value in pairs if not name.split("{")[0].endswith("_created")
    }


def test_a_fresh_gateway_has_counted_nothing():
    metrics = Metrics(CollectorRegistry())
    assert set(series_of(metrics).values()) == {0.0}
    assert "waypost_messages_accepted_total" in series_of(metrics)


@pytest.mark.parametrize(
    "series",
    [
        'waypost_callbacks_delivered_total{result="given_up"}',
        'waypost_dispatch_attempts_total{outcome="lost"}',
        'waypost_webhooks_received_total{result="unsigned"}',
    ],
)
def test_what_alerts_look_for_is_there_before_it_happens(series):
    """The growth of a series that begins with 1 is nothing, and the first trouble went unseen."""
    assert series_of(Metrics(CollectorRegistry()))[series] == 0


def test_where_several_processes_are_one_gateway_every_series_says_which_it_is_of():
    metrics = Metrics(CollectorRegistry(), "dispatch:1")
    metrics.messages_accepted.inc(3)
    metrics.dispatch_attempts["taken"].inc()

    found = series_of(metrics)

    assert found['waypost_messages_accepted_total{process="dispatch:1"}'] == 3
    assert found['waypost_dispatch_attempts_total{outcome="taken",process="dispatch:1"}'] == 1


def test_counts_stand_under_their_names_and_labels():
    metrics = Metrics(CollectorRegistry())
    metrics.messages_accepted.inc(3)
    metrics.requests_refused["WA400"].inc()
    metrics.dispatch_attempts["taken"].inc(2)
    metrics.statuses_recorded["delivered"].inc()
    metrics.webhooks_received["kept"].inc()
    metrics.callbacks_delivered["given_up"].inc()
    metrics.queue_backlog["dispatch"].set(7)
    series = series_of(metrics)
    assert series["waypost_messages_accepted_total"] == 3
    assert series['waypost_requests_refused_total{code="WA400"}'] == 1
    assert series['waypost_dispatch_attempts_total{outcome="taken"}'] == 2
    assert series['waypost_statuses_recorded_total{status="delivered"}'] == 1
    assert series['waypost_webhooks_received_total{result="kept"}'] == 1
    assert series['waypost_callbacks_delivered_total{result="given_up"}'] == 1
    assert series['waypost_queue_backlog{queue="dispatch"}'] == 7


def test_commits_are_counted_by_size_and_time():
    metrics = Metrics(CollectorRegistry())
    metrics.commit_batch_size.observe(3)
    metrics.commit_seconds.observe(0.003)
    series = series_of(metrics)
    assert series['waypost_commit_batch_size_bucket{le="2.0"}'] == 0
    assert series['waypost_commit_batch_size_bucket{le="4.0"}'] == 1
    assert series["waypost_commit_seconds_count"] == 1
    assert series["waypost_commit_seconds_sum"] == 0.003


def test_a_labelled_series_is_looked_up_once_and_kept():
    metrics = Metrics(CollectorRegistry())
    first = metrics.dispatch_attempts["taken"]
    assert metrics.dispatch_attempts["taken"] is first
    assert metrics.dispatch_attempts["refused"] is not first


def test_two_gateways_in_one_process_never_mix():
    first, second = Metrics(CollectorRegistry()), Metrics(CollectorRegistry())
    first.messages_accepted.inc()
    assert series_of(first)["waypost_messages_accepted_total"] == 1
    assert series_of(second)["waypost_messages_accepted_total"] == 0
