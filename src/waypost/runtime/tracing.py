"""Traces with OpenTelemetry: each unit of work is a span, those of one request are one trace.

The id of the trace is the `trace_id` that the customer finds in callbacks, as 32 hexadecimal
digits; of what belongs to no request, one made of its own id, or by chance if it has none. A span's
attributes are the fields of the unit's canonical log line, masked as they are there. Spans are sent
beside the work, in batches; what cannot be sent is dropped, and nobody waits for it.
"""

from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from waypost.runtime.clock import Clock
from waypost.runtime.config import ConfigError
from waypost.runtime.ids import trace_id_of
from waypost.runtime.logs import WorkLine

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

LONGEST_WAIT_MS = 5000
"""How long the end of a process waits for its last spans."""


class Tracing:
    """Turns lines of work into spans; each is given to `exporter` in time, a share of all traces.

    Raises ConfigError if OpenTelemetry is not installed.
    """

    def __init__(
        self, exporter: "SpanExporter", share: float, clock: Clock, resource: dict[str, str]
    ) -> None:
        sdk = _load()
        self._clock = clock
        self._ids = sdk.make_ids()
        self._provider = sdk.provider(
            sampler=sdk.sampler(share),
            resource=sdk.resource(resource),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(sdk.processor(exporter))
        self._tracer = self._provider.get_tracer("waypost")
        self._failed = sdk.failed

    def record(self, line: WorkLine) -> None:
        """A unit of work that has just ended."""
        ended_ns = int(self._clock.now().timestamp() * 1_000_000_000)
        subject = line.subject
        self._ids.trace_id = UUID(trace_id_of(subject)).int if subject else None
        span = self._tracer.start_span(
            line.event,
            start_time=ended_ns - int(line.duration_ms * 1_000_000),
            attributes=attributes_of(line),
        )
        if line.is_trouble:
            span.set_status(self._failed)
        span.end(ended_ns)

    def close(self) -> None:
        """Sends what is left; waits for it a little."""
        self._provider.force_flush(LONGEST_WAIT_MS)
        self._provider.shutdown()


def open_tracing(endpoint: str, share: float, clock: Clock, version: str) -> Tracing:
    """Tracing to an OTLP collector by HTTP, such as `http://127.0.0.1:4318/v1/traces`.

    Raises ConfigError if OpenTelemetry is not installed.
    """
    exporter = _load().exporter(endpoint=endpoint)
    return Tracing(exporter, share, clock, {"service.name": "waypost", "service.version": version})


def attributes_of(line: WorkLine) -> dict[str, Any]:
    """A line's fields as OpenTelemetry takes them, without those that are not there."""
    values = {field.name: getattr(line, field.name) for field in fields(line)}
    return {
        f"waypost.{name}": value if isinstance(value, (bool, int, float, str)) else str(value)
        for name, value in values.items()
        if value is not None and name != "duration_ms"
    }


class _Sdk:
    """What is used of OpenTelemetry."""

    def __init__(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import TraceIdRatioBased  # noqa: PLC0415
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

        class GivenIds(RandomIdGenerator):
            """The trace that the next span is of, if it is given; its own id is chance."""

            trace_id: int | None = None

            def generate_trace_id(self) -> int:
                return super().generate_trace_id() if self.trace_id is None else self.trace_id

        self.make_ids = GivenIds
        self.exporter = OTLPSpanExporter
        self.provider = TracerProvider
        self.processor = BatchSpanProcessor
        self.resource = Resource.create
        self.sampler = TraceIdRatioBased
        self.failed = Status(StatusCode.ERROR)


def _load() -> _Sdk:
    try:
        return _Sdk()
    except ImportError as error:
        problem = (
            "tracing_endpoint is set, and OpenTelemetry is not installed: install "
            "waypost[tracing], or leave tracing_endpoint empty."
        )
        raise ConfigError((problem,)) from error
