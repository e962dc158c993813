"""The documents' own examples."""

DUNE = {
    "title": "沙丘2",
    "originalTitle": "Dune: Part Two",
    "tmdbId": 438631,
    "duration": 166,
    "releaseDate": "2024-03-01",
    "language": "English",
    "country": "United States",
    "rating": "PG-13",
    "synopsis": "保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。",
    "posterUrl": "https://example.com/poster.jpg",
    "backdropUrl": "https://example.com/backdrop.jpg",
    "status": "released",
    "genreList": [{"genreId": 1}, {"genreId": 2}],
    "actorList": [{"actorId": 1, "roleName": "大"}, {"actorId": 2, "roleName": "小"}],
}
DUNE_BOOKED = {
    "title": "沙丘2",
    "original_title": "Dune: Part Two",
    "duration": 166,
    "release_date": "2024-03-01",
    "status": "released",
}
COMMUNITY_MOVIE = {
    "id": 1,
    "title": "Movie 1",
    "description": "This is a movie description",
    "thumbnail_url": "https://example.com/thumbnail1.jpg",
    "video_url": "https://example.com/video1.m3u8",
}
