"""Queue to Meta, at the pace each sender is allowed: a lease comes in, an outcome is recorded.

No transaction is open while Meta is called.
"""
