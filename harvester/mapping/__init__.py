"""Articles from raw records, in this process or in one of its own: all that `pipeline` needs of other processors."""

from harvester.mapping.article_mapper import ArticleMapper
from harvester.mapping.garbage import rarely_collected

__all__ = ["ArticleMapper", "rarely_collected"]
