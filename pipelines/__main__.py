"""`python -m pipelines` is `dovecote`."""

from pipelines.cli import main

main()
