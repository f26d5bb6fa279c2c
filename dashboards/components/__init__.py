"""Pieces of a page. They draw, return values and own their session state; they read nothing."""
