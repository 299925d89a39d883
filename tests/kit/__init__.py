"""What the folders of tests/ share.

places   where things stand: the repository, its scripts, the folders that are heavy
numbers  how far float32 may be from the exact result
record   results.json: read it, say what is news, save it
page     the generated parts of pages, their links, and the order in which --update writes them
apart    run what may hang, crash or take too much memory, and say how it ended
clock    let what is timed take turns, and describe the machine
"""
