"""Exports that fail, or lie: what people write, what is said today, and the mend.

catalogue.py   the words: what it says, the reason, the mend, the public report
cases/         the code: a class for each, by the catalogue's name, in modules by framework
judge.py       runs mistake and mend, and onnxruntime on what they write
"""
