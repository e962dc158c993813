"""Ratings and comments."""

from datetime import timedelta
from functools import partial

import pytest
from model_bakery import baker

from social import reviews
from social.models import Comment, CommentReport, Rating
from tests.ticketing.test_together import at_once
from ticketing.models import Order, OrderLine, Ticket


def test_a_second_rating_replaces_the_first(ann, movie, now):
    reviews.rate_movie(user=ann, movie=movie, score=3, now=now)
    reviews.rate_movie(user=ann, movie=movie, score=9, now=now)

    assert list(Rating.objects.values_list("user", "movie", "score")) == [(ann.pk, movie.pk, 9)]


@pytest.mark.parametrize("score", [0, 11, -1, 7.5, "7", True, None])
def test_a_score_that_is_no_whole_number_from_1_to_10_is_refused(ann, movie, now, score):
    with pytest.raises(reviews.InvalidScore):
        reviews.rate_movie(user=ann, movie=movie, score=score, now=now)

    assert Rating.objects.count() == 0


def test_the_verdict_counts_and_averages(ann, bob, movie, now):
    reviews.rate_movie(user=ann, movie=movie, score=7, now=now)
    reviews.rate_movie(user=bob, movie=movie, score=10, now=now)

    verdict = reviews.verdict_on(movie=movie)

    assert (verdict.count, verdict.average) == (2, 8.5)
    assert {score: n for score, n in verdict.distribution.items() if n} == {7: 1, 10: 1}
    assert verdict.bars[0] == (10, 1, 50)


def test_a_film_nobody_rated_has_no_average(movie):
    assert reviews.verdict_on(movie=movie).average is None


def test_comments_come_oldest_first_and_hidden_ones_not_at_all(ann, bob, movie, now):
    second = reviews.post_comment(user=ann, movie=movie, content=" later ", now=now + timedelta(hours=1))
    first = reviews.post_comment(user=bob, movie=movie, content="<b>first</b>", now=now)
    hidden = reviews.post_comment(user=bob, movie=movie, content="spam", now=now)
    reviews.hide_comment(comment=hidden, by=ann, now=now)

    assert list(Comment.objects.visible()) == [first, second]
    assert [first.content, second.content] == ["<b>first</b>", "later"]


@pytest.mark.parametrize("content", ["", "  \n ", "x" * 2001, None, 5, "\x00"])
def test_a_comment_without_text_or_with_too_much_is_refused(ann, movie, now, content):
    with pytest.raises(reviews.InvalidComment):
        reviews.post_comment(user=ann, movie=movie, content=content, now=now)


def test_two_thousand_characters_are_a_comment(ann, movie, now):
    assert len(reviews.post_comment(user=ann, movie=movie, content="字" * 2000, now=now).content) == 2000


def test_a_complaint_counts_once_a_person_and_is_settled_by_hiding(ann, bob, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="rude", now=now)
    reviews.report_comment(user=bob, comment=comment, reason="rude", now=now)
    reviews.report_comment(user=bob, comment=comment, reason="again", now=now)

    waiting = list(Comment.objects.reported().values_list("id", "complaints"))
    reviews.hide_comment(comment=comment, by=bob, now=now)

    assert waiting == [(comment.pk, 1)]
    assert CommentReport.objects.get().settled_at == now
    assert list(Comment.objects.reported()) == []


def test_nobody_reports_themselves(ann, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="mine", now=now)

    with pytest.raises(reviews.OwnComment):
        reviews.report_comment(user=ann, comment=comment, now=now)


def test_who_was_admitted_to_this_film_has_seen_it(ann, bob, movie, now):
    for customer, status in ((ann, "used"), (bob, "valid")):
        order = baker.make(Order, customer=customer, status="pending", total_amount=0, showtime__movie=movie)
        line = baker.make(OrderLine, order=order)
        baker.make(Ticket, order=order, line=line, showtime=order.showtime, seat=line.seat, status=status)

    assert reviews.who_has_seen(movie=movie, user_ids=[ann.pk, bob.pk]) == {ann.pk}
    assert reviews.who_has_seen(movie=baker.make("catalog.Movie", duration=9), user_ids=[ann.pk]) == set()


def test_the_same_words_again_are_the_comment_that_is_there(ann, bob, movie, now):
    first = reviews.post_comment(user=ann, movie=movie, content="好看！", now=now)

    again = reviews.post_comment(user=ann, movie=movie, content=" 好看！ ", now=now + timedelta(minutes=9))
    later = reviews.post_comment(user=ann, movie=movie, content="好看！", now=now + timedelta(minutes=11))
    anothers = reviews.post_comment(user=bob, movie=movie, content="好看！", now=now)

    assert again == first
    assert len({first.pk, later.pk, anothers.pk}) == 3


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_one_moment_is_written_once(ann, movie, now):
    send = partial(reviews.post_comment, user=ann, movie=movie, content="好看！", now=now)

    at_once(*[send] * 8)

    assert Comment.objects.count() == 1


def test_an_author_edits_a_comment_and_it_says_so(ann, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="He dies", now=now)

    reviews.edit_comment(user=ann, comment_id=comment.pk, content="He dies!", has_spoilers=True, now=now)

    comment.refresh_from_db()
    assert (comment.content, comment.has_spoilers, comment.edited_at) == ("He dies!", True, now)


def test_a_comment_that_is_saved_as_it_was_was_not_edited(ann, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="Fine", has_spoilers=True, now=now)

    reviews.edit_comment(user=ann, comment_id=comment.pk, content="Fine ", has_spoilers=None, now=now)

    comment.refresh_from_db()
    assert (comment.has_spoilers, comment.edited_at) == (True, None)


def test_a_hidden_comment_stays_hidden_when_its_author_edits_it(ann, bob, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="rude", now=now)
    reviews.hide_comment(comment=comment, by=bob, now=now)

    reviews.edit_comment(user=ann, comment_id=comment.pk, content="rude!", has_spoilers=None, now=now)

    assert list(Comment.objects.visible()) == []


def test_an_author_deletes_a_comment_with_the_complaints_about_it(ann, bob, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="rude", now=now)
    reviews.report_comment(user=bob, comment=comment, now=now)

    reviews.delete_comment(user=ann, comment_id=comment.pk)

    assert (Comment.objects.count(), CommentReport.objects.count()) == (0, 0)


def test_nobody_edits_or_deletes_what_another_wrote(ann, bob, movie, now):
    comment = reviews.post_comment(user=ann, movie=movie, content="mine", now=now)

    with pytest.raises(reviews.CommentNotFound):
        reviews.edit_comment(user=bob, comment_id=comment.pk, content="yours", has_spoilers=None, now=now)
    with pytest.raises(reviews.CommentNotFound):
        reviews.delete_comment(user=bob, comment_id=comment.pk)

    assert Comment.objects.get().content == "mine"
