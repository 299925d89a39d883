"""stub"""
def note(*a): pass
