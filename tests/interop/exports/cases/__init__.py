"""The cases: a module for each process, since some frameworks cannot live beside others."""
