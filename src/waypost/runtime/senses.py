"""What a gateway knows the world by."""

from dataclasses import dataclass

from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import HttpClient
from waypost.runtime.metrics import Metrics
from waypost.runtime.vault import Vault


@dataclass(frozen=True, slots=True)
class Senses:
    """What a gateway knows the world by; tests bring their own."""

    clock: Clock
    entropy: Entropy
    http: HttpClient
    metrics: Metrics
    vault: Vault
