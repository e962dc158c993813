"""What people say about the films: ratings, comments, a little chat."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from catalog.models import Movie
from cinema.demo.people import People
from cinema.demo.timetable import DUNE
from social.chat import post_message
from social.models import Rating
from social.reviews import hide_comment, post_comment, rate_movie, report_comment
from social.rooms import room_of
from social.speakers import member

# What a film is liked: the mark most people give it.
LIKED = {
    DUNE: 8.6,
    "metropolis": 8.9,
    "the-general": 9.1,
    "nosferatu": 8.0,
    "a-trip-to-the-moon": 8.7,
    "battleship-potemkin": 8.1,
    "the-cabinet-of-dr-caligari": 8.3,
    "night-of-the-living-dead": 8.0,
    "the-goddess": 9.2,
    "street-angel": 9.0,
    "big-buck-bunny": 7.6,
    "sintel": 7.9,
    "tears-of-steel": 6.4,
}

COMMENTS: tuple[tuple[str, str, str], ...] = (
    (DUNE, "ming", "IMAX厅H排正中，沙虫出来的时候座椅都在抖。汉斯·季默值回票价。"),
    (DUNE, "anna", "Saw it in the IMAX hall, row H. When the worm comes up you feel it in your ribs. Go big or wait."),
    (DUNE, "hepburn", "契尼最后那个眼神，比任何台词都重。"),
    (DUNE, "laozhou", "166分钟，一次厕所都没舍得去。年纪大了，请佩服我。"),
    (
        "metropolis",
        "vertov",
        "两个半小时的修复版，大银幕上看那座塔，真的会忘记呼吸。一百年了，没有哪座未来之城逃得出它的影子。",
    ),
    ("metropolis", "chen", "工人换班那场戏，低着头一步一步，我想起了早高峰的地铁。"),
    ("metropolis", "anna", "The restored scenes are scratched and I loved every scratch."),
    (
        "the-general",
        "projectionist",
        "放了三十年电影，这一部每次放都还会站在放映窗口看完。基顿坐在连杆上那几秒，是电影史上最好的几秒。",
    ),
    ("the-general", "tuzi", "带六岁女儿看的，她从头笑到尾，出来问我：他为什么不笑？"),
    ("nosferatu", "momo", "那个影子上楼梯的时候，全场安静得能听见空调。"),
    ("a-trip-to-the-moon", "tuzi", "十五分钟，比很多两个小时的都长见识。月亮好痛的样子哈哈。"),
    ("a-trip-to-the-moon", "ming", "短片票才十几块，正片开场前的最佳甜点。"),
    ("battleship-potemkin", "vertov", "敖德萨阶梯看过一百遍拉片，第一次在影院里看，手心还是出汗。"),
    ("the-cabinet-of-dr-caligari", "xiaoyu", "每一扇窗户都是歪的，看完走出来觉得街道才不正常。"),
    ("night-of-the-living-dead", "momo", "以为是老片不吓人，结局让我在座位上坐了五分钟。"),
    ("night-of-the-living-dead", "anna", "The last five minutes are still the bravest thing in horror."),
    ("the-goddess", "hepburn", "阮玲玉抬头的那一下，我就知道我要哭了。默片，可是什么都听见了。"),
    ("the-goddess", "laozhou", "陪老母亲来看的，她说她外婆当年在上海看过首映。散场我们都没说话。"),
    ("the-goddess", "chen", "校长那段话，放在今天也该有人站起来说。"),
    ("street-angel", "xiaoyu", "《四季歌》一响，后排的爷爷跟着轻轻哼，全场没有一个人嫌吵。"),
    ("street-angel", "projectionist", "两扇窗户之间的那场戏，没有一句废话，全是爱情。"),
    ("big-buck-bunny", "tuzi", "周末早场带孩子来，兔子一出场满屋子的奶声奶气。"),
    ("sintel", "momo", "十五分钟，哭得像看了三部曲。别带刚养小动物的朋友来看。"),
    ("tears-of-steel", "chen", "特效是真的好，分手理由是真的烂。"),
)
SPOILER = (DUNE, "vertov", "剧透预警都不打了：最后他根本没有选契尼，而且……（以下省略三百字）")

CHAT: tuple[tuple[str, str], ...] = (
    ("ming", "明晚IMAX那场有人一起吗？好像快满了"),
    ("xiaoyu", "刚抢到两张，L排，会不会太靠后？"),
    ("projectionist", "L排正好，画面能全收进眼里，H到K排最佳"),
    ("anna", "Is the print with English subtitles too?"),
    ("lin", "原声中字，Anna 放心来"),
    ("momo", "散场后门口的面馆开到十二点，情报"),
)


def start_talk(*, movies: Mapping[str, Movie], people: People, now: datetime, rnd: Random) -> None:
    """Ratings from the crowd, comments from the regulars, one of them reported and one hidden, a chat room in use."""
    by_name = {user.username: user for user in [*people.regulars, people.lin]}
    _rate(movies, people, now, rnd)
    for number, (slug, name, text) in enumerate(COMMENTS):
        at = now - timedelta(days=(len(COMMENTS) - number) % 9, hours=number % 7, minutes=number * 7 % 60)
        post_comment(user=by_name[name], movie=movies[slug], content=text, now=at)
    slug, name, text = SPOILER
    for hours_ago, reporters in ((6, ["momo", "chen"]), (5, ["hepburn"])):
        at = now - timedelta(hours=hours_ago)
        comment = post_comment(user=by_name[name], movie=movies[slug], content=text, now=at)
        for reporter in reporters:
            report_comment(user=by_name[reporter], comment=comment, reason="剧透", now=now - timedelta(hours=4))
    hide_comment(comment=comment, by=people.admin, now=now - timedelta(hours=3))
    rate_movie(user=people.lin, movie=movies["the-goddess"], score=10, now=now - timedelta(days=1))
    room = room_of(key=f"movie-{movies[DUNE].pk}", now=now - timedelta(days=1))
    for number, (name, text) in enumerate(CHAT):
        speaker = member(user=by_name[name], room=room)
        post_message(room=room, speaker=speaker, content=text, now=now - timedelta(minutes=95 - 6 * number))


def _rate(movies: Mapping[str, Movie], people: People, now: datetime, rnd: Random) -> None:
    ratings = []
    for slug, liked in LIKED.items():
        for user in rnd.sample(people.everyone, rnd.randint(18, 62)):
            score = min(10, max(1, round(rnd.gauss(liked, 1.1))))
            at = now - timedelta(minutes=rnd.randint(60, 60 * 24 * 40))
            ratings.append(Rating(user=user, movie=movies[slug], score=score, rated_at=at))
    Rating.objects.bulk_create(ratings)
