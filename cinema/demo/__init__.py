"""The demo cinema: real films, three halls, and two weeks of a house that is already alive."""
