"""Articles from raw records, in this process or in one of its own: all that `pipeline` needs of other processors."""

from harvester.making.garbage import rarely_collected
from harvester.making.maker import Maker

__all__ = ["Maker", "rarely_collected"]
