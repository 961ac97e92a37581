"""The real worker and broker of the wiring's tests."""

from tests.wiring.test_worker_end_to_end import broker_url, start_worker

__all__ = ["broker_url", "start_worker"]
