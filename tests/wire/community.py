"""The community document: resources below ``/api/``, ``{"status": "success", …}``, and two sockets."""

from tests.wire.calls import Call

USER = {"id": 1, "username": "user1", "email": "user1@example.com"}
FILM = {
    "id": 1,
    "title": "Movie 1",
    "description": "This is a movie description",
    "thumbnail_url": "https://example.com/thumbnail1.jpg",
    "video_url": "https://example.com/video1.m3u8",
}
COMMENT = {
    "id": 1,
    "user_id": 1,
    "username": "user1",
    "content": "Great movie!",
    "created_at": "2024-08-15T12:34:56Z",
}


def newcomer(name: str) -> list[Call]:
    """Registering and logging in, as sections 1.1 and 1.2 have it."""
    who = {"email": f"{name}@example.com", "password": "a-good-long-password"}
    return [
        Call(
            "community 1.1",
            "POST /api/register",
            {"username": name, **who},
            # The document prints 登录成功 here; the contract corrects it.
            answer={"status": "success", "message": "注册成功"},
        ),
        Call(
            "community 1.2",
            "POST /api/login",
            who,
            answer={"status": "success", "token": "jwt-token-here", "user": USER},
            keep={f"token of {name}": ("token",)},
        ),
    ]


CALLS = [
    *newcomer("member1"),
    *newcomer("member2"),
    Call("community 1.3", "GET /api/user", by="member1", answer={"status": "success", "user": USER}),
    Call(
        "community 1.4",
        "PUT /api/user",
        {"username": "user1", "email": "user1@example.com"},
        by="member1",
        answer={"status": "success", "message": "更新成功"},
    ),
    Call("community 2.1", "GET /api/movies", answer={"status": "success", "movies": [FILM]}),
    Call("community 2.2", "GET /api/movies/{movie}", answer={"status": "success", "movie": FILM}),
    Call(
        "community 3.1",
        "GET /api/movies/{movie}/comments",
        answer={"status": "success", "comments": [COMMENT]},
        may_be_empty=True,
    ),
    Call(
        "community 3.2",
        "POST /api/movies/{movie}/comments",
        {"content": "Not bad"},
        by="member2",
        answer={"status": "success", "message": "评论成功"},
    ),
    Call(
        "community 3.1",
        "GET /api/movies/{movie}/comments",
        answer={"status": "success", "comments": [COMMENT]},
    ),
]

JOIN = {"type": "join", "room_id": "movie-1", "username": "user1"}
SAY = {"type": "message", "room_id": "movie-1", "username": "user1", "content": "This is an awesome scene!"}
HEAR = {"type": "message", "room_id": "movie-1", "username": "user2", "content": "Totally agree!"}
SYNC = {"type": "sync", "room_id": "movie-1", "username": "user1", "current_time": 1234.56}
HEAR_SYNC = {"type": "sync", "room_id": "movie-1", "username": "user2", "current_time": 1234.56}
