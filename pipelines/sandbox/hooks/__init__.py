"""Webhooks out: what happens in an administration is told to the addresses registered there.

    announce(event, record) ─▶ payload, rendered at that moment ─▶ queue ─▶ signed POST ─▶ retries until 200

The payload is as old as the event: whoever wants to know how things are now has to ask the API (QUIRKS 65).
"""
