"""`python -m modelyard.cli`, for places where no script is installed."""

from modelyard.cli import main

main()
