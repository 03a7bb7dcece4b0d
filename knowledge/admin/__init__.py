"""The editors' desk in the admin: articles, what they stand on, and what is still to be written."""

from knowledge.admin import articles, gaps, index, measurements, pictures, shelves

__all__ = ["articles", "gaps", "index", "measurements", "pictures", "shelves"]
