"""What the bundled numbers make of the test comments, which they were not made from."""

from collections.abc import Iterator, Sequence

import numpy as np

from chat import mood
from chat.mood import learned
from tests.bench.understanding._learn_mood import MOODS, comments
from tests.figures import Figure


def measure() -> Iterator[Figure]:
    told = list(comments("test"))
    texts = [text for text, _ in told]
    margins = learned.margins(texts)
    for column, (name, emotions) in enumerate(MOODS.items()):
        seen = np.array([bool(each & set(emotions.split())) for _, each in told])
        bar = 0.875 if name == "frustrated" else None
        area = round(_area(margins[:, column], seen), 4)
        yield Figure(f"understanding.goemotions, {name}, AUROC", area, "area", bar, "higher", n=len(told))
    heard = [mood.read(text).kind for text in texts[:1000]]
    for name, emotions in MOODS.items():
        seen = [bool(each & set(emotions.split())) for _, each in told[:1000]]
        right = [was for was, kind in zip(seen, heard, strict=True) if kind == name]
        share = round(float(np.mean(right)), 4) if right else 0.0
        yield Figure(f"understanding.goemotions, told {name} and right", share, "share", n=len(right))


def _area(scores: Sequence[float], seen: np.ndarray) -> float:
    """How often one that has it scores above one that has not; a draw is half."""
    values, place, many = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    assert len(values)
    ranks = np.cumsum(many) - (many - 1) / 2
    inside = int(seen.sum())
    return float((ranks[place][seen].sum() - inside * (inside + 1) / 2) / (inside * (len(seen) - inside)))


if __name__ == "__main__":
    for figure in measure():
        print(figure.line())
