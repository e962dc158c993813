"""A job of django-tasks that notes its number; loaded by ``bench.jobs`` where that library is installed."""

from django_tasks import task

done: list[int] = []


@task()
def note(number: int) -> None:
    """Do nothing else."""
    done.append(number)
