"""The durable hand-off between stages: take, keep alive, settle.

It never knows what the work is.
"""
