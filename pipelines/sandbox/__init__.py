"""A local stand-in for Moneybird's API v2, written from its documentation and never from our own client.

`company.build_group` makes a group of administrations from a seed; `app.create_app` serves it; `serve.start` puts it on
a port and `in_process.transport` hands it to an `httpx.Client` without one.
"""
