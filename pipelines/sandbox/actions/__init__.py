"""What can happen to a record: for the API's handlers, the control surface and, with past moments, the generators.

An action changes the facts, marks the change at `at` (Unix milliseconds, now when left out), books again and announces.
It raises ValueError for what cannot be; a handler checks first and refuses in the API's words.
"""
