"""What a platform costs a month: from the plan, a dated price table and stated assumptions about use."""

from modelyard.infra.cost.book import OWN, Book, book
from modelyard.infra.cost.pricing import price
from modelyard.infra.cost.records import Cost, Item, Unpriced

__all__ = ["OWN", "Book", "Cost", "Item", "Unpriced", "book", "price"]
