"""The lake -> one HTML page that an operator looks at: volume, coverage, spend, what was found, what is wrong.

`read_figures` is the adapter that asks the lake; everything behind it is pure.
"""

from fedbytweets.page.figures import Figures
from fedbytweets.page.reading import read_figures
from fedbytweets.page.rendering import html_page

__all__ = ["Figures", "html_page", "read_figures"]
