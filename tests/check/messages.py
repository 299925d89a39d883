"""What an error message belongs to: mistakes, exports and questions whose words are the nearest.

The words are weighed by scikit-learn's TF-IDF over groups of letters, so that names, numbers and
other endings of a message hardly matter. What an exporter says is long, and for the most part the
same each time: there the words to look for decide, wherever they stand.
"""

import re
from functools import cache

from sklearn.feature_extraction.text import TfidfVectorizer

from tests.kit.page import headings

MOST = 5
NEAR = 0.3  # below it the words have little more in common than English


def list_mistakes():
    """Yield (words, entry) of each recorded mistake."""
    from tests.mistakes import page
    from tests.mistakes.kinds import collect

    results = page.read()
    for row in collect():
        _, outcome = page.telling(row, results)
        message = outcome["message"]
        title = page.TOPICS[row.topic]
        entry = {
            "kind": "mistake",
            "what": row.happened,
            "cure": row.mend,
            "shows": row.shows or message,
            "page": f"tests/mistakes/README.md#{anchor_of(title, outcome['noticed'])}",
        }
        yield f"{row.shows} {message}", entry


def anchor_of(title, noticed):
    """Return where a topic stands on the page: first what nobody noticed, then the rest."""
    anchor = title.lower().replace(" ", "-")
    return anchor if noticed == "nobody" else f"{anchor}-1"


def list_exports():
    """Yield (words, entry) of each export that fails, or did."""
    from tests.interop.exports import page

    results = page.read()
    for name, said in page.CASES.items():
        message = results["cases"][name].get("words", said.says)
        entry = {
            "kind": "export",
            "what": f"{said.title}: {said.reason}",
            "cure": said.mend,
            "shows": said.says,
            "page": f"tests/interop/exports/README.md#{page.anchor_of(results, name)}",
        }
        yield f"{said.title} {said.reason} {message}", entry


def list_questions():
    """Yield (words, entry) of each question."""
    from tests.questions import page

    found = page.read()
    for name, text in found["pages"].items():
        anchors = {title: anchor for _, title, anchor in headings(text)}
        for question in page.find_questions(name, text):
            entry = {
                "kind": "question",
                "what": question.title,
                "cure": "",
                "shows": "",
                "page": f"tests/questions/{name}#{anchors[question.title]}",
            }
            quoted = " ".join(re.findall(r"`([^`\n]+)`", text[question.begin : question.end]))
            yield f"{question.title} {quoted}", entry


@cache
def weigh():
    """Return all entries, what weighs words, and the weights of the entries' words."""
    found = [*list_mistakes(), *list_exports(), *list_questions()]
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    weights = vectoriser.fit_transform(words for words, _ in found)
    return [entry for _, entry in found], vectoriser, weights


def search(message):
    """Return the entries that a message belongs to, the nearest first; an empty list for none."""
    found, vectoriser, weights = weigh()
    nearness = (weights @ vectoriser.transform([message]).T).toarray()[:, 0]
    for number, entry in enumerate(found):
        if entry["kind"] == "export" and entry["shows"] and entry["shows"] in message:
            nearness[number] = 1
    order = (-nearness).argsort(kind="stable")
    entries = []
    for number in order[:MOST]:
        near = float(nearness[number])
        if near >= max(NEAR, nearness[order[0]] / 2):
            entries.append({**found[number], "near": round(near, 2)})
    return entries
