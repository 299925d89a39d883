"""Where somebody has reported that an engine answers differently, as far as a search found it."""

# {(operator, engine): what the page says}
KNOWN = {}
