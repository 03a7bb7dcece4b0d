from knowledge.models.article import Article, Audience, Category, Picture, Revision, Status, Tag, Vote
from knowledge.models.gap import Gap, GapQuestion, Measurement
from knowledge.models.index import Chunk, Posting, Recipe, Term, TitleVector, Vector, Word
from knowledge.models.language import GlossaryTerm, Phrase, Translator, Trust

__all__ = [
    "Article",
    "Audience",
    "Category",
    "Chunk",
    "Gap",
    "GapQuestion",
    "GlossaryTerm",
    "Measurement",
    "Phrase",
    "Picture",
    "Posting",
    "Recipe",
    "Revision",
    "Status",
    "Tag",
    "Term",
    "TitleVector",
    "Translator",
    "Trust",
    "Vector",
    "Vote",
    "Word",
]
