"""Maps raw records to articles, in this process and on other cores."""

from harvester.mapping.article_mapper import ArticleMapper
from harvester.mapping.garbage import reduced_gc

__all__ = ["ArticleMapper", "reduced_gc"]
