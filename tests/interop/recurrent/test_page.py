"""What the page says of recurrent networks: a verdict in a word, and the sentence's counts."""

from tests.interop.recurrent import page
from tests.interop.recurrent.cases import CASES


def test_every_form_is_recorded_for_every_engine():
    for name, entry in page.read()["engines"].items():
        command = f"python -m tests.interop.recurrent.measure {name!r} records it"
        assert list(entry["cases"]) == list(CASES), command


def test_a_verdict_is_a_word_and_the_sentence_counts():
    assert page.sign("agrees") == "✓"
    assert page.sign("refused: no") == "refused"
    assert page.sign("ends the process: SIGSEGV") == page.ENDS
    right = dict.fromkeys(CASES, "agrees")
    wrong = right | {"LSTM": "differs: by far"}
    results = {"engines": {"a": {"cases": right}, "b": {"cases": wrong}}}
    assert page.figure(results).startswith(
        "1 of 2 engines run LSTM and GRU with their states fed, 1"
    )
    assert page.figure(results).endswith("and 1 answer one of them otherwise.\n")
