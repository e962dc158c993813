"""The product with a few kinds of work more, for processes that are killed in the middle of them."""
