"""What run.py does. Standard library only, but for ``web``, which runs inside the virtual environment."""
