"""The pages of films, talk and watching together."""
