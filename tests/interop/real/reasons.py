"""Why an engine answers a real file otherwise, as found by hand: {(engine, file): reason}."""

REASONS = {}
