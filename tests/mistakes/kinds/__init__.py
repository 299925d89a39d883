"""The mistakes, a module for each topic; a new one is found wherever it stands in here."""
