"""A reverse proxy in front of the real Graph API: records, replays, lets things go wrong."""
