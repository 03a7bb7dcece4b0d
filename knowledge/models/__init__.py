from knowledge.models.article import Article, Audience, Category, Picture, Revision, Status, Tag, Vote
from knowledge.models.gap import Gap, GapQuestion, Measurement
from knowledge.models.index import Chunk, Posting, Recipe, Term, TitleVector, Vector, Word

__all__ = [
    "Article",
    "Audience",
    "Category",
    "Chunk",
    "Gap",
    "GapQuestion",
    "Measurement",
    "Picture",
    "Posting",
    "Recipe",
    "Revision",
    "Status",
    "Tag",
    "Term",
    "TitleVector",
    "Vector",
    "Vote",
    "Word",
]
