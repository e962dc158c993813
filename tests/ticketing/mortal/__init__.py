"""The product with places at which it can be killed, for tests only."""
